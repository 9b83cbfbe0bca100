"""Sections of the report on one history: its pacts, what it predicts, its measures."""

from __future__ import annotations

import math

import pandas as pd

from simulation.analysis.reasons import signatures
from simulation.equilibrium.certificate import Contract
from simulation.figures.labels import in_plain_words, measure_label
from simulation.history.measures import measured, measures_in
from simulation.history.tables import (
    FALSE_ALARM,
    HIT,
    MISS,
    NO_RECORD,
    OUTCOMES,
    PACT_COLUMNS,
    REJECTION,
    Tables,
    calendar_year,
    final_pacts,
    predictions,
    rank_agreement,
)
from simulation.report.equilibria import signed_table
from simulation.report.parts import Cell, Facts, Part, Section, Table, Words, cell, frame_table, number, words_of
from simulation.report.source import Subject
from simulation.scenario.scenario import Scenario
from simulation.scenario.state_order import StateOrder, arranged_table
from simulation.study.run_folder import SingleRun, open_run

SIGNED = ("The contract of the pair at the end or, without one, that which comes nearest to suiting both, while all"
          " other pacts of the end stand; gains in payoff per year; who would not sign it; the largest benefit and cost"
          " of the major power. All at the scenario's own values: what drifted in the history, and what it taught, is"
          " left out, so that a pact of the history may be refused here. The command why tells the rest, and what would"
          " turn it.")
OBSERVED = {True: "yes", False: "no", None: ""}
HEADS = {"weak_state": "state", "observed": "observed"} | {
    name: f"{name.replace('_', ' ').removesuffix(' km')} ({column.unit})" for name, column in PACT_COLUMNS.items()}


def question(subject: Subject) -> Section:
    """Which history it is."""
    run, _ = open_run(subject.path)
    first, last = (calendar_year(run.scenario, year) for year in (1, run.scenario.years))
    facts = [("scenario", run.scenario.name), ("years", f"{first} to {last}"), ("seed", str(run.seed)),
             ("replication", str(run.replication))]
    facts += [(f"set: {path}", cell(value).text) for path, value in run.settings.items()]
    return Section("question", "The history", (
        Words("One simulated history: an example of what can happen, not an estimate of what does. A sweep tells how"
              " histories differ."), Facts(tuple(facts))))


def results(subject: Subject) -> Section:
    """Pacts at the end, predictions and measures, for every major power."""
    run, told = open_run(subject.path)
    signed = _signatures(run, told)
    parts: list[Part] = []
    for power, record in run.scenario.major_powers.items():
        parts.append(Words(record.name or power, "heading"))
        parts += _pacts(run, told, power)
        parts += _predicted(run, told, power)
        parts += [signed_table(own, power, "why, where the pacts at the end stand", SIGNED)
                  for own in [signed[signed["power"] == power]] if len(own)]
        parts.append(_measures(run, told, power))
    return Section("results", "What came out", tuple(parts))


def _pacts(run: SingleRun, told: Tables, power: str) -> list[Part]:
    pacts = final_pacts(told.pacts, run.scenario, power)
    last = calendar_year(run.scenario, run.scenario.years)
    if pacts.empty:
        return [Words(f"No pacts at the end of {last}.")]
    pacts = pacts.assign(observed=[OBSERVED[run.scenario.states[code].observed.get(power)]
                                   for code in pacts["weak_state"]])
    note = " ".join(f"{name.replace('_', ' ').capitalize()}: {column.meaning}" for name, column in PACT_COLUMNS.items())
    return [frame_table(pacts, f"{power}: pacts at the end of {last}", HEADS, note, f"pacts-{power}")]


def _predicted(run: SingleRun, told: Tables, power: str) -> list[Part]:
    table = predictions(told.history, run.scenario)
    table = table[table["major_power"] == power]
    counts = table["outcome"].value_counts().to_dict()
    if not any(counts.get(kind) for kind in (HIT, FALSE_ALARM, MISS, REJECTION)):
        return [Words("The scenario has no record of observed pacts to compare with.")]
    table = arranged_table(table)
    rows = tuple((cell(kind), cell(OUTCOMES[kind]), number(counts.get(kind, 0)),
                  cell("" if kind == REJECTION else words_of(table.loc[table["outcome"] == kind, "weak_state"])))
                 for kind in (HIT, FALSE_ALARM, MISS, REJECTION))
    agreement = rank_agreement(table)
    note = "" if math.isnan(agreement) else (f"Area under the ROC curve, by share of years with a pact:"
                                             f" {agreement:.2f} (by chance 0.50).")
    return [Table(f"{power}: predicted against observed", ("", "meaning", "number", "states"), rows, note,
                  f"predicted-{power}")]


def _signatures(run: SingleRun, told: Tables) -> pd.DataFrame:
    """Who would sign what of the hits, misses and false alarms, nearest first unless another order is asked for; empty
    where the theory does not say what stands meanwhile, as states may have several patrons."""
    scenario = run.scenario
    table = arranged_table(predictions(told.history, scenario), StateOrder.DISTANCE)
    outcomes = dict(zip(zip(table["major_power"], table["weak_state"], strict=True), table["outcome"], strict=True))
    pacts = {str(row.weak_state): Contract(power, float(row.commitment), float(row.autonomy))
             for power in scenario.major_powers
             for row in final_pacts(told.pacts, scenario, power).itertuples(index=False)}
    if not scenario.assumptions.exclusivity or not set(outcomes.values()) - {NO_RECORD, REJECTION}:
        return pd.DataFrame(columns=["power"])
    found = signatures(scenario, pacts, outcomes).set_index(["power", "state"])
    return found.loc[[pair for pair in outcomes if pair in found.index]].reset_index()


def measured_years(scenario: Scenario) -> str:
    """The years that measures look at, in words."""
    window, years = scenario.recording.window_years, scenario.years
    return f"the last {window} years" if window < years else f"all {years} years" if years > 1 else "its one year"


def _measures(run: SingleRun, told: Tables, power: str) -> Table:
    window = run.scenario.recording.window_years
    described = measures_in(run.scenario)
    values = measured(told.history, list(run.scenario.major_powers).index(power), window, described)
    rows = tuple((Cell(measure_label(name).split(" (")[0]), number(value), cell(described[name].unit),
                  cell(in_plain_words(described[name].meaning))) for name, value in values.items())
    return Table(f"{power}: measures over {measured_years(run.scenario)}",
                 ("measure", "value", "unit", "meaning"), rows, name=f"measures-{power}")
