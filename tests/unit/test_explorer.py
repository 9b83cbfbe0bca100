"""The explorer's answers are those of the library called directly, and bad questions are refused."""

from __future__ import annotations

import json
import socket
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from simulation.equilibrium.search import rest_from, search_space_of, solve
from simulation.errors import Refusal
from simulation.explorer import server, until_compiled
from simulation.explorer.answers import HISTORIES, SEED
from simulation.explorer.dials import GROUPS
from simulation.explorer.server import Explorer, answer
from simulation.history.measures import MEASURES
from simulation.history.model import AllianceModel
from simulation.history.simulate import measures
from simulation.history.world import world_of
from simulation.scenario.file import load_scenario
from tests.builders import one_power

ROOT = Path(__file__).resolve().parents[2]
WAR_COST = "costs.entrapment.war_cost"
SCENARIO = one_power(years=4)
MOVED = SCENARIO.replace(f"major_powers.P.{WAR_COST}", 0.9)
ASKED = {"power": "P", WAR_COST: "0.9"}


def serve(explorer: Explorer) -> None:
    """Serves until it is shut down, which is seen at once; else every explorer takes half a second to leave."""
    threading.Thread(target=explorer.serve_forever, args=(0.01,), daemon=True).start()


@pytest.fixture(scope="module")
def url():
    with Explorer(SCENARIO, 0) as explorer:
        serve(explorer)
        yield explorer.url
        explorer.shutdown()


def test_the_sliders_stand_where_the_scenario_does():
    dials = answer(SCENARIO, "/scene", {})["dials"]
    assert [dial["key"] for dial in dials] == [key for keys in GROUPS.values() for key in keys]
    for dial in dials:
        assert dial["value"] == SCENARIO.value(f"major_powers.P.{dial['key']}")
        assert dial["low"] <= dial["value"] <= dial["high"]
        for end in (dial["low"], dial["high"]):
            SCENARIO.replace(f"major_powers.P.{dial['key']}", end)


@pytest.mark.parametrize(("asked", "scenario"), [({}, SCENARIO), (ASKED, MOVED)], ids=["as-is", "moved"])
def test_the_portfolio_is_that_of_the_equilibrium_search(asked, scenario):
    pacts = rest_from(search_space_of(scenario), {})
    assert answer(SCENARIO, "/portfolio", asked)["pacts"] == [
        {"state": code, "power": pact.power, "commitment": pact.commitment, "autonomy": pact.autonomy}
        for code, pact in pacts.items()]


def test_every_equilibrium_is_offered():
    scenario = load_scenario(ROOT / "scenarios" / "critical-mass.yaml")
    told = answer(scenario, "/equilibria", {})
    assert (told["is_complete"], told["cycles"]) == (True, 0)
    assert sorted(len(pacts) for pacts in told["found"]) == [0, 5]
    found = {frozenset((code, pact.power) for code, pact in one.pacts.items()) for one in solve(scenario).equilibria}
    assert {frozenset((pact["state"], pact["power"]) for pact in pacts) for pacts in told["found"]} == found


def test_capitals_are_told_where_there_are_some():
    scene = answer(load_scenario(ROOT / "scenarios" / "russia-2005.yaml"), "/scene", {})
    assert scene["powers"][0]["capital"] == pytest.approx([55.75, 37.6], abs=0.1)
    armenia = next(state for state in scene["states"] if state["code"] == "ARM")
    assert armenia["capital"] == pytest.approx([40.2, 44.5], abs=0.1)
    assert {state["capital"] for state in answer(SCENARIO, "/scene", {})["states"]} == {None}


def test_the_scenario_is_handed_over_as_a_file_that_is_read_back(tmp_path):
    file = answer(SCENARIO, "/scenario", ASKED)
    path = tmp_path / file["name"]
    path.write_text(file["text"], encoding="utf-8")
    assert load_scenario(path) == MOVED


def test_the_slider_moves_the_portfolio():
    assert answer(SCENARIO, "/portfolio", {}) != answer(SCENARIO, "/portfolio", ASKED)


def test_the_outcomes_are_those_of_the_ensemble():
    table = measures(world_of(MOVED), SEED, range(HISTORIES))[:, 0]
    found = answer(SCENARIO, "/outcomes", ASKED)["number_of_pacts"]
    assert found == table[:, list(MEASURES).index("number_of_pacts")].tolist()


