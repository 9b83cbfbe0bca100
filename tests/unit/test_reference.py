"""The reference holds every key of scenario files, and the documentation holds the reference."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulation.commands.command_line import COMMANDS, main
from simulation.commands.command_reference import command_reference
from simulation.errors import Refusal
from simulation.report.reference import STATED, markdown, matching, reference, renewed
from simulation.scenario.file import load_document, load_scenario

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "docs" / "model.md"
DEFAULTS = {"major_power_defaults": "major_powers.*.", "weak_state_defaults": "weak_states.*."}


def leaves(data: dict, under: str = "") -> dict[str, object]:
    found = {}
    for key, value in data.items():
        path = f"{under}{key}" if under else DEFAULTS.get(key, f"{key}.").removesuffix(".")
        found |= leaves(value, f"{path}.") if isinstance(value, dict) and value else {path: value}
    return found


def test_the_documentation_holds_the_records():
    text = MODEL.read_text(encoding="utf-8")
    assert renewed(text, str(MODEL)) == text, "asymmetric-alliances describe --write docs/model.md"


def test_the_commands_are_documented_as_they_are():
    page = ROOT / "docs" / "commands.md"
    text = page.read_text(encoding="utf-8")
    assert renewed(text, str(page), {"commands": command_reference}) == text, (
        "asymmetric-alliances describe --write docs/commands.md")
    assert [name for name, line in COMMANDS.items() if f"### {name}\n\n{line}\n" not in text] == []
    assert "| `--set PATH=VALUE` | Value at every point; may be repeated. |" in text


def test_every_option_says_what_it_means():
    rows = [line for line in command_reference().splitlines() if line.startswith("| `")]
    assert len(rows) > 100
    assert [row for row in rows if row.split(" | ")[1].strip() == ""] == []


def test_the_documentation_has_every_table():
    text = MODEL.read_text(encoding="utf-8")
    assert [name for name in reference() if f"<!-- table: {name} -->" not in text] == []


def test_every_key_of_base_yaml_is_there_with_its_default():
    data, _ = load_document(ROOT / "scenarios" / "base.yaml")
    told = {entry.name: entry.default for entries in reference().values() for entry in entries}
    keys = {path: value for path, value in leaves(data).items() if path != "own_terms"}  # terms have names of their own
    assert len(keys) > 60
    for path, value in keys.items():
        written = str(value).lower() if isinstance(value, bool) else "none" if value in ("", [], {}) else str(value)
        assert told.get(path) == written, path


def test_every_line_means_something():
    for name, entries in reference().items():
        assert entries, name
        assert [entry.name for entry in entries if not entry.meaning] == []
        assert len({entry.name for entry in entries}) == len(entries)


def test_a_word_is_found_in_names_and_meanings():
    names = [entry.name for entries in matching("Entrapment").values() for entry in entries]
    assert "major_powers.*.costs.entrapment.war_cost" in names
    assert "cost_entrapment" in names
    assert "years" not in names


def test_words_are_found_whether_joined_or_not():
    assert matching("war cost") == matching("War_Cost")
    assert "major_powers.*.costs.entrapment.war_cost" in [entry.name for entry in matching("war cost")["parameters"]]


def test_a_word_that_nothing_has_is_refused():
    with pytest.raises(Refusal, match=r"nothing has it in its name or meaning; found entrappment; .* mean entrap"):
        matching("entrappment")


def test_a_table_is_renewed_and_the_rest_stays():
    page = "before\n<!-- table: pacts -->\nold | line\n<!-- end -->\nafter\n"
    made = renewed(page, "page.md")
    assert made == f"before\n<!-- table: pacts -->\n{markdown(reference()['pacts'])}\n<!-- end -->\nafter\n"
    assert renewed(made, "page.md") == made


@pytest.mark.parametrize(("page", "words"), [
    ("nothing", "page.md: no place for a table; allowed: a line <!-- table: NAME -->"),
    ("<!-- table: pacs -->\n<!-- end -->", "page.md: no such table; found pacs; allowed: parameters"),
    ("<!-- table: pacts -->\n", "page.md: a table without its end"),
    ("<!-- table: pacts -->\n<!-- table: series -->\n<!-- end -->", "page.md: a table without its end"),
])
def test_a_page_that_cannot_be_renewed_is_refused(page, words):
    with pytest.raises(Refusal) as refused:
        renewed(page, "page.md")
    assert str(refused.value).startswith(words)


def said(capsys, *arguments: object) -> str:
    with pytest.raises(SystemExit) as left:
        main([str(argument) for argument in arguments])
    assert left.value.code == 0
    return capsys.readouterr().out


def test_the_command_tells_and_writes(tmp_path, capsys):
    assert "major_powers.*.attention  (negotiations per year; 0 to 1000; default 3)" in said(
        capsys, "describe", "attention")
    page = tmp_path / "page.md"
    page.write_text("<!-- table: pacts -->\n<!-- end -->\n", encoding="utf-8")
    assert said(capsys, "describe", "--write", page) == f"{page}: renewed\n"
    assert said(capsys, "describe", "--write", page) == f"{page}: nothing to renew\n"


def test_a_word_and_a_page_are_refused_together(capsys):
    with pytest.raises(SystemExit) as left:
        main(["describe", "attention", "--write", "page.md"])
    assert left.value.code == 2
    assert capsys.readouterr().err.startswith("error: --write: not both")


def test_a_path_with_codes_is_found_by_its_pattern():
    assert [entry.name for entry in matching("weak_states.ARM.toward.RUS.basing")["parameters"]] == [
        "weak_states.*.toward.*.basing"]
    assert [entry.name for entry in matching("own_terms.fee.weight")["parameters"]] == ["own_terms.*.weight"]


def test_own_terms_of_a_scenario_are_found_in_it():
    scenario = load_scenario(ROOT / "scenarios" / "own-opposition.yaml")
    measure, = matching("cost_opposition", scenario)[STATED]
    assert measure.unit == "payoff per year" and measure.meaning.startswith("Opposition at home")
    weight, = matching("own_terms.opposition.weight", scenario)[STATED]
    assert weight.meaning.endswith("Here: 1.0")
    assert {"stated", "parameters"} <= matching("own_terms", None).keys() | matching("own", scenario).keys()
    with pytest.raises(Refusal, match="a measure of an own term of a scenario; found cost_opposition; allowed: the sc"):
        matching("cost_opposition")


@pytest.mark.parametrize("words", [("war", "cost"), ("war cost",), ("cost", "war"), ("WAR_COST",)])
def test_several_words_need_no_quotes(words, capsys):
    assert "crisis.war_cost_weak  (" in said(capsys, "describe", *words)


def test_the_last_word_may_be_a_scenario(capsys):
    scenario = ROOT / "scenarios" / "own-opposition.yaml"
    assert "own_terms.opposition.says" in said(capsys, "describe", "opposition", "at", "home", scenario)


@pytest.mark.parametrize(("word", "alike"), [
    ("entrapmnt", "entrapment"), ("warcost", "war cost"), ("pride", "price"), ("xyz", "")])
def test_an_unknown_word_is_told_what_is_like_it(word, alike):
    with pytest.raises(Refusal) as refused:
        matching(word)
    assert refused.value.suggestion.split(" or ")[0] == alike
    assert refused.value.allowed.startswith("other words, or a table such as own_terms")
