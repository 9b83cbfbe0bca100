"""Compiled functions run by Python itself, so that a test can put its own luck or its own bargain in their way."""

from __future__ import annotations

from types import ModuleType

import pytest

from simulation.history import crises, year

DECISIONS = (year, crises)


def interpret(monkeypatch: pytest.MonkeyPatch, *modules: ModuleType) -> None:
    """Replaces the functions that modules define by what they were before compilation; the decisions if none is
    named."""
    for module in modules or DECISIONS:
        for name, value in list(vars(module).items()):
            if hasattr(value, "py_func") and value.py_func.__module__ == module.__name__:
                monkeypatch.setattr(module, name, value.py_func)
