"""One pair from close by: its bargain, its contract space and its crisis, as figures."""

from __future__ import annotations

from matplotlib.figure import Figure

from simulation.analysis.contract_space import contract_space, settled_by
from simulation.analysis.crisis_tree import crisis_tree
from simulation.analysis.pair import pair_of
from simulation.figures.contract_space import contract_space_figure
from simulation.figures.crisis_tree import crisis_tree_figure
from simulation.figures.names import pair_name
from simulation.interface.scenarios import AnyScenario, scenario_of


def nash_bargain(scenario: AnyScenario, state: str, power: str | None = None) -> tuple[float, float] | None:
    """(commitment, autonomy) of the Nash bargain of a pair while nobody else is allied; None where no contract suits
    both.

    power : may be left out where there is only one. Raises `Refusal` for a code that the scenario does not have.
    """
    return settled_by(pair_of(scenario_of(scenario), state, power))


def contract_figure(scenario: AnyScenario, state: str, power: str | None = None) -> Figure:
    """The contracts that both prefer to no pact, and the bargaining solutions among them. Raises `Refusal`."""
    scenario = scenario_of(scenario)
    pair = pair_of(scenario, state, power)
    return contract_space_figure(contract_space(pair), pair_name(scenario, pair.power, pair.state), is_wide=True)


def crisis_figure(scenario: AnyScenario, state: str, power: str | None = None,
                  terms: tuple[float, float] | None = None) -> Figure:
    """The crisis game of a pair under terms (commitment, autonomy), or under those that it would agree on.

    Raises `Refusal` for a code that the scenario does not have, and ValueError where the two would not agree.
    """
    scenario = scenario_of(scenario)
    pair = pair_of(scenario, state, power)
    found = terms or settled_by(pair)
    if found is None:
        raise ValueError(f"{pair.power} and {state} would agree on no contract; give terms")
    return crisis_tree_figure(crisis_tree(pair, *found), pair_name(scenario, pair.power, pair.state))
