"""`report`: one page that holds all it shows, whose numbers are the folder's, and which says what is missing."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
import yaml

from simulation.report.parts import Table, number
from simulation.report.provenance import _of_scenario
from simulation.report.runs import measured_years
from simulation.report.sections import SECTIONS
from simulation.report.sweeps import MAIN_MEASURES
from simulation.study import histories
from simulation.study.manifest import SWEEP
from simulation.study.store import open_results
from simulation.study.summary import summary
from tests import results
from tests.builders import one_power
from tests.manifests import renew_checksums
from tests.propositions import write_propositions
from tests.statuses import status_of
from tests.studies import REACH, STUDY, WAR_COST, write_study

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIETLY = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
           "--disable-component-update", "--disable-sync"]
LOOKS = os.environ.get("REPORT_SCREENSHOTS")
MADE = {
    "sweep": ("sweep", "study.yaml", "-j", "1"),
    "run": ("run", "tiny.yaml", "--seed", "1", "--set", f"{WAR_COST}=0.6"),
    "test": ("test", "propositions.yaml", "-j", "1"),
    "scope": ("scope", "propositions.yaml", "right", "--points", "8", "--replications", "5", "-j", "1"),
    "multiverse": ("multiverse", "propositions.yaml", "right", "--replications", "5", "-j", "1"),
    "solve": ("solve", "tiny.yaml"),
    "compare": ("compare", "tiny.yaml", "--against", f"{WAR_COST}=2"),
    "statics": ("statics", "tiny.yaml", "--vary", f"{WAR_COST}=0:2:3", "-j", "1"),
}


class Page(HTMLParser):
    """A page taken apart: tables by name (cells as texts, and numbers to the last bit), addresses, pictures, links."""

    def __init__(self, text: str):
        super().__init__()
        self.tables, self.addresses, self.pictures, self.links = {}, [], [], []
        self.styles, self.open_tags = [], []
        self.row = self.table = None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.open_tags.append(tag)
        self.addresses += [found[name] for name in ("src", "srcset", "data", "action") if name in found]
        if tag == "a":
            self.links.append(found["href"])
        elif "href" in found:
            self.addresses.append(found["href"])
        if tag == "img":
            self.pictures.append(found)
        if tag == "table":
            self.table = self.tables.setdefault(found.get("id", f"#{len(self.tables)}"), [])
        if tag == "tr":
            self.row = []
            self.table.append(self.row)
        if tag in ("td", "th"):
            self.row.append(["", None])
        if tag == "data":
            self.row[-1][1] = float(found["value"])

    def handle_endtag(self, tag):
        while self.open_tags.pop() != tag:
            pass

    def handle_data(self, text):
        if self.open_tags and self.open_tags[-1] == "style":
            self.styles.append(text)
        elif {"td", "th"} & set(self.open_tags):
            self.row[-1][0] += text


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_study(tmp_path)
    write_propositions(tmp_path)
    return tmp_path


def made(kind: str) -> Path:
    """The folder of results of a kind."""
    return results.made(*MADE[kind], out=kind)


def reported(path: Path) -> str:
    assert status_of("report", path) == 0
    return (path / "report.html").read_text(encoding="utf-8")


def refusal(capsys) -> str:
    captured = capsys.readouterr()
    assert (captured.out, captured.err.count("\n")) == ("", 1)
    return captured.err.removeprefix("error: ").rstrip("\n")


@pytest.mark.parametrize("kind", MADE)
def test_a_page_holds_all_that_it_shows(kind, folder, capsys):
    made(kind)
    capsys.readouterr()
    text = reported(Path(kind))
    assert capsys.readouterr() == (f"report: {kind}/report.html\n", "")
    page = Page(text)
    assert page.pictures
    for picture in page.pictures:
        assert picture["src"].startswith("data:image/") and len(picture["alt"]) > 20
    assert [address for address in page.addresses if not address.startswith("data:")] == []
    assert [link for link in page.links if not link.startswith("#")] == ["https://doi.org/10.17994/it.2021.19.1.64.1"]
    assert [link for link in page.links if link.startswith("#") and f'<section id="{link[1:]}">' not in text] == []
    assert page.styles and not any("url(" in style or "@import" in style for style in page.styles)
    assert "<script" not in text and "NaN " not in text
    manifest = json.loads((Path(kind) / "manifest.json").read_text())
    for told in (manifest["identity"], manifest["version"], manifest["invocations"][0]["utc"][:19],
                 manifest["model_sources"], manifest["invocations"][0]["libraries"]["numba"]):
        assert told in text
    assert reported(Path(kind)) == text


def test_the_numbers_of_a_sweep_are_those_of_its_summary(folder):
    page = Page(reported(made("sweep")))
    heads, *rows = page.tables["table-main"]
    lines = summary(open_results(Path("sweep")))
    assert len(rows) == len(lines) == 4
    assert [head for head, _ in heads][:3] == ["P: cost of an easy war next door (payoff)", "P: distance at which half"
                                               " of the major power's strength arrives (km)", "histories"]
    for row, line in zip(rows, lines, strict=True):
        assert [float(text) for text, _ in row[:2]] == [line.settings[WAR_COST], line.settings[REACH]]
        assert row[2][1] == line.histories == 3
        for (text, value), name in zip(row[3:], MAIN_MEASURES, strict=True):
            found = line.estimates[name]
            assert value == found.mean or (value is None and math.isnan(found.mean))
            assert (f"n = {found.histories}" in text) is (found.histories != line.histories)
            if found.histories > 1:
                digits = 2 if "pacts" in name else 3
                assert f"[{found.low:z.{digits}f}, {found.high:z.{digits}f}]" in text


def test_what_differs_from_the_base_is_told_with_its_unit(folder):
    rows = Page(reported(made("run"))).tables["table-differences"]
    told = {row[0][0]: [text for text, _ in row[2:]] for row in rows}
    assert told == {"parameter": ["base", "here", "unit"], "years": ["30", "4", "years"],
                    "recording.window_years": ["10", "3", "years"], WAR_COST: ["0.3", "0.6", "payoff"]}
    states = {row[0][0]: [text for text, _ in row[1:]] for row in Page(Path("run/report.html").read_text()).tables[
        "table-states"]}
    assert states["weak_states.*.crisis_rate"] == ["0.2", "0.5", "0.5", "0.5", "3", "probability per year"]


def test_the_pacts_on_paper_are_told(folder):
    text = " ".join(reported(made("sweep")).split())
    table = open_results(Path("sweep")).table()
    pacts, beyond = (table[name].mean() for name in ("number_of_pacts", "pacts_beyond_paper"))
    assert f"Of {pacts:.2f} pacts" in text and f" {pacts - beyond:.2f} are on paper" in text


def test_the_sources_are_told_and_only_where_there_are_any():
    def of(scenario):
        return [part for part in _of_scenario(scenario) if isinstance(part, Table) and part.name == "sources"]

    assert of(one_power()) == []
    (table,) = of(one_power(sources={"capability": "National Material Capabilities", "basing": "judgement"}))
    assert [[one.text for one in row] for row in table.rows] == [
        ["capability", "National Material Capabilities"], ["basing", "judgement"]]


@pytest.mark.parametrize(("years", "window", "words"), [
    (30, 10, "the last 10 years"), (10, 10, "all 10 years"), (3, 10, "all 3 years"), (1, 10, "its one year")])
def test_a_short_history_is_not_measured_over_years_that_it_lacks(years, window, words):
    assert measured_years(one_power(years=years, recording={"window_years": window})) == words


def test_every_verdict_of_a_test_is_there(folder):
    page = Page(reported(made("test")))
    verdicts = pd.read_csv("test/verdicts.csv")
    shown = [[row[0][0], row[4][1], row[5][1], row[8][0]] for code in ("right", "wrong", "nothing")
             for row in page.tables[f"table-predictions-{code}"][1:]]
    expected = []
    for row in verdicts.itertuples():
        expected.append([row.prediction, row.effect, row.pairs, row.prediction_verdict])
        if isinstance(row.verdict_beyond_paper, str):
            expected.append([f"{row.prediction}, without pacts on paper", row.effect_beyond_paper,
                             row.pairs_beyond_paper, row.verdict_beyond_paper])
    assert shown == expected
    assert [[text for text, _ in row[:3]] for row in page.tables["table-verdicts"][1:]] == (
        verdicts[["proposition", "verdict", "identification"]].drop_duplicates().to_numpy().tolist())
    outs = pd.read_csv("test/knock_outs.csv")
    told = [row[2][1] for code in outs["proposition"].unique() for row in page.tables[f"table-knock-outs-{code}"][1:]]
    assert told == outs["effect"].tolist()


def test_the_scope_is_told_place_by_place(folder):
    page = Page(reported(made("scope")))
    told, places = json.loads(Path("scope/scope.json").read_text()), pd.read_csv("scope/places.csv")
    shown = [[row[0][1], row[1][1], row[2][0], row[3][0], row[4][1]] for row in page.tables["table-places"][1:]]
    assert shown == places[[*told["importance"], "verdict", "worst", "clearance"]].to_numpy().tolist()
    assert [row[2][1] for row in page.tables["table-importance"][1:]] == list(told["importance"].values())


def test_the_multiverse_is_told_switch_by_switch(folder):
    text = reported(made("multiverse"))
    told, page = json.loads(Path("multiverse/multiverse.json").read_text()), Page(text)
    assert f"It holds under {told['holds']} of {told['universes']} combinations" in text
    assert [(row[1][0], row[2][0], row[3][1], row[4][1]) for row in page.tables["table-switches"][1:]] == [
        (switch["path"], value, found["holds"], found["universes"])
        for switch in told["switches"] for value, found in switch["counts"].items()]
    assert len(page.tables["table-universes"]) == 1 + told["universes"]


@pytest.mark.parametrize("kind", ["scope", "multiverse"])
def test_the_figure_made_again_is_the_one_that_was_made(kind, folder):
    (before,) = made(kind).glob("figures/*.png")
    pixels = before.read_bytes()
    before.unlink()
    assert status_of("figures", kind) == 0
    assert before.read_bytes() == pixels


def test_the_equilibria_come_with_their_certificates(folder):
    table = pd.read_csv(made("solve") / "equilibria.csv")
    rows = {row[0][0]: [value for _, value in row[1:]] for row in Page(reported(Path("solve"))).tables["table-main"]}
    names = [name for name in table.select_dtypes("number") if name != "equilibrium"]
    assert {"number_of_pacts", "autonomy_given_pact", "violation_contract", "violation_new_pact"} <= set(names)
    for name in names:
        assert rows[name.replace("_", " ")] == [None if math.isnan(value) else value for value in table[name]]
    assert (number(1 / 3).text, number(1 / 3).value) == ("0.3333", 1 / 3)


def test_hits_misses_and_false_alarms_are_told_where_there_is_a_record(folder):
    made("solve")
    assert "Hits, misses and false alarms" not in reported(Path("solve"))
    record = "A: {observed: {P: true}, toward"
    Path("tiny.yaml").write_text(Path("tiny.yaml").read_text().replace("A: {toward", record))
    assert status_of("solve", "tiny.yaml", "--out", "recorded") == 0
    table = pd.read_csv("recorded/signatures.csv")
    rows = Page(reported(Path("recorded"))).tables["table-signed-P"]
    assert [[value for value, _ in row[:2]] for row in rows[1:]] == [["A", "miss"]]
    assert [number for _, number in rows[1][2:6]] == table[
        ["commitment", "autonomy", "weak_gain", "major_gain"]].iloc[0].tolist()


def test_a_run_tells_of_hits_and_misses_who_would_sign(folder):
    made("run")
    assert "table-signed-P" not in reported(Path("run"))
    record = "A: {observed: {P: true}, toward"
    Path("tiny.yaml").write_text(Path("tiny.yaml").read_text().replace("A: {toward", record))
    setting = "major_powers.P.costs.direct.fixed=5"
    assert status_of("run", "tiny.yaml", "--set", setting, "--out", "recorded") == 0
    rows = Page(reported(Path("recorded"))).tables["table-signed-P"]
    assert [[value for value, _ in row[:2]] for row in rows[1:]] == [["A", "miss"]]
    assert "P" in rows[1][6][0].split()
    assert rows[1][8][0].startswith("Direct cost of having the pact")


def test_where_nothing_was_found_the_page_says_so(folder):
    made("solve")
    for name in ("equilibria.csv", "pacts.csv"):
        head = Path("solve", name).read_text().splitlines()[0]
        Path("solve", name).write_text(head + "\n")
    renew_checksums("solve")
    text = reported(Path("solve"))
    assert "No equilibrium was found" in text and "There is no figure." in text


# ---- what is missing, and what failed --------------------------------------------------------------------------------


def test_an_unfinished_sweep_says_what_is_missing(folder, monkeypatch, capsys):
    sound = histories.history_of

    def history_of(space, seed, replication):
        if replication == 2:
            raise KeyboardInterrupt
        return sound(space, seed, replication)

    monkeypatch.setattr(histories, "history_of", history_of)
    assert status_of("sweep", "study.yaml", "-j", "1", "--out", "half") == 130
    text = reported(Path("half"))
    assert "This sweep is not complete: 2 of 12 histories are there." in text
    assert len(Page(text).tables["table-main"]) == 3


@pytest.mark.parametrize(("failing", "told"), [
    (lambda reach, replication: True, ["Every history failed: there is nothing to average.",
                                       "12 of 12 histories failed and are left out"]),
    (lambda reach, replication: reach > 1000 and replication == 1, ["2 of 12 histories failed and are left out"]),
])
def test_histories_that_failed_are_told(failing, told, folder, monkeypatch):
    sound = histories.history_of

    def history_of(space, seed, replication):
        if failing(space.scenario.value(REACH), replication):
            raise ZeroDivisionError("on <purpose>")
        return sound(space, seed, replication)

    monkeypatch.setattr(histories, "history_of", history_of)
    assert status_of("sweep", "study.yaml", "-j", "1", "--out", "failed") == 1
    text = reported(Path("failed"))
    assert [words for words in told if words not in text] == []
    assert ("Every history failed" in text) is (len(told) == 2)
    assert Page(text).tables["table-failures"][1][3][0] == "ZeroDivisionError: on <purpose>"


def test_one_point_and_one_history_have_no_interval(folder):
    Path("study.yaml").write_text(re.sub(r"design:\n( .*\n)*", "", STUDY).replace("replications: 3", "replications: 1"))
    text = reported(made("sweep"))
    page = Page(text)
    (heads, row) = page.tables["table-main"]
    assert [head for head, _ in heads][:2] == ["histories", "Number of pacts"]
    assert row[0][0] == "1" and "[" not in row[1][0]
    assert "Nothing: the study has one point." in text and page.pictures


def test_markup_in_a_title_is_text(folder):
    Path("study.yaml").write_text(STUDY + "title: <img src=x onerror=alert(1)> & co\n")
    text = reported(made("sweep"))
    assert "<h1>&lt;img src=x onerror=alert(1)&gt; &amp; co</h1>" in text
    assert "<img src=x" not in text


@pytest.mark.parametrize(("arguments", "told"), [
    (("nothing",), "nothing: no results of a sweep, a run, equilibria, propositions or the record (there is"
     " no manifest.json)"),
    ((".",), ".: no results of a sweep, a run, equilibria, propositions or the record (there is no manifest.json; there"
     " is one in run below it)"),
    (("run", "--out", "none/page.html"), "--out: not a place for a file; found none/page.html; allowed: a file in a"
                                         " folder that is there"),
    (("run", "--out", "."), "--out: not a place for a file; found .; allowed: a file in a folder that is there"),
])
def test_what_is_refused(arguments, told, folder, capsys):
    made("run")
    capsys.readouterr()
    assert status_of("report", *arguments) == 2
    assert refusal(capsys) == told
    assert list(folder.rglob("*.html")) == []


@pytest.mark.parametrize(("kind", "file", "told"), [
    ("solve", "equilibria.csv", "solve/equilibria.csv: no such file; the command has to be run again"),
    ("run", "pacts.csv", "run/pacts.csv: no such file; the run has to be run again"),
    ("test", "verdicts.csv", "test/verdicts.csv: no such file; the command has to be run again"),
    ("scope", "scope.json", "scope/scope.json: no such file; the command has to be run again"),
    ("multiverse", "universes.csv", "multiverse/universes.csv: no such file; the command has to be run again"),
])
def test_a_table_that_is_gone_is_told(kind, file, told, folder, capsys):
    (made(kind) / file).unlink()
    capsys.readouterr()
    assert status_of("report", kind) == 2
    assert refusal(capsys) == told
    assert not Path(kind, "report.html").exists()


def test_a_kind_without_a_report_is_told(folder, monkeypatch, capsys):
    made("run")
    capsys.readouterr()
    monkeypatch.delitem(SECTIONS, "a run")
    assert status_of("report", "run") == 2
    assert refusal(capsys).startswith(f"run: no report for a run; there is one for {SWEEP}, ")


# ---- in a browser ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["sweep", "run", "test", "scope", "multiverse", "statics"])
def test_in_a_real_browser_nothing_is_missing_and_nothing_is_asked_for(kind, folder):
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine")
    reported(made(kind))
    asked, complaints = [], []
    with playwright.sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=CHROMIUM, args=QUIETLY)
        for width in (1280, 390):
            page = browser.new_page(viewport={"width": width, "height": 900})
            page.on("request", lambda request: asked.append(request.url))
            page.on("console", lambda message: complaints.append(message.text))
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.goto((folder / kind / "report.html").as_uri())
            assert page.evaluate("document.images.length") > 0
            assert page.evaluate("[...document.images].filter(one => !one.complete || !one.naturalWidth).length") == 0
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            page.emulate_media(media="print")
            page.set_viewport_size({"width": 673, "height": 970})  # what an A4 page has between its margins
            assert page.evaluate("document.documentElement.scrollWidth") <= 673
            page.emulate_media(media="screen")
            page.set_viewport_size({"width": width, "height": 900})
            if LOOKS:
                page.screenshot(path=str(Path(LOOKS) / f"report-{kind}-{width}.png"), full_page=True)
        browser.close()
    assert complaints == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


HOSTILE = "<script>alert(1)</script><img src=https://elsewhere.example/x onerror=alert(2)>\"'>"


@pytest.mark.parametrize("kind", ["run", "sweep", "solve", "compare"])
def test_every_text_of_a_scenario_is_escaped(kind, folder):
    """A state, a power, a title, sources and a study whose names are pieces of a page."""
    scenario = yaml.safe_load((folder / "tiny.yaml").read_text())
    scenario |= {"title": HOSTILE, "description": HOSTILE, "sources": {"weak_states.A.crisis_rate": HOSTILE}}
    scenario["weak_states"]["A"]["name"] = scenario["major_powers"]["P"]["name"] = HOSTILE
    (folder / "tiny.yaml").write_text(yaml.safe_dump(scenario))
    study = folder / "study.yaml"
    study.write_text(study.read_text() + f"title: {json.dumps(HOSTILE)}\n")
    text = reported(made(kind))
    page = Page(text)
    assert "&lt;script&gt;alert(1)" in text
    assert "<script" not in text and "<img src=https" not in text
    assert [picture["src"][:11] for picture in page.pictures if not picture["src"].startswith("data:image/")] == []
    assert [address for address in page.addresses if not address.startswith("data:")] == []
