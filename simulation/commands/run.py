"""``run``: one history, told in tables and a figure."""

from __future__ import annotations

import json
import math
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from simulation.commands.console import console, new_table, or_null
from simulation.commands.first_use import history_seconds, prepare
from simulation.commands.options import StatesBy, parse_settings, refuse_outside, replaced, tell_settings
from simulation.commands.saving import saved
from simulation.commands.sweep import RESULTS
from simulation.commands.waiting import lasting, waiting
from simulation.compiled_code.parts import HISTORIES, PAIRS
from simulation.scenario.documentation import rounded, with_unit
from simulation.scenario.file import load_scenario
from simulation.scenario.own_terms import own_columns
from simulation.scenario.state_order import StateOrder, arranged_table, listing_states
from simulation.study.stopping_rule import MOST_REPLICATIONS
from simulation.study.study_file import LARGEST_SEED

if TYPE_CHECKING:
    import pandas as pd

    from simulation.history.tables import Tables
    from simulation.study.run_folder import SingleRun


ScenarioFile = Annotated[str, typer.Argument(metavar="SCENARIO", help="Scenario file.", show_default=False)]
Seed = Annotated[int, typer.Option("--seed", metavar="N", help="Seed of all chance.")]
Replication = Annotated[int, typer.Option(
    "--replication", metavar="N", help="Number of the history under this seed.")]
Settings = Annotated[list[str] | None, typer.Option(
    "--set", metavar="PATH=VALUE", help="Value in place of the scenario's; may be repeated.", show_default=False)]
Years = Annotated[int | None, typer.Option(
    "--years", metavar="N", help="Length of the history, in place of the scenario's.", show_default=False)]
Out = Annotated[Path | None, typer.Option(
    "--out", metavar="FOLDER", help="Results folder; without it: results/<scenario>-run-<hash>.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of tables.")]


def run(scenario: ScenarioFile, seed: Seed = 1, replication: Replication = 0, settings: Settings = None,
        years: Years = None, states_by: StatesBy = None, out: Out = None, as_json: AsJson = False) -> None:
    """The command; `command_line` holds its help."""
    refuse_outside("--seed", seed, LARGEST_SEED)
    refuse_outside("--replication", replication, MOST_REPLICATIONS - 1)
    asked: dict[str, Any] = parse_settings(settings or [])
    original = load_scenario(scenario)
    setting = replaced(original, asked, years)
    is_interpreted = prepare([HISTORIES, PAIRS], history_seconds(setting))
    # what a refused scenario should not wait for
    from simulation.figures.registry import run_figures
    from simulation.history.tables import gains_of, tabulated
    from simulation.study.manifest import command_line
    from simulation.study.run_folder import SingleRun, refuse_other_results, writing_run

    single = SingleRun(setting, seed, replication, asked | ({} if years is None else {"years": years}))
    folder = out or RESULTS / single.folder_name
    refuse_other_results(folder, single)
    with waiting("one history", lasting(history_seconds(setting) if is_interpreted else 0.0)):
        tables = tabulated(setting, seed, replication)
    with listing_states(states_by, gains_of(tables.pacts)):
        with writing_run(folder, single, tables, command_line()):
            report = Report(single, tables, folder, saved(run_figures(tables.history, setting), folder, has_pdf=False),
                            [scenario, *(word for one in settings or [] for word in ("--set", one))])
        if as_json:
            typer.echo(document(report))
        else:
            tell_settings(original, asked, years)
            show(report)


MAIN_MEASURES = ("number_of_pacts", "pacts_beyond_paper", "commitment_given_pact", "autonomy_given_pact",
                 "autonomy_all_states", "ally_distance_median", "neighbours_allied", "pact_duration", "challenges",
                 "wars", "interventions", "reliability_observed", "reliability_true", "entrapment_expected",
                 "entrapment_realised", "major_payoff", "weak_payoff")
HEADINGS = {"distance_km": ("km", 0), "commitment": ("commit-\nment", 2), "autonomy": ("autonomy", 2),
            "since": ("since", 0), "weak_gain": ("ally's\ngain", 3), "major_gain": ("major\npower's\ngain", 3),
            "reliability_believed": ("believed", 2), "reliability_true": ("true", 2)}
