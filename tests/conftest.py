"""Settings that all tests share."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# The same examples on every machine, and no verdict by the clock: compilation falls into whichever example comes first.
settings.register_profile("repeatable", derandomize=True, deadline=None, database=None,
                          suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("repeatable")

# What a test starts waits for the compiler: nothing is left compiling beside tests, and none of them is interpreted.
os.environ["ASYMMETRIC_ALLIANCES_COMPILE"] = "first"
