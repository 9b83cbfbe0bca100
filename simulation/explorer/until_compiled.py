"""The explorer's answers while the compiler is still at work: the same, from a process that interprets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from simulation.compiled_code.parts import is_compiled
from simulation.explorer.server import answer
from simulation.history.interpreted import interpreting
from simulation.scenario.scenario import Scenario


@contextmanager
def answering_until_compiled(parts: Sequence[str]) -> Iterator[Callable[..., Any]]:
    """`answer`, by a process that interprets until these parts are compiled, or until that process ends."""
    with interpreting() as ask:
        is_over = False

        def answered(scenario: Scenario, question: str, asked: dict[str, str]) -> Any:
            nonlocal is_over
            is_over = is_over or all(map(is_compiled, parts))
            if is_over:
                return answer(scenario, question, asked)
            try:
                return ask(answer, scenario, question, asked)
            except RuntimeError:
                is_over = True
                return answer(scenario, question, asked)

        yield answered
