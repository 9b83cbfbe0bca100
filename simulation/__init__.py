"""Asymmetric alliances: security for autonomy, as a simulation.

    import simulation as aa

    russia = aa.load("scenarios/russia-2005.yaml")
    aa.simulate(russia, seed=1).final_pacts("RUS")

Every name below is imported when it is first used.
"""

from __future__ import annotations

# name: the module and the name there, kept in strings so that importing the package loads nothing
_PUBLIC = {
    "AllianceModel": "simulation.history.model:AllianceModel",
    "MajorPower": "simulation.history.agents:MajorPower",
    "Refusal": "simulation.errors:Refusal",
    "Scenario": "simulation.scenario.scenario:Scenario",
    "WeakState": "simulation.history.agents:WeakState",
    "compare": "simulation.interface.equilibria:compare",
    "contract_figure": "simulation.interface.pairs:contract_figure",
    "crisis_figure": "simulation.interface.pairs:crisis_figure",
    "distribution_figure": "simulation.interface.pictures:distribution_figure",
    "draw_outcome": "simulation.interface.pictures:draw_outcome",
    "example": "simulation.scenario.shipped:example",
    "fit_record": "simulation.interface.record:fit_record",
    "history_figures": "simulation.interface.pictures:history_figures",
    "load": "simulation.scenario.file:load_scenario",
    "load_results": "simulation.interface.studies:load_results",
    "nash_bargain": "simulation.interface.pairs:nash_bargain",
    "outcome_figure": "simulation.interface.pictures:outcome_figure",
    "record_features": "simulation.interface.record:record_features",
    "reversal": "simulation.interface.studies:reversal",
    "selection_figure": "simulation.interface.pictures:selection_figure",
    "simulate": "simulation.interface.scenarios:simulate",
    "solve": "simulation.interface.scenarios:solve",
    "sweep": "simulation.interface.studies:sweep",
    "term": "simulation.interface.own_terms:term",
    "test_propositions": "simulation.interface.propositions:test_propositions",
    "trace": "simulation.interface.scenarios:trace",
    "with_terms": "simulation.interface.own_terms:with_terms",
}

__all__ = [*_PUBLIC, "__version__"]


def __getattr__(name: str) -> object:
    import importlib  # noqa: PLC0415 - importing the package alone loads nothing

    if name == "__version__":
        return _version()
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, _, inner = _PUBLIC[name].partition(":")
    found = getattr(importlib.import_module(module), inner)
    globals()[name] = found
    return found


def _version() -> str:
    """As the project file beside the program says, or as installed."""
    from pathlib import Path  # noqa: PLC0415 - as above

    project = Path(__file__).parents[1] / "pyproject.toml"
    if project.is_file():
        import tomllib  # noqa: PLC0415

        return str(tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"])
    from importlib import metadata  # noqa: PLC0415

    try:
        return metadata.version("asymmetric-alliances")
    except metadata.PackageNotFoundError:
        return "unknown"


def __dir__() -> list[str]:
    return sorted(__all__)
