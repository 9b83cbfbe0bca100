"""``compare``: the equilibria of several scenarios, or of one under several assumptions, side by side."""

from __future__ import annotations

import json
import math
import re
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from simulation.commands.console import add_columns, console, new_table, or_null
from simulation.commands.first_use import prepare, solve_seconds
from simulation.commands.options import StatesBy, parse_settings, refuse_outside, replaced
from simulation.commands.run import AsJson, Settings
from simulation.commands.saving import saved, tell
from simulation.commands.solve import LARGEST_SEED, MOST_STARTS, Out, Seed, Starts
from simulation.commands.sweep import RESULTS
from simulation.compiled_code.parts import EQUILIBRIA
from simulation.errors import Refusal
from simulation.scenario.documentation import rounded
from simulation.scenario.file import load_scenario
from simulation.scenario.state_order import listing_states
from simulation.scenario.validation import shown as quoted

if TYPE_CHECKING:
    from simulation.analysis.compared_settings import Compared, Setting
    from simulation.equilibrium.comparison import PairChange
    from simulation.equilibrium.search import Equilibrium, Solved


AGAINST = "--against"
MOST_SETTINGS = 12
NEXT_SETTING = re.compile(r",(?=\s*[\w.*-]+\s*=)")
"""A comma that another path follows; one inside of a value is no end of it."""

ScenarioFiles = Annotated[list[str], typer.Argument(
    metavar="[LABEL: ]SCENARIO...", show_default=False,
    help="Scenario files, one column each, under a label of your own before a colon and a blank, if you like.")]
Against = Annotated[list[str] | None, typer.Option(
    AGAINST, metavar="[LABEL: ]PATH=VALUE[,PATH=VALUE...]", show_default=False,
    help="A further column: the first scenario, as --set has it, with these values on top, under a label of your own"
    " before a colon, if you like; may be repeated.")]


def compare(scenarios: ScenarioFiles, settings: Settings = None, against: Against = None, starts: Starts = 8,
            seed: Seed = 1, states_by: StatesBy = None, out: Out = None, as_json: AsJson = False) -> None:
    """The command; `command_line` holds its help."""
    refuse_outside("--starts", starts, MOST_STARTS)
    refuse_outside("--seed", seed, LARGEST_SEED)
    number = len(scenarios) + len(against or [])
    if not 2 <= number <= MOST_SETTINGS:
        raise Refusal("not so many settings can be compared", found=str(number),
                      allowed=f"2 to {MOST_SETTINGS}: a scenario file or an {AGAINST} for each")
    common = parse_settings(settings or [])
    files = [labelled_file(text) for text in scenarios]
    asked = [(file, common, label) for label, file in files]
    asked += [(files[0][1], common | assumptions_of(text), label) for label, text in map(labelled, against or [])]
    _refuse_same_labels([label for *_, label in asked if label])
    found = [(file, own, setting_of(file, own, place >= len(scenarios)), label)
             for place, (file, own, label) in enumerate(asked)]
    _refuse_twins(found)
    prepare([EQUILIBRIA], sum(solve_seconds(scenario) for _, _, scenario, _ in found))
    # what a refused scenario should not wait for
    from simulation.analysis.compared_settings import PACTS_FILE, SETTINGS_FILE, Plan, Setting, carry_out, writing
    from simulation.commands.equilibrium_figures import comparison_title
    from simulation.commands.progress import Bar, ended
    from simulation.equilibrium.world import world_of
    from simulation.figures.registry import comparison_figures
    from simulation.study.manifest import command_line
    from simulation.study.store import refuse_other_identity

    for _, _, scenario, _ in found:
        world_of(scenario)
    plan = Plan(tuple(Setting(*own) for own in found), starts, seed)
    folder = out or RESULTS / plan.folder_name
    refuse_other_identity(folder, plan.identity)
    with ended(Bar("settings"), len(plan.settings)) as bar:
        compared = carry_out(plan, bar.advance)
    title = comparison_title([own.scenario for own in plan.settings])
    with listing_states(states_by, compared.gains):
        with writing(folder, compared, command_line()) as tables:
            settings = tables[SETTINGS_FILE].drop_duplicates("setting")
            figures = saved(comparison_figures(tables[PACTS_FILE], settings, title), folder, has_pdf=False)
        if as_json:
            typer.echo(document(compared, folder, figures))
        else:
            show(compared, folder)
            tell(figures)


def labelled(text: str) -> tuple[str, str]:
    """Label and settings of one `--against`; the label is what stands before a colon that no value holds."""
    label, sign, rest = text.partition(":")
    return (" ".join(label.split()), rest) if sign and "=" not in label else ("", text)


def labelled_file(text: str) -> tuple[str, str]:
    """Label and file of one column; a file that is there has no label in its name."""
    label, sign, file = text.partition(": ")
    return (" ".join(label.split()), file.strip()) if sign and not Path(text).exists() else ("", text)


def _refuse_same_labels(labels: list[str]) -> None:
    twice = next((label for label in labels if labels.count(label) > 1), None)
    if twice is not None:
        raise Refusal("a label given twice", found=quoted(twice), allowed="different labels", file=AGAINST)


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
    for place, (file, _, scenario, _) in enumerate(found, start=1):
        first = seen.setdefault(scenario.fingerprint(), place)
        if first != place:
            raise Refusal("nothing differs between two settings",
                          found=f"{quoted(file)} as settings {first} and {place}",
                          allowed=f"different scenarios, or other values with {AGAINST}")


