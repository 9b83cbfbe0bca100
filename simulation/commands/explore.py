"""``explore``: a scenario in the browser, with sliders."""

from __future__ import annotations

import contextlib
import errno
import webbrowser
from typing import TYPE_CHECKING, Annotated

import typer

from simulation.commands.first_use import decide, history_seconds
from simulation.commands.options import parse_settings, refuse_outside, replaced
from simulation.commands.run import ScenarioFile, Settings
from simulation.compiled_code.parts import EQUILIBRIA, HISTORIES
from simulation.errors import Refusal
from simulation.scenario.file import load_scenario

if TYPE_CHECKING:
    from simulation.explorer.server import Explorer

LARGEST_PORT = 65_535
PORT_OPTION = "--port"

Port = Annotated[int, typer.Option(PORT_OPTION, metavar="N", help="Port of the page; 0 takes any that is free.")]
NoOpen = Annotated[bool, typer.Option("--no-open", help="Print the address and open no browser.")]


def explore(scenario: ScenarioFile, settings: Settings = None, port: Port = 8765, no_open: NoOpen = False) -> None:
    """The command; `command_line` holds its help."""
    refuse_outside(PORT_OPTION, port, LARGEST_PORT)
    setting = replaced(load_scenario(scenario), parse_settings(settings or []), None)
    is_interpreted = decide([HISTORIES, EQUILIBRIA], history_seconds(setting))
    # what a refused scenario should not wait for
    from simulation.explorer.server import Explorer, answer
    from simulation.explorer.until_compiled import answering_until_compiled

    answering = answering_until_compiled([HISTORIES, EQUILIBRIA]) if is_interpreted else contextlib.nullcontext(answer)
    with answering as answerer:
        try:
            explorer = Explorer(setting, port, answerer)
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
            raise Refusal("port is taken or not allowed", found=str(port),
                          allowed="another port, or 0 for any that is free", file=PORT_OPTION) from None
        _serve(explorer, not no_open)


def _serve(explorer: Explorer, is_opened: bool) -> None:
    try:
        with explorer:
            typer.echo(f"{explorer.url}  (ends with Ctrl-C)")
            if is_opened:
                webbrowser.open(explorer.url)
            explorer.serve_forever()
    except KeyboardInterrupt as end:
        end.add_note("")  # the way it is meant to end, so that nothing has to be said
        raise
