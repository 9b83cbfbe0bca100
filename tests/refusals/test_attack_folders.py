"""An attack on results folders of every kind but sweeps: files that are missing, cut off, of another version, or have a
changed byte; those of which the checksums tell, and those whose checksums fit.

Nothing that is not what was written is taken for sound, and whatever is put in, a page and figures come of it or one
line. `make test` tries a hundred, `make test-reliability` two thousand of each kind.
"""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import pytest
from hypothesis import strategies as st

from simulation.commands.figures import figures_of
from simulation.report.page import page_of
from simulation.report.source import subject_of
from simulation.study.checksums import OWN, manifest_checksum
from simulation.study.manifest import ANY, read_manifest
from tests.attacks import ALL, attacked, is_refused, mutants, numbers, torn, words
from tests.faults.commands import COMMANDS, workplace
from tests.manifests import renew_checksums
from tests.statuses import status_of

SOME = 25
"""Of each of the four kinds that `make test` tries."""
USUAL = "run", "solve", "test", "record fit"
OTHERS = "compare", "statics", "scope", "multiverse", "record score", "record profile", "record moments"
MANIFEST = "manifest.json"
IN_THE_LONG_RUN = [pytest.mark.slow, pytest.mark.reliability]

KINDS = pytest.mark.parametrize(("folder", "examples"), [
    *((name, SOME) for name in USUAL), *(pytest.param(name, ALL, marks=IN_THE_LONG_RUN) for name in USUAL + OTHERS)],
    indirect=["folder"])


@pytest.fixture(scope="module")
def folders(tmp_path_factory) -> dict[str, Path]:
    """Sound results folders, by command; each is made when it is first asked for."""
    return {"workplace": workplace(tmp_path_factory.mktemp("attacked"))}


@pytest.fixture
def folder(request, folders, monkeypatch) -> Path:
    name, place = request.param, folders["workplace"]
    if name not in folders:
        monkeypatch.chdir(place)
        folders[name] = place / name.replace(" ", "-")
        assert status_of(*COMMANDS[name].typed(folders[name].name)) == 0
    return folders[name]


@pytest.fixture(autouse=True)
def figures_closed() -> Iterator[None]:
    yield
    plt.close("all")


def page(path: Path) -> str:
    """What `report` makes of a folder, without its figures."""
    return page_of(subject_of(path))


def drawn(path: Path) -> None:
    """What `figures` and `report` make of a folder."""
    page(path)
    figures_of(path, read_manifest(path, ANY))
    plt.close("all")


def files_of(folder: Path) -> list[str]:
    """What a folder lives on, by path in it; its figures are made of the rest."""
    return [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix not in (".png", ".pdf", ".lock")]


@st.composite
def other_tables(draw: Callable, content: bytes) -> bytes:
    """A table of which cells, rows or columns are others, as another version or a hand may have left it."""
    rows = list(csv.reader(io.StringIO(content.decode())))
    for _ in range(draw(st.integers(1, 3))):
        row, column = draw(st.integers(0, len(rows) - 1)), draw(st.integers(0, max(0, len(rows[0]) - 1)))
        how = draw(st.sampled_from(["cell", "name", "row", "twice", "none", "column", "empty"]))
        if how in ("cell", "name") and rows[0 if how == "name" else row]:
            rows[0 if how == "name" else row][column] = draw(st.one_of(words, numbers.map(str)))
        elif how == "row":
            del rows[max(1, row):max(1, row) + 1]
        elif how == "twice":
            rows.append(rows[row][:])
        elif how == "none":
            rows = rows[:1]
        elif how == "column":
            rows = [[cell for place, cell in enumerate(own) if place != column] for own in rows]
        elif how == "empty":
            rows = [own[:column] + [""] * bool(own) + own[column + 1:] for own in rows]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode(errors="replace")


def hurt(folder: Path, path: Path, case: tuple[str, bytes | None]) -> None:
    """A copy of a folder in which a file holds something else, or is gone."""
    shutil.rmtree(path, ignore_errors=True)
    shutil.copytree(folder, path)
    name, content = case
    if content is None:
        (path / name).unlink()
    else:
        (path / name).write_bytes(content)


@KINDS
def test_a_file_that_is_not_what_was_written_is_not_taken_for_sound(folder, examples, tmp_path):
    path = tmp_path / folder.name
    shutil.copytree(folder, path)
    sound = page(path)
    cases = st.sampled_from(files_of(folder)).flatmap(lambda name: st.tuples(
        st.just(name), st.one_of(torn((folder / name).read_bytes()), st.none())))

    def check(case: tuple[str, bytes | None]) -> None:
        hurt(folder, path, case)
        found: list[str] = []
        assert is_refused(lambda: found.append(page(path))) or found == [sound], case

    attacked(cases, check, examples)


@KINDS
def test_tables_of_another_version_are_shown_or_refused(folder, examples, tmp_path):
    """Their checksums fit, so that all that reads them has to look for itself."""
    path = tmp_path / folder.name
    names = [name for name in files_of(folder) if name.endswith(".csv")]

    def cases_of(name: str) -> st.SearchStrategy:
        content = (folder / name).read_bytes()
        return st.tuples(st.just(name), st.one_of(other_tables(content), other_tables(content), torn(content),
                                                  st.none()))

    def check(case: tuple[str, bytes | None]) -> None:
        hurt(folder, path, case)
        renew_checksums(path)
        is_refused(lambda: (drawn if examples == ALL else page)(path))

    attacked(st.sampled_from(names).flatmap(cases_of), check, examples)


@KINDS
def test_a_manifest_of_another_version_is_shown_or_refused(folder, examples, tmp_path):
    path = tmp_path / folder.name
    shutil.copytree(folder, path)
    manifest = json.loads((folder / MANIFEST).read_text())

    def check(edited: Any) -> None:
        if isinstance(edited, dict):
            edited = edited | {OWN: manifest_checksum(edited)}
        (path / MANIFEST).write_text(json.dumps(edited))
        is_refused(lambda: (drawn if examples == ALL else page)(path))

    attacked(mutants(manifest), check, examples)
