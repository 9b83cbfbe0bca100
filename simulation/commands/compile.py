"""``compile``: everything that histories and equilibria need, compiled beforehand: for clusters and images."""

from __future__ import annotations

import contextlib
import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator

import typer

from simulation.commands.endings import words_of
from simulation.commands.options import Jobs
from simulation.commands.waiting import waiting
from simulation.compiled_code.parts import AGENTS, EQUILIBRIA, HISTORIES, PAIRS, held, mark_compiled, remove_unfinished
from simulation.scenario.scenario import Scenario

USUALLY = "half a minute to two"
ONCE = f"once for each version of the program: {USUALLY}"


def compile(jobs: Jobs = None) -> None:
    """The command; `command_line` holds its help."""
    # what wrong usage should not wait for
    from simulation.compiled_code.cache import cache_folder

    start = time.monotonic()
    typer.echo(f"compiling what is not compiled yet, {ONCE}", err=True)
    compile_parts(TASKS, jobs)
    typer.echo(f"compiled in {time.monotonic() - start:.0f} s: {cache_folder()}")


def compile_parts(parts: Iterable[str], jobs: int | None = None) -> None:
    """Compiles parts of `TASKS`, in as many processes as there are jobs, or one a core, but no more than parts."""
    from simulation.study.executors import InProcess, LocalProcesses, completed, one_thread_each

    remove_unfinished()
    asked = list(parts)
    number = min(jobs or os.cpu_count() or 1, len(asked))
    try:
        with waiting("compiling", USUALLY, _counted()), one_thread_each(), _has_been_said():
            for _ in completed(lambda: InProcess() if number == 1 else LocalProcesses(number), carried_out, asked,
                               number):
                pass
    except KeyboardInterrupt as interruption:
        interruption.add_note(f"{words_of(interruption)}; what is compiled by now is kept: to go on, give the same"
                              " command again")
        raise


def _counted() -> Callable[[], str]:
    """How many functions have been compiled since now, in words; of how many there are, for no part needs all."""
    from simulation.compiled_code.parts import number_compiled, number_of_functions

    before, at_most = number_compiled(), number_of_functions()
    return lambda: f"{number_compiled() - before} of at most {at_most} functions"


@contextlib.contextmanager
def _has_been_said() -> Iterator[None]:
    """The compiler does not announce itself inside."""
    log = logging.getLogger("simulation")
    before = log.level
    log.setLevel(logging.WARNING)
    try:
        yield
    finally:
        log.setLevel(before)


def histories() -> None:
    """Compiles what histories, their logs and their measures need."""
    from simulation.history.measures import measured
    from simulation.history.simulate import measures, simulate, simulate_logged
    from simulation.history.world import world_of

    world = world_of(small_world())
    measured(simulate(world, 1), 0, 1)
    measures(world, 1, range(1))
    simulate_logged(world, 1)


def agents() -> None:
    """Compiles what Mesa's agents need, whose decisions are called one by one."""
    from simulation.history.agents import Pact
    from simulation.history.model import AllianceModel

    model = AllianceModel(small_world())
    model.run()
    power, state = model.powers[0], model.states[0]
    power.pacts[state.code] = Pact(0.5, 0.5, 1, 1)
    for ask in power.gains, power.crisis_outcome, power.outside_option, power.portfolio:
        ask(state)
    dict(power.seen)
    del power.pacts[state.code]


def equilibria() -> None:
    """Compiles what the search for equilibria, their certificates and their accounts need."""
    import numpy as np

    from simulation.equilibrium.accounts import accounts
    from simulation.equilibrium.response import iterate_contracts
    from simulation.equilibrium.search import search_space_of, solve
    from simulation.equilibrium.world import nobody_allied

    for equilibrium in (found := solve(small_world("P", "Q"))).equilibria:
        accounts(found.scenario, equilibrium)
    world = search_space_of(small_world()).world
    iterate_contracts(world, nobody_allied(world), np.arange(2), 1)


def pairs() -> None:
    """Compiles what the tables of a history, the figures of a pair, `why`, `trace` and `explore` need."""
    from simulation.analysis.contract_space import contract_space
    from simulation.analysis.crisis_tree import crisis_tree
    from simulation.analysis.pair import pair_of
    from simulation.analysis.reasons import reasons
    from simulation.analysis.trace import trace
    from simulation.history.tables import tabulated

    tabulated(small_world())
    reasons(small_world(), {}, "A")
    contract_space(pair := pair_of(small_world(), "A"))
    crisis_tree(pair, 0.5, 0.5)
    trace(small_world(), small_world().replace("crisis.stake", 2.0), 1, 0)


TASKS: dict[str, Callable[[], None]] = {HISTORIES: histories, EQUILIBRIA: equilibria, AGENTS: agents, PAIRS: pairs}


def carried_out(task: str) -> None:
    """Carries out one part, in whichever process; no two processes do the same at once."""
    from simulation.compiled_code.dispatchers import CONFIG

    with held(task):
        TASKS[task]()
        if not CONFIG.DISABLE_JIT:
            mark_compiled(task)


def small_world(*powers: str) -> Scenario:
    """A power or several beside two threatened states for two years, with a term of their own: what is compiled depends
    on no number."""
    codes = powers or ("P",)
    state = {"capability": 0.0006, "challenger_capability": 0.0013, "crisis_rate": 0.5, "votes": 1.0,
             "toward": {code: {"distance_km": 100.0, "rival_pull": 0.5} for code in codes}}
    return Scenario.model_validate({
        "name": "small", "years": 2, "recording": {"window_years": 1}, "major_powers": {code: {} for code in codes},
        "weak_states": {"A": state, "B": state},
        "own_terms": {"prestige": {"side": "major", "kind": "benefit", "formula": "0.01 * sqrt(1 + autonomy)"}}})
