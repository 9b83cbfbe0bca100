"""The best response of one weak state and its suitors to everybody else's pacts (theory, section 5).

An alliance equilibrium is a best response to itself: each state's pact, or its absence, is what the bargaining
solution gives when all other pacts stand. For then contracts solve their bargains, nobody gains by dropping one, and no
unallied pair has a contract that both prefer. Called by `search`.
"""

from __future__ import annotations

import math

import numpy as np

from simulation.compilation import by_reference, compiled
from simulation.equilibrium.world import NOBODY, Alliances, World, problem_at
from simulation.scenario.traits import power_at
from simulation.theory.bargaining import Ending, bargain, best_offer, can_agree
from simulation.theory.own_terms import Block

SAME = 1e-7
"""Contracts that differ by no more than this, in either term, are the same."""

NONE, ONLY_POWER = np.int64(NOBODY), np.int64(0)
"""NumPy's, because the compiler makes a version of its own of a function that is called with a literal."""

MOST_ROUNDS_WITHOUT_PROGRESS = 5
"""Rounds after which an assignment is given up in which some state still prefers another patron, or none."""


def possible_pairs(world: World) -> tuple[np.ndarray, np.ndarray]:
    """(possible, unprompted): whether a pair could agree at all, and whether it could without a rival's pull, (P, N).

    Where protection is withheld from outsiders and legitimation has no increasing returns, other pacts can only take
    away from what a pair has to share. So a pair that cannot agree when nothing else stands, with all the pull of a
    rival that there can be, never can. Elsewhere nothing is excluded.
    """
    if not world.is_endogenous:
        possible = could_agree(world, world.pulls)
        return possible, possible
    unprompted = could_agree(world, np.zeros(world.pulls.shape))
    pulls = np.array([[rival_pull(unprompted[:, state], power) for state in range(unprompted.shape[1])]
                      for power in range(unprompted.shape[0])])
    return could_agree(world, pulls), unprompted


@compiled
def could_agree(world, pulls):
    """Whether a pair could agree with an empty portfolio, under the pulls given, (P, N); True where that tells
    nothing."""
    possible = np.ones(pulls.shape, np.bool_)
    empty = Alliances(np.full(world.outside.size, NOBODY), np.zeros(world.outside.size), np.zeros(world.outside.size))
    for power in range(pulls.shape[0]):
        if not has_negative_spillovers(world, power):
            continue
        for state in range(pulls.shape[1]):
            possible[power, state] = can_agree(
                by_reference(problem_at(world, empty, power, state, pulls[power, state])))
    return possible


@compiled
def has_negative_spillovers(world, power):
    """Whether what a pair has to share can only shrink by the other pacts of the major power, the more so the deeper
    they are; own terms that read the portfolio may do anything."""
    traits = power_at(world, power)
    has_increasing_returns = traits.legitimation > 0.0 and traits.legitimation_exponent > 1.0
    block = int(traits.own_block)
    reads_portfolio = block > 0 and world.rules.own_programs[block + Block.READS_PORTFOLIO] > 0.0
    return world.rules.excludability >= 1.0 and not has_increasing_returns and not reads_portfolio


@compiled
def may_be_equilibrium(world, patron):
    """Whether an assignment might come to rest on some terms: False only where that is ruled out.

    Where other pacts of the one power only take away, it is ruled out by an ally that could not agree even if all
    others had the least of terms, and by an outsider that would sign even if they had the most.
    """
    if world.weights.size > 1 or not has_negative_spillovers(world, ONLY_POWER):
        return True
    is_ally = patron != NOBODY
    least = Alliances(patron, np.where(is_ally, world.rules.minimum_commitment, 0.0), np.zeros(patron.size))
    most = Alliances(patron, np.where(is_ally, 1.0, 0.0), np.where(is_ally, 1.0, 0.0))
    for state in range(patron.size):
        pull = world.pulls[0, state]
        if is_ally[state]:
            if not can_agree(by_reference(problem_at(world, least, ONLY_POWER, state, pull))):
                return False
        elif world.possible[0, state] and bargain_given_others(
                world, most, ONLY_POWER, state, pull, world.outside[state]).ending != Ending.NO_GAIN:
            return False
    return True


@compiled
def rival_pull(ready, power):
    """1 if another major power than this one is ready to take the state, else 0."""
    for other in range(ready.size):
        if other != power and ready[other]:
            return 1.0
    return 0.0


@compiled
def willing_powers(world, alliances, state):
    """For each major power the chance that a competitor takes the state if it does not, and whether the two might agree
    under it: (pulls, willing), each (P,).

    Of a power that alone could agree with the state the bargain tells whether they do.
    """
    pulls, willing = world.pulls[:, state].copy(), world.possible[:, state].copy()
    if world.is_endogenous:
        pulls[:] = 0.0
        if number_of(willing) < 2:
            return pulls, willing
        ready = np.zeros(pulls.size, np.bool_)
        for power in range(pulls.size):
            ready[power] = willing[power] and world.unprompted[power, state] and can_agree(
                by_reference(problem_at(world, alliances, power, state, 0.0)))
        for power in range(pulls.size):
            pulls[power] = rival_pull(ready, power)
            willing[power] = willing[power] and (ready[power] or pulls[power] > 0.0)
    return pulls, willing


@compiled
def number_of(flags):
    """How many are True."""
    number = 0
    for flag in flags:
        number += flag
    return number


