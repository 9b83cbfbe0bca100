"""Propositions put to the test from Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from simulation.propositions.experiment import Experiment
from simulation.propositions.file import load_family
from simulation.propositions.progress import NoProgress
from simulation.propositions.results import folder_name, identity_of, knock_out_table, verdict_table

RESULTS = Path("results")


@dataclass(frozen=True)
class Tested:
    """What came of propositions.

    Attributes
    ----------
    verdicts : a row per prediction: effect, interval, pairs, verdict.
    knock_outs : a row per prediction with a mechanism switched off.
    """

    verdicts: pd.DataFrame
    knock_outs: pd.DataFrame


def test_propositions(file: str | Path, only: Sequence[str] | None = None, *, replications: int | None = None,
                      settings: Mapping[str, Any] | None = None, knock_outs: bool = True,
                      out: str | Path | None = None, processes: int | None = 1) -> Tested:
    """Puts propositions of a file to the test.

    Parameters
    ----------
    only : names of those that are tested; the family in which they are decided stays the whole file. None: all.
    replications : pairs of histories for every comparison; None: more and more, until each is decided.
    settings : values by dotted path, in place of those that the propositions set.
    knock_outs : whether the mechanisms are switched off as well.
    out : the folder for the histories; None: results/<name>-test-<hash>.
    processes : that share the work; None: one a core.

    Raises `Refusal` for a file or a name that is not allowed.
    """
    family = load_family(file)
    content = family.content
    codes = list(only) if only is not None else list(content.propositions)
    changes: dict[str, Any] = {"set": dict(settings)} if settings is not None else {}
    if not knock_outs:
        changes["knock_outs"] = {}
    tested = {code: content.propositions[code].model_copy(update=changes) for code in codes}
    family = replace(family, content=content.model_copy(update={"propositions": content.propositions | tested}))
    folder = Path(out) if out is not None else RESULTS / folder_name(
        family, identity_of(family, [str(changes)] if changes else []))
    findings = Experiment(family, codes, folder, NoProgress(), jobs=processes, replications=replications).run()
    return Tested(verdict_table(family, findings), knock_out_table(findings))


test_propositions.__test__ = False  # type: ignore[attr-defined] # a function of ours, not a test of pytest's
