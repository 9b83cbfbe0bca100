"""``scope``: where in a region of parameters a proposition holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import typer

from simulation.commands.options import refuse_outside
from simulation.commands.sweep import RESULTS, Jobs, Seed
from simulation.commands.test import AsJson, Out, PropositionFile
from simulation.errors import Refusal
from simulation.scenario.validation import listed, nearest, shown
from simulation.study.study_file import LARGEST_SEED

Name = Annotated[str, typer.Argument(metavar="NAME", help="Proposition.", show_default=False)]
Points = Annotated[int, typer.Option("--points", metavar="N", min=8, max=10_000, help="Places in the region.")]
Replications = Annotated[int, typer.Option("--replications", metavar="N", min=5, max=100_000,
                                           help="Pairs of histories at every place.")]


def scope(file: PropositionFile, name: Name, points: Points = 64, replications: Replications = 60, seed: Seed = None,
          jobs: Jobs = None, out: Out = None, as_json: AsJson = False) -> None:
    """The command; `cli` holds its help."""
    from simulation.propositions.file import load_family  # noqa: PLC0415 - slow to import

    refuse_outside("--seed", seed or 0, LARGEST_SEED)
    family = load_family(file).with_seed(seed)
    refuse_unknown(name, family.content.propositions)
    if not family.region(name):
        raise Refusal("no region", allowed="ranges of parameters under region", file=file)
    # what a refused file should not wait for
    from simulation.commands.scope_report import carry_out  # noqa: PLC0415
    from simulation.propositions.results import folder_name, identity_of  # noqa: PLC0415

    identity = identity_of(family, ["scope", name, points, replications])
    folder = out or RESULTS / folder_name(family, identity, f"scope-{name}")
    if carry_out(family, name, folder, identity, jobs, points, replications, as_json):
        raise typer.Exit(1)


def refuse_unknown(name: str, names: Mapping[str, object]) -> None:
    """Raises `Refusal` for a proposition that is not in the file."""
    if name not in names:
        raise Refusal("no such proposition", found=shown(name), allowed=listed(names), suggestion=nearest(name, names))
