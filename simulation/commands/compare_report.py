"""What a user sees of settings side by side: their pacts, their portfolios, and what became of every pair and why."""

from __future__ import annotations

import math
from pathlib import Path

from rich.console import Console
from rich.table import Table

from simulation.commands.compare_tables import Compared, Setting, columns, set_text
from simulation.commands.console import add_columns, console, new_table
from simulation.commands.solve_report import SHORT
from simulation.equilibrium.accounts import portfolio_measures
from simulation.equilibrium.comparison import OUTSIDE_OPTION, SIGNS, Event, Shift
from simulation.equilibrium.search import Equilibrium, Outcome, Solved
from simulation.theory.payoffs import TERMS

SIDES = {"major": "power", "weak": "ally"}
WORDS = {OUTSIDE_OPTION: "ally's outside option", "cost_fixed": "fixed cost", "cost_opportunity": "opportunity cost",
         "cost_lost_stake": "losing the stake", "weak_autonomy_cost": "ally's cost of autonomy"}
"""Names of movers that do not follow from the names of the terms."""


def show(compared: Compared, folder: Path) -> None:
    """Prints the settings, what stands side by side, and what became of every pair and why."""
    screen = console()
    for number, (own, solved, shown) in enumerate(columns(compared), start=1):
        for line in _heading(number, own, solved, shown):
            screen.print(line, soft_wrap=True, markup=False)
    screen.print()
    screen.print(_side_by_side(compared))
    screen.print()
    screen.print(_measures(compared))
    for number in range(1, len(compared.solved)):
        screen.print()
        if number not in compared.shifts:
            screen.print(f"{number + 1} against 1: not compared, for want of an equilibrium", soft_wrap=True)
            continue
        _show_shifts(screen, number, compared.shifts[number])
    screen.print(f"\ntables: {folder}", soft_wrap=True, markup=False)


def _heading(number: int, own: Setting, solved: Solved, shown: Equilibrium | None) -> list[str]:
    title = f": {own.scenario.title}" if own.scenario.title else ""
    values = f" with {set_text(own)}" if own.settings else ""
    lines = [f"{number}  {own.scenario.name}{title}{values}"]
    tried = "assignments" if solved.is_complete else "starts"
    lines.append(f"   equilibria: {solved.outcome} ({solved.search} search, {solved.tried} {tried})")
    if shown is not None:
        if solved.outcome == Outcome.SEVERAL:
            place = solved.equilibria.index(shown) + 1
            lines[-1] += f"; of {len(solved.equilibria)}, number {place} is compared, nearest to those of the others"
        lines[-1] += f"; largest violation {shown.certificate.regret:.1g}"
    for place, other in enumerate(solved.equilibria, start=1):
        if other is not shown:
            allies = ", ".join(f"{state} ({power})" if len(own.scenario.major_powers) > 1 else state
                               for power, state in other.allies)
            lines.append(f"   not compared: number {place}, {len(other.pacts)} pacts{': ' if allies else ''}{allies}")
    return lines


def _side_by_side(compared: Compared) -> Table:
    table = new_table("pacts (commitment / autonomy)")
    table.add_column("state")
    for number, label in enumerate(compared.plan.labels, start=1):
        table.add_column(f"{number}\n{label}", justify="right")
    table.add_column("observed")
    shown = compared.shown
    several = len(compared.powers) > 1
    for code in compared.states:
        if any(own is not None and code in own.pacts for own in shown):
            table.add_row(code, *(_terms(own, code, several) for own in shown), _observed(compared, code))
    if not table.row_count:
        table.add_row("none", *("" for _ in shown), "")
    return table


def _terms(own: Equilibrium | None, code: str, several: bool) -> str:
    if own is None:
        return "?"
    if code not in own.pacts:
        return "-"
    pact = own.pacts[code]
    return f"{pact.power + ' ' if several else ''}{pact.commitment:.3f} / {pact.autonomy:.3f}"


def _observed(compared: Compared, code: str) -> str:
    """With whom the first scenario that has the state records a pact."""
    record = next(own.scenario.states[code] for own in compared.plan.settings if code in own.scenario.states)
    allies = [power for power, is_ally in record.observed.items() if is_ally]
    if not record.observed:
        return "-"
    return (", ".join(allies) if len(compared.powers) > 1 else "yes") if allies else "no"


def _measures(compared: Compared) -> Table:
    table = new_table("portfolios (gains: payoff per year)")
    table.add_column("measure")
    for number, label in enumerate(compared.plan.labels, start=1):
        table.add_column(f"{number}\n{label}", justify="right")
    for power in compared.powers:
        own = [portfolio_measures(setting.scenario, shown, power)
               if shown is not None and power in setting.scenario.major_powers else {}
               for setting, _, shown in columns(compared)]
        prefix = f"{power}: " if len(compared.powers) > 1 else ""
        for name in dict.fromkeys(name for measures in own for name in measures):
            table.add_row(prefix + name.replace("_", " "), *(_number(measures.get(name, math.nan)) for measures in own))
    return table


def _number(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.4g}"


