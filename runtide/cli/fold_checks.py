"""What `runtide doctor` checks of a cluster's fold, where both its log and its tables are set."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from runtide.cli.checks import LAG_COUNT_MAX, Finding
from runtide.cli.kafka_checks import find_kafka_settings
from runtide.errors import RuntideError
from runtide.settings import load_settings
from runtide.shared_settings import ClickHouseEnvironment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runtide.log.port import EventLog
    from runtide.store.progress import StoredProgress

LOOK_S: Final = 5.0
"""How long the fold is looked at: a worker that is well stores its place several times in it."""

_LOOK_INTERVAL_S: Final = 0.2
_TIMEOUT_S: Final = 10.0


def fold_findings() -> Iterator[Finding]:
    """Look whether the tables follow the log; nothing where either is not set, or does not open.

    What is wrong with one alone, its own checks say.
    """
    with ExitStack() as stack:
        try:
            kafka = find_kafka_settings()
            server = load_settings(ClickHouseEnvironment).clickhouse()
            if kafka is None or server is None or _is_package_missing():
                return
            # Here and not above: doctor must be able to say that these are not installed.
            from runtide.log.kafka import KafkaLog  # noqa: PLC0415  # see above
            from runtide.store.progress import StoredProgress  # noqa: PLC0415  # see above
            from runtide.store.server import open_server  # noqa: PLC0415  # see above

            log = KafkaLog(replace(kafka, creates_topics=False), read_timeout_s=_TIMEOUT_S)
            stack.callback(log.close)
            store = open_server(server, makes_database=False)
            stack.callback(store.close)
            finding = _compared(log, StoredProgress(store))
        except RuntideError:
            return
        yield finding


def _is_package_missing() -> bool:
    return any(find_spec(module) is None for module in ("aiokafka", "clickhouse_connect"))


def _compared(log: EventLog, progress: StoredProgress) -> Finding:
    before, lag = _folded_and_lag(log, progress)
    if not lag:
        return Finding("fold", "ok", "every record of the log can be queried")
    deadline_s = time.monotonic() + LOOK_S
    folded = before
    while folded == before and time.monotonic() < deadline_s:
        time.sleep(_LOOK_INTERVAL_S)
        folded, lag = _folded_and_lag(log, progress)
    if folded == before:
        return Finding(
            "fold",
            "failed",
            f"{lag:,} records of the log wait, and none was folded within {LOOK_S:.0f} s",
            "see what `/ready` of the workers answers, and what they say",
        )
    if lag > LAG_COUNT_MAX:
        return Finding(
            "fold",
            "warning",
            f"{lag:,} records of the log are not folded yet",
            "wait until they are; if they grow more, start more workers, up to one a partition",
        )
    return Finding("fold", "ok", f"{lag:,} records wait to be folded")


def _folded_and_lag(log: EventLog, progress: StoredProgress) -> tuple[int, int]:
    """Return how many records are folded, and how many are not."""
    folded = lag = 0
    for partition in range(log.partition_count):
        next_offset = progress.next_offset(partition)
        folded += next_offset
        lag += max(0, log.end(partition) - max(next_offset, log.start(partition)))
    return folded, lag
