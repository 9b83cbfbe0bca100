"""Short names of paths: as many of their keys as tell them apart, as words."""

from __future__ import annotations

from collections.abc import Sequence


def short_names(paths: Sequence[str]) -> list[str]:
    """The last key of each path, with one of the keys before it, or as many as it takes, where others end alike.

    ``major_powers.RUS.costs.entrapment.war_cost`` is ``war cost`` alone, and ``RUS war cost`` beside that of the USA.
    """
    return [_short(path.split("."), [other.split(".") for other in paths if other != path]) for path in paths]


def _short(keys: list[str], others: list[list[str]]) -> str:
    alike = [other for other in others if other[-1] == keys[-1]]
    if not alike:
        return _words(keys[-1])
    for key in keys[:-1]:
        if not any(key in other for other in alike):
            return _words(f"{key} {keys[-1]}")
    depth = next(depth for depth in range(1, len(keys) + 1)
                 if depth == len(keys) or not any(other[-depth:] == keys[-depth:] for other in alike))
    return _words(".".join(keys[-depth:]))


def _words(key: str) -> str:
    return key.replace("_", " ")
