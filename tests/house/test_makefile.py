"""Which interpreter the Makefile takes. The interpreters are stand-ins, and make only says what it would do."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAKE = shutil.which("make")

pytestmark = pytest.mark.skipif(MAKE is None, reason="make is not installed")


@pytest.fixture
def clone(tmp_path):
    """A fresh clone, as far as the Makefile is concerned, with empty folders for commands and for versions."""
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "sh").symlink_to("/bin/sh")
    return tmp_path


def stand_in(path, *, fits):
    """An interpreter that prints its path when asked whether it fits, or fails like a shim without its version."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho {path}\n" if fits else "#!/bin/sh\necho 'no such version' >&2\nexit 127\n")
    path.chmod(0o755)
    return path


def dry_run(clone, *arguments, target="lint"):
    """`make --dry-run` of a target in `clone`, with nothing of this machine's interpreters in sight."""
    environment = {"PATH": str(clone / "bin"), "HOME": str(clone), "PYENV_ROOT": str(clone / "pyenv")}
    return subprocess.run(
        [MAKE, "--dry-run", target, *arguments],
        cwd=clone, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_the_first_interpreter_that_runs_is_taken(clone):
    stand_in(clone / "bin" / "python3.13", fits=False)
    chosen = stand_in(clone / "bin" / "python3.12", fits=True)
    stand_in(clone / "bin" / "python3", fits=True)
    done = dry_run(clone)
    assert done.returncode == 0, done.stderr
    assert f'"{chosen}" -m venv --clear .venv' in done.stdout


def test_version_folders_are_searched_after_the_path(clone):
    stand_in(clone / "bin" / "python3", fits=False)
    stand_in(clone / "pyenv" / "versions" / "3.11.7" / "bin" / "python3", fits=False)
    chosen = stand_in(clone / "pyenv" / "versions" / "3.13.0" / "bin" / "python3", fits=True)
    assert f'"{chosen}" -m venv --clear .venv' in dry_run(clone).stdout


def test_one_readable_line_where_none_fits(clone):
    stand_in(clone / "bin" / "python3", fits=False)
    done = dry_run(clone)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "no working Python 3.12 or newer with its venv module was found; install one" in done.stderr


def test_a_named_interpreter_is_taken_or_refused_by_name(clone):
    stand_in(clone / "bin" / "python3.13", fits=True)
    old = stand_in(clone / "old", fits=False)
    new = stand_in(clone / "new", fits=True)
    assert f'"{new}" -m venv' in dry_run(clone, f"PYTHON={new}").stdout
    refused = dry_run(clone, f"PYTHON={old}")
    assert refused.returncode == 2
    assert f"{old} is not a working Python 3.12 or newer" in refused.stderr


def test_an_environment_whose_interpreter_has_gone_is_made_anew(clone):
    stand_in(clone / "bin" / "python3", fits=True)
    (clone / ".venv" / "bin").mkdir(parents=True)
    (clone / ".venv" / "bin" / "python").symlink_to(clone / "gone")
    finished(clone)
    assert "-m venv --clear .venv" in dry_run(clone).stdout


def finished(clone, *stamps):
    """An environment in which all has been installed, or of which only some stamps are there."""
    for name in stamps or (".made", ".installed", ".installed-for-tests"):
        (clone / ".venv" / name).touch()


def test_a_finished_environment_is_left_alone(clone):
    stand_in(clone / ".venv" / "bin" / "python", fits=True)
    finished(clone)
    done = dry_run(clone)
    assert done.stdout.splitlines() == [".venv/bin/python -m ruff check .", ".venv/bin/python -m mypy"]
    assert dry_run(clone, target="demo").stdout.splitlines() == [".venv/bin/python -m simulation demo "]


def test_the_demo_waits_for_nothing_that_only_tests_need(clone):
    stand_in(clone / "bin" / "python3", fits=True)
    assert "--editable .\n" in (demo := dry_run(clone, target="demo").stdout) and "[test]" not in demo
    tested = dry_run(clone).stdout
    assert tested.count("--editable") == 1 and "--editable '.[test]'" in tested
    stand_in(clone / ".venv" / "bin" / "python", fits=True)
    finished(clone, ".made", ".installed")
    assert "--editable '.[test]'" in dry_run(clone).stdout


@pytest.mark.parametrize("target", ["demo", "lint"])
def test_all_that_is_installed_is_pinned_and_no_byte_code_is_made_beforehand(clone, target):
    stand_in(clone / "bin" / "python3", fits=True)
    installed = [line for line in dry_run(clone, target=target).stdout.splitlines() if " pip install " in line]
    assert len(installed) == 2
    assert all("--no-compile --constraint constraints.txt" in line for line in installed)


@pytest.mark.parametrize("changed", ["pyproject.toml", "constraints.txt"])
def test_new_requirements_or_pins_bring_an_environment_up_to_date(clone, changed):
    stand_in(clone / ".venv" / "bin" / "python", fits=True)
    finished(clone)
    later = (clone / ".venv" / ".made").stat().st_mtime + 60
    os.utime(clone / changed, (later, later))
    for target in ("lint", "demo"):
        done = dry_run(clone, target=target)
        assert "Bringing .venv up to date" in done.stdout and "--editable" in done.stdout
        assert "-m venv" not in done.stdout
