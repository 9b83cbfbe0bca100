"""``python -m simulation``, and the command ``asymmetric-alliances``."""

from __future__ import annotations

import sys
from typing import NoReturn

from simulation.commands import endings


def main() -> NoReturn:
    """Runs the command that was typed, and leaves with its exit status."""
    endings.heed(sys.argv[1:])
    # takes long enough to be interrupted
    from simulation.commands import command_line  # noqa: PLC0415

    command_line.main()


if __name__ == "__main__":
    main()
