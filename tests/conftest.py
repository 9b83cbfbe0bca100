"""Settings that all tests share."""

from __future__ import annotations

import gc
import os

import pytest
from hypothesis import HealthCheck, settings

# The same examples on every machine, and no verdict by the clock: compilation falls into whichever example comes first.
settings.register_profile("repeatable", derandomize=True, deadline=None, database=None,
                          suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("repeatable")

# What a test starts waits for the compiler: nothing is left compiling beside tests, and none of them is interpreted.
os.environ["ASYMMETRIC_ALLIANCES_COMPILE"] = "first"

FOREVER = 1e6


def pytest_collection_finish() -> None:
    """What has been loaded by now stays to the end: nobody looks for garbage among its half a million objects again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def no_word_of_a_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a command says is not to depend on how busy the machine is: a wait, which may take long on one, is told of
    only where a test asks for that."""
    for module in ("waiting", "progress"):
        monkeypatch.setattr(f"simulation.commands.{module}.SECONDS_BETWEEN_LINES", FOREVER)
