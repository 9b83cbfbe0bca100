"""What a path that matches nothing may have meant: paths of the scenario that end so, with what was left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from simulation.errors import Refusal
from simulation.scenario.scenario import Scenario
from simulation.scenario.validation import listed, nearest

NO_MATCH, MOST = "path matches nothing", 3
STATES = "weak_states"


def suggest_path(refusal: Refusal, scenario: Scenario) -> None:
    """Has the refusal of a path say which paths of the scenario end as it does, unless a near one is told already."""
    if refusal.problem != NO_MATCH or _is_of_a_value(refusal.suggestion, scenario):
        return
    asked, data = (refusal.suggestion or refusal.path).split("."), scenario.resolved()
    state = asked[1] if asked[0] == STATES and len(asked) > 1 and asked[1] in data[STATES] else "*"
    paths = list(dict.fromkeys(_paths(data, state)))
    meant = [path for path in paths if _ends_so(asked, path)]
    if not meant and len(asked) == 1:
        near = nearest(asked[0], [path[-1] for path in paths])
        meant = [path for path in paths if path[-1] == near or path[-1].startswith(asked[0])]
    if meant:
        refusal.suggestion = listed(map(".".join, meant), MOST)


def _is_of_a_value(path: str, scenario: Scenario) -> bool:
    try:
        return bool(path) and not isinstance(scenario.value(path), dict)
    except Refusal:
        return False


def _paths(data: Any, state: str, keys: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Of everything that can be set; of weak states for this one, or `*`, alone."""
    if not isinstance(data, dict):
        yield keys
        return
    for name, inner in data.items():
        if keys != (STATES,) or state in ("*", name):
            yield from _paths(inner, state, (*keys, state if keys == (STATES,) else name))


def _ends_so(asked: list[str], path: tuple[str, ...]) -> bool:
    """Whether the path has the asked keys in their order, the last of them last."""
    rest = iter(path)
    return asked[-1] == path[-1] and all(key in rest for key in asked)
