"""``multiverse``: a proposition under every combination of named assumptions."""

from __future__ import annotations

from typing import Annotated

import typer

from simulation.commands.options import refuse_outside
from simulation.commands.scope import Name, refuse_unknown
from simulation.commands.sweep import RESULTS, Jobs, Seed
from simulation.commands.test import AsJson, Out, PropositionFile
from simulation.errors import Refusal
from simulation.study.study_file import LARGEST_SEED

Replications = Annotated[int, typer.Option("--replications", metavar="N", min=5, max=100_000,
                                           help="Pairs of histories in every universe.")]


def multiverse(file: PropositionFile, name: Name, replications: Replications = 100, seed: Seed = None,
               jobs: Jobs = None, out: Out = None, as_json: AsJson = False) -> None:
    """The command; `cli` holds its help."""
    from simulation.propositions.file import load_family  # noqa: PLC0415 - slow to import

    refuse_outside("--seed", seed or 0, LARGEST_SEED)
    family = load_family(file).with_seed(seed)
    refuse_unknown(name, family.content.propositions)
    if not family.content.multiverse:
        raise Refusal("no multiverse", allowed="assumptions with their values under multiverse", file=file)
    # what a refused file should not wait for
    from simulation.commands.multiverse_report import carry_out  # noqa: PLC0415
    from simulation.propositions.results import folder_name, identity_of  # noqa: PLC0415

    identity = identity_of(family, ["multiverse", name, replications])
    folder = out or RESULTS / folder_name(family, identity, f"multiverse-{name}")
    if carry_out(family, name, folder, identity, jobs, replications, as_json):
        raise typer.Exit(1)
