"""The server of the explorer: Python's own, on the loopback address alone, with one page and six questions.

Not a framework: the page then needs nothing that could be missing, or be asked for elsewhere, on a machine without a
net, and a slider costs one short request.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from simulation.errors import AllianceError, Refusal
from simulation.explorer.answers import equilibria, history, outcomes, portfolio, scenario_file, scene
from simulation.explorer.dials import setting_of
from simulation.scenario.scenario import Scenario
from simulation.scenario.validation import listed, shown

ADDRESS = "127.0.0.1"
LARGEST_SEED = 2**63 - 1
PAGE = {"/": ("index.html", "text/html"), "/page.css": ("page.css", "text/css"),
        "/page.js": ("page.js", "text/javascript"), "/hand_over.js": ("hand_over.js", "text/javascript")}
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:"
QUESTIONS = ("/scene", "/portfolio", "/equilibria", "/outcomes", "/history", "/scenario")


def answer(scenario: Scenario, question: str, asked: dict[str, str]) -> Any:
    """The answer to a question of the page; asked: ``power``, ``seed`` and sliders by key. Raises `Refusal`."""
    sliders = dict(asked)
    power = sliders.pop("power", next(iter(scenario.major_powers)))
    if power not in scenario.major_powers:
        raise Refusal("no such major power", found=shown(power), allowed=listed(scenario.major_powers))
    seed = _seed(sliders.pop("seed", "1"))
    setting = setting_of(scenario, power, sliders)
    if question == "/scenario":
        return scenario_file(setting)
    if question == "/scene":
        return scene(setting, power)
    if question == "/portfolio":
        return portfolio(setting)
    if question == "/equilibria":
        return equilibria(setting)
    return outcomes(setting, power) if question == "/outcomes" else history(setting, seed)


def _seed(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text[:20]) <= LARGEST_SEED):
        raise Refusal("not a seed", found=shown(text), allowed=f"a whole number from 0 to {LARGEST_SEED}")
    return int(text)


class Explorer(ThreadingHTTPServer):
    """Serves one scenario, by `answer` or what answers as it does. Raises `OSError` where the port is taken; port 0
    takes any that is free."""

    daemon_threads = True

    def __init__(self, scenario: Scenario, port: int, answerer: Callable[..., Any] = answer):
        self.scenario, self.answerer = scenario, answerer
        self.turn = threading.Lock()
        super().__init__((ADDRESS, port), Handler)

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://{ADDRESS}:{self.server_address[1]}/"


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Explorer

    def do_GET(self) -> None:
        """A file of the page, or an answer."""
        parts = urlsplit(self.path)
        port = self.server.server_address[1]
        if self.headers.get("Host") not in (f"{ADDRESS}:{port}", f"localhost:{port}"):
            self._send(403, "text/plain", b"asked under another name")  # a foreign page that calls itself this machine
        elif parts.path in PAGE:
            name, kind = PAGE[parts.path]
            self._send(200, kind, files("simulation.explorer").joinpath("page", name).read_bytes())
        elif parts.path in QUESTIONS:
            self._answer(parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)))
        else:
            self._send(404, "text/plain", b"no such page")

    def _answer(self, question: str, asked: dict[str, str]) -> None:
        status = 200
        try:
            with self.server.turn:
                found = self.server.answerer(self.server.scenario, question, asked)
        except AllianceError as error:
            status, found = 400, {"error": str(error)}
        self._send(status, "application/json", json.dumps(found, allow_nan=False).encode())

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        for name, value in (("Content-Type", f"{kind}; charset=utf-8"), ("Content-Length", str(len(body))),
                            ("Cache-Control", "no-store"), ("Content-Security-Policy", POLICY)):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *_: Any) -> None:
        """Nothing: the terminal is for the address."""
