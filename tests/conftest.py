"""Hypothesis profiles. `pytest --hypothesis-profile=deep` searches for hours, not minutes."""

import os

from hypothesis import HealthCheck, settings

# Real files and processes make examples slow; the suite's own time limit catches what hangs.
_UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

settings.register_profile("ci", _UNHURRIED, derandomize=True, database=None, print_blob=True)
settings.register_profile("dev", _UNHURRIED, max_examples=50)
settings.register_profile("deep", _UNHURRIED, max_examples=10_000)
settings.load_profile("ci" if "CI" in os.environ else "dev")
