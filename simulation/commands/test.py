"""``test``: propositions of a file put to the test, each with its knock-outs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from simulation.commands.options import refuse_outside
from simulation.commands.sweep import RESULTS, Jobs, Seed
from simulation.errors import Refusal
from simulation.scenario.validation import listed, nearest, shown
from simulation.study.study_file import LARGEST_SEED

PropositionFile = Annotated[str, typer.Argument(metavar="FILE", help="File of propositions.", show_default=False)]
Only = Annotated[list[str] | None, typer.Option(
    "--only", metavar="NAME", show_default=False,
    help="Proposition to test; may be repeated. The family that it is decided in stays the whole file.")]
Replications = Annotated[int | None, typer.Option(
    "--replications", metavar="N", min=1, show_default=False,
    help="Pairs of histories for every comparison, in place of as many as a pilot says are needed.")]
Out = Annotated[Path | None, typer.Option(
    "--out", metavar="FOLDER", help="Results folder; without it: results/<name>-test-<hash>.", show_default=False)]
Page = Annotated[Path | None, typer.Option(
    "--page", metavar="FILE", show_default=False, help="Put the verdicts into a Markdown page, between its marks.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of tables.")]


def test(file: PropositionFile, only: Only = None, replications: Replications = None, seed: Seed = None,
         jobs: Jobs = None, out: Out = None, page: Page = None, as_json: AsJson = False) -> None:
    """The command; `cli` holds its help."""
    from simulation.propositions.file import load_family  # noqa: PLC0415 - slow to import

    refuse_outside("--seed", seed or 0, LARGEST_SEED)
    family = load_family(file).with_seed(seed)
    codes = chosen(family.content.propositions, only)
    # what a refused file should not wait for
    from simulation.commands.test_page import refuse_page, write_page  # noqa: PLC0415
    from simulation.commands.test_report import carry_out  # noqa: PLC0415
    from simulation.propositions.results import folder_name, identity_of  # noqa: PLC0415

    if page is not None:
        refuse_page(page)
    identity = identity_of(family)
    folder = out or RESULTS / folder_name(family, identity)
    findings, failures = carry_out(family, codes, folder, identity, jobs, replications, as_json)
    if page is not None:
        write_page(page, family, findings)
    if failures:
        raise typer.Exit(1)


def chosen(names: Mapping[str, object], only: list[str] | None) -> list[str]:
    """The propositions that are asked for, in the order of the file. Raises `Refusal` for one that is not there."""
    for name in only or []:
        if name not in names:
            raise Refusal("no such proposition", found=shown(name), allowed=listed(names), file="--only",
                          suggestion=nearest(name, names))
    return [name for name in names if not only or name in only]
