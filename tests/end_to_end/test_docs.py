"""Pages of docs/ as a reader follows them: files written, commands typed in order, the output shown on the page there.

Pages with a test module of their own (designs, sweeps, cluster, propositions, report) are held by that one.
"""

from __future__ import annotations

import importlib
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from simulation.commands import command_line

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
FOLLOWED = ("tutorial.md", "how-to/a-scenario-of-your-own.md", "how-to/reproduce-a-results-folder.md",
            "how-to/draw-outcomes.md", "how-to/why-a-state-is-an-ally.md", "how-to/r-and-stata.md",
            "how-to/own-costs.md")
SLOWLY_FOLLOWED = ("gallery.md",)
WITH_PYTHON = ("python.md", "how-to/an-agent-of-your-own.md")
OWN_TEST = {"cluster.md", "designs.md", "propositions.md", "sweeps.md", "how-to/report.md"}
PAGES = sorted(DOCS.rglob("*.md"))
PROGRAM = "asymmetric-alliances"
BLOCK = re.compile(r"^(?P<before>[^\n]*)\n+```(?P<language>\w+)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
LIBRARY = re.compile(r"^library\((\w+)\)", re.MULTILINE)
NAMED = re.compile(r"`([\w./-]+\.(?:yaml|csv))`")


def words_of(line: str) -> str:
    return " ".join(line.split())


def typed(command: str, capsys) -> str:
    """What a command prints, which must do what was asked."""
    with pytest.raises(SystemExit) as left:
        command_line.main(shlex.split(command)[1:])
    captured = capsys.readouterr()
    assert left.value.code == 0, f"{command}\n{captured.err}"
    return captured.out + captured.err


def run_in_r(text: str) -> None:
    """Runs what stands there where R and the packages that it names are installed."""
    if shutil.which("Rscript"):
        asked = ", ".join(f'requireNamespace("{name}", quietly = TRUE)' for name in LIBRARY.findall(text))
        program = f"if (all({asked or 'TRUE'})) {{\n{text}}}"
        done = subprocess.run(["Rscript", "-e", program], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", [*FOLLOWED, *(pytest.param(name, marks=pytest.mark.slow) for name in SLOWLY_FOLLOWED)])
def test_a_page_can_be_followed(name, tmp_path, monkeypatch, capsys):
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    monkeypatch.chdir(tmp_path)
    told, commands, shown = "", 0, 0
    for block in BLOCK.finditer((DOCS / name).read_text(encoding="utf-8")):
        if block["language"] == "sh":
            lines = block["text"].splitlines()
            told = "".join(typed(line, capsys) for line in lines)
            commands += len(lines)
        elif block["language"] == "python":
            exec(compile(block["text"], name, "exec"), {})
            told = capsys.readouterr().out
        elif block["language"] == "r":
            run_in_r(block["text"])
        elif block["language"] == "stata":
            continue  # no test has a licence
        elif block["language"] == "text":
            there = {words_of(line) for line in told.splitlines()}
            assert [line for line in block["text"].splitlines() if words_of(line) not in there] == []
            shown += 1
        else:
            Path(NAMED.findall(block["before"])[-1]).write_text(block["text"], encoding="utf-8")
    assert commands > 2 or "why" in name
    assert shown or "tutorial" not in name
    if "reproduce" in name:
        assert Path("results/again/runs.csv").read_bytes() == Path("results/cases/runs.csv").read_bytes()


@pytest.mark.parametrize("name", WITH_PYTHON)
def test_the_python_on_a_page_runs_and_prints_what_stands_there(name, tmp_path, monkeypatch, capsys):
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    ran = 0
    for block in BLOCK.finditer((DOCS / name).read_text(encoding="utf-8")):
        if block["language"] == "python":
            exec(compile(block["text"], name, "exec"), names)
            ran += 1
        elif block["language"] == "text":
            assert capsys.readouterr().out == block["text"]
    assert ran


def test_every_page_with_python_is_run():
    assert {page.relative_to(DOCS).as_posix() for page in PAGES
            if "```python\n" in page.read_text(encoding="utf-8")} == {
                *WITH_PYTHON, "designs.md", "how-to/add-a-cost.md", "how-to/draw-outcomes.md", "how-to/own-costs.md"}


def test_every_page_with_commands_is_followed_somewhere():
    typed_on = {page.relative_to(DOCS).as_posix() for page in PAGES if "```sh\n" in page.read_text(encoding="utf-8")}
    assert typed_on == {*FOLLOWED, *SLOWLY_FOLLOWED, *OWN_TEST}
    tests = [f"test_{Path(name).stem}_page.py" for name in OWN_TEST]
    assert [name for name in tests if not (Path(__file__).parent / name).exists()] == []


@pytest.mark.parametrize("page", [ROOT / "README.md", *PAGES], ids=lambda page: page.name)
def test_every_link_leads_somewhere(page):
    links = re.findall(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", [ROOT / "README.md", *PAGES], ids=lambda page: page.name)
def test_every_command_named_is_one(page):
    named = re.findall(rf"{PROGRAM} ([a-z]+)", page.read_text(encoding="utf-8"))
    assert [name for name in named if name not in command_line.COMMANDS] == []


def test_every_page_is_in_the_readme():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in PAGES if f"({page.relative_to(ROOT)})" not in readme] == []


def test_what_the_page_on_costs_names_is_there():
    text = (DOCS / "how-to" / "add-a-cost.md").read_text(encoding="utf-8")
    files = re.findall(r"`((?:simulation|tests|scenarios|docs|benchmarks)/[\w./-]+)`", text)
    assert len(files) > 3
    assert [name for name in files if not (ROOT / name).exists()] == ["tests/unit/test_abandonment.py"]
    names = re.findall(r"`(simulation(?:\.\w+)+)`", text)
    assert len(names) > 4
    for name in names:
        module, _, attribute = name.rpartition(".")
        assert hasattr(importlib.import_module(module), attribute), name
