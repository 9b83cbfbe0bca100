"""``plan``: what a sweep of a study would be and cost, before anything is written."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import typer

from simulation.commands.options import naming_years, parse_settings, with_years
from simulation.commands.sweep import (
    RESULTS,
    AsJson,
    KeepPacts,
    KeepSeries,
    Replications,
    Seed,
    Settings,
    StudyFile,
    Years,
)
from simulation.study.plan import Plan, load_plan

if TYPE_CHECKING:
    from simulation.study.estimate import Cost, Probe


def plan(study: StudyFile, replications: Replications = None, seed: Seed = None, settings: Settings = None,
         years: Years = None, series: KeepSeries = False, pacts: KeepPacts = False, as_json: AsJson = False) -> None:
    """The command; `command_line` holds its help."""
    asked = with_years(parse_settings(settings or []), years)
    with naming_years(years):
        planned = load_plan(study, asked, replications, seed).keeping(series, pacts)
    # what a refused study should not wait for
    from simulation.study.estimate import cost_of, probe, warm_up

    warm_up(planned)
    probed = probe(planned)
    costs = [cost_of(planned, probed, number, os.cpu_count() or 1) for number in numbers_of_histories(planned)]
    typer.echo(json.dumps(_document(planned, probed, costs), indent=2, ensure_ascii=False) if as_json
               else _text(planned, probed, costs))
    if probed.result.failures:
        first = probed.result.failures[0]
        typer.echo(f"{len(probed.result.failures)} of {len(probed.result.seconds)} histories tried failed; run"
                   f" {first['run_id']}: {first['error']}", err=True)
        raise typer.Exit(1)


def numbers_of_histories(planned: Plan) -> list[int]:
    """How many histories there will be; by a rule, the fewest and the most."""
    rule = planned.rule
    return [planned.number_of_runs] if rule is None else [len(planned.points) * rule.at_least, planned.number_of_runs]


def _text(planned: Plan, probed: Probe, costs: list[Cost]) -> str:
    """What a user reads: one line for each question; times and sizes are estimates."""
    from simulation.commands.formatting import size_text
    from simulation.scenario.documentation import with_unit

    axes = [f"  {path}: {with_unit(number, 'values')}" for path, number in values_by_path(planned).items()]
    each = "" if planned.rule else (f" = {with_unit(len(planned.points), 'points')} x"
                                        f" {with_unit(planned.replications, 'replications')}")
    return "\n".join([
        f"{planned.study.name}: {with_unit(len(planned.points), 'points')} of {planned.scenario.name},"
        f" {with_unit(planned.scenario.years, 'years')}", *axes,
        f"histories: {_range([str(cost.histories) for cost in costs])}{each}", *_times(costs),
        f"disk: {_range([size_text(cost.size) for cost in costs])}",
        *(f"  of which {kind}: {_range([size_text(cost.yearly[kind]) for cost in costs])}" for kind in costs[0].yearly),
        f"folder: {RESULTS / planned.folder_name}",
        f"({with_unit(len(probed.result.seconds), 'histories')} tried at {with_unit(len(probed.points), 'points')};"
        " nothing written)"])


def _times(costs: list[Cost]) -> list[str]:
    """Lines for one process and for as many as there are cores, where that saves time."""
    from simulation.commands.formatting import duration_text

    lines = []
    for number in costs[0].seconds:
        processes = "1 process" if number == 1 else f"{number} processes"
        if number > 1 and all(cost.seconds[number] == cost.seconds[1] for cost in costs):
            lines.append(f"time in {processes}: the same; so little is run in one")
        else:
            lines.append(f"time in {processes}: {_range([duration_text(cost.seconds[number]) for cost in costs])}")
    return lines


def _range(texts: list[str]) -> str:
    return " to ".join(dict.fromkeys(texts))


def values_by_path(planned: Plan) -> dict[str, int]:
    """How many different values each path has."""
    return {path: len({json.dumps(point[path], sort_keys=True) for point in planned.points}) for path in planned.paths}


def _document(planned: Plan, probed: Probe, costs: list[Cost]) -> dict[str, Any]:
    """The same as plain data; by a rule there are two costs, for the fewest and the most histories."""
    return {
        "study": planned.study.name, "scenario": planned.scenario.name, "years": planned.scenario.years,
        "points": len(planned.points), "varied": values_by_path(planned), "replications": planned.replications,
        "until": planned.rule.model_dump() if planned.rule else None, "seed": planned.study.seed,
        "folder": str(RESULTS / planned.folder_name),
        "tried": {"points": list(probed.points), "histories": len(probed.result.seconds),
                  "failures": len(probed.result.failures), "seconds_per_history": probed.seconds_history,
                  "seconds_per_point": probed.seconds_ready},
        "costs": [{"histories": cost.histories, "bytes": cost.size, "bytes_by_table": cost.yearly,
                   "seconds": {str(number): seconds for number, seconds in cost.seconds.items()}} for cost in costs],
    }
