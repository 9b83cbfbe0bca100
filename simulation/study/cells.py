"""The fixed grid of numbers along which histories are run and stored: cells, which never depend on what is asked for.

Called by `store`, by `merging` and where a sweep is shared out in parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from simulation.errors import Refusal
from simulation.study.parts import Part
from simulation.study.plan import Plan

FIRST_CELL = 2
SMALLEST_CELL, LARGEST_CELL = 8, 64
SMALL_CELLS = 64
"""Cells after the first before they grow: a small sweep is stored bit by bit, a large one not in a file for every few
histories."""

GROWN_CELL = 1024

Span = tuple[int, int]
"""First and last number of histories that stand together."""


def cell_size(plan: Plan) -> int:
    """Histories in a cell: about a replication of all points; never changed by more replications."""
    return min(LARGEST_CELL, max(SMALLEST_CELL, len(plan.points)))


def cell_around(number: int, size: int) -> Span:
    """The cell that a history belongs to: its first number, and that of the next cell.

    The first one is small: its time tells whether workers are worth starting.
    """
    if number < FIRST_CELL:
        return 0, FIRST_CELL
    grown = FIRST_CELL + SMALL_CELLS * size
    start, length = (FIRST_CELL, size) if number < grown else (grown, GROWN_CELL)
    first = start + (number - start) // length * length
    return first, first + length


def cell_number(number: int, size: int) -> int:
    """The number of the cell that a history belongs to, counted from 0."""
    if number < FIRST_CELL:
        return 0
    grown = FIRST_CELL + SMALL_CELLS * size
    return 1 + ((number - FIRST_CELL) // size if number < grown else SMALL_CELLS + (number - grown) // GROWN_CELL)


def number_in(plan: Plan) -> int:
    """Number of histories of a plan, of its part where it is for one."""
    if plan.part is None:
        return plan.number_of_runs
    size = cell_size(plan)
    return sum(last - first + 1 for first, last in gaps([], plan.number_of_runs, size)
               if plan.part.holds(cell_number(first, size)))


def part_of(plan: Plan, part: Part) -> Plan:
    """A part of a plan. Raises `Refusal` where the plan has a rule, or too few histories for so many parts."""
    if plan.rule is not None:
        raise Refusal("a study with replications.until has no parts", found=str(part), file="--part",
                      allowed="a number of replications, since by a rule each history depends on all before it")
    cells = cell_number(plan.number_of_runs - 1, cell_size(plan)) + 1
    if part.of > cells:
        raise Refusal("more parts than there is work for", found=str(part), file="--part",
                      allowed=f"at most {cells} parts, for {plan.number_of_runs} histories")
    return replace(plan, part=part)


def gaps(spans: list[Span], total: int, size: int, most: int = GROWN_CELL) -> Iterator[Span]:
    """The histories below `total` that no span holds, cut at the borders of the cells and into at most so many."""
    held = iter([*sorted(spans), (total, total)])
    number = 0
    for first, last in held:
        first = min(first, total)
        while number < first:
            end = min(cell_around(number, size)[1], first, number + most)
            yield number, end - 1
            number = end
        number = max(number, last + 1)
