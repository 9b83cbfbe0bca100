"""``explore``: a scenario in the browser, with sliders."""

from __future__ import annotations

import errno
import webbrowser
from typing import Annotated

import typer

from simulation.commands.options import parse_settings, refuse_outside, replaced
from simulation.commands.run import ScenarioFile, Settings
from simulation.errors import Refusal
from simulation.scenario.file import load_scenario

LARGEST_PORT = 65_535
PORT_OPTION = "--port"

Port = Annotated[int, typer.Option(PORT_OPTION, metavar="N", help="Port of the page; 0 takes any that is free.")]
NoOpen = Annotated[bool, typer.Option("--no-open", help="Print the address and open no browser.")]


def explore(scenario: ScenarioFile, settings: Settings = None, port: Port = 8765, no_open: NoOpen = False) -> None:
    """The command; `command_line` holds its help."""
    refuse_outside(PORT_OPTION, port, LARGEST_PORT)
    setting = replaced(load_scenario(scenario), parse_settings(settings or []), None)
    # what a refused scenario should not wait for
    from simulation.explorer.server import Explorer

    try:
        explorer = Explorer(setting, port)
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        raise Refusal("port is taken or not allowed", found=str(port),
                      allowed="another port, or 0 for any that is free", file=PORT_OPTION) from None
    try:
        with explorer:
            typer.echo(f"{explorer.url}  (ends with Ctrl-C)")
            if not no_open:
                webbrowser.open(explorer.url)
            explorer.serve_forever()
    except KeyboardInterrupt as end:
        end.add_note("the way it is meant to end, so that nothing has to be said")
        raise
