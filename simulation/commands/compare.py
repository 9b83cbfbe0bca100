"""``compare``: the equilibria of several scenarios, or of one under several assumptions, side by side."""

from __future__ import annotations

import re
from typing import Annotated, Any

import typer

from simulation.commands.figures import tell
from simulation.commands.options import parse_settings, refuse_outside, replaced
from simulation.commands.run import AsJson, Settings
from simulation.commands.solve import LARGEST_SEED, MOST_STARTS, Out, Seed, Starts
from simulation.commands.sweep import RESULTS
from simulation.errors import Refusal
from simulation.scenario.file import load_scenario
from simulation.scenario.validation import shown

AGAINST = "--against"
MOST_SETTINGS = 12
NEXT_SETTING = re.compile(r",(?=\s*[\w.*-]+\s*=)")
"""A comma that another path follows; one inside of a value is no end of it."""

ScenarioFiles = Annotated[list[str], typer.Argument(
    metavar="SCENARIO...", help="Scenario files, one column each.", show_default=False)]
Against = Annotated[list[str] | None, typer.Option(
    AGAINST, metavar="PATH=VALUE[,PATH=VALUE...]", show_default=False,
    help="A further column: the first scenario, as --set has it, with these values on top; may be repeated.")]


def compare(scenarios: ScenarioFiles, settings: Settings = None, against: Against = None, starts: Starts = 8,
            seed: Seed = 1, out: Out = None, as_json: AsJson = False) -> None:
    """The command; `cli` holds its help."""
    refuse_outside("--starts", starts, MOST_STARTS)
    refuse_outside("--seed", seed, LARGEST_SEED)
    number = len(scenarios) + len(against or [])
    if not 2 <= number <= MOST_SETTINGS:
        raise Refusal("not so many settings can be compared", found=str(number),
                      allowed=f"2 to {MOST_SETTINGS}: a scenario file or an {AGAINST} for each")
    common = parse_settings(settings or [])
    asked = [(file, common) for file in scenarios]
    asked += [(scenarios[0], common | assumptions_of(text)) for text in against or []]
    found = [(file, own, setting_of(file, own, place >= len(scenarios))) for place, (file, own) in enumerate(asked)]
    _refuse_twins(found)
    # what a refused scenario should not wait for
    from simulation.commands import compare_tables as tables  # noqa: PLC0415
    from simulation.commands.compare_report import show  # noqa: PLC0415
    from simulation.equilibrium.world import world_of  # noqa: PLC0415
    from simulation.study.store import refuse_other_identity  # noqa: PLC0415

    for _, _, scenario in found:
        world_of(scenario)
    plan = tables.Plan(tuple(tables.Setting(*own) for own in found), starts, seed)
    folder = out or RESULTS / plan.folder_name
    refuse_other_identity(folder, plan.identity)
    compared = tables.carry_out(plan)
    figures = tables.write(folder, compared)
    if as_json:
        typer.echo(tables.document(compared, folder, figures))
    else:
        show(compared, folder)
        tell(figures)


def assumptions_of(text: str) -> dict[str, Any]:
    """Values by path of one `--against`. Raises `Refusal`."""
    try:
        return parse_settings(NEXT_SETTING.split(text))
    except Refusal as refusal:
        refusal.file = AGAINST
        raise


def setting_of(file: str, asked: dict[str, Any], is_against: bool) -> Any:
    """The scenario in a file with these values. Raises `Refusal`; `is_against`: some of them come from `--against`."""
    try:
        return replaced(load_scenario(file), asked, None)
    except Refusal as refusal:
        if is_against and refusal.file == "--set":
            refusal.file = AGAINST
        raise


def _refuse_twins(found: list[tuple[Any, ...]]) -> None:
    """Raises `Refusal` where two columns would show the same world."""
    seen: dict[str, int] = {}
    for place, (file, _, scenario) in enumerate(found, start=1):
        first = seen.setdefault(scenario.fingerprint(), place)
        if first != place:
            raise Refusal("nothing differs between two settings",
                          found=f"{shown(file)} as settings {first} and {place}",
                          allowed=f"different scenarios, or other values with {AGAINST}")
