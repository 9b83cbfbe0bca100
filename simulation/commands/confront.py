"""``confront``: where the agents' histories end beside the equilibria of the same scenario."""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from simulation.commands.console import Screen, add_columns, console, new_table, or_null
from simulation.commands.first_use import prepare
from simulation.commands.options import parse_settings, refuse_outside, replaced, tell_settings
from simulation.commands.run import ScenarioFile, Seed, Settings, Years
from simulation.commands.saving import DocumentFile, keep_document, refuse_document_file
from simulation.compiled_code.parts import EQUILIBRIA, HISTORIES
from simulation.errors import Refusal
from simulation.scenario.documentation import with_unit
from simulation.scenario.file import load_scenario
from simulation.study.study_file import LARGEST_SEED

if TYPE_CHECKING:
    from simulation.study.confrontation import Confrontation, Line


MOST_HISTORIES = 10_000

Histories = Annotated[int, typer.Option("--histories", metavar="N", help="Histories for each setting.")]
Epsilon = Annotated[float, typer.Option(
    "--epsilon", metavar="X", help="Difference in commitment or autonomy up to which terms count as the same.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of tables.")]


def confront(scenario: ScenarioFile, histories: Histories = 10, seed: Seed = 1, settings: Settings = None,
             years: Years = None, epsilon: Epsilon = 0.05, out: DocumentFile = None, as_json: AsJson = False) -> None:
    """The command; `command_line` holds its help."""
    refuse_outside("--seed", seed, LARGEST_SEED)
    if not 1 <= histories <= MOST_HISTORIES:
        raise Refusal("out of range", found=str(histories), allowed=f"1 to {MOST_HISTORIES}", file="--histories")
    if not 0.0 <= epsilon <= 1.0:
        raise Refusal("out of range", found=f"{epsilon:g}", allowed="0 to 1", file="--epsilon")
    refuse_document_file(out)
    original, asked = load_scenario(scenario), parse_settings(settings or [])
    setting = replaced(original, asked, years)
    prepare([HISTORIES, EQUILIBRIA])
    # what a refused scenario should not wait for
    from simulation.study.confrontation import confront as held_against

    with progress() as told:
        found = held_against(setting, histories, seed, epsilon, told)
    keep_document(out, document(found, histories, seed, epsilon))
    if as_json:
        typer.echo(document(found, histories, seed, epsilon))
    else:
        tell_settings(original, asked, years)
        show(found, histories, seed, epsilon)


EXPLANATION = (
    "patrons differ: states whose patron differs from the nearest equilibrium; terms differ: largest difference in"
    " commitment or autonomy over the pacts shared; both are means over histories")


@contextlib.contextmanager
def progress() -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error, where that is a terminal; what is yielded hears of every history."""
    err = Screen(stderr=True)
    bar = Progress(TextColumn("histories"), BarColumn(), MofNCompleteColumn(), TextColumn("left"),
                   TimeRemainingColumn(), console=err, disable=not err.is_terminal)
    # which older versions of the library end with a blank line even where it is not shown
    with bar if err.is_terminal else contextlib.nullcontext():
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def show(found: Confrontation, histories: int, seed: int, epsilon: float) -> None:
    """Prints the equilibria and a table with a line for each setting of the relaxations."""
    screen = console()
    screen.print(f"{found.scenario.name}: {with_unit(histories, 'histories')} of"
                 f" {with_unit(found.scenario.years, 'years')} for each setting, seed {seed}; at an equilibrium: the"
                 f" same patrons, terms within {epsilon:g}")
    for types, solved in found.solved.items():
        screen.print(f"\n{type_text(found, types)}: {solved.outcome} ({solved.search}, {solved.tried} tried)."
                     f" {solved.advice}", soft_wrap=True)
        for number, equilibrium in enumerate(solved.equilibria, start=1):
            allies = ", ".join(f"{state} ({power})" if len(types) > 1 else state for power, state in equilibrium.allies)
            screen.print(f"  equilibrium {number}, {len(equilibrium.pacts)} pacts: {allies or 'none'}; largest"
                         f" violation {equilibrium.certificate.regret:.1g}", soft_wrap=True)
    screen.print()
    screen.print(_table(found))
    screen.print(EXPLANATION, soft_wrap=True)


def type_text(found: Confrontation, types: tuple[str, ...]) -> str:
    """``RUS resolute`` and so on."""
    return ", ".join(f"{power} {is_of}" for power, is_of in zip(found.scenario.major_powers, types, strict=True))


def _table(found: Confrontation) -> Table:
    table = new_table("relaxations and where histories end")
    add_columns(table, ("relaxations", "left"), ("patrons\ndiffer", "right"), ("terms\ndiffer", "right"),
                          ("at an\nequilibrium", "right"))
    places = [(types, place) for types, solved in found.solved.items() for place in range(len(solved.equilibria))]
    for types, place in places:
        table.add_column(f"at {place + 1}\n{type_text(found, types)}", justify="right")
    for line in found.lines:
        table.add_row(line.name, _number(line.members, 2), _number(line.terms, 3), _share(line.share_at_any),
                      *(_share(line.share_at(types, place)) for types, place in places))
    return table


def _number(value: float, digits: int) -> str:
    return "-" if math.isnan(value) else f"{value:.{digits}f}"


def _share(value: float) -> str:
    return "-" if math.isnan(value) else f"{100 * value:.0f}%"


def document(found: Confrontation, histories: int, seed: int, epsilon: float) -> str:
    """All of it as one JSON document; NaN is null."""
    return json.dumps({
        "scenario": found.scenario.name, "histories": histories, "seed": seed, "epsilon": epsilon,
        "equilibria": [{
            "types": dict(zip(found.scenario.major_powers, types, strict=True)), "search": str(solved.search),
            "tried": solved.tried, "outcome": str(solved.outcome),
            "equilibria": [{"pacts": {state: {"power": pact.power, "commitment": pact.commitment,
                                              "autonomy": pact.autonomy} for state, pact in equilibrium.pacts.items()},
                            "regret": equilibrium.certificate.regret} for equilibrium in solved.equilibria],
        } for types, solved in found.solved.items()],
        "settings": [_plain(line) for line in found.lines],
    }, indent=2, ensure_ascii=False)


def _plain(line: Line) -> dict[str, Any]:
    return {"relaxations": line.name, "patrons_differ": or_null(line.members), "terms_differ": or_null(line.terms),
            "share_at_an_equilibrium": line.share_at_any,
            "ends": [{"types": end.types, "nearest": end.nearest + 1, "patrons_differ": end.distance.members,
                      "terms_differ": or_null(end.distance.terms), "is_at": line.is_at(end)} for end in line.ends]}
