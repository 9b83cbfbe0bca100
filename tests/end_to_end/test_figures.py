"""``figures`` on what `solve`, `statics` and `compare` left: drawn again from the tables, nothing computed."""

from __future__ import annotations

from pathlib import Path

import pytest

import simulation.equilibrium.search
from simulation.commands.command_line import main
from tests.end_to_end.test_compare import SCENARIO
from tests.manifests import change_manifest, renew_checksums

FIXED = "major_powers.P.costs.direct.fixed"
COMMANDS = {
    "solve": (["solve", "small.yaml"], "contracts"),
    "compare": (["compare", "small.yaml", "--against", f"{FIXED}=2"], "contracts"),
    "line": (["statics", "small.yaml", "--vary", f"{FIXED}=0:0.4:3", "-j", "1"], "branches"),
    "plane": (["statics", "small.yaml", "--vary", f"{FIXED}=0,0.4", "--vary", "weak_states.A.crisis_rate=0.1,0.6", "-j",
               "1"], "regions"),
}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.yaml").write_text(SCENARIO, encoding="utf-8")


def typed(capsys, *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main(list(arguments))
    said = capsys.readouterr()
    return left.value.code, said.out, said.err


@pytest.mark.parametrize("kind", list(COMMANDS))
def test_the_same_picture_is_made_again_from_the_tables(kind, capsys, monkeypatch):
    command, name = COMMANDS[kind]
    assert typed(capsys, *command, "--out", "mine")[0] == 0
    picture = Path("mine/figures") / f"{name}.png"
    before = picture.read_bytes()
    picture.unlink()
    monkeypatch.setattr(simulation.equilibrium.search, "world_of", None)  # nothing is to be solved
    assert typed(capsys, "figures", "mine") == (0, f"figure: {picture}\n", "")
    assert picture.read_bytes() == before


def test_where_no_equilibrium_was_found_there_is_no_figure(capsys):
    scenario = Path(__file__).resolve().parents[2] / "scenarios" / "no-rest.yaml"
    code, out, err = typed(capsys, "solve", str(scenario), "--out", "mine")
    assert (code, err) == (0, "")
    assert "figure:" not in out
    assert typed(capsys, "figures", "mine") == (0, "no figure: nothing that it would show was found, or varies\n", "")


def without_scenario(folder: Path) -> None:
    change_manifest(folder, scenario={"name": "x"})


@pytest.mark.parametrize(("spoil", "more", "message"), [
    (lambda folder: None, ["--by", "x"], "--by: not a sweep; found 'mine', a search for equilibria; allowed: no --by"),
    (lambda folder: (folder / "pacts.csv").unlink(), [], "mine/pacts.csv: no such file; the command has to be run"),
    (lambda folder: (folder / "pacts.csv").write_text(""), [], "mine/pacts.csv: cannot be read"),
    (lambda folder: (folder / "pacts.csv").write_text("year\nx\n"), [], "mine: manifest.json and the tables are not"),
    (without_scenario, [], "mine: manifest.json and the tables are not those of a search for equilibria"),
])
def test_figures_that_cannot_be_made_are_refused_in_one_line(spoil, more, message, capsys):
    assert typed(capsys, "solve", "small.yaml", "--out", "mine")[0] == 0
    spoil(Path("mine"))
    renew_checksums("mine")
    code, out, err = typed(capsys, "figures", "mine", *more)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"error: {message}")


# ---- any measure by any factor ---------------------------------------------------------------------------------------

STUDY = """\
format: 1
name: small
scenario: small.yaml
set: {years: 4}
design:
  grid:
    major_powers.P.costs.direct.fixed: [0, 0.4]
    weak_states.A.crisis_rate: [0.1, 0.6]
replications: 3
measures:
  richer: {meaning: Whether allies are large., unit: capability, selection: {on: capability}}
"""


@pytest.fixture
def swept(capsys) -> str:
    Path("study.yaml").write_text(STUDY, encoding="utf-8")
    assert typed(capsys, "sweep", "study.yaml", "-j", "1", "--out", "swept")[0] == 0
    return "swept"