def test_the_history_is_that_of_the_agents():
    model = AllianceModel(SCENARIO, rng=7, collect=False)
    for year in answer(SCENARIO, "/history", {"seed": "7"}):
        model.step()
        assert {(pact["state"], pact["power"], pact["commitment"], pact["autonomy"]) for pact in year["pacts"]} == {
            (state.code, code, pact.commitment, pact.autonomy) for state in model.states
            for code, pact in state.pacts.items()}


def test_answers_are_the_same_while_the_compiler_is_at_work(monkeypatch):
    is_over, questions = [False], {"/scene": ASKED, "/portfolio": ASKED, "/history": {"seed": "7"}}
    expected = {question: answer(SCENARIO, question, asked) for question, asked in questions.items()}
    monkeypatch.setattr(until_compiled, "is_compiled", lambda _: is_over[0])
    monkeypatch.setattr(server, "portfolio", lambda _: "answered here")
    with until_compiled.answering_until_compiled(["histories"]) as answered:
        for question, asked in questions.items():
            assert answered(SCENARIO, question, asked) == expected[question]
        with pytest.raises(Refusal, match="no such slider"):
            answered(SCENARIO, "/portfolio", {"wrong": "1"})
        is_over[0] = True
        assert answered(SCENARIO, "/portfolio", ASKED) == "answered here"


@pytest.mark.parametrize(("asked", "said"), [
    ({"power": "X"}, "no such major power"), ({"costs.direct.deploymnt": "1"}, "no such slider"),
    ({WAR_COST: "nan"}, "not a number"), ({WAR_COST: "-1"}, "out of range"), ({"seed": "-1"}, "not a seed")])
def test_bad_questions_are_refused(asked, said):
    with pytest.raises(Refusal, match=said):
        answer(SCENARIO, "/portfolio", asked)


def test_the_page_and_an_answer_over_http(url):
    for name in ("", "page.js", "hand_over.js", "page.css"):
        with urllib.request.urlopen(url + name) as reply:
            assert reply.status == 200
            assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
    with urllib.request.urlopen(f"{url}portfolio?{WAR_COST}=0.9") as reply:
        assert json.load(reply) == answer(SCENARIO, "/portfolio", ASKED)


@pytest.mark.parametrize(("path", "host", "status"), [
    ("nothing", None, 404), ("", "elsewhere.example", 403), (f"portfolio?{WAR_COST}=x", None, 400)])
def test_what_is_not_answered(url, path, host, status):
    request = urllib.request.Request(url + path, headers={"Host": host} if host else {})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    refused.value.close()  # else its socket is complained of in whichever test comes then
    assert refused.value.code == status


def test_a_taken_port_is_refused_in_one_line(url, tmp_path, capsys):
    from simulation.commands import command_line
    from simulation.scenario.file import dump_yaml

    path = tmp_path / "tiny.yaml"
    path.write_text(dump_yaml(SCENARIO.resolved()), encoding="utf-8")
    port = url.rstrip("/").rsplit(":", 1)[1]
    with pytest.raises(SystemExit) as left:
        command_line.main(["explore", str(path), "--no-open", "--port", port])
    error = capsys.readouterr().err
    assert left.value.code == 2
    assert error.count("\n") == 1 and "--port" in error and port in error


# --- what others may do to it -----------------------------------------------------------------------------------------


def asked(url: str, question: str, *headers: str, path: str = "") -> socket.socket:
    """A connection on which a question has been asked, as bytes."""
    place = urllib.parse.urlsplit(url)
    found = socket.create_connection((place.hostname, place.port), timeout=30)
    lines = [f"GET /{question}{path} HTTP/1.1", f"Host: {place.netloc}", *headers, "", ""]
    found.sendall("\r\n".join(lines).encode())
    return found


def status(connection: socket.socket) -> int:
    with connection, connection.makefile("rb") as reply:
        return int((reply.readline().split() or [b"", b"0"])[1])


