"""An attack on every door with files that were sound before: mutated as structures, as texts and as bytes.

Whatever is put in, it is taken, or refused in one line by an exception of the program's own; nothing else is raised. Of
results nothing is taken for sound that is not what was written. `make test` tries forty of each kind,
`make test-reliability` two thousand.
"""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import strategies as st

from simulation.errors import ResultsError
from simulation.propositions.file import load_family
from simulation.record.dyads import read_dyads
from simulation.record.features import features_of
from simulation.scenario.file import load_scenario
from simulation.scenario.term_programs import programs_of
from simulation.study.checksums import OWN, changed_files, known_checksums, manifest_checksum
from simulation.study.completion import refuse_changed
from simulation.study.manifest import ANY, read_manifest
from simulation.study.plan import load_plan
from simulation.study.status import sweep_status_of
from simulation.study.store import open_results
from simulation.study.sweep import sweep
from tests.attacks import HOW_MANY, attacked, is_refused, mutants, numbers, torn, words
from tests.propositions import PROPOSITIONS, write_propositions
from tests.record import dyads
from tests.studies import SCENARIO, STUDY, tiny_plan, write_study

SCENARIO_WITH_MORE = SCENARIO + """\
title: A scenario with more in it
sources: {weak_states.A.crisis_rate: none}
assumptions: {emboldenment: true, deterrence: false}
"""


@pytest.fixture
def folder(tmp_path) -> Path:
    write_study(tmp_path, scenario=SCENARIO)
    write_propositions(tmp_path)
    return tmp_path


WITH_OWN_TERMS = SCENARIO + """
own_terms:
  opposition: {side: major, kind: cost, formula: "0.04 * commitment * preference_distance", weight: 2, powers: [P]}
  prestige: {side: major, kind: benefit, formula: "0.1 * sqrt(allies)", says: Prestige}
  resentment: {side: weak, kind: cost, formula: "where(war > 0.2, 0.1 * autonomy, min(0.01, reliability) / 2)"}
"""


@HOW_MANY
def test_a_formula_is_taken_or_refused(examples, folder):
    path = folder / "own.yaml"
    data = yaml.safe_load(WITH_OWN_TERMS)
    signs = st.text("0123456789.+-*/()<>=,e _abcdefghijklmnopqrstuvwxyz'\"[]{}:\\\n\x00é", max_size=40)
    names = st.sampled_from(
        ["commitment", "war", "allies", "sqrt(", "min(", "where(", " ** ", " / ", "0", "1e308", "-"])
    formulas = st.one_of(signs, st.lists(names, max_size=12).map("".join))

    def check(formula: str) -> None:
        data["own_terms"]["opposition"]["formula"] = formula
        path.write_text(json.dumps(data), encoding="utf-8")
        if not is_refused(lambda: load_scenario(path)):
            programs_of(load_scenario(path))

    attacked(formulas, check, examples)


@HOW_MANY
@pytest.mark.parametrize(("text", "name", "door"), [
    (SCENARIO_WITH_MORE, "tiny.yaml", load_scenario), (WITH_OWN_TERMS, "tiny.yaml", load_scenario),
    (STUDY, "study.yaml", load_plan),
    (PROPOSITIONS, "propositions.yaml", load_family)], ids=["scenario", "own terms", "study", "propositions"])
def test_a_file_is_taken_or_refused(text, name, door, examples, folder):
    path = folder / name
    mutated = mutants(yaml.safe_load(text)).map(lambda data: yaml.safe_dump(data, allow_unicode=True).encode(
        errors="replace"))

    def check(content: bytes) -> None:
        path.write_bytes(content)
        is_refused(lambda: door(str(path)))

    attacked(st.one_of(mutated, mutated, torn(text.encode())), check, examples)


@HOW_MANY
def test_a_table_of_the_record_is_taken_or_refused(examples, tmp_path):
    path = tmp_path / "dyads.csv"
    dyads(states=4, years=range(2000, 2003)).to_csv(path, index=False)
    lines = [line.split(",") for line in path.read_text().splitlines()]
    cells = st.one_of(words, numbers.map(str), st.sampled_from(['"', "NA", "-9", "1,2", "RUS", "\x00", "2001.5"]))

    @st.composite
    def tables(draw: Callable) -> bytes:
        found = copy.deepcopy(lines)
        for _ in range(draw(st.integers(1, 4))):
            line = draw(st.integers(0, len(found) - 1))
            found[line][draw(st.integers(0, len(found[line]) - 1))] = draw(cells)
        return "\n".join(",".join(line) for line in found).encode(errors="replace")

    def check(content: bytes) -> None:
        path.write_bytes(content)
        is_refused(lambda: features_of(read_dyads(path).table))

    attacked(st.one_of(tables(), torn(path.read_bytes())), check, examples)


@pytest.fixture(scope="module")
def swept(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("swept")
    sweep(tiny_plan(place), place / "results", jobs=1)
    return place / "results"


def looked_at(path: Path) -> list:
    """What the doors of a results folder give: its rows and its state, if it is as it was written."""
    refuse_changed(path, read_manifest(path, ANY))
    return [open_results(path).table().to_csv(), sweep_status_of(path).state]


@HOW_MANY
def test_a_file_of_a_results_folder_that_is_not_what_was_written_is_not_taken_for_sound(examples, swept, tmp_path):
    sound = looked_at(swept)
    names = [path.relative_to(swept).as_posix() for path in sorted(swept.rglob("*")) if path.is_file()]
    cases = st.sampled_from(names).flatmap(lambda name: st.tuples(
        st.just(name), st.one_of(torn((swept / name).read_bytes()), st.none())))

    def check(case: tuple[str, bytes | None]) -> None:
        name, content = case
        path = tmp_path / "hurt"
        shutil.rmtree(path, ignore_errors=True)
        shutil.copytree(swept, path)
        if content is None:
            (path / name).unlink()
        else:
            (path / name).write_bytes(content)
        if is_refused(lambda: looked_at(path)) or content == (swept / name).read_bytes():
            return
        manifest = read_manifest(path, ANY)
        told = dict(changed_files(path, known_checksums(manifest)))
        assert (name, content is None) in [(name, problem == "gone") for name, problem in told.items()] or (
            looked_at(path) == sound and json.loads((path / "manifest.json").read_bytes()) == json.loads(
                (swept / "manifest.json").read_bytes())), case

    attacked(cases, check, examples)


@HOW_MANY
@pytest.mark.parametrize("fits", [False, True], ids=["by hand", "with its checksum"])
def test_a_manifest_that_was_edited_opens_no_door(examples, fits, swept, tmp_path):
    path = tmp_path / "hurt"
    shutil.copytree(swept, path)
    manifest = json.loads((swept / "manifest.json").read_text())

    def check(edited: Any) -> None:
        if fits and isinstance(edited, dict):
            edited = edited | {OWN: manifest_checksum(edited)}
        (path / "manifest.json").write_text(json.dumps(edited))
        is_closed = is_refused(lambda: looked_at(path))
        assert is_closed or fits or json.dumps(edited) == json.dumps(manifest) or OWN not in edited

    attacked(mutants(manifest), check, examples)


def test_a_folder_that_is_none_is_refused(tmp_path):
    with pytest.raises(ResultsError):
        looked_at(tmp_path)
