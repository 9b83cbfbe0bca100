"""``solve``: the alliance equilibria of a scenario, certified."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from simulation.commands.console import add_columns, console, new_table, or_null
from simulation.commands.first_use import prepare, solve_seconds
from simulation.commands.options import StatesBy, parse_settings, refuse_outside, replaced, tell_settings
from simulation.commands.run import AsJson, ScenarioFile, Settings
from simulation.commands.saving import saved, tell
from simulation.commands.sweep import RESULTS
from simulation.commands.waiting import lasting, waiting
from simulation.compiled_code.parts import EQUILIBRIA
from simulation.errors import Refusal
from simulation.scenario.documentation import rounded
from simulation.scenario.file import load_scenario
from simulation.scenario.scenario import Scenario
from simulation.scenario.state_order import arranged, listing_states
from simulation.scenario.validation import nearest

if TYPE_CHECKING:
    import pandas as pd

    from simulation.analysis.solve_tables import Found, Plan
    from simulation.equilibrium.accounts import PactAccount
    from simulation.equilibrium.search import Cycle, Equilibrium, Solved


SOLUTIONS = ("nash", "kalai_smorodinsky", "egalitarian", "ultimatum")
MOST_STARTS, LARGEST_SEED = 10_000, 2**63 - 1

Solution = Annotated[str | None, typer.Option(
    "--solution", metavar="NAME", show_default=False,
    help=f"Bargaining solution, in place of the scenario's: {', '.join(SOLUTIONS)}.")]
Exhaustive = Annotated[bool, typer.Option("--exhaustive", help="Try all assignments, or refuse if they are too many.")]
Starts = Annotated[int, typer.Option("--starts", metavar="N", help="Random starts, beside those from none, all and"
                                                                   " the observed pacts.")]
Seed = Annotated[int, typer.Option("--seed", metavar="N", help="Seed of the starts.")]
AllSolutions = Annotated[bool, typer.Option(
    "--solutions", help="Add a table of where the bargaining solutions disagree about who is allied at what price.")]
Out = Annotated[Path | None, typer.Option(
    "--out", metavar="FOLDER", help="Results folder; without it: results/<scenario>-solve-<hash>.",
    show_default=False)]


def solve(scenario: ScenarioFile, settings: Settings = None, solution: Solution = None, exhaustive: Exhaustive = False,
          starts: Starts = 8, seed: Seed = 1, solutions: AllSolutions = False, states_by: StatesBy = None,
          out: Out = None, as_json: AsJson = False) -> None:
    """The command; `command_line` holds its help."""

    refuse_outside("--starts", starts, MOST_STARTS)
    refuse_outside("--seed", seed, LARGEST_SEED)
    asked = parse_settings(settings or [])
    original = load_scenario(scenario)
    setting = under(replaced(original, asked, None), solution)
    seconds = solve_seconds(setting) * (1 + len(SOLUTIONS) * solutions)
    is_interpreted = prepare([EQUILIBRIA], seconds)
    # what a refused scenario should not wait for
    from simulation.analysis.solve_tables import PACTS_FILE, Plan, carry_out, writing
    from simulation.study.manifest import command_line
    from simulation.study.store import refuse_other_identity

    plan = Plan(setting, asked, exhaustive or None, starts, seed)
    folder = out or RESULTS / plan.folder_name
    refuse_other_identity(folder, plan.identity)
    with waiting("the search for equilibria", lasting(seconds) if is_interpreted else "seconds to a minute"):
        found = carry_out(plan, SOLUTIONS if solutions else ())
    with listing_states(states_by, gains_in(found)):
        with writing(folder, plan, found, command_line()) as tables:
            figures = drawn(folder, plan, found, tables[PACTS_FILE])
        if as_json:
            typer.echo(document(found, folder, figures))
        else:
            tell_settings(original, asked)
            show(found, folder)
            tell(figures)


def gains_in(found: Found) -> dict[tuple[str, str], float]:
    """What each major power gains of each ally, by power and state: in the first equilibrium in which it has it."""
    gains: dict[tuple[str, str], float] = {}
    for own in found.accounts:
        for pact in own:
            gains.setdefault((pact.power, pact.state), pact.major_gain)
    return gains


def under(scenario: Scenario, solution: str | None) -> Scenario:
    """The scenario under a bargaining solution. Raises `Refusal` for an unknown name."""
    if solution is None:
        return scenario
    if solution not in SOLUTIONS:
        raise Refusal("unknown bargaining solution", found=solution, allowed=", ".join(SOLUTIONS),
                      suggestion=nearest(solution, SOLUTIONS), file="--solution")
    return scenario.replace("assumptions.bargaining_solution", solution)


MOST_MOVES = 12


def drawn(folder: Path, plan: Plan, found: Found, pacts: pd.DataFrame) -> list[Path]:
    """Saves the figures of the pacts into the folder; gives the paths of the pictures."""
    from simulation.commands.equilibrium_figures import title_of
    from simulation.figures.registry import solve_figures

    figures = solve_figures(pacts, len(found.solved.equilibria), title_of(plan.scenario), plan.scenario)
    return saved(figures, folder, has_pdf=False)


# --- on the screen --------------------------------------------------------------------------------------------------


def show(found: Found, folder: Path) -> None:
    """Prints the search, each equilibrium with its tables, and where the tables went."""
    from simulation.equilibrium.world import is_taken_for_resolute

    screen, scenario = console(), found.scenario
    tried = "assignments" if found.solved.is_complete else "starts"
    title = f": {scenario.title}" if scenario.title else ""
    screen.print(f"{scenario.name}{title}; bargaining solution {scenario.assumptions.bargaining_solution};"
                 f" {found.solved.search} search, {found.solved.tried} {tried}", soft_wrap=True)
    for power, record in scenario.major_powers.items():
        if record.resolve.type == "drawn":
            kind = "resolute" if is_taken_for_resolute(scenario, power) else "irresolute"
            screen.print(f"{power}: taken for {kind}, the likelier type; histories draw it", soft_wrap=True)
    round_and_round = len(found.solved.cycles)
    told = (f" From {round_and_round} of {found.solved.tried} starts best responses go round without rest, see below."
            if round_and_round and found.solved.equilibria else "")
    screen.print(f"Equilibria: {found.solved.outcome}. {found.solved.advice}{told}", soft_wrap=True)
    for number, (equilibrium, own) in enumerate(zip(found.solved.equilibria, found.accounts, strict=True), start=1):
        screen.print()
        for line in _heading(number, equilibrium):
            screen.print(line, soft_wrap=True)
        if own:
            own = in_order(scenario, own)
            screen.print(_pacts(scenario, own))
            screen.print(_terms(own))
        else:
            screen.print("no pact: no pair has a contract that both prefer")
        screen.print(_measures(scenario, equilibrium))
    for line in _cycles(found.solved):
        screen.print(line, soft_wrap=True)
    if found.others:
        screen.print()
        screen.print(_disagreements(found))
    screen.print(f"\ntables: {folder}", soft_wrap=True)


def _heading(number: int, equilibrium: Equilibrium) -> list[str]:
    certificate = equilibrium.certificate
    basin = "" if math.isnan(equilibrium.basin) else f"; {100 * equilibrium.basin:.0f}% of the random starts"
    lines = [f"Equilibrium {number}: {len(equilibrium.pacts)} pacts; reached from {', '.join(equilibrium.reached_from)}"
             f"{basin}",
             f"certificate, largest violations (payoff per year): contract {certificate.contract:.1g}, dropping"
             f" {certificate.drop:.1g}, new pact {certificate.new_pact:.1g}"]
    return lines + ([f"  {certificate.worst}"] if certificate.regret > 1e-6 else [])


def in_order(scenario: Scenario, own: list[PactAccount]) -> list[PactAccount]:
    """Pacts in the order of states that is asked for."""
    from simulation.scenario.distances import distance_km

    return [own[place] for place in arranged(
        (pact.power, pact.state, distance_km(scenario, pact.power, pact.state)) for pact in own)]


def _pacts(scenario: Scenario, own: list[PactAccount]) -> Table:
    from simulation.scenario.distances import distance_km

    table = new_table("pacts (gains: payoff per year; believed: reliability that the ally believes in)")
    add_columns(table, ("power", "left"), ("state", "left"), ("km", "right"), ("commitment", "right"),
                          ("autonomy", "right"), ("ally's gain", "right"), ("power's gain", "right"),
                          ("believed", "right"), ("observed", "left"))
    for pact in own:
        observed = scenario.states[pact.state].observed.get(pact.power)
        table.add_row(pact.power, pact.state, f"{distance_km(scenario, pact.power, pact.state):,.0f}",
                      f"{pact.commitment:.3f}", f"{pact.autonomy:.3f}", f"{pact.weak_gain:.4f}",
                      f"{pact.major_gain:.4f}", f"{pact.reliability:.2f}",
                      "-" if observed is None else "yes" if observed else "no")
    return table


def _terms(own: list[PactAccount]) -> Table:
    from simulation.commands.equilibrium_figures import short_heading

    table = new_table("what the gains are made of (payoff per year; costs subtract)")
    names = dict.fromkeys(name for pact in own for name in pact.terms)
    shown = [name for name in names if any(round(pact.terms[name], 4) for pact in own)]
    table.add_column("state")
    for name in shown:
        table.add_column(short_heading(name), justify="right")
    for pact in own:
        table.add_row(pact.state, *(f"{pact.terms[name]:z.4f}" for name in shown))
    return table


def _measures(scenario: Scenario, equilibrium: Equilibrium) -> Table:
    from simulation.equilibrium.accounts import portfolio_measures

    table = new_table("portfolio")
    table.add_column("measure")
    measures = {power: portfolio_measures(scenario, equilibrium, power) for power in scenario.major_powers}
    for power in measures:
        table.add_column(power, justify="right")
    for name in next(iter(measures.values())):
        table.add_row(name.replace("_", " "), *("-" if math.isnan(own[name]) else rounded(own[name], 4)
                                                for own in measures.values()))
    return table


def _cycles(solved: Solved) -> list[str]:
    """The rounds in which responses go, each once, with the starts that lead into it."""
    rounds: dict[frozenset[Any], list[Cycle]] = {}
    for cycle in solved.cycles:
        rounds.setdefault(frozenset(cycle.stages), []).append(cycle)
    lines = []
    for cycles in rounds.values():
        starts = ", ".join(dict.fromkeys(cycle.start for cycle in cycles))
        lines.append(f"from {starts} best responses go round without rest:")
        stages = cycles[0].stages
        lines.append("  " + (", ".join(f"{state} ({power})" for power, state in stages[0]) or "no pacts"))
        moves = [_move(before, after) for before, after in pairwise(stages)]
        lines += [f"  {move}" for move in moves[:MOST_MOVES]]
        lines += [f"  and {len(moves) - MOST_MOVES} moves more"] if len(moves) > MOST_MOVES else []
        lines.append("  patrons stay, only terms go on moving" if not moves else "  and so on from the beginning"
                     if stages[0] == stages[-1] else "  and so on; the round had not closed when the search ended")
    return lines


def _move(before: tuple[tuple[str, str], ...], after: tuple[tuple[str, str], ...]) -> str:
    """What changes from one stage of a cycle to the next."""
    left = [f"{state} and {power} part" for power, state in before if (power, state) not in after]
    return ", ".join(left + [f"{state} and {power} sign" for power, state in after if (power, state) not in before])


def _disagreements(found: Found) -> Table:
    table = new_table("commitment / autonomy by bargaining solution, in the first equilibrium of each (number of"
                      " equilibria)")
    table.add_column("state")
    for name, solved in found.others.items():
        table.add_column(f"{name.replace('_', ' ')}\n({len(solved.equilibria)})", justify="right")
    firsts = [solved.equilibria[0].pacts if solved.equilibria else {} for solved in found.others.values()]
    for code in found.scenario.states:
        if any(code in pacts for pacts in firsts):
            table.add_row(code, *(f"{pacts[code].power} {pacts[code].commitment:.2f} / {pacts[code].autonomy:.2f}"
                                  if code in pacts else "-" for pacts in firsts))
    return table


# --- as data --------------------------------------------------------------------------------------------------------


def document(found: Found, folder: Path, figures: list[Path]) -> str:
    """All of it as one JSON document; NaN is null."""
    from simulation.analysis.solve_tables import violations
    from simulation.equilibrium.accounts import portfolio_measures

    solved = found.solved
    return json.dumps({
        "scenario": found.scenario.name, "bargaining_solution": found.scenario.assumptions.bargaining_solution,
        "search": str(solved.search), "is_complete": solved.is_complete, "tried": solved.tried,
        "outcome": str(solved.outcome), "folder": str(folder),
        "figures": [str(path) for path in figures],
        "equilibria": [{
            "pacts": [asdict(account) for account in own],
            "measures": {power: {name: or_null(value) for name, value in portfolio_measures(
                found.scenario, equilibrium, power).items()} for power in found.scenario.major_powers},
            **violations(equilibrium), "reached_from": list(equilibrium.reached_from),
            "basin": or_null(equilibrium.basin),
        } for equilibrium, own in zip(solved.equilibria, found.accounts, strict=True)],
        "cycles": [{"start": cycle.start, "stages": [[list(pair) for pair in stage] for stage in cycle.stages]}
                   for cycle in solved.cycles],
        "solutions": {name: [{state: asdict(pact) for state, pact in equilibrium.pacts.items()}
                             for equilibrium in other.equilibria] for name, other in found.others.items()},
    }, indent=2, ensure_ascii=False)
