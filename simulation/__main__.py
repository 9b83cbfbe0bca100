"""``python -m simulation``, and the command ``asymmetric-alliances``."""

from __future__ import annotations

import sys

from simulation.commands import endings

endings.heed(sys.argv[1:])  # before all that takes long to import


def main() -> None:
    """Runs the command that was typed, and leaves with its exit status."""
    endings.leave_at_once()
    # takes long enough to be interrupted
    from simulation.commands import command_line  # noqa: PLC0415

    command_line.main()


if __name__ == "__main__":
    main()