"""Heading of a column of the table of pacts and the digits after the point."""


@dataclass(frozen=True)
class Report:
    """A history, where its folder and the pictures of its figures are, and the words that named its scenario."""

    run: SingleRun
    told: Tables
    folder: Path
    figures: list[Path]
    words: list[str]

    @property
    def first_year(self) -> int:
        """Calendar year in which the history begins."""
        from simulation.history.tables import calendar_year

        return calendar_year(self.run.scenario, 1)

    @property
    def last_year(self) -> int:
        """Calendar year in which the history ends."""
        from simulation.history.tables import calendar_year

        return calendar_year(self.run.scenario, self.run.scenario.years)

    @property
    def measured_from(self) -> int:
        """First calendar year of those that are measured."""
        return max(self.first_year, self.last_year - self.run.scenario.recording.window_years + 1)

    def predicted(self, power: str) -> pd.DataFrame:
        """What the history predicts for a major power; see `simulation.history.tables.predictions`."""
        from simulation.history.tables import predictions

        table = predictions(self.told.history, self.run.scenario)
        return table[table["major_power"] == power]

    def measures(self, power: str) -> dict[str, float]:
        """All measures of a major power."""
        from simulation.history.measures import measured, measures_in

        scenario = self.run.scenario
        place = list(scenario.major_powers).index(power)
        return measured(self.told.history, place, scenario.recording.window_years, measures_in(scenario))


# ---- tables ----------------------------------------------------------------------------------------------------------


def show(report: Report) -> None:
    """Prints a history."""
    screen, run = console(), report.run
    title = f": {run.scenario.title}" if run.scenario.title else ""
    screen.print(f"{run.scenario.name}{title}; seed {run.seed}, replication {run.replication};"
                 f" {with_unit(run.scenario.years, 'years')}, {report.first_year} to {report.last_year}", markup=False,
                 soft_wrap=True)
    for power in run.scenario.major_powers:
        screen.print()
        _show_pacts(screen, report, power)
        screen.print()
        _show_predictions(screen, report, power)
        screen.print()
        _show_measures(screen, report, power)
    screen.print()
    screen.print(f"tables: {report.folder}", markup=False, soft_wrap=True)
    for path in report.figures:
        screen.print(f"figure: {path}", markup=False, soft_wrap=True)


def _why(report: Report, power: str) -> str:
    """The command that tells why a major power has no pact with the state that is nearest to it."""
    from simulation.commands.command_line import PROGRAM

    pairs = report.predicted(power)
    nearest = pairs.loc[pairs["distance_km"].idxmin(), "weak_state"]
    scenario, *settings = report.words
    chosen = ["--power", power] if len(report.run.scenario.major_powers) > 1 else []
    return shlex.join([PROGRAM, "why", scenario, nearest, *chosen, *settings, "--histories", "0"])


def _show_pacts(screen: Console, report: Report, power: str) -> None:
    from simulation.history.tables import final_pacts

    pacts = final_pacts(report.told.pacts, report.run.scenario, power)
    name = report.run.scenario.major_powers[power].name
    owner = f"{power} ({name})" if name else power
    if pacts.empty:
        screen.print(f"{owner}: no pacts at the end of {report.last_year}", markup=False)
        screen.print(f"why not, of the nearest state: {_why(report, power)}", markup=False, soft_wrap=True)
        return
    screen.print(f"{owner}: pacts at the end of {report.last_year} (gains: payoff per year; believed and true:"
                 " reliability)", markup=False)
    grid = new_table()
    grid.add_column("state")
    for heading, _ in HEADINGS.values():
        grid.add_column(heading, justify="right")
    grid.add_column(f"observed\n{report.first_year}")
    for row in pacts.to_dict("records"):
        observed = report.run.scenario.states[row["weak_state"]].observed.get(power)
        grid.add_row(row["weak_state"], *(f"{row[name]:.{digits}f}" for name, (_, digits) in HEADINGS.items()),
                     {True: "yes", False: "no", None: "-"}[observed])
    screen.print(grid)


