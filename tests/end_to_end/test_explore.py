"""`explore` as a person meets it: started, looked at in a real browser, a slider moved, ended by Ctrl-C."""

from __future__ import annotations

import functools
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest

from simulation.explorer.answers import HISTORIES
from simulation.explorer.server import Explorer, answer
from simulation.scenario.file import load_scenario
from tests.builders import one_power

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
WAR_COST = "costs.entrapment.war_cost"
QUIETLY = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
           "--disable-component-update", "--disable-sync"]
LOOKS = os.environ.get("EXPLORE_SCREENSHOTS")


def heeding_interruption() -> None:
    """A shell that starts tests in the background lets them, and all that they start, ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def explorer():
    """The running command and the address that it printed."""
    command = [sys.executable, "-m", "simulation", "explore", "scenarios/russia-2005.yaml", "--no-open", "--port", "0"]
    process = subprocess.Popen(command, cwd=ROOT, preexec_fn=heeding_interruption, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True,
                               env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"})
    yield process, process.stdout.readline().split()[0]
    if process.poll() is None:
        process.kill()
    process.communicate()


def test_ctrl_c_ends_it_without_a_word(explorer):
    process, url = explorer
    assert url.startswith("http://127.0.0.1:")
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=60)
    assert (process.returncode, error) == (130, "")


def test_a_slider_moves_the_picture_in_a_real_browser(explorer, tmp_path):
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine")
    asked, complaints = [], []
    with playwright.sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=CHROMIUM, args=QUIETLY)
        page = browser.new_page(viewport={"width": 1500, "height": 1000})
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(explorer[1])
        page.wait_for_selector("#events li", timeout=300_000)
        look(page, "before")
        before = page.inner_html("#strip")
        assert page.locator("#map svg title").count() == page.locator("#strip svg title").count() + 1  # and the capital
        first, others = page.input_value("#which"), page.locator("#which option").count()
        assert others == 2  # those that solve finds, with more starts
        contracts = page.inner_text("#contracts")
        page.select_option("#which", str(1 - int(first)))
        assert page.inner_text("#contracts") != contracts
        page.select_option("#which", first)
        assert page.inner_text("#contracts") == contracts
        page.click("#pin")
        pinned = page.inner_html("#strip")
        start = time.perf_counter()
        page.fill(f'input[name="{WAR_COST}"]', "0.9")
        page.wait_for_function("text => document.querySelector('#strip').innerHTML !== text && "
                               "document.querySelector('#status').textContent.startsWith('portfolio')",
                               arg=pinned)
        print(f"from slider to picture: {time.perf_counter() - start:.2f} s")
        assert page.inner_html("#strip") != before
        page.wait_for_function("() => document.querySelector('#status').textContent.includes('everything')")
        told = hand_over(page, tmp_path)
        linked = browser.new_page()
        linked.goto(page.url)
        linked.wait_for_selector("#events li", timeout=300_000)
        assert linked.inner_text("#contracts") == page.inner_text("#contracts")
        assert linked.inner_text("#options") == told
        page.wait_for_timeout(1500)
        page.fill("#year", "12")
        look(page, "after")
        assert page.inner_text("#year-shown") == "2017"
        browser.close()
    assert complaints == []
    assert [url for url in asked if not url.startswith((explorer[1], "data:"))] == []


def hand_over(page, folder: Path) -> str:
    """Takes everything along that the page offers, and looks whether it is what the page shows."""
    told = page.inner_text("#options")
    assert told == f"--set major_powers.RUS.{WAR_COST}=0.9"
    files = {button: folder / name for button, name in {
        "#save-scenario": "moved.yaml", "#save-pacts": "pacts.csv", "#save-outcomes": "outcomes.csv",
        "[data-picture=strip]": "strip.svg", "[data-picture=map]": "map.svg",
        "[data-picture=outcomes]": "outcomes.svg"}.items()}
    for button, path in files.items():
        with page.expect_download() as download:
            page.click(button)
        download.value.save_as(path)
    russia = load_scenario(ROOT / "scenarios" / "russia-2005.yaml").replace(f"major_powers.RUS.{WAR_COST}", 0.9)
    assert load_scenario(files["#save-scenario"]) == russia
    pacts, outcomes = pd.read_csv(files["#save-pacts"]), pd.read_csv(files["#save-outcomes"])
    assert len(pacts) == page.locator("#contracts tbody tr").count()
    assert len(outcomes) == HISTORIES and f"{outcomes['number_of_pacts'].mean():.2f}" in page.inner_text("#outcomes")
    for button in list(files)[3:]:
        assert ElementTree.parse(files[button]).getroot().tag == "{http://www.w3.org/2000/svg}svg"
    return told


ATTACK = """<!doctype html><title>elsewhere</title><p id="said">waiting</p><iframe src="{url}portfolio"></iframe>
<img src="{url}outcomes"><script src="{url}history?seed=3"></script><link rel="stylesheet" href="{url}equilibria">
<script>Promise.allSettled([fetch("{url}portfolio", {{mode: "no-cors"}}), fetch("{url}outcomes")]).then(found =>
  setTimeout(() => document.getElementById("said").textContent = "tried " + found.length, 500));</script>"""
"""A page that has a browser ask in every way it can."""


def seen_in_chromium(address: str, folder: Path) -> str:
    """A page as a real browser has it in the end."""
    done = subprocess.run([CHROMIUM, "--headless", *QUIETLY, f"--user-data-dir={folder}", "--virtual-time-budget=15000",
                           "--dump-dom", address], capture_output=True, text=True, timeout=180, check=False)
    return done.stdout


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_page_of_another_origin_computes_nothing(host, tmp_path):
    computed: list[str] = []

    def counting(scenario, question, asked):
        computed.append(question)
        return answer(scenario, question, asked)

    with Explorer(one_power(years=4), 0, counting) as explorer, ThreadingHTTPServer(
            (host, 0), functools.partial(QuietHandler, directory=tmp_path)) as elsewhere:
        for server in (explorer, elsewhere):
            threading.Thread(target=server.serve_forever, daemon=True).start()
        (tmp_path / "attack.html").write_text(ATTACK.format(url=explorer.url))
        page = seen_in_chromium(f"http://{host}:{elsewhere.server_address[1]}/attack.html", tmp_path / "first")
        assert "tried 2" in page, page
        assert computed == []
        assert "portfolio in" in seen_in_chromium(explorer.url, tmp_path / "second")
        assert computed[:2] == ["/scene", "/portfolio"]
        for server in (explorer, elsewhere):
            server.shutdown()


class QuietHandler(SimpleHTTPRequestHandler):
    """Files of a folder, without a word."""

    def log_message(self, *_: object) -> None:
        """Nothing."""


def look(page, name: str) -> None:
    """Keeps a screenshot where the environment names a folder for them."""
    if LOOKS:
        page.screenshot(path=str(Path(LOOKS) / f"explore-{name}.png"), full_page=True)
