"""The results folder of a test of propositions: its manifest, and its tables.

The manifest holds the file of propositions and its hash, and is written before the first history: what was predicted
cannot be changed after results are seen without another hash, and another folder.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from simulation.errors import ResultsError
from simulation.history.measures import MEASURES
from simulation.history.series import PAYOFF
from simulation.propositions.experiment import Finding, KnockedOut, Tested
from simulation.propositions.file import SURVIVORS, Family, Prediction
from simulation.propositions.verdicts import is_direction_known
from simulation.scenario.scenario import Scenario
from simulation.scenario.validation import walked
from simulation.study.checksums import CHECKSUMS, checksums_of
from simulation.study.manifest import (
    ANY,
    FORMAT,
    MANIFEST_FILE,
    Manifest,
    invocation,
    model_sources,
    now,
    read_manifest,
    version,
    write_manifest,
)
from simulation.study.plan import HASH_DIGITS
from simulation.study.store import refuse_other_identity
from simulation.study.tables import write_text

PROPOSITIONS_FILE, VERDICTS_FILE, KNOCK_OUTS_FILE = "propositions.yaml", "verdicts.csv", "knock_outs.csv"
PLACES_FILE, SCOPE_FILE = "places.csv", "scope.json"
BEYOND_PAPER_COLUMNS = ("verdict_beyond_paper", "effect_beyond_paper", "low_beyond_paper", "high_beyond_paper",
                        "pairs_beyond_paper")
UNIVERSES_FILE, MULTIVERSE_FILE = "universes.csv", "multiverse.json"
FILES = (PROPOSITIONS_FILE, VERDICTS_FILE, KNOCK_OUTS_FILE, PLACES_FILE, SCOPE_FILE, UNIVERSES_FILE, MULTIVERSE_FILE)
"""All that may be there; checksums are kept of those that are."""


def identity_of(family: Family, words: Iterable[Any] = ()) -> str:
    """Hash over the file of propositions, its scenarios, its seed, and whatever else is asked (`words`)."""
    parts = [family.digest, family.content.seed, *words]
    return hashlib.blake2b(json.dumps(parts).encode(), digest_size=16).hexdigest()


def folder_name(family: Family, identity: str, verb: str = "test") -> str:
    """Name of the results folder."""
    return f"{family.content.name}-{verb}-{identity[:HASH_DIGITS]}"


def begin(folder: Path, family: Family, identity: str, kind: str, command: list[str], **entries: Any) -> Manifest:
    """Makes the folder, or goes on in it, and writes its manifest; gives the manifest.

    kind : the entry that tells what the folder is of, see `manifest.KINDS`. Raises `ResultsError` if the folder holds
    something else.
    """
    refuse_other_identity(folder, identity)
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / MANIFEST_FILE).exists():
        manifest = read_manifest(folder, ANY)
    else:
        manifest = {"format": FORMAT, "name": family.content.name, "identity": identity, "version": version(),
                    "model_sources": model_sources(), "status": "begun", "created_utc": now(),
                    "seed": family.content.seed,
                    kind: entries, "propositions_file": family.text, "propositions_hash": family.digest,
                    "scenarios": {name: scenario.name for name, scenario in family.scenarios.items()},
                    "invocations": []}
    manifest |= {"invocations": [*manifest["invocations"], invocation(command)], "status": "running"}
    write_manifest(folder, manifest)
    write_text(folder / PROPOSITIONS_FILE, family.text)
    return manifest


def write_findings(folder: Path, family: Family, findings: list[Finding]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Writes the tables of verdicts and of knock-outs; gives both."""
    tables = verdict_table(family, findings), knock_out_table(findings)
    for name, table in zip((VERDICTS_FILE, KNOCK_OUTS_FILE), tables, strict=True):
        write_text(folder / name, table.to_csv(index=False, lineterminator="\n"))
    return tables


def complete(folder: Path, manifest: Manifest, **entries: Any) -> None:
    """Says in the manifest that all is there."""
    write_manifest(folder, manifest | {"status": "complete", "completed_utc": now(),
                                       CHECKSUMS: checksums_of(folder, FILES)} | entries)


def answer_in(path: Path) -> dict[str, Any]:
    """What `scope` or `multiverse` answered, from the file that it wrote.

    Raises `ResultsError` if the file is not there or cannot be read.
    """
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise ResultsError(f"{path}: no such file; the command has to be run again") from None
    except (OSError, ValueError, TypeError):
        raise ResultsError(f"{path}: cannot be read") from None


