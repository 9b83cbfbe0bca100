"""A tiny file of propositions for tests, on the tiny scenario: what is right, wrong, negligible and not identified."""

from __future__ import annotations

from pathlib import Path

from tests.studies import SCENARIO

POWER = "major_powers.P"
PROPOSITIONS = f"""\
name: tiny-family
pilot: 10
at_most: 160
seed: 3
scenario: tiny.yaml
measures:
  steep: {{unit: share, difference: {{of: autonomy_all_states, less: commitment_all_states}}}}
region:
  {POWER}.costs.entrapment.war_cost: {{from: 0.05, to: 2.0, scale: log}}
  {POWER}.reach_half_distance_km: {{from: 300, to: 3000}}
multiverse:
  assumptions.emboldenment: [true, false]
  assumptions.deterrence: [true, false]
propositions:
  right:
    statement: Without benefits there are fewer pacts.
    predictions:
      fewer:
        measure: number_of_pacts
        contrast:
          to: {{{POWER}.benefits.power_projection: 0, {POWER}.benefits.denial: 0}}
          from: {{{POWER}.benefits.power_projection: 0.5, {POWER}.benefits.denial: 0}}
        direction: negative
        smallest_effect: 0.2
    knock_outs:
      another_benefit:
        set: {{{POWER}.benefits.legitimation: 2}}
        removes: [fewer]
  wrong:
    statement: War costs make pacts.
    predictions:
      more:
        measure: number_of_pacts
        slope: {{path: {POWER}.costs.entrapment.war_cost, values: [0, 2, 4]}}
        direction: positive
        smallest_effect: 0.01
    knock_outs:
      something_else:
        set: {{{POWER}.bargaining_weight: 0.5}}
        removes: [more]
  nothing:
    statement: Votes that nobody counts do not matter.
    set: {{{POWER}.benefits.legitimation: 0, {POWER}.benefits.power_projection: 0}}
    predictions:
      unmoved:
        measure: number_of_pacts
        contrast: {{from: {{weak_states.*.votes: 1}}, to: {{weak_states.*.votes: 9}}}}
        direction: none
        smallest_effect: 0.7
      steep:
        measure: steep
        at: {{}}
        direction: negative
        smallest_effect: 0.9
    knock_outs:
      counted:
        set: {{{POWER}.benefits.legitimation: 0.03}}
        reveals: [unmoved]
      one_vote_each:
        set: {{weak_states.*.votes: 1}}
        reveals: [unmoved]
"""


def write_propositions(folder: Path, text: str = PROPOSITIONS, scenario: str = SCENARIO) -> Path:
    """Writes both files into a folder and gives the path of the propositions."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tiny.yaml").write_text(scenario)
    (folder / "propositions.yaml").write_text(text)
    return folder / "propositions.yaml"
