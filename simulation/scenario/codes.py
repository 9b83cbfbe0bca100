"""Which weak state and which major power are meant, by code or by name."""

from __future__ import annotations

from collections.abc import Mapping

from simulation.errors import Refusal
from simulation.scenario.parameters import MajorPower, WeakState
from simulation.scenario.scenario import Scenario
from simulation.scenario.validation import listed, nearest


def pair_codes(scenario: Scenario, state: str, power: str | None = None,
               asked_as: str = "--state") -> tuple[str, str]:
    """(power, state): the codes of a pair. The power may be left out where there is only one. asked_as : what a refusal
    calls the state.

    Raises `Refusal` for what the scenario does not have.
    """
    powers = scenario.major_powers
    if power is None and len(powers) > 1:
        raise Refusal("missing, as the scenario has several major powers", allowed=", ".join(powers), file="--power")
    chosen = next(iter(powers)) if power is None else _code(power, powers, "--power")
    return chosen, _code(state, scenario.states, asked_as)


def _code(word: str, records: Mapping[str, MajorPower] | Mapping[str, WeakState], option: str) -> str:
    """The code that is this word, else the only one that is written so but for capitals, or has it as its name."""
    if word in records:
        return word
    folded = word.casefold()
    meant = [code for code, record in records.items() if folded in (code.casefold(), record.name.casefold())]
    if len(meant) == 1:
        return meant[0]
    if meant:
        raise Refusal("several are called so", found=word, allowed=f"a code: {listed(meant)}", file=option)
    words = {word: code for code, record in records.items() for word in (record.name, code) if word}
    near = words.get(nearest(word, words), "")
    name = f" ({records[near].name})" if near and records[near].name else ""
    raise Refusal("not in the scenario", found=word, allowed=f"a code or a name: {listed(records)}", file=option,
                  suggestion=f"{near}{name}")