@pytest.fixture
def slow():
    """An explorer whose answers take as long as `is_open` is not set, and the number of those that were begun and that
    came to their end."""
    is_open, counts = threading.Event(), {"begun": 0, "ended": 0}

    def answerer(*_: object) -> dict:
        counts["begun"] += 1
        while not is_open.is_set():
            SCENARIO.value("years")
            time.sleep(0.005)
        counts["ended"] += 1
        return {}

    with Explorer(SCENARIO, 0, answerer) as explorer:
        serve(explorer)
        yield explorer, is_open, counts
        is_open.set()
        explorer.shutdown()


def until(what: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 20
    while not what() and time.monotonic() < deadline:
        time.sleep(0.01)
    return what()


@pytest.mark.parametrize("header", ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site",
                                    "Origin: http://elsewhere.example", "Origin: null"])
def test_a_page_of_another_origin_has_nothing_computed(slow, header):
    explorer, _, counts = slow
    assert status(asked(explorer.url, "portfolio", header)) == 403
    assert counts["begun"] == 0


@pytest.mark.parametrize("header", ["Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: none"])
def test_its_own_page_may_ask(url, header):
    assert status(asked(url, "scene", header)) == 200


def test_a_request_has_bounds_in_length_and_number(url):
    assert status(asked(url, "portfolio", path="?power=" + "x" * 9_000)) == 414
    assert status(asked(url, "portfolio", path="?" + "&".join(f"a{number}=1" for number in range(101)))) == 400
    assert status(asked(url, "portfolio", path="?power=" + "x" * 70_000)) == 414
    assert status(asked(url, "portfolio", *(f"X-{number}: 1" for number in range(200)))) == 431


def test_a_request_that_does_not_come_is_not_waited_for(url, monkeypatch):
    monkeypatch.setattr(server.Handler, "timeout", 0.3)
    place = urllib.parse.urlsplit(url)
    with socket.create_connection((place.hostname, place.port), timeout=20) as connection:
        connection.sendall(b"GET /portfolio HTT")
        assert connection.recv(1) == b""


def test_the_line_is_no_longer_than_it_may_be(slow, monkeypatch):
    explorer, is_open, counts = slow
    waiting = [asked(explorer.url, "portfolio") for _ in range(server.MOST_WAITING + 1)]
    assert until(lambda: counts["begun"] == 1 and explorer.line._value == 0)
    assert status(asked(explorer.url, "portfolio")) == 503
    is_open.set()
    assert [status(connection) for connection in waiting] == [200] * len(waiting)


def test_a_question_whose_asker_has_gone_is_given_up(slow):
    explorer, is_open, counts = slow
    first, second = asked(explorer.url, "portfolio"), asked(explorer.url, "portfolio")
    assert until(lambda: counts["begun"] == 1)
    second.close()
    first.close()
    assert until(lambda: explorer.line._value == server.MOST_WAITING and not explorer.turn.locked())
    assert counts["ended"] == 0 and counts["begun"] <= 2
    is_open.set()
    assert status(asked(explorer.url, "portfolio")) == 200


def test_an_interpreted_question_whose_asker_has_gone_is_given_up_and_the_next_one_answered(monkeypatch):
    """Its process is ended: else the line would wait for it, and take its answer for that to the next question."""
    monkeypatch.setattr(until_compiled, "is_compiled", lambda _: False)
    with until_compiled.answering_until_compiled(["histories"]) as answerer, Explorer(
            one_power(years=1_000), 0, answerer) as explorer:
        serve(explorer)
        assert status(asked(explorer.url, "scene")) == 200  # its process is at work
        long = asked(explorer.url, "outcomes")
        assert until(explorer.turn.locked)
        long.close()
        assert until(lambda: not explorer.turn.locked())
        with urllib.request.urlopen(f"{explorer.url}portfolio?{WAR_COST}=0.9") as reply:
            assert json.load(reply) == answer(SCENARIO, "/portfolio", ASKED)
        explorer.shutdown()


def test_connections_beyond_a_number_are_closed(slow, monkeypatch):
    explorer, _, _ = slow
    monkeypatch.setattr(server.Handler, "timeout", 120.0)  # a slow machine may take longer than usual to open them all
    place = urllib.parse.urlsplit(explorer.url)
    held = [socket.create_connection((place.hostname, place.port), timeout=20) for _ in range(server.MOST_CONNECTIONS)]
    assert until(lambda: explorer.connections._value == 0)
    assert status(asked(explorer.url, "scene")) == 0
    for connection in held:
        connection.close()
    assert until(lambda: explorer.connections._value > 0)
