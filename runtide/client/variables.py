"""What the `RUNTIDE_` variables are called that a training script obeys, and those that others do."""

from __future__ import annotations

from typing import Final

from runtide.core.parents import STEP_RUNS_VARIABLE
from runtide.log import kafka_settings

_CAPTURES: Final = frozenset(
    {
        "RUNTIDE_CAPTURE_CONSOLE",
        "RUNTIDE_CAPTURE_GIT",
        "RUNTIDE_CAPTURE_HOST",
        "RUNTIDE_CAPTURE_PACKAGES",
        "RUNTIDE_SYSTEM_INTERVAL_S",
    }
)

AZUREML_VARIABLE: Final = "RUNTIDE_AZUREML"
"""Says whether a process's `import azureml` is Runtide."""

TOKEN_VARIABLE: Final = "RUNTIDE_TOKEN"  # noqa: S105  # its name
"""Lets a process in where tokens are demanded."""

NAMES: Final = frozenset(
    {
        *_CAPTURES,
        *kafka_settings.NAMES,
        AZUREML_VARIABLE,
        "RUNTIDE_ARTIFACTS_URL",
        "RUNTIDE_EXPERIMENT",
        "RUNTIDE_FLUSH_INTERVAL_MS",
        "RUNTIDE_HOME",
        "RUNTIDE_QUERY_URL",
        "RUNTIDE_RUN_ID",
        STEP_RUNS_VARIABLE,
        TOKEN_VARIABLE,
        "RUNTIDE_URL",
        "RUNTIDE_WORKSPACE",
    }
)
"""The names that the SDK reads."""

_OF_A_PROCESS: Final = _CAPTURES | {*kafka_settings.NAMES, "RUNTIDE_FLUSH_INTERVAL_MS"}
OF_A_RUN: Final = NAMES - _OF_A_PROCESS
"""Those that say which run a process is, and where that is logged."""

SERVICE_PREFIXES: Final = (
    "RUNTIDE_AGENT_",
    "RUNTIDE_BENCH_",
    "RUNTIDE_CLICKHOUSE_",
    "RUNTIDE_FAULT_",
    "RUNTIDE_INGEST_",
    "RUNTIDE_KEEP_",
    "RUNTIDE_PROCESSORS_",
    "RUNTIDE_OIDC_",
    "RUNTIDE_QUERY_API_",
    "RUNTIDE_REQUIRE_",
    "RUNTIDE_SQL_",
    "RUNTIDE_TEST_",
    "RUNTIDE_UP_",
)
"""How the names begin that services and the test suite read. A service checks its own."""
