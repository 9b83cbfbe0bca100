"""``trace``: two scenarios, or one under two settings, lived under the same luck: where they part, and why."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from simulation.commands.compare import AGAINST, assumptions_of, setting_of
from simulation.commands.console import console, new_table
from simulation.commands.first_use import history_seconds, prepare
from simulation.commands.options import parse_settings, refuse_outside
from simulation.commands.run import AsJson, Replication, Seed, Settings
from simulation.commands.saving import DocumentFile, keep_document, refuse_document_file
from simulation.commands.waiting import lasting, waiting
from simulation.compiled_code.parts import HISTORIES, PAIRS
from simulation.errors import Refusal
from simulation.scenario.scenario import Scenario
from simulation.study.stopping_rule import MOST_REPLICATIONS
from simulation.study.study_file import LARGEST_SEED

if TYPE_CHECKING:
    from simulation.analysis.trace import Difference, Trace


MOST_LINES = 1000

Scenarios = Annotated[list[str], typer.Argument(
    metavar="SCENARIO...", help="One scenario file with --against, or two.", show_default=False)]
Against = Annotated[str | None, typer.Option(
    AGAINST, metavar="PATH=VALUE[,PATH=VALUE...]", show_default=False,
    help="The second history: the first scenario, as --set has it, with these values on top.")]
Lines = Annotated[int, typer.Option("--lines", metavar="N", help="Later differences to print.")]


def trace(scenarios: Scenarios, settings: Settings = None, against: Against = None, seed: Seed = 1,
          replication: Replication = 0, lines: Lines = 15, out: DocumentFile = None,
          as_json: AsJson = False) -> None:
    """The command; `command_line` holds its help."""
    refuse_outside("--seed", seed, LARGEST_SEED)
    refuse_outside("--replication", replication, MOST_REPLICATIONS - 1)
    refuse_outside("--lines", lines, MOST_LINES)
    refuse_document_file(out)
    number = len(scenarios) + (against is not None)
    if number != 2:
        raise Refusal("not two histories", found=str(number), allowed=f"two scenario files, or one and {AGAINST}")
    common = parse_settings(settings or [])
    first = setting_of(scenarios[0], common, False)
    if against is None:
        second = setting_of(scenarios[1], common, False)
    else:
        second = setting_of(scenarios[0], common | assumptions_of(against), True)
    if first.fingerprint() == second.fingerprint():
        raise Refusal("nothing differs between the two settings",
                      allowed=f"other scenarios, or other values with {AGAINST}")
    seconds = history_seconds(first) + history_seconds(second)
    is_interpreted = prepare([HISTORIES, PAIRS], seconds)
    # what a refused scenario should not wait for
    from simulation.analysis.trace import trace as traced

    own = " ".join([scenarios[0], *(f"--set {text}" for text in settings or [])])
    names = [own, scenarios[1] if against is None else f"{own} {AGAINST} {against}"]
    with waiting("two histories", lasting(seconds if is_interpreted else 0.0)):
        report = Report(names, (first, second), seed, replication, traced(first, second, seed, replication))
    keep_document(out, document(report))
    if as_json:
        typer.echo(document(report))
    else:
        show(report, lines)


LEAST = 5e-5
"""Terms that are smaller in every column are left out of the table."""


@dataclass(frozen=True)
class Report:
    """Two settings by name, their scenarios, the luck, and how they compare."""

    names: list[str]
    scenarios: tuple[Scenario, Scenario]
    seed: int
    replication: int
    trace: Trace

    def year(self, year: int) -> int:
        """The calendar year of a year of the history."""
        return self.scenarios[0].start_year + year - 1


def show(report: Report, lines: int) -> None:
    """Prints the comparison."""
    screen, trace = console(), report.trace
    for mark, name in zip("AB", report.names, strict=True):
        screen.print(f"{mark}: {name}", soft_wrap=True, markup=False)
    screen.print(f"the same luck in both: seed {report.seed}, replication {report.replication}\n")
    if trace.terms is None and trace.parting is None:
        screen.print("The two histories are the same: every decision has the same outcome, on the same terms.")
        return
    if trace.terms is not None:
        screen.print(f"Terms part in {_where(report, trace.terms)}: {_contracts(trace.terms)}", markup=False)
    if trace.parting is None:
        screen.print("Courses never part: nobody does anything in one history that is not done in the other.")
    else:
        _show_parting(screen, report, trace.parting)
    _show_accounts(screen, report)
    _show_chain(screen, report, lines)


def _where(report: Report, difference: Difference) -> str:
    address = difference.address
    pair = f"{address.power} and {address.state}" if address.state else address.power
    return f"{report.year(address.year)}, {address.phase}, {pair}"


def _contracts(difference: Difference) -> str:
    texts = [f"{mark} commitment {choice.figures['commitment']:.3f}, autonomy {choice.figures['autonomy']:.3f}"
             for mark, choice in zip("AB", (difference.first, difference.second), strict=True) if choice is not None]
    return "; ".join(texts)


def _show_parting(screen: Console, report: Report, parting: Difference) -> None:
    first, second = parting.outcomes()
    screen.print(f"Courses part in {_where(report, parting)}: A {first}; B {second}", markup=False)
    figures = [choice.figures if choice else {} for choice in (parting.first, parting.second)]
    names = list(dict.fromkeys([*figures[0], *figures[1]]))
    if parting.address.phase == "agenda":
        asked = {word.strip(",") for text in (first, second) for word in text.split()}
        names = [name for name in names if name in asked]
    if not names:
        return
    what = {"agenda": "prospects, payoff per year", "crisis": "probabilities", "talks": "what was agreed",
            "review": "gains as perceived, payoff per year"}[parting.address.phase]
    screen.print(f"\n{what}")
    grid = new_table()
    for heading in ("", "A", "B"):
        grid.add_column(heading, justify="left" if not heading else "right")
    for name in names:
        grid.add_row(name.replace("_", " "), *(f"{side[name]:.4f}" if name in side else "-" for side in figures))
    screen.print(grid)


def _show_accounts(screen: Console, report: Report) -> None:
    """What both sides would have of either contract, in either history."""
    from simulation.theory.payoffs import gain_in

    accounts = report.trace.accounts
    columns = [(f"{name} in {mark}", terms, account) for mark, place in (("A", 1), ("B", 2))
               for name, (terms, *sides) in _marked(accounts).items() if (account := sides[place - 1]) is not None]
    if not columns:
        return
    of_interest = report.trace.parting
    if of_interest is None or of_interest.address.phase not in ("talks", "review"):
        of_interest = report.trace.terms
    where = _where(report, of_interest) if of_interest is not None else ""
    screen.print(f"\nwhat the contracts would be worth to each side, {where}, payoff per year",
                 markup=False)
    grid = new_table()
    grid.add_column("")
    for heading, (commitment, autonomy), _ in columns:
        grid.add_column(f"{heading}\n{commitment:.3f}, {autonomy:.3f}", justify="right")
    for term in dict.fromkeys(term for *_, account in columns for term in account):
        values = [account.get(term, 0.0) for *_, account in columns]
        if max(map(abs, values)) >= LEAST:
            grid.add_row(term.replace("_", " "), *(f"{value:.4f}" for value in values))
    for side, own in (("weak state's gain", True), ("major power's gain", False)):
        grid.add_row(side, *(f"{gain_in(account, own):.4f}" for *_, account in columns))
    screen.print(grid)


def _marked(accounts: dict[str, Any]) -> dict[str, Any]:
    return {f"{'A' if name == 'first' else 'B'}'s contract": value for name, value in accounts.items()}


def _show_chain(screen: Console, report: Report, lines: int) -> None:
    chain = report.trace.chain
    if chain:
        screen.print(f"\nwhat else goes differently, {min(lines, len(chain))} of {len(chain)}")
        grid = new_table()
        for heading in ("year", "phase", "who", "A", "B"):
            grid.add_column(heading, overflow="fold")
        for difference in chain[:lines]:
            address = difference.address
            who = f"{address.power} {address.state}".strip()
            grid.add_row(str(report.year(address.year)), address.phase, who, *difference.outcomes())
        screen.print(grid)
    if report.trace.pacts:
        screen.print("\nallies at the end")
        for power, (one, other) in report.trace.pacts[-1].items():
            screen.print(f"  {power}: {len(one)} in A, {len(other)} in B; only in A: {_listed(one - other)};"
                         f" only in B: {_listed(other - one)}", soft_wrap=True, markup=False)


def _listed(codes: set[str]) -> str:
    return " ".join(sorted(codes)) or "none"


def document(report: Report) -> str:
    """The comparison as one JSON document."""
    from simulation.analysis.trace import plain

    trace, start = report.trace, report.scenarios[0].start_year
    return json.dumps({
        "first": report.names[0], "second": report.names[1], "seed": report.seed, "replication": report.replication,
        "terms": plain(trace.terms, start), "parting": plain(trace.parting, start),
        "accounts": {name: {"commitment": terms[0], "autonomy": terms[1], "in_first": one, "in_second": other}
                     for name, (terms, one, other) in trace.accounts.items()},
        "chain": [plain(difference, start) for difference in trace.chain],
        "allies": [{"year": report.year(place + 1), "major_power": power, "first": sorted(one), "second": sorted(other)}
                   for place, year in enumerate(trace.pacts) for power, (one, other) in year.items()],
    }, indent=2, ensure_ascii=False)
