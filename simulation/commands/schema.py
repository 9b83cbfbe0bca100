"""``schema``: the JSON schema of scenario files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulation.scenario.schema import schema_text

Out = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="File to write; without it: standard output.",
                                          show_default=False)]


def schema(out: Out = None) -> None:
    """The command; `command_line` holds its help."""
    if out is None:
        typer.echo(schema_text(), nl=False)
    else:
        # what standard output can do without
        from simulation.study.tables import write_text

        write_text(out, schema_text())