def unit_of(family: Family, measure: str) -> str:
    """The unit of a measure, of the file's own ones too."""
    if measure in SURVIVORS:
        return "share"
    own = family.content.measures.get(measure)
    return MEASURES[measure].unit if measure in MEASURES else own.unit if own else PAYOFF  # else it is an own term


def unit_of_effect(family: Family, prediction: Prediction) -> str:
    """The unit of what a prediction estimates: of a slope that of the measure per unit of the parameter."""
    unit = unit_of(family, prediction.measure)
    if prediction.slope is None:
        return unit
    keys = tuple(prediction.slope.path.split("."))
    spot = walked(Scenario, keys)
    field = spot.holder.model_fields.get(keys[-1]) if spot.holder else None
    extra = field.json_schema_extra if field is not None else None
    return f"{unit} per {extra['unit']}" if isinstance(extra, dict) and "unit" in extra else unit


def verdict_table(family: Family, findings: list[Finding]) -> pd.DataFrame:
    """One row per prediction."""
    return pd.DataFrame([_verdict_row(family, finding, tested) for finding in findings for tested in finding.tested])


def _verdict_row(family: Family, finding: Finding, tested: Tested) -> dict[str, Any]:
    prediction, effect = tested.prediction, tested.paired.effect
    means = [mean for mean, _ in tested.paired.arms]
    return {
        "proposition": finding.code, "verdict": str(finding.verdict), "identification": str(finding.identification),
        "prediction": tested.name, "prediction_verdict": str(tested.verdict), "measure": prediction.measure,
        "unit": unit_of_effect(family, prediction), "predicted": prediction.direction,
        "smallest_effect": prediction.smallest_effect, "effect": effect.mean, "low": tested.interval.low,
        "high": tested.interval.high, "level": tested.interval.level, "pairs": effect.pairs, "dropped": effect.dropped,
        "direction_known": is_direction_known(tested.interval), "power": tested.power,
        "agreeing": tested.agreeing, **_beyond_paper(tested.beyond_paper), "mean_before": means[0],
        "mean_after": means[-1] if len(means) > 1 else math.nan, "counterexample": tested.counterexample,
        "trace": trace_command(family, tested)}


def _beyond_paper(tested: Tested | None) -> dict[str, Any]:
    """Of a prediction about numbers of pacts, what is said without those on paper."""
    if tested is None:
        return dict.fromkeys(BEYOND_PAPER_COLUMNS)
    interval, effect = tested.interval, tested.paired.effect
    return dict(zip(BEYOND_PAPER_COLUMNS, (str(tested.verdict), effect.mean, interval.low, interval.high, effect.pairs),
                    strict=True))


def knock_out_table(findings: list[Finding]) -> pd.DataFrame:
    """One row per knock-out and prediction that it bears on."""
    columns = ["proposition", "knock_out", "prediction", "knock_out_verdict", "effect", "low", "high", "level", "pairs",
               "dropped", "is_same_setting", "tested"]
    return pd.DataFrame([_knock_out_row(finding, out) for finding in findings for out in finding.knock_outs],
                        columns=columns)


def _knock_out_row(finding: Finding, out: KnockedOut) -> dict[str, Any]:
    return {"proposition": finding.code, "knock_out": out.name, "prediction": out.prediction,
            "knock_out_verdict": str(out.verdict), "effect": out.effect.mean, "low": out.interval.low,
            "high": out.interval.high, "level": out.interval.level, "pairs": out.effect.pairs,
            "dropped": out.effect.dropped, "is_same_setting": out.is_same_setting, "tested": out.is_tested}


def trace_command(family: Family, tested: Tested) -> str:
    """The command that shows why one pair of histories goes against the prediction; empty where there is none.

    It stands on the folder of the file of propositions.
    """
    if tested.counterexample is None or tested.prediction.contrast is None:
        return ""
    return trace_of(family, tested.trial.scenario_file, tested.trial.conditions, tested.prediction,
                    tested.counterexample, tested.trial.plan.run(tested.counterexample * len(
                        tested.trial.plan.points)).world)


def trace_of(family: Family, scenario: str, conditions: dict[str, Any], prediction: Prediction, replication: int,
             world: int | None) -> str:
    """`trace` for one pair of histories of a contrast."""
    before, after = (getattr(prediction.contrast, way) for way in ("from", "to"))
    common = conditions | ({} if world is None else {"population.seed": world}) | before
    settings = "".join(f" --set '{path}={_text(value)}'" for path, value in common.items())
    against = ",".join(f"{path}={_text(value)}" for path, value in after.items())
    return (f"asymmetric-alliances trace {family.file.parent / scenario}{settings} --against '{against}'"
            f" --seed {family.content.seed} --replication {replication}")


def _text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, bool | dict | list) else str(value)