@compiled
def offers_at(world, alliances, state, pulls, willing, besides):
    """The most that each major power but one could offer a state: (P,), 0 for that one."""
    offers = np.zeros(pulls.size)
    for power in range(pulls.size):
        if willing[power] and power != besides:
            offers[power] = best_offer(
                by_reference(problem_at(world, alliances, power, state, pulls[power])), 0.0)
    return offers


@compiled
def outside_option_at(world, state, power, offers):
    """w: the best that a state could get without this major power."""
    best = world.outside[state]
    for other in range(offers.size):
        if other != power:
            best = max(best, offers[other])
    return best


@compiled
def bargain_given_others(world, alliances, power, state, pull, outside_option):
    """The bargain of a pair when all other pacts stand: an `Agreement`."""
    problem = by_reference(problem_at(world, alliances, power, state, pull))
    return bargain(problem, world.solution, world.weights[power], outside_option, world.shifts_threat)


@compiled
def respond(world, alliances, state):
    """(patron, commitment, autonomy) that a state ends up with when all other pacts stand.

    Several powers can only agree with it if their best offers are equal; then the present patron keeps it. So where one
    power only might agree, or the present patron does under the others' offers, nobody's own offer has to be known.
    """
    pulls, willing = willing_powers(world, alliances, state)
    number, first = number_of(willing), alliances.patron[state]
    if number == 1:
        first = np.argmax(willing)
    offers = np.zeros(pulls.size)
    if first != NOBODY and willing[first]:
        if number > 1:
            offers = offers_at(world, alliances, state, pulls, willing, first)
        outside = outside_option_at(world, state, first, offers)
        found = bargain_given_others(world, alliances, first, state, pulls[first], outside)
        if found.ending != Ending.NO_GAIN:
            return first, found.commitment, found.autonomy
    if number < 2:
        return NOBODY, 0.0, 0.0
    return best_of_several(world, alliances, state, pulls, willing)


@compiled
def best_of_several(world, alliances, state, pulls, willing):
    """As `respond`, of the power with the best offer among those that agree."""
    offers = offers_at(world, alliances, state, pulls, willing, NONE)
    patron, commitment, autonomy, best = NOBODY, 0.0, 0.0, -math.inf
    for power in range(offers.size):
        outside_option = outside_option_at(world, state, power, offers)
        if not willing[power] or offers[power] < outside_option or offers[power] <= best:
            continue
        found = bargain_given_others(world, alliances, power, state, pulls[power], outside_option)
        if found.ending != Ending.NO_GAIN:
            patron, commitment, autonomy, best = power, found.commitment, found.autonomy, offers[power]
    return patron, commitment, autonomy


@compiled
def update(world, alliances, state):
    """Lets one state respond, in place: by how much its terms moved, infinity if its patron changed."""
    patron, commitment, autonomy = respond(world, alliances, state)
    moved = max(abs(commitment - alliances.commitment[state]), abs(autonomy - alliances.autonomy[state]))
    if patron != alliances.patron[state]:
        moved = math.inf
    alliances.patron[state], alliances.commitment[state], alliances.autonomy[state] = patron, commitment, autonomy
    return moved


@compiled
def iterate_contracts(world, alliances, order, most_rounds):
    """Lets the allies respond in turn until no contract moves, in place: whether they rest with the same patrons.

    Returns False as soon as a patron changes, or when the rounds are used up.
    """
    for _ in range(most_rounds):
        moved = 0.0
        for place in range(order.size):
            state = order[place]
            if alliances.patron[state] != NOBODY:
                moved = max(moved, update(world, alliances, state))
                if moved == math.inf:
                    return False
        if moved <= SAME:
            return True
    return False


@compiled
def solve_contracts(world, alliances, order, most_rounds):
    """Contracts of a given assignment, in place: whether they come to rest and everybody stays with its patron.

    On the way a state may prefer somebody else, because the others' contracts are not yet what they will be; it then
    bargains with its patron as if nobody else were there, for a few rounds.
    """
    for used in range(most_rounds):
        moved, is_content = 0.0, True
        for place in range(order.size):
            state = order[place]
            power = alliances.patron[state]
            if power == NOBODY:
                continue
            patron, commitment, autonomy = respond(world, alliances, state)
            if patron != power:
                is_content = False
                pulls, _ = willing_powers(world, alliances, state)
                found = bargain_given_others(world, alliances, power, state, pulls[power], world.outside[state])
                if found.ending == Ending.NO_GAIN:
                    continue
                commitment, autonomy = found.commitment, found.autonomy
            moved = max(moved, abs(commitment - alliances.commitment[state]), abs(autonomy - alliances.autonomy[state]))
            alliances.commitment[state], alliances.autonomy[state] = commitment, autonomy
        if moved <= SAME or (not is_content and used >= MOST_ROUNDS_WITHOUT_PROGRESS):
            return is_content and moved <= SAME
    return False


@compiled
def best_responses(world, alliances, order, most_passes, most_rounds):
    """Passes over all states until nothing moves, in place: passes used, negative if it did not come to rest.

    Between passes the allies' contracts are settled, which is cheaper than passing over everybody.
    """
    for used in range(1, most_passes + 1):
        moved = 0.0
        for place in range(order.size):
            moved = max(moved, update(world, alliances, order[place]))
        if moved <= SAME:
            return used
        iterate_contracts(world, alliances, order, most_rounds)
    return -most_passes
