"""Outcomes of sweeps as figures, with the words that their studies and users have for them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulation.errors import Refusal
from simulation.figures.conditions import Choice
from simulation.figures.labels import naming
from simulation.figures.levels import factor_named, varied
from simulation.figures.looks import looking, looks_now
from simulation.figures.outcomes import draw_outcome, outcome_figure
from simulation.study.joined_tables import joined_tables, own_measures, own_ranges
from simulation.study.status import unfinished_sweep
from simulation.study.store import ResultsFolder


@dataclass(frozen=True)
class Outcome:
    """What of one sweep or several is to be drawn.

    Attributes
    ----------
    measure : its name; against : a second one, for a scatter of the first against it.
    by, within : factors, by path or the last keys of it; `major_power` and, of several sweeps, `folder` are such.
    kind : dots, box, violin, ecdf, histogram, ridge, line or heat; None: dots, or ridge for many conditions.
    at : levels of factors at which alone histories are taken; a pair (low, high) is all from one to the other.
    power : code of one of several major powers.
    bins : into how many a factor is put that has more numbers than can be shown one by one; 0: none.
    labels : words for factors, measures, and levels as figures write them.
    """

    measure: str
    by: str | None = None
    within: str | None = None
    kind: str | None = None
    against: str = ""
    at: Mapping[str, Any] = field(default_factory=dict)
    power: str | None = None
    bins: int = 10
    labels: Mapping[str, str] = field(default_factory=dict)


def figure_of_sweeps(folders: Sequence[ResultsFolder], asked: Outcome) -> Figure:
    """The figure that is asked for. Raises `Refusal` as `outcome_figure`."""
    table = joined_tables(folders)
    with _named(folders, table, asked.labels), looking(replace(looks_now(), remarks=unfinished_remarks(folders))):
        return outcome_figure(table, asked.measure, _choice(folders, asked), asked.kind, asked.against)


def draw_of_sweeps(axes: Axes, folders: Sequence[ResultsFolder], asked: Outcome) -> list[str]:
    """The same on axes of the user's own; gives the sentences of the caption. Raises `Refusal` as `draw_outcome`."""
    table = joined_tables(folders)
    with _named(folders, table, asked.labels):
        return [*draw_outcome(axes, table, asked.measure, _choice(folders, asked), asked.kind, asked.against),
                *unfinished_remarks(folders)]


def unfinished_remarks(folders: Sequence[ResultsFolder]) -> tuple[str, ...]:
    """A sentence on each sweep of which not all histories are there, with its folder where there are several."""
    told = [(folder.path, unfinished_sweep(folder)) for folder in folders]
    return tuple(f"{path.name}: {words[0].lower()}{words[1:]}" if len(folders) > 1 else words
                 for path, words in told if words)


def _choice(folders: Sequence[ResultsFolder], asked: Outcome) -> Choice:
    return Choice(asked.by, asked.within, asked.power, asked.at, tuple(own_measures(folders)), own_ranges(folders),
                  asked.bins)


@contextlib.contextmanager
def _named(folders: Sequence[ResultsFolder], table: pd.DataFrame, labels: Mapping[str, str]) -> Iterator[None]:
    """The words of the studies for their own measures, and those of the user."""
    own = own_measures(folders)
    units = {name: f"{name.replace('_', ' ').capitalize()} ({one.unit})" for name, one in own.items() if one.unit}
    factors = varied(table, own)
    given = {_full_name(name, table, factors): words for name, words in labels.items()}
    with naming(units | given, {name: one.meaning for name, one in own.items()}):
        yield


def _full_name(name: str, table: pd.DataFrame, factors: list[str]) -> str:
    """The column that a label is for; the name itself where it is for a level or a measure."""
    try:
        return factor_named(name, table, factors)
    except Refusal:
        return name
