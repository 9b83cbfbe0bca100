"""The tables of several sweeps as one, so that their histories can be shown side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from simulation.errors import Refusal
from simulation.study.ranges import Range, range_of
from simulation.study.store import ResultsFolder
from simulation.study.tables import column_of, varied_type

FOLDER = "folder"
"""Column of the name of the results folder, where there are several."""


def joined_tables(folders: Sequence[ResultsFolder]) -> pd.DataFrame:
    """One table of all histories; of several folders with a column `folder` before the others.

    What varies in only some of the folders has in the others the value of their scenario. Raises `Refusal` where a
    folder has no such parameter, or is given twice.
    """
    if len(folders) == 1:
        return folders[0].table()
    names = folder_names([folder.path for folder in folders])
    paths = list(dict.fromkeys(path for folder in folders for path in folder.plan.paths))
    parts = []
    for name, folder in zip(names, folders, strict=True):
        part = folder.table()
        part.insert(0, FOLDER, name)
        for path in paths:
            if path not in part:
                part[path] = _own_value(folder, path)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def folder_names(paths: Sequence[Path]) -> list[str]:
    """The last name of each path, or as many of the last as tell them apart. Raises `Refusal` for one given twice."""
    parts = [path.absolute().parts for path in paths]
    if len(set(parts)) < len(parts):
        raise Refusal("a results folder given twice", found=", ".join(map(str, paths)), allowed="different folders")
    depth = next(depth for depth in range(1, max(map(len, parts)) + 1) if len({own[-depth:] for own in parts})
                 == len(parts))
    return ["/".join(own[-depth:]) for own in parts]


def _own_value(folder: ResultsFolder, path: str) -> Any:
    """What a parameter is in all histories of a folder, as a table holds it."""
    try:
        value = folder.plan.scenario.value(path)
    except Refusal as refusal:
        raise Refusal("varies in another of the folders, and is not a parameter here", path,
                      file=str(folder.path)) from refusal
    return column_of([value], varied_type([value])).to_pylist()[0]


def own_measures(folders: Sequence[ResultsFolder]) -> Mapping[str, Any]:
    """The measures that not every sweep has: of own terms, and those that the studies define for themselves."""
    return {name: own for folder in folders for name, own in folder.plan.own_measures.items()}


def own_ranges(folders: Sequence[ResultsFolder]) -> Mapping[str, Range]:
    """Between what those lie, where anything bounds them."""
    found = {name: range_of(name, folder.plan.scenario, folder.plan.study.measures)
             for folder in folders for name in folder.plan.study.measures}
    return {name: range_ for name, range_ in found.items() if range_ is not None}
