"""The crisis game of one pair under a contract, as a tree: moves, probabilities, payoffs, all from the theory."""

from __future__ import annotations

import math

import pandas as pd

from simulation.analysis.pair import Pair
from simulation.theory.crisis import Crisis, binding, crisis, major_loss, total, weak_loss
from simulation.theory.payoffs import ally_value

COLUMNS = ("node", "parent", "mover", "move", "probability", "reached", "weak_payoff", "major_payoff")
ENDS = {
    "status quo": Crisis(0.0, 0.0, 0.0, 0.0, 0.0), "held back": Crisis(0.0, 0.0, 1.0, 0.0, 1.0),
    "concession": Crisis(0.0, 0.0, 0.0, 0.0, 1.0), "joint war": Crisis(1.0, 1.0, 0.0, 1.0, 1.0),
    "war alone": Crisis(0.0, 0.0, 0.0, 1.0, 1.0)}
"""Each end of the game as the play that leads there for certain; its expected losses are the payoffs of the end."""


def crisis_tree(pair: Pair, commitment: float, autonomy: float) -> pd.DataFrame:
    """The game as a tidy table, a row per branch, with the columns `COLUMNS`.

    node: what the branch leads to; parent: the node where it starts; mover: who moves there; probability: of the move
    once the node is reached; reached: of the whole path once a crisis can open; payoffs: expected, at the ends of the
    game, 0 for the status quo; NaN inside. The major power moves by its true type; a war's winner is left to chance.
    """
    view, tied = pair.problem.weak_view, binding(commitment, pair.problem.depth_binds)
    value = ally_value(pair.problem, commitment, autonomy)
    game = crisis(view, tied, autonomy, value)
    rows = [
        ("status quo", "opportunity", "challenger", "stay", 1.0 - game.challenge),
        ("challenge", "opportunity", "challenger", "challenge", game.challenge),
        ("held back", "challenge", "chance", "held back", game.restrained),
        ("free to act", "challenge", "chance", "not held back", 1.0 - game.restrained),
        ("concession", "free to act", "weak state", "concede", 1.0 - game.resistance),
        ("war", "free to act", "weak state", "resist", game.resistance),
        ("war alone", "war", "major power", "abandon", 1.0 - game.reliability),
        ("joint war", "war", "major power", "intervene", game.reliability)]
    reached, found = {"opportunity": 1.0}, []
    for node, parent, mover, move, chance in rows:
        reached[node] = reached[parent] * chance
        weak = major = math.nan
        if node in ENDS:
            weak = 0.0 - total(weak_loss(view, ENDS[node]))
            major = 0.0 - total(major_loss(view, ENDS[node], tied, value))
        found.append((node, parent, mover, move, chance, reached[node], weak, major))
    return pd.DataFrame(found, columns=COLUMNS)