def _show_shifts(screen: Console, number: int, found: list[Shift]) -> None:
    of = {event: [shift for shift in found if shift.event == event] for event in Event}
    stays = of[Event.STAYS]
    for event, words in ((Event.ENTERS, "enter"), (Event.LEAVES, "leave"), (Event.STAYS, "stay")):
        names = ", ".join(_pair(shift, found) for shift in of[event])
        begin = f"{number + 1} against 1: " if event == Event.ENTERS else " " * len(f"{number + 1} against 1: ")
        screen.print(f"{begin}{len(of[event])} {words}{': ' if names else ''}{names}", soft_wrap=True, markup=False)
    second = number + 1
    if moved := of[Event.ENTERS] + of[Event.LEAVES]:
        screen.print(f"\nWhy: one contract, that of the setting with the pact, valued in 1 and in {second} (payoff per"
                     " year). Moved by: the term of the refusing side that changed most towards what happened.",
                     soft_wrap=True)
        screen.print(_movers(moved, number, found))
        if valued := [shift for shift in moved if shift.first is not None and shift.second is not None]:
            screen.print(f"\nTerm by term: how the gain from that contract changes from 1 to {second} (payoff per year;"
                         " a cost that rises counts as a minus)", soft_wrap=True)
            screen.print(_changes(valued, found))
    if stays:
        screen.print("\nThose that stay. Largest change: the term of the contract of 1 whose value differs most in"
                     f" {second}", soft_wrap=True)
        screen.print(_stayers(stays, number, found))


def _movers(moved: list[Shift], number: int, found: list[Shift]) -> Table:
    """Why pairs entered or left."""
    second = number + 1
    table = new_table()
    add_columns(table, ("state", "left"), ("", "left"), ("power's gain\nin 1", "right"), (f"\nin {second}", "right"),
                          ("ally's gain\nin 1", "right"), (f"\nin {second}", "right"), ("refused\nby", "left"),
                          ("moved by", "left"), ("its gain\nby this term", "right"),
                          ("of which by\nother pacts", "right"))
    for shift in moved:
        gains = [f"{value:z.4f}" if value is not None else "-" for value in (
            shift.first and shift.first.major, shift.second and shift.second.major,
            shift.first and shift.first.weak, shift.second and shift.second.weak)]
        refused = " and ".join(SIDES[side] for side in shift.refused_by) or "-"
        table.add_row(_pair(shift, found), str(shift.event), *gains, refused, *_mover(shift))
    return table


def _mover(shift: Shift) -> list[str]:
    if shift.first is None or shift.second is None:
        return ["not in both scenarios", "-", "-"]
    if shift.mover is None or not round(shift.mover.change, 4):
        return ["none above 0.0001", "-", "-"]
    return [_word(shift.mover.term), f"{shift.mover.change:+z.4f}", f"{shift.mover.through_others:+z.4f}"]


def _word(term: str) -> str:
    """A term, or what else moved a pair, as words."""
    if term in WORDS:
        return WORDS[term]
    kind, _, name = term.partition("_")
    return ("ally's " if kind == "weak" else "cost of " if kind == "cost" else "") + name.replace("_", " ")


def _changes(valued: list[Shift], found: list[Shift]) -> Table:
    """All terms of the pairs that entered or left, as changes of their side's gain."""
    changes = [{term: SIGNS[term] * (shift.second.terms[term] - shift.first.terms[term]) for term in TERMS}
               for shift in valued if shift.first is not None and shift.second is not None]
    table = new_table()
    table.add_column("state")
    shown = [term for term in TERMS if any(round(change[term], 4) for change in changes)]
    for term in shown:
        table.add_column(("ally's\n" if term == "weak_protection" else "") + SHORT[term], justify="right")
    for shift, change in zip(valued, changes, strict=True):
        table.add_row(_pair(shift, found), *(f"{change[term]:+z.4f}" for term in shown))
    return table


def _stayers(stays: list[Shift], number: int, found: list[Shift]) -> Table:
    """What became of the terms of those that stay."""
    second = number + 1
    table = new_table()
    for heading in ("state", "commitment\nin 1", f"\nin {second}", "\nchange", "autonomy\nin 1", f"\nin {second}",
                    "\nchange"):
        table.add_column(heading, justify="left" if heading == "state" else "right")
    table.add_column("largest change")
    for heading in ("its gain\nby this term", "of which by\nother pacts"):
        table.add_column(heading, justify="right")
    rows = [(shift.before.commitment, shift.after.commitment, shift.before.autonomy, shift.after.autonomy)
            for shift in stays if shift.before is not None and shift.after is not None]
    for shift, row in zip(stays, rows, strict=True):
        table.add_row(_pair(shift, found), *_terms_moved(row), *_mover(shift))
    if len(rows) > 1:
        table.add_row("mean", *_terms_moved(tuple(math.fsum(column) / len(rows) for column in zip(*rows, strict=True))))
    return table


def _terms_moved(row: tuple[float, ...]) -> list[str]:
    return [text for one, other in (row[:2], row[2:])
            for text in (f"{one:.3f}", f"{other:.3f}", f"{other - one:+z.3f}")]


def _pair(shift: Shift, found: list[Shift]) -> str:
    """The state, with its power where there are several."""
    return f"{shift.state} ({shift.power})" if len({own.power for own in found}) > 1 else shift.state
