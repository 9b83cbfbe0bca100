"""Sections of the report on a study of the record: what was fitted to which data, and the tables that came of it."""

from __future__ import annotations

from simulation.history.tables import REJECTION
from simulation.record.moments import out_of_reach
from simulation.record.outcomes import state_name
from simulation.record.results import (
    ESTIMATES_FILE,
    FIT,
    MOMENTS,
    MOMENTS_FILE,
    OUTCOMES_FILE,
    PAIRS_FILE,
    PARAMETERS_FILE,
    PROFILE,
    PROFILES_FILE,
    SCORE,
    SCORES_FILE,
    TERMS_FILE,
)
from simulation.report.parts import Facts, Part, Section, Words, frame_table, words_of
from simulation.report.source import Subject
from simulation.report.state_by_state import state_by_state

TITLES = {FIT: "A fit of the theory's terms to real dyads", SCORE: "How well the theory tells who is allied",
          PROFILE: "What the record can say of each parameter",
          MOMENTS: "Parameters by the moments of histories"}
OWN_FUNCTIONS = "The theory's own functions fitted to real dyads"
LEFT_OUT = ("brier_low", "brier_high", "log_score_low", "log_score_high", "area_near_low", "area_near_high")
"""Columns that would make the page too wide; they are in the files."""
NOTES = {
    PARAMETERS_FILE: "Log odds of a pact per unit of the term. Low and high: 95% of samples of weak states drawn with"
                     " replacement.",
    SCORES_FILE: "Log score and Brier score: smaller is better. Gain: by how much the log score is better than"
                 " that of the"
                 " best of three logits of distance and relative regime, in nats a dyad-year. Low and high: 95%"
                 " of samples of"
                 " weak states drawn with replacement, the predictions as they are.",
    OUTCOMES_FILE: "Whom the model takes for an ally (probability of 0.5 or more) in the last year that was fitted,"
                   " and who was one on record: weak states that the fit has not seen. Correct rejections are in"
                   " the file.",
    TERMS_FILE: "Gain in log score of held-out weak states, nats a dyad-year. A term that would need the wrong"
                " sign is 0.",
    PROFILES_FILE: "The largest log likelihood with the parameter held at the value.",
    ESTIMATES_FILE: "Least and most: of the places of the sweep. Low, median, high: quantiles of their weight, 95%"
                    " between low and high. Share within: of the places; near 0.95 the moments told nothing.",
    MOMENTS_FILE: "The record beside the histories of the likeliest place. Record deviation: between samples of weak"
                  " states. Away: the difference in standard deviations, those of histories included.",
}


def title(subject: Subject) -> str:
    """What was done, to which major powers in which years."""
    told = subject.manifest["record"]
    years = str(told["years"])
    powers = words_of(state_name(code, int(years.split("-")[-1])) for code in told["powers"])
    return f"{_what(subject)}: {powers}, {years.replace('-', ' to ')}"


def _what(subject: Subject) -> str:
    told = subject.manifest["record"]
    is_own = told["what"] == FIT and told.get("form") == "structural"
    return OWN_FUNCTIONS if is_own else TITLES[told["what"]]


def question(subject: Subject) -> Section:
    """What was done with which data."""
    told = dict(subject.manifest["record"])
    missing = told.pop("missing", {})
    del told["what"]
    facts = [("data, hash", str(told.pop("data_hash", "")))]
    facts += [(name.replace("_", " "), words_of(value) if isinstance(value, list) else str(value))
              for name, value in told.items() if value is not None]
    facts += [(f"rows without {name.replace('_', ' ')}", str(count)) for name, count in missing.items()
              if name != "any"]
    return Section("question", _what(subject), (
        Words("Inputs are observables of the year or of those before it, none of which follows from a pact: no bases,"
              " troops, exercises or arms."), Facts(tuple(facts))))


OF_OWN_FUNCTIONS = ("Least and most: the range that was searched. Low and high: 95% of samples of weak states drawn"
                    " with replacement; where they are far apart the record does not tell.")


def results(subject: Subject) -> Section:
    """The tables of the folder; of a fit of the theory's own functions every state of the last year first."""
    parts: list[Part] = state_by_state(subject.table(PAIRS_FILE)) if subject.has(PAIRS_FILE) else []
    if subject.has(MOMENTS_FILE) and (warning := out_of_reach(subject.table(MOMENTS_FILE))):
        parts.append(Words(warning))
    for name, note in NOTES.items():
        if subject.has(name):
            table = subject.table(name)
            if name == OUTCOMES_FILE:
                table = table[table["outcome"] != REJECTION]
            shown = {column: column.replace("_", " ") for column in table if column not in LEFT_OUT}
            note = OF_OWN_FUNCTIONS if name == PARAMETERS_FILE and "most" in table else note
            parts.append(frame_table(table, name.removesuffix(".csv").capitalize(), shown, note))
    return Section("results", "What came out", tuple(parts))
