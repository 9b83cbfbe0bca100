"""Study files: which scenario, what is set, what is varied, how often."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from simulation.errors import Refusal
from simulation.scenario.file import A_STUDY, PathLike, keys_of, load_document, refuse_other_kind
from simulation.scenario.parameters import Code, Record, parameter
from simulation.scenario.shipped import beside_or_shipped
from simulation.scenario.validation import Locate, placed, validated
from simulation.study.derived_measures import Derived, refuse_foreign_measures
from simulation.study.design import Design
from simulation.study.point_table import with_table_read
from simulation.study.stopping_rule import NumberOrRule, refuse_no_replications

LARGEST_SEED = 2**63 - 1


class Recorded(Record):
    """What a sweep keeps beside the measures of its histories."""

    series: bool = parameter(False, "The yearly series of every history", "switch", "the study")
    pacts: bool = parameter(False, "Every pact in every year", "switch", "the study")


def _no_design() -> Design:
    return Design.model_validate({})


class Study(Record):
    """A study: points of a design times replications, on one scenario."""

    format: Literal[1] = Field(1, description="Version of this format")
    name: Code = Field(..., description="Name in tables, files and folders")
    title: str = Field("", description="Title in figures and reports")
    description: str = Field("", description="What the study asks")
    scenario: str = Field(..., min_length=1, description="Scenario file, as a path from this file's folder")
    set: dict[str, Any] = Field(default_factory=dict, description="Values by dotted path, the same at every point")
    design: Design = Field(default_factory=_no_design, description="What is varied")
    worlds: Literal["same", "drawn"] = parameter(
        "same", "Whether all histories have the scenario's own weak states, or every replication draws its population"
        " anew (the scenario's seed and the replication added up), the same at all points", "name", "the study")
    measures: dict[Code, Derived] = Field(default_factory=dict, description="Measures beside those of every sweep")
    record: Recorded = Field(default_factory=Recorded, description="What is kept beside the measures")
    replications: NumberOrRule = parameter(20, "Histories at every point, each with its own luck", "histories",
                                           "the study")
    seed: int = parameter(1, "Seed of all chance; a history's luck follows from seed and replication alone", "number",
                          "the study", ge=0, le=LARGEST_SEED)


def load_study(path: PathLike) -> tuple[Study, Locate, Path]:
    """The study in a file, what gives file and line of a location in it, and the path of its scenario's file.

    Raises `Refusal`, with file and line, for the first thing that is wrong; the scenario is not read yet. A table of
    points is read into the design's `list`.
    """
    refuse_other_kind(keys_of(path), A_STUDY, str(path))
    data, locate = with_table_read(*load_document(path), Path(path).parent)
    refuse_no_replications(data, locate)
    study = validated(Study, data, locate=locate)
    refuse_foreign_measures(study.measures, locate)
    scenario = Path(os.path.normpath(beside_or_shipped(Path(path).parent, study.scenario)))
    if not scenario.is_file():
        raise placed(Refusal("no such file", found=str(scenario)), ("scenario",), locate=locate)
    return study, locate, scenario
