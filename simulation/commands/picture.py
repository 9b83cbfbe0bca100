"""``picture``: one pair from close by: its contract space and its crisis game."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated

import typer

from simulation.commands.first_use import picture_seconds, prepare
from simulation.commands.options import parse_settings, replaced
from simulation.commands.run import ScenarioFile, Settings
from simulation.commands.saving import tell
from simulation.commands.sweep import RESULTS
from simulation.commands.waiting import lasting, waiting
from simulation.compiled_code.parts import PAIRS
from simulation.errors import Refusal
from simulation.scenario.codes import pair_codes
from simulation.scenario.file import load_scenario

State = Annotated[str, typer.Option(
    "--state", metavar="CODE", help="The weak state, by its code or its name.", show_default=False)]
Power = Annotated[str | None, typer.Option(
    "--power", metavar="CODE", help="The major power; may be left out where there is only one.", show_default=False)]
Commitment = Annotated[float | None, typer.Option(
    "--commitment", metavar="SHARE", help="Terms of the crisis game, with --autonomy; without: the Nash bargain.",
    show_default=False)]
Autonomy = Annotated[float | None, typer.Option(
    "--autonomy", metavar="SHARE", help="The other half of the terms, with --commitment.", show_default=False)]
Out = Annotated[Path | None, typer.Option(
    "--out", metavar="FOLDER", help="Folder; without it: results/<scenario>-picture, marked by settings and terms.",
    show_default=False)]


def picture(scenario: ScenarioFile, state: State, power: Power = None, settings: Settings = None,
            commitment: Commitment = None, autonomy: Autonomy = None, out: Out = None) -> None:
    """The command; `command_line` holds its help."""
    named = _terms(commitment, autonomy)
    setting = replaced(load_scenario(scenario), parse_settings(settings or []), None)
    power, state = pair_codes(setting, state, power)
    seconds = picture_seconds(setting)
    is_interpreted = prepare([PAIRS], seconds)
    # what a refused scenario should not wait for
    from simulation.analysis.contract_space import contract_space, settled_by
    from simulation.analysis.crisis_tree import crisis_tree
    from simulation.analysis.pair import pair_of
    from simulation.figures.contract_space import contract_space_figure
    from simulation.figures.crisis_tree import crisis_tree_figure
    from simulation.figures.names import pair_name
    from simulation.figures.style import save

    with waiting("the contracts of a pair", lasting(seconds if is_interpreted else 0.0)):
        pair = pair_of(setting, state, power)
        terms = named or settled_by(pair)
        space = contract_space(pair)
    names = pair_name(setting, pair.power, state)
    if settings:
        names += f" ({', '.join(settings)})"
    asked = [*(settings or []), *map(str, named or ())]
    folder = out or RESULTS / _folder_name(setting.name, asked)
    ending = f"{pair.power}-{state}"
    made = {f"contract-space-{ending}": contract_space_figure(space, names)}
    if terms:
        title = f"{names}: crisis game at commitment {terms[0]:.2f}, autonomy {terms[1]:.2f}"
        made[f"crisis-tree-{ending}"] = crisis_tree_figure(crisis_tree(pair, *terms), title)
    tell([save(figure, folder, name)[0] for name, figure in made.items()])
    if not terms:
        typer.echo("no contract suits both, so there is no crisis tree; --commitment and --autonomy name terms")


def _folder_name(scenario: str, asked: list[str]) -> str:
    """Other settings or terms, another folder: no figure replaces one of something else."""
    mark = hashlib.blake2b("|".join(asked).encode(), digest_size=4).hexdigest()
    return f"{scenario}-picture-{mark}" if asked else f"{scenario}-picture"


def _terms(commitment: float | None, autonomy: float | None) -> tuple[float, float] | None:
    """The terms that are named, both or none. Raises `Refusal` for one alone or one outside the unit interval."""
    if commitment is None and autonomy is None:
        return None
    if commitment is None or autonomy is None:
        missing = "--commitment" if commitment is None else "--autonomy"
        raise Refusal("missing", allowed="both --commitment and --autonomy, or neither", file=missing)
    for option, value in (("--commitment", commitment), ("--autonomy", autonomy)):
        if not 0.0 <= value <= 1.0:
            raise Refusal("out of range", found=f"{value:g}", allowed="0 to 1", file=option)
    return commitment, autonomy
