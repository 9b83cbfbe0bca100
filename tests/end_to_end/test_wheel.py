"""The program as it is installed: built as a wheel, unpacked elsewhere, and used there without the repository."""

from __future__ import annotations

import importlib.util
import shlex
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.statuses import bare_surroundings

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(importlib.util.find_spec("hatchling") is None, reason="hatchling is not installed")


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """A folder with the program as its wheel holds it."""
    place = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place)], cwd=ROOT, check=True,
                   capture_output=True)
    with zipfile.ZipFile(next(place.glob("*.whl"))) as wheel:
        wheel.extractall(place / "site")
    return place / "site"


def typed(line: str, installed: Path, folder: Path) -> str:
    """What a command prints, typed in a folder, interpreted: for so little the compiler is not worth waiting for."""
    surroundings = bare_surroundings() | {"PYTHONPATH": str(installed), "NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run([sys.executable, "-m", "simulation", *shlex.split(line)], cwd=folder, env=surroundings,
                          capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_holds_what_the_repository_keeps_elsewhere(installed):
    shipped = installed / "simulation" / "shipped"
    assert {path.name for path in shipped.iterdir()} == {
        "CITATION.cff", "LICENSE", "constraints.txt", "docs", "scenarios"}
    assert not list(installed.rglob("test_*.py"))
    pages = {path.relative_to(ROOT) for path in (ROOT / "simulation").rglob("page/*") if path.is_file()}
    assert [page for page in pages if not (installed / page).is_file()] == []


def test_a_folder_is_laid_out_and_scenarios_extend_what_is_installed(installed, tmp_path):
    typed("init mine", installed, tmp_path)
    mine = tmp_path / "mine"
    assert "a study of my-region" in typed("validate scenarios/studies/my-study.yaml", installed, mine)
    (mine / "own.yaml").write_text("name: own\nextends: stylised.yaml\n", encoding="utf-8")
    assert "own, 1 major power, 40 weak states" in typed("validate own.yaml", installed, mine)


@pytest.mark.slow
def test_a_newcomer_s_first_session(installed, tmp_path):
    typed("init mine", installed, tmp_path)
    mine = tmp_path / "mine"
    assert "NEA" in typed("run scenarios/my-region.yaml --years 3 --out run", installed, mine)
    typed("sweep scenarios/studies/my-study.yaml --set years=2 --replications 1 -j 1 --out sweep", installed, mine)
    assert len((mine / "sweep" / "runs.csv").read_text(encoding="utf-8").splitlines()) == 11
    typed("report sweep", installed, mine)
    page = (mine / "sweep" / "report.html").read_text(encoding="utf-8")
    assert "10.17994/it.2021.19.1.64.1" in page  # the article, from the citation file
    typed("export sweep --package sweep.zip", installed, mine)
    with zipfile.ZipFile(mine / "sweep.zip") as package:
        assert {"CITATION.cff", "LICENSE", "constraints.txt", "docs/model.md"} <= set(package.namelist())


def test_the_repository_is_not_looked_at(installed, tmp_path):
    ask = "import simulation, simulation.scenario.shipped as s; print(simulation.__file__, s.examples()[0].path)"
    surroundings = bare_surroundings() | {"PYTHONPATH": str(installed)}
    done = subprocess.run([sys.executable, "-c", ask], cwd=tmp_path, env=surroundings, capture_output=True, text=True,
                          check=True)
    assert all(Path(word).is_relative_to(installed) for word in done.stdout.split())