@pytest.mark.parametrize(("options", "name"), [
    (["--measure", "number_of_pacts"], "number-of-pacts"),
    (["--measure", "wars", "--by", "fixed", "--kind", "box"], "wars-box-by-fixed"),
    (["--measure", "wars", "--by", "fixed", "--within", "crisis_rate", "--kind", "heat"],
     "wars-heat-by-fixed-within-crisis-rate"),
    (["--measure", "richer", "--by", "fixed", "--at", "crisis_rate=0.6"], "richer-by-fixed-at-crisis-rate-0.6"),
    (["--measure", "wars", "--against-measure", "challenges", "--at", "crisis_rate=0.2:0.7"],
     "wars-against-challenges-at-crisis-rate-0.2-0.7"),
    (["--measure", "wars", "--by", "fixed", "--name", "mine", "--label", "fixed=Dear"], "mine"),
])
def test_any_measure_is_drawn_by_any_factor(options, name, swept, capsys):
    assert typed(capsys, "figures", swept, *options) == (0, f"figure: swept/figures/{name}.png\n", "")
    assert Path(f"swept/figures/{name}.png").stat().st_size > 5000 and Path(f"swept/figures/{name}.pdf").is_file()


def test_several_folders_stand_side_by_side(swept, capsys):
    assert typed(capsys, "sweep", "study.yaml", "-j", "1", "--seed", "2", "--out", "other")[0] == 0
    code, out, err = typed(capsys, "figures", swept, "other", "--measure", "wars", "--by", "fixed", "--out", "made")
    assert (code, out, err) == (0, "figure: made/wars-by-fixed.png\n", "")


def test_what_there_is_to_draw_is_listed(swept, capsys):
    code, out, _ = typed(capsys, "figures", swept, "--list")
    assert code == 0
    assert "  major_powers.P.costs.direct.fixed: 0, 0.4\n" in out and "weak_states.A.crisis_rate: 0.1, 0.6" in out
    assert "\nkinds (--kind)\n  dots, box, violin, ecdf, histogram, ridge, line, heat, scatter\n" in out


@pytest.mark.parametrize(("options", "message"), [
    (["--measure", "war"], "--measure: no such column in the table; found 'war'"),
    (["--measure", "wars", "--by", "fixd"], "--by: no such column in the table; found 'fixd'"),
    (["--measure", "wars", "--at", "fixed"], "--at: not a level; found 'fixed'; allowed: FACTOR=LEVEL or"),
    (["--measure", "wars", "--at", "fixed=3"], "--at: major_powers.P.costs.direct.fixed: no history at this level"),
    (["--measure", "wars", "--label", "fixed"], "--label: not a label; found 'fixed'; allowed: NAME=WORDS"),
    (["--measure", "wars", "--kind", "pie"], "--kind: no such kind of figure; found 'pie'; allowed: dots"),
    (["--kind", "box"], "--measure: missing; allowed: a measure, where --kind is given"),
    (["swept"], "--measure: missing; allowed: a measure, where several folders are to be shown side by side"),
    (["swept", "--measure", "wars"], "a results folder given twice; found swept, swept"),
])
def test_what_cannot_be_drawn_is_refused_in_one_line(options, message, swept, capsys):
    code, out, err = typed(capsys, "figures", swept, *options)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"error: {message}")


def test_figures_look_as_asked(swept, capsys):
    code, out, err = typed(capsys, "figures", swept, "--measure", "wars", "--by", "fixed", "--size", "85x60mm",
                           "--name", "w", "--no-caption", "--format", "svg", "--title", "Wars", "--font-size", "7")
    assert (code, err) == (0, "") and out.startswith("figure: swept/figures/w.svg\ncaption: Wars: Challenges that")
    assert 'width="240.9' in Path("swept/figures/w.svg").read_text() and not Path("swept/figures/w.png").exists()


@pytest.mark.parametrize(("options", "message"), [
    (["--size", "3ft"], "--size: not a size; found '3ft'; allowed: 7.2, 85mm or 18x10cm"),
    (["--size", "85"], "--size: not a size; found '85'"),
    (["--font-size", "99"], "--font-size: out of range; found 99; allowed: 4 to 40"),
    (["--format", "png,gif"], "--format: no such kind of file; found 'gif'; allowed: png, pdf, svg"),
    (["--style", "nice"], "--style: neither a file nor a style of Matplotlib; found 'nice'"),
    (["--title", "\U00012000"], "--title: letters that no font here has; found \U00012000"),
])
def test_looks_that_cannot_be_had_are_refused_in_one_line(options, message, swept, capsys):
    code, out, err = typed(capsys, "figures", swept, *options)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"error: {message}")


def test_of_another_folder_its_figures_are_listed(capsys):
    assert typed(capsys, "solve", "small.yaml", "--out", "mine")[0] == 0
    assert typed(capsys, "figures", "mine", "--list") == (0, "figures of a search for equilibria: contracts\n", "")
