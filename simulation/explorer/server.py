"""The server of the explorer: Python's own, on the loopback address alone, with one page and six questions.

Not a framework: the page then needs nothing that could be missing, or be asked for elsewhere, on a machine without a
net, and a slider costs one short request.

Questions are computed one at a time. Only the page itself may ask them: browsers say from where a request comes, and
what comes from a page of another origin is turned away before anything is computed. A request has bounds in length,
number of parameters, waiting line and time, and one whose asker has gone is not computed.
"""

from __future__ import annotations

import json
import select
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from types import FrameType
from typing import Any, ClassVar
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
MOST_PARAMETERS, LONGEST_PATH = 100, 8_192
MOST_WAITING = 16
"""Questions that may wait for their turn; the page asks three at a time."""
MOST_CONNECTIONS = 64
SECONDS_TO_ASK = 10.0
"""Within which a request has to be there; else its connection is closed."""
SECONDS_IN_LINE, MOST_SECONDS = 120.0, 300.0
"""How long a question may wait, and how long it may take."""
PACKAGE = __name__.split(".")[0] + "."
SECONDS_BETWEEN_LOOKS = 0.1
"""How often who waits looks whether its asker is still there."""
OWN_PAGE = "same-origin", "none"
"""Where a browser may say that a request comes from: this page, or its user, who typed the address."""
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


class Busy(Exception):
    """A question that is not computed: the line is full, or its time is over, or its asker has gone."""


class Explorer(ThreadingHTTPServer):
    """Serves one scenario, by `answer` or what answers as it does. Raises `OSError` where the port is taken; port 0
    takes any that is free."""

    daemon_threads = True
    request_queue_size = MOST_CONNECTIONS  # with fewer, some of those that come at once have to come again

    def __init__(self, scenario: Scenario, port: int, answerer: Callable[..., Any] = answer):
        self.scenario, self.answerer = scenario, answerer
        self.turn = threading.Lock()
        self.line = threading.BoundedSemaphore(MOST_WAITING)
        self.connections = threading.BoundedSemaphore(MOST_CONNECTIONS)
        super().__init__((ADDRESS, port), Handler)

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://{ADDRESS}:{self.server_address[1]}/"

    @contextmanager
    def in_turn(self, asker: socket.socket) -> Iterator[None]:
        """Waits for the turn of a question, and holds it. Raises `Busy` where it is not to be computed."""
        if not self.line.acquire(blocking=False):
            raise Busy("too many questions are waiting")
        try:
            deadline = time.monotonic() + SECONDS_IN_LINE
            while not self.turn.acquire(timeout=SECONDS_BETWEEN_LOOKS):
                if _has_gone(asker):
                    raise Busy("nobody waits for the answer any more")
                if time.monotonic() > deadline:
                    raise Busy("the questions before this one take too long")
        finally:
            self.line.release()
        try:
            with _given_up_without(asker):
                yield
        finally:
            self.turn.release()

    def process_request(self, request: Any, client_address: Any) -> None:
        """A connection; one too many is closed."""
        if not self.connections.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """A connection, to its end."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.connections.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: a browser that goes away in the middle of an answer is no fault."""


@contextmanager
def _given_up_without(asker: socket.socket) -> Iterator[None]:
    """Gives up what is computed inside where its asker has gone, or it takes too long. It is looked now and then, when
    a function of the program is called: not in the middle of compiled code, which would not bear it."""
    now = time.monotonic()
    deadline, next_look = now + MOST_SECONDS, now

    def look(frame: FrameType, event: str, _: object) -> None:
        nonlocal next_look
        if event != "call" or (now := time.monotonic()) < next_look or not _is_ours(frame):
            return
        next_look = now + SECONDS_BETWEEN_LOOKS
        if _has_gone(asker):
            raise Busy("nobody waits for the answer any more")
        if now > deadline:
            raise Busy(f"given up after {MOST_SECONDS:.0f} s")

    sys.setprofile(look)
    try:
        yield
    finally:
        sys.setprofile(None)


def _is_ours(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__", "")).startswith(PACKAGE)


def _has_gone(asker: socket.socket) -> bool:
    """Whether the other end of a connection is closed; one that sends more is still there."""
    try:
        ready, _, _ = select.select([asker], [], [], 0)
        return bool(ready) and asker.recv(1, socket.MSG_PEEK) == b""
    except (OSError, ValueError):
        return True


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Explorer
    timeout = SECONDS_TO_ASK
    more_headers: ClassVar[dict[str, str]] = {
        "Cache-Control": "no-store", "Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY"}

    def do_GET(self) -> None:
        """A file of the page, or an answer."""
        if len(self.path) > LONGEST_PATH:
            self._send(414, "text/plain", b"too long")
            return
        parts = urlsplit(self.path)
        port = self.server.server_address[1]
        if self.headers.get("Host") not in (f"{ADDRESS}:{port}", f"localhost:{port}"):
            self._send(403, "text/plain", b"asked under another name")  # a foreign page that calls itself this machine
        elif parts.path in PAGE:
            name, kind = PAGE[parts.path]
            self._send(200, kind, files("simulation.explorer").joinpath("page", name).read_bytes())
        elif parts.path not in QUESTIONS:
            self._send(404, "text/plain", b"no such page")
        elif not self._is_of_own_page():
            self._send(403, "text/plain", b"asked by another page")
        else:
            self._answer_parameters(parts.path, parts.query)

    def _is_of_own_page(self) -> bool:
        """Whether a question does not come from a page of another origin, as browsers tell; what is no browser tells
        neither, and could ask anyhow."""
        site, origin = self.headers.get("Sec-Fetch-Site"), self.headers.get("Origin")
        own = (f"http://{self.headers.get('Host')}", None)
        return (site is None or site in OWN_PAGE) and origin in own

    def _answer_parameters(self, question: str, query: str) -> None:
        try:
            asked = dict(parse_qsl(query, keep_blank_values=True, max_num_fields=MOST_PARAMETERS))
        except ValueError:
            self._send(400, "application/json", json.dumps({"error": "too many parameters"}).encode())
            return
        self._answer(question, asked)

    def _answer(self, question: str, asked: dict[str, str]) -> None:
        status = 200
        try:
            with self.server.in_turn(self.connection):
                found = self.server.answerer(self.server.scenario, question, asked)
        except (AllianceError, ArithmeticError) as error:  # the second: a formula that stops being a number on the way
            status, found = 400, {"error": str(error)}
        except Busy as busy:
            status, found = 503, {"error": str(busy)}
        self._send(status, "application/json", json.dumps(found, allow_nan=False).encode())

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        for name, value in (("Content-Type", f"{kind}; charset=utf-8"), ("Content-Length", str(len(body))),
                            *self.more_headers.items()):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *_: Any) -> None:
        """Nothing: the terminal is for the address."""
