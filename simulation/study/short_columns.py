"""Short names of columns, which R, Stata and other programs take as they are: of a dotted path its last keys."""

from __future__ import annotations

import re
from collections.abc import Iterable

LONGEST_NAME = 32
LEAST_OF_WORD = 3
"""Letters that are left of a word at least."""
RESERVED = {
    "_all", "_b", "byte", "_coef", "_cons", "double", "float", "if", "in", "int", "long", "_n", "_N", "_pi", "_pred",
    "_rc", "_skip", "strL", "using", "with",
    "else", "repeat", "while", "function", "for", "next", "break", "TRUE", "FALSE", "NULL", "Inf", "NaN", "NA"}
"""Words of Stata's own, then of R's."""


def short_columns(columns: Iterable[str]) -> dict[str, str]:
    """Names that R and Stata allow, each once: of a dotted path its last key, or as many as tell paths apart."""
    columns = list(columns)
    names: dict[str, str] = {}
    taken = {column for column in columns if "." not in column}  # they are names already, and stay as they are
    for column in columns:
        keys = column.split(".")
        candidates = [_allowed("_".join(keys[-depth:])) for depth in range(1, len(keys) + 1)]
        short = [len([other for other in columns if _ends_with(other, keys[-depth:])]) == 1
                 for depth in range(1, len(keys) + 1)]
        wanted = [name for name, is_own in zip(candidates, short, strict=True) if is_own] or candidates[-1:]
        names[column] = _unique(wanted[0], taken - ({column} if "." not in column else set()))
        taken.add(names[column])
    return names


def _ends_with(column: str, keys: list[str]) -> bool:
    return column.split(".")[-len(keys):] == keys


def _allowed(text: str) -> str:
    """Letters, digits and underscores, a letter first, no word of R's or Stata's own; at most 32 signs."""
    name = re.sub(r"[^A-Za-z0-9_]", "_", text.replace("*", "all"))
    if not re.match(r"[A-Za-z]", name) or name in RESERVED or re.fullmatch(r"str\d+", name):
        name = f"x_{name.lstrip('_')}"
    return _abbreviated(name)


def _abbreviated(name: str) -> str:
    """At most 32 signs: the ends of the longest words go, so that every word can still be told."""
    words = name.split("_")
    while len("_".join(words)) > LONGEST_NAME:
        longest = max(words, key=len)
        if len(longest) <= LEAST_OF_WORD:
            return "_".join(words)[:LONGEST_NAME].rstrip("_")
        words[words.index(longest)] = longest[:-1]
    return "_".join(words)


def _unique(name: str, taken: set[str]) -> str:
    found, number = name, 2
    while found in taken:
        found = f"{name[:LONGEST_NAME - 1 - len(str(number))]}_{number}"
        number += 1
    return found
