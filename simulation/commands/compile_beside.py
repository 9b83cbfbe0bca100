"""The process that compiles beside commands: ``python -m simulation.commands.compile_beside [PART...]``.

It gives way to whatever else runs, leaves one core alone where there are several, and leaves quietly: what it has
compiled by then is kept, function by function, each file whole.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence

from simulation.commands.compile import compile_parts
from simulation.compiled_code.parts import BESIDE, PARTS, held

NICENESS = 10


def compile_beside(first: Sequence[str]) -> None:
    """Compiles all parts, beginning with some, unless another process is at it."""
    with contextlib.suppress(OSError, AttributeError):
        os.nice(NICENESS)
    with held(BESIDE, is_patient=False) as is_ours:
        if is_ours:
            compile_parts([*first, *(part for part in PARTS if part not in first)], max(1, (os.cpu_count() or 1) - 1))


if __name__ == "__main__":
    compile_beside(sys.argv[1:])