SIDES = {"major": "power", "weak": "ally"}
WORDS = {"outside_option": "ally's outside option", "cost_fixed": "fixed cost", "cost_opportunity": "opportunity cost",
         "cost_lost_stake": "losing the stake", "weak_autonomy_cost": "ally's cost of autonomy",
         "weak_membership_cost": "ally's cost of membership", "outside_option_rule": "reading of the outside option"}
"""Names of movers that do not follow from the names of the terms."""


def show(compared: Compared, folder: Path) -> None:
    """Prints the settings, what stands side by side, and what became of every pair and why."""
    from simulation.analysis.compared_settings import columns

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
        _show_shifts(screen, number, compared.in_order(compared.shifts[number]))
    screen.print(f"\ntables: {folder}", soft_wrap=True, markup=False)


def _heading(number: int, own: Setting, solved: Solved, shown: Equilibrium | None) -> list[str]:
    from simulation.analysis.compared_settings import set_text
    from simulation.equilibrium.search import Outcome

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
    from simulation.analysis.compared_settings import columns
    from simulation.equilibrium.accounts import portfolio_measures

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
    return "-" if math.isnan(value) else rounded(value, 4)


def _show_shifts(screen: Console, number: int, found: list[PairChange]) -> None:
    from simulation.equilibrium.comparison import Event

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
                     f" {second}; or the rule of the bargain, or what another power offers, if that moved the contract",
                     soft_wrap=True)
        screen.print(_stayers(stays, number, found))


def _movers(moved: list[PairChange], number: int, found: list[PairChange]) -> Table:
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


def _mover(shift: PairChange) -> list[str]:
    if shift.first is None or shift.second is None:
        return ["not in both scenarios", "-", "-"]
    if shift.mover is not None and math.isnan(shift.mover.change):
        return [_word(shift.mover.term), "-", "-"]
    if shift.mover is None or not round(shift.mover.change, 4):
        return ["none above 0.0001", "-", "-"]
    return [_word(shift.mover.term), f"{shift.mover.change:+z.4f}", f"{shift.mover.through_others:+z.4f}"]


def _word(term: str) -> str:
    """A term, or what else moved a pair, as words."""
    if term in WORDS:
        return WORDS[term]
    if term.startswith("offer_of_"):
        return f"what {term.removeprefix('offer_of_')} offers"
    kind, _, name = term.partition("_")
    return ("ally's " if kind == "weak" else "cost of " if kind == "cost" else "") + name.replace("_", " ")


def _changes(valued: list[PairChange], found: list[PairChange]) -> Table:
    """All terms of the pairs that entered or left, as changes of their side's gain."""
    from simulation.commands.equilibrium_figures import short_heading
    from simulation.theory.payoffs import sign_of

    changes = [{term: sign_of(term) * (shift.second.term(term) - shift.first.term(term))
                for term in shift.first.terms | shift.second.terms}
               for shift in valued if shift.first is not None and shift.second is not None]
    table = new_table()
    table.add_column("state")
    shown = [term for term in dict.fromkeys(term for change in changes for term in change)
             if any(round(change.get(term, 0.0), 4) for change in changes)]
    for term in shown:
        table.add_column(("ally's\n" if term == "weak_protection" else "") + short_heading(term), justify="right")
    for shift, change in zip(valued, changes, strict=True):
        table.add_row(_pair(shift, found), *(f"{change.get(term, 0.0):+z.4f}" for term in shown))
    return table


def _stayers(stays: list[PairChange], number: int, found: list[PairChange]) -> Table:
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


def _pair(shift: PairChange, found: list[PairChange]) -> str:
    """The state, with its power where there are several."""
    return f"{shift.state} ({shift.power})" if len({own.power for own in found}) > 1 else shift.state


def document(compared: Compared, folder: Path, figures: list[Path]) -> str:
    """All of it as one JSON document; NaN is null."""
    from simulation.analysis.compared_settings import columns
    from simulation.equilibrium.accounts import portfolio_measures

    return json.dumps({
        "settings": [{
            "setting": number, "scenario": own.scenario.name, "file": own.file, "set": own.settings,
            "search": str(solved.search), "is_complete": solved.is_complete, "tried": solved.tried,
            "outcome": str(solved.outcome), "number_of_equilibria": len(solved.equilibria),
            "equilibrium": None if shown is None else 1 + solved.equilibria.index(shown),
            "largest_violation": None if shown is None else shown.certificate.regret,
            "pacts": None if shown is None else _plain_pacts(shown),
            "not_compared": [_plain_pacts(other) for other in solved.equilibria if other is not shown],
            "measures": None if shown is None else {power: {
                name: or_null(value) for name, value in portfolio_measures(own.scenario, shown, power).items()}
                for power in own.scenario.major_powers},
        } for number, (own, solved, shown) in enumerate(columns(compared), start=1)],
        "comparisons": [{"setting": number + 1, "against": 1, "shifts": [
            _plain_shift(shift) for shift in found]}
            for number, found in compared.shifts.items()],
        "folder": str(folder), "figures": [str(path) for path in figures],
    }, indent=2, ensure_ascii=False)


def _plain_pacts(equilibrium: Equilibrium) -> dict[str, Any]:
    return {code: asdict(pact) for code, pact in equilibrium.pacts.items()}


def _plain_shift(shift: PairChange) -> dict[str, Any]:
    mover = shift.mover and {name: or_null(value) if isinstance(value, float) else value
                             for name, value in asdict(shift.mover).items()}
    return asdict(shift) | {"event": str(shift.event), "mover": mover}
