"""``sensitivity``: how much each parameter moves a measure, from a finished sweep of a Morris or Saltelli design."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from simulation.errors import Refusal

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="Results folder of a sweep of a morris or saltelli"
                                                               " design.", show_default=False)]
Measures = Annotated[list[str] | None, typer.Option(
    "--measure", metavar="NAME", show_default=False,
    help="Measure; may be repeated. Without it: pacts, commitment and autonomy over all states.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of tables.")]


def sensitivity(folder: Folder, measures: Measures = None, as_json: AsJson = False) -> None:
    """The command; `cli` holds its help."""
    # slow to import
    from simulation.analysis.sensitivity import USUAL_MEASURES, refuse_other_design  # noqa: PLC0415
    from simulation.analysis.sensitivity import sensitivity as worked_out  # noqa: PLC0415
    from simulation.commands import sensitivity_report as report  # noqa: PLC0415
    from simulation.study.store import open_results  # noqa: PLC0415

    results = open_results(folder)
    refuse_other_design(results.plan, str(folder))
    there, wanted = results.covered(), results.wanted()
    if there < wanted:
        raise Refusal("the sweep is not complete", found=f"{there} of {wanted} histories", allowed="a finished sweep;"
                      f" asymmetric-alliances resume {folder}", file=str(folder))
    found = worked_out(results.plan, results.table(), tuple(dict.fromkeys(measures or USUAL_MEASURES)))
    files = report.written(found, folder)
    if as_json:
        typer.echo(report.document(found, results.plan))
    else:
        report.show(found, results.plan, files)
