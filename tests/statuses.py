"""Running a command in the tests' own process."""

from __future__ import annotations

import pytest

from simulation.commands import command_line


def status_of(*arguments: object) -> int:
    """The exit status of the command line, called with these words."""
    with pytest.raises(SystemExit) as left:
        command_line.main([str(argument) for argument in arguments])
    return left.value.code
