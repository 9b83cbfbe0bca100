"""docs/propositions.md: its commands in order, its file the one that is shipped, its verdicts those of the file."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from simulation.commands import command_line
from simulation.commands.test import BEGIN, END
from simulation.propositions.file import load_family
from simulation.study.derived_measures import KINDS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "propositions.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, flags=re.DOTALL) for line in block.splitlines()]


def test_the_commands_work_one_after_the_other(tmp_path, monkeypatch, capsys):
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    monkeypatch.chdir(tmp_path)
    assert [command.split()[1] for command in COMMANDS] == ["validate", "test", "scope", "multiverse"]
    for command in COMMANDS:
        with pytest.raises(SystemExit) as left:
            command_line.main(shlex.split(command)[1:])
        assert left.value.code == 0, capsys.readouterr().err
    out = capsys.readouterr().out
    assert "cheap: not identified (supported). Where wars cost the patron less, it takes more allies." in out
    assert "8 places: " in out
    assert "of 4 combinations" in out


def test_the_file_on_the_page_is_the_one_that_is_shipped():
    shown = re.search(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL).group(1)
    assert shown == (ROOT / "scenarios" / "studies" / "my-propositions.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["propositions", "propositions-fitted"])
def test_the_verdicts_on_the_page_are_of_the_propositions_as_they_stand(name):
    """The tables take minutes to make; that they are of this file, its scenarios included, shows by the hash."""
    family = load_family(ROOT / "scenarios" / f"{name}.yaml")
    page = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
    verdicts = page[page.index(BEGIN):page.index(END)]
    assert f"hash `{family.digest}`" in verdicts
    assert [code for code in family.content.propositions if f"| {code} |" not in verdicts] == []
    for proposition in family.content.propositions.values():
        assert [out for out in proposition.knock_outs if f"| {out} |" not in verdicts] == []


def test_every_kind_of_measure_is_on_the_page():
    assert [kind for kind in KINDS if f"| `{kind}` |" not in PAGE] == []


def test_a_page_without_marks_is_refused(tmp_path, monkeypatch, capsys):
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    monkeypatch.chdir(tmp_path)
    Path("page.md").write_text("nothing\n")
    with pytest.raises(SystemExit) as left:
        command_line.main(["test", "scenarios/studies/my-propositions.yaml", "--out", "out", "--page", "page.md"])
    assert left.value.code == 2
    assert capsys.readouterr().err.startswith("error: --page: no place for verdicts; found 'page.md'; allowed: a page")
    assert not Path("out").exists()
    Path("page.md").write_text(f"above\n{BEGIN}\nold\n{END}\nbelow\n")
    with pytest.raises(SystemExit) as left:
        command_line.main(["test", "scenarios/studies/my-propositions.yaml", "--out", "out", "--page", "page.md",
                  "--replications", "10", "-j", "1"])
    assert left.value.code == 0
    text = Path("page.md").read_text()
    assert text.startswith(f"above\n{BEGIN}\nFile `scenarios/studies/my-propositions.yaml`, hash `")
    assert text.endswith(f"{END}\nbelow\n")
    assert re.search(r"\| risk_ignored \| more \| [\d.]+ \| -?[\d.]+ to [\d.]+ \| 10 \| undecided \|", text)
