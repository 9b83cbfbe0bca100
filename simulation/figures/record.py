"""Figures of the record: ROC curves beside those of baselines, calibration, what each term adds, and profiles.

Take the tables that `fit`, `score`, `profile` and `moments` write; compute nothing but the curves.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from simulation.errors import Refusal
from simulation.figures.required_columns import refuse_unfit
from simulation.figures.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PALE,
    SMALL,
    TALLEST,
    TWO_COLUMNS,
    VERMILION,
    add_note,
    fitting,
    new_figure,
    printed,
    say_why_empty,
)
from simulation.record.profile_shape import CUTOFF, place_and_root
from simulation.record.scores import area, calibration
from simulation.scenario.documentation import rounded
from simulation.scenario.validation import listed

LINES = (BLUE, VERMILION, GREEN, ORANGE, GREY)
STYLES = ("-", "--", "-.", ":", "-")
PANEL = 2.6
FINE = 400
"""Places at which a profile is drawn between its points."""
FAR = 30.0
"""Fall of the log likelihood beyond which a place is not drawn."""


def roc_figure(predictions: pd.DataFrame, models: Sequence[str]) -> Figure:
    """ROC curves of held-out predictions, a panel a major power.

    predictions : columns power, pact and one for each of `models`. Raises `Refusal` if one is missing.
    """
    refuse_unfit(predictions, ("power", "pact", *models), "ROC curves")
    with printed():
        figure, panels = _panels(predictions, PANEL + 0.25 * len(models))
        for axes, (power, own) in zip(panels, predictions.groupby("power", sort=False), strict=True):
            _draw_curves(axes, own, models)
            axes.set_title(f"{power}: {int(own['pact'].sum())} of {len(own)} dyad-years with a pact", pad=3)
            axes.set_xlabel("share of those without a pact taken for allies")
        panels[0].set_ylabel("share of those with a pact found")
    add_note(figure, "Predictions for weak states that the fit has not seen. Area: the chance that a dyad-year"
                     " with a pact"
             " has the higher probability.")
    return figure


def _panels(predictions: pd.DataFrame, height: float) -> tuple[Figure, list[Axes]]:
    number = predictions["power"].nunique()
    if not number:
        raise Refusal("no prediction in the table", allowed="one dyad-year or more")
    figure = new_figure(TWO_COLUMNS if number > 1 else TWO_COLUMNS / 2, height)
    return figure, list(figure.subplots(1, number, sharey=True, squeeze=False)[0])


def _draw_curves(axes: Axes, own: pd.DataFrame, models: Sequence[str]) -> None:
    pact = own["pact"].to_numpy(float)
    axes.plot([0, 1], [0, 1], color=PALE, linewidth=0.8)
    if not 0 < pact.sum() < pact.size:
        say_why_empty(axes, "no pact" if not pact.sum() else "nothing but pacts")
        return
    for model, colour, style in zip(models, LINES, STYLES, strict=False):
        probability = own[model].to_numpy(float)
        order = np.argsort(-probability, kind="stable")
        last = np.append(np.diff(probability[order]) != 0, True)  # equal probabilities are one step
        found = np.append(0.0, np.cumsum(pact[order])[last] / pact.sum())
        taken = np.append(0.0, np.cumsum(1 - pact[order])[last] / (pact.size - pact.sum()))
        axes.plot(taken, found, color=colour, linestyle=style,
                  label=fitting(f"{model}: {area(pact, probability):.3f}", 3.0, SMALL))
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), fontsize=SMALL, handlelength=1.8)


def calibration_figure(predictions: pd.DataFrame, models: Sequence[str]) -> Figure:
    """Shares with a pact where so much was predicted, a panel a major power, by tenths of the predictions."""
    refuse_unfit(predictions, ("power", "pact", *models), "calibration")
    with printed():
        figure, panels = _panels(predictions, PANEL + 0.25 * len(models))
        for axes, (power, own) in zip(panels, predictions.groupby("power", sort=False), strict=True):
            axes.plot([0, 1], [0, 1], color=PALE, linewidth=0.8)
            for model, colour, style in zip(models, LINES, STYLES, strict=False):
                shown = calibration(own["pact"].to_numpy(float), own[model].to_numpy(float))
                axes.plot(shown["predicted"], shown["observed"], color=colour, linestyle=style, marker="o",
                          markersize=3,
                          label=fitting(model, 3.0, SMALL))
            axes.set_title(str(power), pad=3)
            axes.set_xlabel("probability of a pact, predicted")
            axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), fontsize=SMALL, handlelength=1.8)
        panels[0].set_ylabel("share with a pact")
    add_note(figure, "Dots: means over tenths of the dyad-years, by predicted probability, of weak states that"
                     " the fit has"
             " not seen. On the line what happens is as frequent as predicted.")
    return figure


def terms_figure(terms: pd.DataFrame) -> Figure:
    """By how much each term improves the log score of held-out weak states, a panel a way, a mark a major power.

    terms : columns term, change, power, gain, gain_low, gain_high, coefficient.
    """
    refuse_unfit(terms, ("term", "change", "power", "gain", "gain_low", "gain_high", "coefficient"), "terms")
    changes, names = list(dict.fromkeys(terms["change"])), list(dict.fromkeys(terms["term"]))
    powers = list(dict.fromkeys(terms["power"]))
    with printed():
        figure = new_figure(TWO_COLUMNS, min(TALLEST, 0.32 * len(names) + 1.0))
        panels = figure.subplots(1, len(changes), sharey=True, squeeze=False)[0]
        for axes, change in zip(panels, changes, strict=True):
            for power, colour, shift in zip(powers, LINES, np.linspace(-0.18, 0.18, len(powers)), strict=False):
                own = terms[(terms["change"] == change) & (terms["power"] == power)]
                places = np.array([names.index(name) for name in own["term"]]) + shift
                axes.hlines(places, own["gain_low"], own["gain_high"], color=colour, linewidth=1.2)
                axes.plot(own["gain"], places, "o", color=colour, markersize=3.4, label=str(power))
            axes.axvline(0.0, color=BLACK, linewidth=0.6)
            axes.set_title(change, pad=3)
            axes.set_xlabel("gain in log score (nats a dyad-year)")
        panels[0].set_yticks(range(len(names)), [name.replace("_", " ") for name in names])
        panels[0].set_ylim(len(names) - 0.4, -0.6)
        handles, labels = panels[-1].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper left", ncols=max(1, len(powers)))
    add_note(figure, "Bars: 95% intervals, weak states drawn with replacement. Right of 0 the term helps to"
                     " tell states that"
             " the fit has not seen. A term that would need the wrong sign is fitted as 0 and adds nothing.")
    return figure


def parameters_figure(parameters: pd.DataFrame) -> Figure:
    """Coefficients with their intervals, shaded where the sign would not be the theory's.

    parameters : columns parameter, sign (+, - or empty), estimate, low, high, meaning.
    """
    refuse_unfit(parameters, ("parameter", "sign", "estimate", "low", "high", "meaning"), "parameters")
    with printed():
        figure = new_figure(TWO_COLUMNS, min(TALLEST, 0.36 * len(parameters) + 0.6))
        axes = figure.add_subplot()
        numbers = np.abs(parameters[["estimate", "low", "high"]].to_numpy(float))
        ends = 1.05 * float(np.nanmax(numbers, initial=1e-9))
        for place, row in enumerate(parameters.itertuples(index=False)):
            if row.sign in ("+", "-"):
                axes.fill_betweenx([place - 0.4, place + 0.4], -ends if row.sign == "+" else 0.0,
                                   0.0 if row.sign == "+" else ends, color=PALE, alpha=0.6, linewidth=0)
            axes.plot([row.low, row.high], [place, place], color=BLUE, linewidth=1.4, solid_capstyle="butt")
            axes.plot(row.estimate, place, "o", color=BLUE, markersize=4.0)
        axes.axvline(0.0, color=BLACK, linewidth=0.6)
        axes.set_yticks(range(len(parameters)), [fitting(str(words), 3.2, SMALL) for words in parameters["meaning"]],
                        fontsize=SMALL)
        axes.set_ylim(len(parameters) - 0.4, -0.6)
        axes.set_xlim(-ends, ends)
        axes.set_xlabel("log odds of a pact per unit")
    add_note(figure, "Bars: 95% of samples of weak states drawn with replacement. Shaded: where the sign would not be"
             " the theory's. Units differ from line to line, so that lengths are not to be compared.")
    return figure


def ranges_figure(parameters: pd.DataFrame) -> Figure:
    """Parameters of the theory's own functions with their intervals, each within the range that was searched.

    parameters : columns parameter, unit, least, most, estimate, low, high (NaN without an interval), meaning.
    """
    refuse_unfit(parameters, ("parameter", "unit", "least", "most", "estimate", "low", "high", "meaning"), "parameters")
    with printed():
        figure = new_figure(TWO_COLUMNS, min(TALLEST, 0.36 * len(parameters) + 0.6))
        axes = figure.add_subplot()
        for place, row in enumerate(parameters.itertuples(index=False)):
            with np.errstate(all="ignore"):  # what has no logarithm has no place in the range
                shares = np.log(np.array([row.estimate, row.low, row.high], float) / row.least)
                middle, low, high = shares / np.log(row.most / row.least)
            axes.plot([0.0, 1.0], [place, place], color=PALE, linewidth=4.0, solid_capstyle="butt")
            axes.plot([low, high], [place, place], color=BLUE, linewidth=1.4, solid_capstyle="butt")
            axes.plot(middle, place, "o", color=BLUE, markersize=4.0)
            axes.text(1.02, place, f"{rounded(row.estimate, 3)} ({row.least:g} to {row.most:g} {row.unit})",
                      fontsize=SMALL, va="center")
        axes.set_yticks(range(len(parameters)), [fitting(str(words), 2.4, SMALL) for words in parameters["meaning"]],
                        fontsize=SMALL)
        axes.set_ylim(len(parameters) - 0.4, -0.6)
        axes.set_xlim(-0.02, 1.9)
        axes.set_xticks([])
    add_note(figure, "Dots: estimates, with the range that was searched, in its logarithm. Bars: 95% of samples of weak"
             " states drawn with replacement. A bar across the range: the record does not tell.")
    return figure


def profile_figure(profiles: pd.DataFrame) -> Figure:
    """The log likelihood along each parameter, all others fitted anew, less its maximum.

    profiles : columns parameter, value, log_likelihood; with a column unit values stand by their logarithm.
    """
    refuse_unfit(profiles, ("parameter", "value", "log_likelihood"), "profiles")
    names = list(dict.fromkeys(profiles["parameter"]))
    columns = min(4, len(names))
    rows = math.ceil(len(names) / columns)
    with printed():
        figure = new_figure(TWO_COLUMNS, min(TALLEST, 1.5 * rows + 0.4))
        grid = figure.subplots(rows, columns, squeeze=False).ravel()
        for axes, name in zip(grid, names, strict=False):
            _draw_profile(axes, profiles[profiles["parameter"] == name])
            axes.set_title(name.replace("_", " "), pad=3, fontsize=SMALL)
        if "unit" in profiles:
            _by_logarithm(list(grid[:len(names)]), profiles.drop_duplicates("parameter")["unit"])
        for axes in grid[len(names):]:
            axes.set_visible(False)
        figure.supylabel("log likelihood less its maximum")
    ends = ("Each point is what a search reached from the one beside it." if "unit" in profiles else
            "Lines that end: beyond, the sign would not be the theory's.")
    add_note(figure, "Dotted: a fall of 1.92, the ends of a 95% interval if dyad-years were independent, which they are"
             f" not: what is flat here is flat all the more. {ends}")
    return figure


def places_figure(places: pd.DataFrame) -> Figure:
    """The log likelihood of each place of a sweep by its moments, less the highest, a panel a parameter.

    places : columns point_id, one for each parameter, log_likelihood, weight.
    """
    refuse_unfit(places, ("point_id", "log_likelihood", "weight"), "places")
    names = [name for name in places if name not in ("point_id", "log_likelihood", "weight")]
    if not names:
        raise Refusal("no parameter in the table", found=listed(map(str, places.columns)), allowed="a column for each")
    columns = min(3, len(names))
    rows = math.ceil(len(names) / columns)
    fall = places["log_likelihood"] - places["log_likelihood"].max()
    is_near = fall > -FAR
    with printed():
        figure = new_figure(TWO_COLUMNS, min(TALLEST, 1.7 * rows + 0.6))
        grid = figure.subplots(rows, columns, squeeze=False, sharey=True).ravel()
        for axes, name in zip(grid, names, strict=False):
            axes.plot(places.loc[is_near, name], fall[is_near], "o", color=BLUE, markersize=2.6, alpha=0.7)
            axes.set_title(fitting(name, TWO_COLUMNS / columns - 0.4, SMALL), pad=3, fontsize=SMALL)
            values = places[name].to_numpy(float)
            if values.min() > 0.0 and values.max() > 20.0 * values.min():
                axes.set_xscale("log")
            if values.min() < values.max():
                axes.set_xlim(values.min(), values.max())
        for axes in grid[len(names):]:
            axes.set_visible(False)
        figure.supylabel("log likelihood less its maximum")
    add_note(figure, f"Dots: {len(places)} places of the sweep, all parameters at once; {int((~is_near).sum())} more"
             f" than {FAR:g} below the highest are not drawn. Where the tops of the cloud are level, the moments do not"
             " tell the parameter.")
    return figure


def _by_logarithm(panels: Sequence[Axes], units: Sequence[str]) -> None:
    """Values by their logarithm, with the unit below."""
    for axes, unit in zip(panels, units, strict=True):
        axes.set_xscale("log")
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.set_xlabel(unit, fontsize=SMALL)


def _draw_profile(axes: Axes, own: Any) -> None:
    fall = own["log_likelihood"] - own["log_likelihood"].max()
    if fall.isna().all():
        say_why_empty(axes, "no likelihood")
        return
    axes.plot(*_between(own["value"].to_numpy(float), fall.to_numpy(float), "unit" in own), color=BLUE)
    axes.plot(own["value"], fall, "o", color=BLUE, markersize=2.2)
    axes.axhline(-CUTOFF, color=GREY, linestyle=":", linewidth=0.8)
    if "unit" not in own:
        axes.axvline(0.0, color=PALE, linewidth=0.6)
    axes.set_ylim(max(float(fall.min()) * 1.05, -30.0) if fall.min() < -2 * CUTOFF else -2 * CUTOFF, 0.5)


def _between(value: np.ndarray, fall: np.ndarray, is_by_logarithm: bool) -> tuple[np.ndarray, np.ndarray]:
    """A profile at its points and between them."""
    there = np.isfinite(fall)
    place, root = place_and_root(value[there], fall[there], is_by_logarithm)
    fine = np.linspace(place[0], place[-1], FINE)
    return np.exp(fine) if is_by_logarithm else fine, -np.interp(fine, place, root) ** 2
