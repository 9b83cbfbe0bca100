"""Further costs of the major power: one function each, and an entry in the list below.

Everything else follows from the list: the prices that the theory reads, what a pact costs, the account term by term, a
yearly series and a measure of each, and headings in tables. A further cost is a payoff per year, 0 or more, subtracted
from the major power's gain; its price is a field of the scenario's records whose default is 0, and the dial of its
group of costs scales it. Called by `payoffs`, and by whatever names terms.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from simulation.compilation import inlined


class FurtherCost(NamedTuple):
    """An entry: what it is, in a sentence and as a short heading; its price, by the dotted path below a major power
    (such as ``costs.entrapment.abandonment``); and the function.

    The function is compiled and takes (price, problem, played, commitment, autonomy): a `payoffs.BargainingProblem`,
    the `Crisis` as the major power foresees it under the contract, and the contract; it returns payoff per year.
    """

    meaning: str
    heading: str
    price: str
    function: Callable[..., Any]


FURTHER_COSTS: dict[str, FurtherCost] = {
}
"""Further costs by name: the term and the measure ``cost_<name>``. Their order is that of tables."""

NO_PRICES = (0.0,) * len(FURTHER_COSTS)


def _amounts(functions: tuple[Any, ...]) -> Any:
    """A compiled function that gives what each of some costs amounts to, a tuple."""
    if not functions:
        @inlined
        def nothing(prices, problem, played, commitment, autonomy):  # noqa: ARG001 - as the next one
            return ()

        return nothing
    first, rest = functions[0], _amounts(functions[1:])

    @inlined
    def amounts(prices, problem, played, commitment, autonomy):
        return (first(prices[0], problem, played, commitment, autonomy),
                *rest(prices[1:], problem, played, commitment, autonomy))

    return amounts


def _sum(number: int) -> Any:
    """A compiled function that adds up a tuple of so many numbers."""
    if number == 0:
        @inlined
        def nothing(values):  # noqa: ARG001 - as the next one
            return 0.0

        return nothing
    rest = _sum(number - 1)

    @inlined
    def added(values):
        return values[0] + rest(values[1:])

    return added


def _taken(number: int, place: int) -> Any:
    """A compiled function that takes so many numbers from an array, as a tuple, from a place on."""
    if number == 0:
        @inlined
        def nothing(row):  # noqa: ARG001 - as the next one
            return ()

        return nothing
    rest = _taken(number - 1, place + 1)

    @inlined
    def taken(row):
        return (row[place], *rest(row))

    return taken


def _recorded(number: int, place: int) -> Any:
    """A compiled function that adds the numbers of a tuple to an array, from a place on."""
    if number == 0:
        @inlined
        def nothing(row, values):  # noqa: ARG001 - as the next one
            return None

        return nothing
    rest = _recorded(number - 1, place + 1)

    @inlined
    def recorded(row, values):
        row[place] += values[0]
        rest(row, values[1:])

    return recorded


further_amounts = _amounts(tuple(cost.function for cost in FURTHER_COSTS.values()))
"""further_amounts(prices, problem, played, commitment, autonomy): what each cost amounts to, payoff per year."""
further_total = _sum(len(FURTHER_COSTS))
"""further_total(values): the sum of a tuple with a number for each further cost."""


def prices_from(place: int) -> Any:
    """A compiled function of an array: the prices of all further costs, which stand there from a place on."""
    return _taken(len(FURTHER_COSTS), place)


def recorded_from(place: int) -> Any:
    """A compiled function of an array and a tuple with a number for each further cost: adds them from a place on."""
    return _recorded(len(FURTHER_COSTS), place)
