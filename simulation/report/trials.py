"""Sections of the report on a test of propositions: every proposition with its verdict, effects and knock-outs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd

from simulation.errors import Refusal, ResultsError
from simulation.propositions.results import KNOCK_OUTS_FILE, VERDICTS_FILE
from simulation.report.parts import Cell, Facts, Part, Section, Table, Words, cell, interval, number, words_of
from simulation.report.source import Subject
from simulation.scenario.documentation import rounded
from simulation.scenario.yaml_text import parsed
from simulation.study.manifest import MANIFEST_FILE

SIGNS = {"positive": "+", "negative": "\N{MINUS SIGN}", "none": "0"}
HEADS = ("prediction", "measure", "predicted", "smallest effect of interest", "effect", "pairs", "mean before",
         "mean after", "verdict")
NOTE = ("Effect: mean difference between paired histories under the same luck, or mean slope, per unit of the"
        " parameter; below it its interval and level (confidence sequence). Supported: the whole interval lies beyond"
        " the smallest effect of interest, as predicted. Before and after: the two settings, or the first and the last"
        " value of a slope. Predicted: + rises, \N{MINUS SIGN} falls, 0 stays within the smallest effect of interest.")


def question(subject: Subject) -> Section:
    """What was put to the test, and by what rule it is decided."""
    content = book_of(subject)
    tested = subject.manifest["tested"].get("propositions", [])
    parts: list[Part] = [Words(content["title"], "lead")] if content.get("title") else []
    parts += [Words(content["description"])] if content.get("description") else []
    scenarios = words_of(subject.manifest.get("scenarios", {}).values())
    parts.append(Facts((("propositions tested", words_of(tested)),
                        ("propositions in the file", words_of(content["propositions"])), ("scenarios", scenarios),
                        ("hash of the file", str(subject.manifest.get("propositions_hash", ""))))))
    parts.append(Words("The file of propositions was recorded with its hash before the first history was run. The"
                       " predictions of the whole file are one family, decided together in equal shares of alpha,"
                       " by intervals that hold at every number of pairs."))
    return Section("question", "The propositions", tuple(parts))


def results(subject: Subject) -> Section:
    """The verdicts at a glance, then every proposition."""
    if subject.manifest.get("status") != "complete" and not (subject.path / VERDICTS_FILE).exists():
        return Section("results", "What came out", (Words("There is no verdict yet.", "warning"),))
    verdicts, outs, content = subject.table(VERDICTS_FILE), subject.table(KNOCK_OUTS_FILE), book_of(subject)
    parts: list[Part] = [_overview(verdicts)]
    for code, rows in verdicts.groupby("proposition", sort=False):
        first = rows.iloc[0]
        parts.append(Words(f"{code}: {first['verdict']}, identification: {first['identification']}", "heading"))
        statement = str(content["propositions"].get(code, {}).get("statement", "")).strip()
        parts += [Words(statement, "quote")] if statement else []
        parts.append(Table(f"{code}: predictions", HEADS, tuple(_predictions(rows.to_dict("records"))), NOTE,
                           f"predictions-{code}"))
        own = outs[outs["proposition"] == code]
        parts += [_knock_outs(str(code), own)] if len(own) else []
        parts += [Words(trace, "code") for trace in rows["trace"].dropna()]
    return Section("results", "What came out", tuple(parts))


def _overview(verdicts: pd.DataFrame) -> Table:
    rows = tuple((cell(code), cell(own["verdict"].iloc[0]), cell(own["identification"].iloc[0]), number(len(own)),
                  number(int((own["prediction_verdict"] == "supported").sum())))
                 for code, own in verdicts.groupby("proposition", sort=False))
    return Table("Verdicts", ("proposition", "verdict", "identification", "predictions", "of which supported"), rows,
                 "Identified: every prediction has a knock-out that was tested and did what the proposition says. Not"
                 " tested: some prediction has none that leaves enough to measure.", "verdicts")


def _predictions(rows: list[dict[str, Any]]) -> Iterator[tuple[Cell, ...]]:
    """A row per prediction; one about numbers of pacts has a second verdict, on pacts beyond paper, in a row below."""
    for row in rows:
        yield _prediction(row)
        if isinstance(row.get("verdict_beyond_paper"), str):
            yield _prediction(row | {
                "prediction": f"{row['prediction']}, without pacts on paper",
                "prediction_verdict": row["verdict_beyond_paper"], "mean_before": math.nan, "mean_after": math.nan,
                "dropped": 0, "pairs": int(row["pairs_beyond_paper"]),
                **{name: row[f"{name}_beyond_paper"] for name in ("effect", "low", "high")}})


def _prediction(row: dict[str, Any]) -> tuple[Cell, ...]:
    return (cell(row["prediction"]), Cell(str(row["measure"]), str(row["unit"])), cell(SIGNS[row["predicted"]]),
            number(row["smallest_effect"]), _effect(row), _pairs(row), number(row["mean_before"]),
            number(row["mean_after"]), cell(row["prediction_verdict"]))


def _effect(row: dict[str, Any]) -> Cell:
    if math.isnan(row["effect"]):
        return number(math.nan)
    between = interval(row["low"], row["high"])
    return Cell(rounded(row["effect"], 3), f"{between} {100 * row['level']:.4g}%" if between else "", row["effect"],
                True)


def _pairs(row: dict[str, Any]) -> Cell:
    return Cell(str(row["pairs"]), f"{row['dropped']} left out" if row["dropped"] else "", row["pairs"], True)


def _knock_outs(code: str, outs: pd.DataFrame) -> Table:
    rows = tuple((cell(row["knock_out"]), cell(row["prediction"]), _effect(row), _pairs(row),
                  Cell(str(row["knock_out_verdict"]),
                       "both settings give the same histories" if row["is_same_setting"] else ""))
                 for row in outs.to_dict("records"))
    return Table(f"{code}: without the mechanism", ("knock-out", "prediction", "effect", "pairs", "what becomes of it"),
                 rows, name=f"knock-outs-{code}")


def book_of(subject: Subject) -> dict[str, Any]:
    """The file of propositions as it was recorded. Raises `ResultsError` if the manifest holds none."""
    try:
        node = parsed(subject.manifest["propositions_file"])
        content: dict[str, Any] = node.plain() if node is not None else {}
        return content | {"propositions": dict(content["propositions"])}
    except (Refusal, KeyError, TypeError, AttributeError, ValueError):
        raise ResultsError(f"{subject.path / MANIFEST_FILE}: damaged (it holds no file of propositions)") from None
