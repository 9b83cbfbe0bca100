"""Parts of a sweep, for several machines: which histories fall to which part.

The cells of the grid along which histories are stored go to the parts by the sum of the digits of the cell's number,
written to the base of the number of parts (the sequence of Thue and Morse, where there are two). Any so many cells in
a row that begin at a multiple of the number of parts go to each part once, and no part always gets the same points,
as it would where the cells of a replication are a multiple of the parts.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from simulation.errors import Refusal
from simulation.scenario.validation import shown

MOST_PARTS = 1000
ALLOWED = f"K/N, part K of N, with K from 1 to N and N from 1 to {MOST_PARTS}"


class Part(NamedTuple):
    """Part `number`, counted from 1, of `of` parts."""

    number: int
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    @property
    def ending(self) -> str:
        """What the name of the part's results folder ends in."""
        return f"-part{self.number}of{self.of}"

    def holds(self, cell: int) -> bool:
        """Whether the cell with this number, counted from 0, falls to the part."""
        digits, rest = 0, cell
        while rest and self.of > 1:
            rest, digit = divmod(rest, self.of)
            digits += digit
        return digits % self.of == self.number - 1


def part_in(text: str) -> Part:
    """The part that a text such as ``1/3`` tells of. Raises `Refusal` if it tells of none."""
    match = re.fullmatch(r"([0-9]{1,4})/([0-9]{1,4})", text)
    part = Part(int(match[1]), int(match[2])) if match else Part(0, 0)
    if not 1 <= part.number <= part.of <= MOST_PARTS:
        raise Refusal("not a part", found=shown(text), allowed=ALLOWED, file="--part")
    return part
