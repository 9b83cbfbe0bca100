"""Propositions that can fail: their files, the experiments that put them to the test, verdicts, scope
and multiverse."""
