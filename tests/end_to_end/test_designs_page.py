"""docs/designs.md: every study on it is read, every command typed, every number made again; and the studies."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import BaseModel

from simulation.study.design import Design, Range
from simulation.study.plan import load_plan
from simulation.study.sampling import Box, Morris, Saltelli, Sample
from simulation.study.stopping_rule import Until
from tests.statuses import bare_surroundings

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "designs.md").read_text(encoding="utf-8")
PROGRAM = "asymmetric-alliances"
STUDIES = sorted(path.stem for path in (ROOT / "scenarios" / "studies").glob("*.yaml") if not path.match("my-*"))
KINDS = {"four-factors": 24, "paper-pacts": 27, "russia-entrapment": 15, "russia-space": 32, "patron-cases": 5,
         "patron-precision": 5, "patron-screening": 90, "patron-variance": 128 * 6,
         "moments-russia": 512, "moments-united-states": 512, "own-experience": 6,
         "own-opposition": 6, "own-prestige": 6}


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, flags=re.DOTALL)


@pytest.fixture
def copy(tmp_path) -> Path:
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    return tmp_path


@pytest.mark.parametrize("number", range(len(blocks("yaml"))))
def test_a_study_on_the_page_is_one(number, copy):
    (table,) = blocks("csv")
    folder = copy / "scenarios" / "studies"
    (folder / "cases.csv").write_text(table, encoding="utf-8")
    (folder / "x.yaml").write_text(f"name: x\nscenario: ../stylised.yaml\n{blocks('yaml')[number]}", encoding="utf-8")
    plan = load_plan(folder / "x.yaml")
    assert len(plan.points) > 1 or "replications" in blocks("yaml")[number]


@pytest.mark.parametrize("record", [Design, Range, Box, Sample, Morris, Saltelli, Until])
def test_every_key_is_on_the_page(record: type[BaseModel]):
    assert [key for key in record.model_fields if f"`{key}`" not in PAGE and f"`{key}:" not in PAGE] == []


@pytest.mark.slow
def test_what_the_page_shows_is_what_its_commands_say(copy):
    commands = [line for block in blocks("sh") for line in block.splitlines()]
    assert len(commands) == 3
    for command in commands:
        arguments = [sys.executable, "-m", "simulation", *shlex.split(command)[1:]]
        done = subprocess.run(arguments, cwd=copy, capture_output=True, text=True, timeout=300, check=False,
                              env=bare_surroundings())
        assert command.startswith(PROGRAM) and done.returncode == 0, done.stderr
    assert "points stopped: " in done.stderr
    assert (copy / "results" / "screening" / "sensitivity.csv").is_file()


def test_the_coverage_that_the_page_tells_of(capsys):
    (program,), (text,) = blocks("python"), blocks("text")
    exec(compile(program, "designs.md", "exec"), {})
    assert capsys.readouterr().out == text


def test_every_file_that_is_linked_is_there():
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", PAGE)
    assert [link for link in links if not (ROOT / "docs" / link).exists()] == []
    assert {Path(link).stem for link in links} == set(STUDIES)


@pytest.mark.parametrize("name", STUDIES)
def test_a_study_in_the_house_has_the_points_that_are_expected(name):
    assert len(load_plan(ROOT / "scenarios" / "studies" / f"{name}.yaml").points) == KINDS[name]
