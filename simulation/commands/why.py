"""``why``: why a weak state is or is not an ally of a major power, and what would have to change."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from simulation.commands.console import add_columns, console, new_table
from simulation.commands.options import Jobs, parse_settings, refuse_outside, replaced, tell_of_paths, tell_settings
from simulation.commands.picture import Power
from simulation.commands.run import AsJson, ScenarioFile, Seed, Settings, Years
from simulation.commands.saving import DocumentFile, keep_document, refuse_document_file
from simulation.commands.waiting import waiting
from simulation.errors import Refusal
from simulation.scenario.codes import pair_codes
from simulation.scenario.documentation import rounded, with_unit
from simulation.scenario.file import load_scenario
from simulation.scenario.scenario import Scenario
from simulation.study.study_file import LARGEST_SEED

if TYPE_CHECKING:
    from simulation.analysis.reasons import Reasons
    from simulation.analysis.turning_values import Question, Turn, Turning
    from simulation.equilibrium.search import Solved

MOST_HISTORIES, USUALLY = 1000, "a quarter of a minute to some minutes"
NEGLIGIBLE, LEAST = 1e-9, 5e-5
"""Gains up to which nobody signs; terms that are smaller than the second are left out of the table."""

State = Annotated[str, typer.Argument(
    metavar="STATE", help="The weak state, by its code or its name.", show_default=False)]
Place = Annotated[int, typer.Option("--equilibrium", metavar="N", help="Which one, as solve numbers them.")]
Histories = Annotated[int, typer.Option("--histories", metavar="N",
                                        help="Histories whose share is looked at; 0: equilibrium alone.")]
Parameters = Annotated[list[str] | None, typer.Option(
    "--parameter", metavar="PATH", show_default=False,
    help="Look at this parameter alone; may be repeated. Without: all numbers of the state and the major power.")]


@dataclass(frozen=True)
class Answered:
    """All that there is to say about a pair: place is that of the equilibrium, counted from 1, 0 where none was found;
    share: of the histories that predict the pair, None where none was run."""

    scenario: Scenario
    solved: Solved
    place: int
    reasons: Reasons
    histories: int
    seed: int
    share: float | None
    turning: list[Turning]


def why(scenario: ScenarioFile, state: State, power: Power = None, settings: Settings = None, years: Years = None,
        equilibrium: Place = 1, histories: Histories = 10, seed: Seed = 1, parameters: Parameters = None,
        jobs: Jobs = None, out: DocumentFile = None, as_json: AsJson = False) -> None:
    """The command; `command_line` holds its help."""
    refuse_outside("--seed", seed, LARGEST_SEED)
    refuse_outside("--histories", histories, MOST_HISTORIES)
    refuse_document_file(out)
    original, asked = load_scenario(scenario), parse_settings(settings or [])
    setting = replaced(original, asked, years)
    power, state = pair_codes(setting, state, power, "STATE")
    # what a refused scenario should not wait for
    from simulation.equilibrium.search import solve

    _refuse_unknown(setting, parameters or [])
    solved = solve(setting)
    if not 1 <= equilibrium <= max(1, len(solved.equilibria)):
        raise Refusal("no such equilibrium", found=str(equilibrium), allowed=f"1 to {max(1, len(solved.equilibria))}",
                      file="--equilibrium")
    found = answered(setting, solved, equilibrium, state, power, histories, seed, parameters, jobs)
    text = document(found)
    keep_document(out, text)
    if as_json:
        typer.echo(text)
    else:
        tell_settings(original, asked, years)
        show(found)


def answered(scenario: Scenario, solved: Solved, place: int, state: str, power: str | None, histories: int, seed: int,
             parameters: list[str] | None, jobs: int | None) -> Answered:
    """Looks into a pair. Raises `Refusal` for a code that the scenario does not have."""
    from simulation.analysis.reasons import reasons
    from simulation.analysis.turning_values import parameters_of, question

    pacts = solved.equilibria[place - 1].pacts if solved.equilibria else None
    own = reasons(scenario, pacts or {}, state, power)
    asked = question(scenario, pacts, own.power, state, histories, seed)
    turning = _turning(asked, parameters or parameters_of(scenario, own.power, state), jobs or os.cpu_count() or 1)
    return Answered(scenario, solved, place if solved.equilibria else 0, own, histories, seed, asked.lived,
                    turning)


def _turning(asked: Question, paths: list[str], jobs: int) -> list[Turning]:
    """What each parameter turns; the first tells whether it is worth starting processes for the others."""
    from simulation.study.executors import InProcess, LocalProcesses, completed, one_thread_each, workers_worth_starting

    first, *others = paths
    with progress(len(paths)) as told, one_thread_each():
        start = time.monotonic()
        found = {first: asked.turning(first)}
        told()
        workers = workers_worth_starting((time.monotonic() - start) * len(others), len(others), jobs)
        with contextlib.closing(completed(lambda: InProcess() if workers == 1 else LocalProcesses(workers),
                                          asked.turning, others, 2 * workers)) as answers:
            for path, turning in answers:
                found[path] = turning
                told()
    return [found[path] for path in paths]


def _refuse_unknown(scenario: Scenario, paths: list[str]) -> None:
    """Raises `Refusal` for what is not the path of one real number."""
    for path in paths:
        try:
            value = scenario.value(path)
        except Refusal as refusal:
            refusal.file = "--parameter"
            tell_of_paths(refusal, scenario)
            raise
        if "*" in path or isinstance(value, bool) or not isinstance(value, float | int):
            raise Refusal("not the path of one number", found=path, allowed="such as"
                          " major_powers.RUS.costs.entrapment.war_cost", file="--parameter")


@contextlib.contextmanager
def progress(total: int) -> Iterator[Callable[[], None]]:
    """How far it has come, on standard error; what is yielded is called once a parameter."""
    done: list[None] = []
    with waiting("what would turn it", USUALLY, lambda: f"{len(done)} of {with_unit(total, 'parameters')}"):
        yield lambda: done.append(None)


# --- on the screen --------------------------------------------------------------------------------------------------


def show(found: Answered) -> None:
    """Prints whether the two are allied, why, and what would turn it."""
    from simulation.scenario.traits import terms_in

    screen, own = console(), found.reasons
    for line in [*_alliance_lines(found), "", *_signing(own), ""]:
        screen.print(line, soft_wrap=True, markup=False)
    screen.print(_terms(own, terms_in(found.scenario)))
    screen.print()
    _show_turning(screen, found)


def _alliance_lines(found: Answered) -> Iterator[str]:
    """Where the pair stands: in equilibrium, in histories, in the record."""
    own, number = found.reasons, len(found.solved.equilibria)
    yield f"{found.scenario.name}: {own.power} and {own.state}"
    if number:
        pacts = found.solved.equilibria[found.place - 1].pacts
        patron = "no ally" if own.patron is None else f"allied with {own.patron}"
        allied = sum(own.state in one.pacts and one.pacts[own.state].power == own.power
                     for one in found.solved.equilibria)
        yield (f"in equilibrium {found.place} of {number} ({len(pacts)} pacts): {own.state} has {patron}".replace(
            "has allied", "is allied") + (f"; the pair is allied in {allied} of the {number}" if number > 1 else ""))
    else:
        yield "no equilibrium was found: looked at while nobody else is allied"
    if found.share is not None:
        yield (f"in {found.histories} histories (seed {found.seed}): predicted allied, with a pact in at least half of"
               f" the last years, in {100 * found.share:.0f}%")
    observed = found.scenario.states[own.state].observed.get(own.power)
    if observed is not None:
        yield f"in the record: {'allied' if observed else 'not allied'}"


def _signing(own: Reasons) -> Iterator[str]:
    """Who would sign what."""
    terms = f"commitment {own.contract.commitment:.3f}, autonomy {own.contract.autonomy:.3f}"
    refusing = [own.state if side == "weak" else own.power for side in own.refused_by]
    if own.is_allied:
        yield f"their contract: {terms}"
    elif refusing:
        yield f"no contract suits both; the nearest to it, {terms}, is refused by {' and '.join(refusing)}"
    else:
        yield f"a contract would suit both: {terms}"
    yield from _side(own.state, own.most_weak, own.elsewhere, own.power, own.weak_if_major_signs)
    yield from _side(own.power, own.most_major, 0.0, own.state, own.major_if_weak_signs)


def _side(code: str, most: float, elsewhere: float, other: str, if_other_signs: float | None) -> Iterator[str]:
    """What a side could gain: of all contracts, and of those that the other would sign."""
    signs_none = most <= max(elsewhere, NEGLIGIBLE)
    text = f"{code} would sign nothing: the best for it" if signs_none else f"the best for {code}"
    text += f", whatever {other} thinks of it, leaves it {most:.4f} a year"
    text += f" ({elsewhere:.4f} is to be had elsewhere)" if elsewhere > 0.0 else ""
    yield text + ("" if if_other_signs is None else f"; the best that {other} would sign, {if_other_signs:.4f}")


def _terms(own: Reasons, meanings: dict[str, str]) -> Any:
    from simulation.theory.payoffs import is_of_weak_state, sign_of

    table = new_table("what that contract is worth, payoff per year; costs subtract")
    add_columns(table, ("", "left"), (own.state, "right"), (own.power, "right"))
    for name, meaning in meanings.items():
        value = own.contract.terms[name]
        if abs(value) >= LEAST:
            shown = f"{sign_of(name) * value:.4f}"
            table.add_row(meaning, *((shown, "") if is_of_weak_state(name) else ("", shown)))
    table.add_row("gain", f"{own.contract.weak_gain:.4f}", f"{own.contract.major_gain:.4f}")
    if own.elsewhere > 0.0:
        table.add_row("to be had elsewhere", f"{own.elsewhere:.4f}", "")
    return table


def _show_turning(screen: Console, found: Answered) -> None:
    from simulation.analysis.turning_values import FURTHEST, factor

    def nearness(turning: Turning) -> tuple[float, float]:
        far = [factor(turning.value, turn.value) if turn else float("inf")
               for turn in (turning.equilibrium, turning.histories)]
        return min(far), far[0]

    turned = sorted((own for own in found.turning if own.equilibrium or own.histories), key=nearness)
    screen.print("what would turn it, one parameter at a time, all others as they are; nearest first", markup=False)
    if turned:
        table = new_table()
        ways = [(heading, way) for heading, way, was_tried in (
            ("in equilibrium", "equilibrium", found.place > 0),
            ("in half of the histories", "histories", found.histories > 0)) if was_tried]
        add_columns(table, ("parameter", "left"), ("now", "right"), *((heading, "right") for heading, _ in ways))
        for own in turned:
            table.add_row(own.path, rounded(own.value, 4), *(_turn(own, getattr(own, way)) for _, way in ways))
        screen.print(table)
    rest = [own.path for own in found.turning if not (own.equilibrium or own.histories)]
    if rest:
        screen.print(f"no value from a tenth to {FURTHEST:g} times the present one, nor 0, was found to turn it for:"
                     f" {', '.join(rest)}", soft_wrap=True, markup=False)


def _turn(own: Turning, turn: Turn | None) -> str:
    if turn is None:
        return "-"
    return rounded(turn.value, 5) + (f" (x {turn.value / own.value:.3g})" if own.value > 0.0 else "")


# --- as data --------------------------------------------------------------------------------------------------------


def document(found: Answered) -> str:
    """All of it as one JSON document."""
    own = found.reasons
    return json.dumps({
        "scenario": found.scenario.name, "equilibria": len(found.solved.equilibria), "equilibrium": found.place,
        "histories": found.histories, "seed": found.seed, "share_of_histories": found.share,
        "observed": found.scenario.states[own.state].observed.get(own.power),
        "is_allied": own.is_allied, "refused_by": own.refused_by, **asdict(own),
        "turning": [{"parameter": turning.path, "now": turning.value,
                     "in_equilibrium": turning.equilibrium and turning.equilibrium.value,
                     "in_histories": turning.histories and turning.histories.value,
                     "share_of_histories_there": turning.histories and turning.histories.answer}
                    for turning in found.turning],
    }, indent=2, ensure_ascii=False)
