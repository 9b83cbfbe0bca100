"""Running a command in the tests' own process, and surroundings for one of its own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from simulation.commands import command_line

ROOT = Path(__file__).parents[1]
CACHES = ("ASYMMETRIC_ALLIANCES_CACHE", "XDG_CACHE_HOME")


def status_of(*arguments: object) -> int:
    """The exit status of the command line, called with these words."""
    with pytest.raises(SystemExit) as left:
        command_line.main([str(argument) for argument in arguments])
    return left.value.code


def bare_surroundings() -> dict[str, str]:
    """Environment of a process that knows little but the program, and where compiled code is kept."""
    return {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(Path.home())} | {
        name: os.environ[name] for name in CACHES if name in os.environ}
