"""Whether a command waits for the compiler, or is interpreted while the compiler works beside it.

The same code gives the same numbers either way, to the last bit. So where nothing is compiled yet, what takes the
interpreter some seconds is not kept waiting for what takes the compiler half a minute to two: a process of its own
compiles meanwhile, for the next command.
"""

from __future__ import annotations

import logging
import math
import os
import subprocess
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from simulation.commands.waiting import lasting
from simulation.compiled_code import WITHOUT_COMPILER
from simulation.compiled_code.cache import PACKAGE
from simulation.errors import Refusal
from simulation.scenario.validation import listed, shown

if TYPE_CHECKING:
    from simulation.scenario.scenario import Scenario

VARIABLE = "ASYMMETRIC_ALLIANCES_COMPILE"
BESIDE_COMMANDS, FIRST, WHEN_NEEDED = WAYS = "beside", "first", "when-needed"
"""What the user may say. `beside` is as usual; `first` has every command wait for the compiler; `when-needed` has only
those wait that would take long, as usual, and starts no process beside."""
MOST_SECONDS = 25.0
"""What would take the interpreter longer, by estimate, waits for the compiler, which takes half a minute to two."""
SECONDS_A_PAIR_YEAR, SECONDS_A_PAIR_YEAR_OF_SEVERAL = 0.003, 0.1
"""Interpreted, on a usual machine; bargains that several powers compete for are searched for longer."""

SECONDS_A_STATE_SOLVED, SECONDS_A_PAIR = 4.0, 10.0


def prepare(parts: Sequence[str], seconds: float = math.inf) -> bool:
    """As `decide`; has this process interpret, if that is decided. To be called before what is used is imported."""
    is_interpreted = decide(parts, math.inf if "numba" in sys.modules else seconds)
    if is_interpreted:
        os.environ[WITHOUT_COMPILER] = "1"
        ignore_warnings()
    else:
        logging.getLogger(PACKAGE).addFilter(_told_of_the_rest)
    return is_interpreted


def _told_of_the_rest(record: logging.LogRecord) -> bool:
    """Has the compiler's word that it begins, which comes after all that a command usually needs is compiled, speak of
    what is left."""
    if str(record.msg).startswith("compiling the theory"):
        record.msg = "compiling a little more that this needs, once for each version of the program: some seconds"
    return True


def decide(parts: Sequence[str], seconds: float) -> bool:
    """Whether to interpret, while the compiler has begun beside; where not, what is used is compiled now.

    parts: of `compiled_code.parts`, what is used; seconds: what it takes interpreted, by estimate. Raises `Refusal` for
    a setting of `VARIABLE` that there is not.
    """
    from simulation.compiled_code.parts import is_compiled

    asked = os.environ.get(VARIABLE) or BESIDE_COMMANDS
    if asked not in WAYS:
        raise Refusal("not a way to compile", found=shown(asked), allowed=listed(WAYS), file=VARIABLE)
    if WITHOUT_COMPILER in os.environ:  # the user has decided
        return False
    try:
        missing = [part for part in parts if not is_compiled(part)]
    except OSError:
        if seconds > MOST_SECONDS:
            raise
        typer.echo("there is no folder for compiled code, so this is interpreted, to the same numbers", err=True)
        return True
    if not missing:
        return False
    if asked == FIRST or seconds > MOST_SECONDS:
        compile_first(missing)
        return False
    if asked == BESIDE_COMMANDS:
        compile_beside(missing, lasting(seconds))
    else:
        typer.echo(f"{_lacking()} is compiled, so this is interpreted, to the same numbers, in {lasting(seconds)}",
                   err=True)
    return True


def history_seconds(scenario: Scenario, years: int | None = None) -> float:
    """What a history of so many years, or of all, takes interpreted, by estimate."""
    powers = len(scenario.major_powers)
    each = SECONDS_A_PAIR_YEAR if powers == 1 else SECONDS_A_PAIR_YEAR_OF_SEVERAL
    return (scenario.years if years is None else years) * powers * len(scenario.states) * each


def solve_seconds(scenario: Scenario) -> float:
    """What a search for the equilibria of a scenario takes interpreted, with their certificates, by estimate."""
    powers = len(scenario.major_powers)
    return len(scenario.states) * (SECONDS_A_STATE_SOLVED if powers == 1 else math.inf)


def picture_seconds(scenario: Scenario) -> float:
    """What the contracts of a pair take interpreted, by estimate."""
    return SECONDS_A_PAIR * len(scenario.major_powers)


def compile_first(parts: Sequence[str]) -> None:
    """Compiles parts, on all cores, and says so."""
    from simulation.commands.compile import ONCE, compile_parts
    from simulation.compiled_code.parts import BESIDE, is_held

    is_begun = ", which an earlier command has begun" if is_held(BESIDE) else ""
    typer.echo(f"compiling what this needs{is_begun}, {ONCE}", err=True)
    compile_parts(parts)


def _lacking() -> str:
    """What is not compiled, where something is needed that is not."""
    from simulation.compiled_code.cache import is_cold
    from simulation.compiled_code.parts import PARTS, is_compiled

    return "nothing" if is_cold() and not any(map(is_compiled, PARTS)) else "not all that this needs"


def compile_beside(first: Sequence[str], meanwhile: str) -> None:
    """Has everything compiled by a process that nobody waits for, beginning with some parts; by no more than one.
    meanwhile: how long what is interpreted takes.

    It is of a session of its own, so that neither Ctrl-C nor the end of the command or of the terminal ends it.
    """
    from simulation.compiled_code.cache import cache_folder
    from simulation.compiled_code.parts import BESIDE, is_held
    from simulation.compiled_code.processes import own_program

    if is_held(BESIDE):
        typer.echo(f"this is interpreted, to the same numbers, in {meanwhile}; the compiler that an earlier"
                   " command has begun is still at work", err=True)
        return
    typer.echo(f"{_lacking()} is compiled yet, so this is interpreted, to the same numbers, in {meanwhile}; the"
               " compiler begins beside it, for later commands (half a minute to two, once for each version of the"
               " program)", err=True)
    subprocess.Popen([sys.executable, "-m", "simulation.commands.compile_beside", *first], start_new_session=True,
                     stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                     env=os.environ | own_program(), cwd=cache_folder())


def ignore_warnings() -> None:
    """Compiled code warns of nothing, so that interpreted code must not: chance, for one, counts modulo 2 ** 64."""
    import numpy as np

    np.seterr(all="ignore")
