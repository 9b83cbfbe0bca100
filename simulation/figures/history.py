"""One history of a major power's portfolio, year by year."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from simulation.errors import Refusal
from simulation.figures.names import power_name, scenario_title
from simulation.figures.style import (
    BLACK,
    BLUE,
    ORANGE,
    SMALL,
    TALLEST,
    TWO_COLUMNS,
    VERMILION,
    add_note,
    new_figure,
    printed,
    say_why_empty,
)
from simulation.history.series import History, Series
from simulation.scenario.scenario import Scenario
from simulation.scenario.state_order import StateOrder, arranged, order_in_words
from simulation.scenario.validation import listed, nearest, shown

EVENTS = {
    Series.CONCESSIONS: ("ally gave way", ORANGE),
    Series.INTERVENTIONS: ("war, major power fought", BLUE),
    Series.ABANDONMENTS: ("war, major power stayed away", VERMILION),
}
"""The three ways in which a challenge to an ally ends; each challenge is counted once."""
PANEL_HEIGHT = 1.15
ROW_HEIGHT, SMALLEST_ROW_TYPE = 0.125, 5.5
MOST_ROWS = 40
"""Rows of the strip that fit on a page."""
SHADES = LinearSegmentedColormap.from_list("autonomy", ["#C6DBEF", BLUE, "#08306B"])


def history_figure(history: History, scenario: Scenario, power: str) -> Figure:
    """Pacts, their terms, crises and wars of allies, and who is an ally when, for one major power.

    Parameters
    ----------
    history : the whole history, as the model gives it.
    scenario : what it is a history of.
    power : code of the major power.

    Raises `Refusal` if the scenario has no such major power or the history is of another scenario.
    """
    if power not in scenario.major_powers:
        raise Refusal("no such major power in the scenario", found=shown(power), allowed=listed(scenario.major_powers),
                      suggestion=nearest(power, scenario.major_powers))
    wanted = scenario.years, len(scenario.major_powers), len(scenario.states)
    if history.commitment.shape != wanted:
        raise Refusal("not a history of this scenario", found=f"an array of {history.commitment.shape}",
                      allowed=f"years, major powers, weak states: {wanted}")
    with printed():
        return _drawn(history, scenario, list(scenario.major_powers).index(power))


def _drawn(history: History, scenario: Scenario, place: int) -> Figure:
    rows = _rows(history, scenario, place)
    strip = max(0.5, ROW_HEIGHT * min(len(rows), MOST_ROWS) + 0.1)
    figure = new_figure(TWO_COLUMNS, min(TALLEST, 3 * PANEL_HEIGHT + strip + 0.6))
    pacts, terms, events, who = figure.subplots(
        4, 1, sharex=True, gridspec_kw={"height_ratios": [PANEL_HEIGHT] * 3 + [strip]})
    years = scenario.start_year + np.arange(scenario.years)
    own = history.series[:, place]
    _draw_pacts(pacts, years, own)
    _draw_terms(terms, years, own)
    _draw_events(events, years, own)
    _draw_allies(figure, who, history, scenario, place, rows)
    who.set_xlim(years[0] - 0.6, years[-1] + 0.6)
    who.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=10))
    who.set_xlabel("Year")
    code = list(scenario.major_powers)[place]
    figure.suptitle(f"{power_name(scenario, code)}: {scenario_title(scenario)}", ha="left", x=0.01)
    figure.align_ylabels([pacts, terms, events])
    add_note(figure, *_notes(history, rows))
    return figure


def _rows(history: History, scenario: Scenario, place: int) -> list[int]:
    """Places of the states that were ever allies, nearest first unless another order is asked for."""
    ever = [int(state) for state in np.flatnonzero(history.since[:, place].any(axis=0))]
    power, codes = list(scenario.major_powers)[place], list(scenario.states)
    pairs = [(power, codes[state], float(history.distance_km[place, state])) for state in ever]
    return [ever[number] for number in arranged(pairs, StateOrder.DISTANCE)]


def _shown(history: History, place: int, rows: list[int]) -> list[int]:
    """As many rows as fit: those of the states that were allies longest, in the same order."""
    if len(rows) <= MOST_ROWS:
        return rows
    pact_years = (history.since[:, place] > 0).sum(axis=0)
    kept = set(sorted(rows, key=lambda state: -pact_years[state])[:MOST_ROWS])
    return [state for state in rows if state in kept]


def _draw_pacts(axes: Axes, years: np.ndarray, own: np.ndarray) -> None:
    number = own[:, Series.PACTS]
    axes.plot(years, number, color=BLACK, drawstyle="steps-mid", clip_on=False)
    axes.set_ylim(0, max(1.0, number.max()) * 1.08)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=4))
    axes.set_ylabel("Number of\npacts")


def _draw_terms(axes: Axes, years: np.ndarray, own: np.ndarray) -> None:
    number = own[:, Series.PACTS]
    axes.set_ylabel("Mean over\npacts (share)")
    axes.set_ylim(0, 1)
    if not number.any():
        say_why_empty(axes, "no pact in any year")
        return
    highest = 0.0
    for series, words, colour, marker in ((Series.COMMITMENT, "commitment", BLUE, "o"),
                                          (Series.AUTONOMY, "autonomy conceded", VERMILION, "D")):
        mean = np.divide(own[:, series], number, out=np.full(number.size, np.nan), where=number > 0)
        highest = max(highest, float(np.nanmax(mean)))
        axes.plot(years, mean, color=colour, marker=marker, markersize=2.2, label=words)
    axes.set_ylim(0, min(1.0, highest * 1.15) or 1.0)
    axes.legend(loc="lower left", bbox_to_anchor=(0.0, 0.97), ncols=2, borderaxespad=0.0, handlelength=1.6)


def _draw_events(axes: Axes, years: np.ndarray, own: np.ndarray) -> None:
    axes.set_ylabel("Challenges\nto allies")
    below = np.zeros(years.size)
    for series, (words, colour) in EVENTS.items():
        axes.bar(years, own[:, series], bottom=below, width=0.75, color=colour, label=words, linewidth=0)
        below += own[:, series]
    axes.set_ylim(0, max(1.0, below.max()) * 1.08)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=4))
    if not below.any():
        say_why_empty(axes, "no ally was challenged")
        return
    axes.legend(loc="lower left", bbox_to_anchor=(0.0, 0.97), ncols=3, borderaxespad=0.0, handlelength=1.0)


def _draw_allies(figure: Figure, axes: Axes, history: History, scenario: Scenario, place: int,
                 rows: list[int]) -> None:
    """A row per state that was ever an ally, shaded by the autonomy that it concedes."""
    rows = _shown(history, place, rows)
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    if not rows:
        axes.set_yticks([])
        say_why_empty(axes, "no state was ever an ally")
        return
    autonomy = history.autonomy[:, place, rows].T
    is_ally = history.since[:, place, rows].T > 0
    ends = scenario.start_year - 0.5, scenario.start_year + scenario.years - 0.5
    picture = axes.pcolormesh(np.linspace(*ends, scenario.years + 1), np.arange(len(rows) + 1) - 0.5,
                              np.ma.masked_where(~is_ally, autonomy), cmap=SHADES, vmin=0.0,
                              vmax=float(autonomy.max()) or 1.0, edgecolors="white", linewidth=0.4)
    codes = list(scenario.states)
    axes.set_yticks(range(len(rows)), [f"{codes[row]}  {history.distance_km[place, row]:,.0f} km" for row in rows],
                    fontsize=max(SMALLEST_ROW_TYPE, SMALL - 0.5))
    axes.invert_yaxis()
    bar = figure.colorbar(picture, ax=axes, pad=0.01, aspect=12, fraction=0.03, shrink=min(1.0, 12 / len(rows)),
                          anchor=(0.0, 1.0))
    bar.outline.set_visible(False)
    bar.locator = MaxNLocator(nbins=3)
    bar.set_label("autonomy\nconceded", fontsize=SMALL)


def _notes(history: History, rows: list[int]) -> list[str]:
    total, shown_rows = history.commitment.shape[2], min(len(rows), MOST_ROWS)
    left_out = f", of which the {shown_rows} that were longest are shown" if shown_rows < len(rows) else ""
    return [f"One history. Rows: the {len(rows)} of {total} states that were ever allies{left_out},"
            f" {order_in_words(StateOrder.DISTANCE)};"
            " a cell is a year that ended with a pact."]