def _show_predictions(screen: Console, report: Report, power: str) -> None:
    """The four-fold table with the names of what was hit, missed and invented; a line where nothing was observed."""
    from simulation.history.tables import FALSE_ALARM, HIT, MISS, NO_RECORD, REJECTION, rank_agreement

    table = report.predicted(power)
    counts = table["outcome"].value_counts().to_dict()
    unknown = counts.pop(NO_RECORD, 0)
    if not counts:
        screen.print(f"{power}: the scenario has no record of observed pacts to compare with", markup=False)
        return
    screen.print(f"{power}: states predicted (a pact in at least half of the years {report.measured_from} to"
                 f" {report.last_year}) against observed (in {report.first_year})", markup=False)
    grid = new_table()
    for heading in ("", "observed", "not observed"):
        grid.add_column(heading, justify="right" if heading else "left")
    grid.add_row("predicted", str(counts.get(HIT, 0)), str(counts.get(FALSE_ALARM, 0)))
    grid.add_row("not predicted", str(counts.get(MISS, 0)), str(counts.get(REJECTION, 0)))
    screen.print(grid)
    # the correct rejections are the many others
    for kind, words in ((HIT, "hits"), (FALSE_ALARM, "false alarms"), (MISS, "misses")):
        screen.print(f"{words}: {', '.join(_states(table, kind)) or 'none'}", markup=False, soft_wrap=True)
    if unknown:
        screen.print(f"without a record, not counted: {unknown} states", markup=False)
    agreement = rank_agreement(table)
    if not math.isnan(agreement):
        screen.print(f"area under the ROC curve, by share of years with a pact: {agreement:.2f} (by chance 0.50)",
                     markup=False)


def _states(table: pd.DataFrame, kind: str) -> list[str]:
    """Codes of the states with this outcome, nearest first unless another order is asked for."""
    own = arranged_table(table[table["outcome"] == kind], StateOrder.DISTANCE)
    return [str(code) for code in own["weak_state"]]


def _show_measures(screen: Console, report: Report, power: str) -> None:
    from simulation.history.measures import measures_in

    described = measures_in(report.run.scenario)
    screen.print(f"{power}: measures over {report.measured_from} to {report.last_year}", markup=False)
    grid = new_table()
    grid.add_column("measure")
    grid.add_column("value", justify="right")
    grid.add_column("unit")
    values = report.measures(power)
    for name in (*MAIN_MEASURES, *own_columns(report.run.scenario)):
        value = "-" if math.isnan(values[name]) else rounded(values[name], 4)
        grid.add_row(name.replace("_", " "), value, described[name].unit)
    screen.print(grid)


# ---- JSON ------------------------------------------------------------------------------------------------------------


def document(report: Report) -> str:
    """A history as one JSON document; NaN is null."""
    from simulation.history.measures import measures_in
    from simulation.history.tables import PACT_COLUMNS

    run = report.run
    return json.dumps({
        "scenario": run.scenario.name, "title": run.scenario.title, "seed": run.seed, "replication": run.replication,
        "settings": run.settings, "start_year": report.first_year, "years": run.scenario.years,
        "final_year": report.last_year, "measured_from": report.measured_from,
        "folder": str(report.folder), "figures": [str(path) for path in report.figures],
        "units": {name: column.unit for name, column in PACT_COLUMNS.items()}
        | {name: found.unit for name, found in measures_in(run.scenario).items()},
        "major_powers": {power: _of_power(report, power) for power in run.scenario.major_powers},
    }, indent=2, ensure_ascii=False)


def _of_power(report: Report, power: str) -> dict[str, Any]:
    from simulation.history.tables import OUTCOMES, PACT_COLUMNS, final_pacts, rank_agreement

    states, predicted = report.run.scenario.states, report.predicted(power)
    pacts = final_pacts(report.told.pacts, report.run.scenario, power)
    return {
        "pacts": [{name: or_null(row[name]) for name in ("weak_state", *PACT_COLUMNS)}
                  | {"observed": states[row["weak_state"]].observed.get(power)} for row in pacts.to_dict("records")],
        "predicted_against_observed": {kind.replace(" ", "_"): _states(predicted, kind) for kind in OUTCOMES}
        | {"area_under_roc_curve": or_null(rank_agreement(predicted))},
        "measures": {name: or_null(value) for name, value in report.measures(power).items()},
    }
