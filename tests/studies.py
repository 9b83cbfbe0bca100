"""A tiny study for tests: three weak states, four years, four points; a history takes milliseconds."""

from __future__ import annotations

from pathlib import Path

from simulation.study.plan import Plan, load_plan

SCENARIO = """\
name: tiny
years: 4
recording: {window_years: 3}
major_powers:
  P: {}
weak_state_defaults: {capability: 0.0006, challenger_capability: 0.0013, crisis_rate: 0.5}
weak_states:
  A: {toward: {P: {distance_km: 0}}}
  B: {toward: {P: {distance_km: 300}}}
  C: {toward: {P: {distance_km: 900}}}
"""

WAR_COST = "major_powers.P.costs.entrapment.war_cost"
REACH = "major_powers.P.reach_half_distance_km"

STUDY = f"""\
name: tiny-study
scenario: tiny.yaml
set: {{major_powers.P.attention: 2}}
design:
  grid:
    {WAR_COST}: [0, 0.4]
    {REACH}: [800, 1600]
replications: 3
seed: 7
"""


def write_study(folder: Path, study: str = STUDY, scenario: str = SCENARIO) -> Path:
    """Writes both files into a folder and gives the study's path."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tiny.yaml").write_text(scenario)
    (folder / "study.yaml").write_text(study)
    return folder / "study.yaml"


def tiny_plan(folder: Path, study: str = STUDY, **options: object) -> Plan:
    """The plan of the tiny study, its files written into a folder."""
    return load_plan(write_study(folder, study), **options)
