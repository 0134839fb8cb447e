"""Runs whose time is over: those too long in the bin, and those that ended too long ago."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple
from uuid import uuid4

from runtide.core.envelope import encode_envelope, event_document
from runtide.core.ids import RETENTION_PREFIX
from runtide.core.life_events import RunPurged
from runtide.log.port import Item

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from runtide.log.port import EventLog
    from runtide.store.port import MetricStore

_DAY_US: Final = 86_400_000_000

_IN_BIN: Final = """
SELECT run_id, toString(workspace) AS workspace, deleted_us AS since_us, 'bin' AS cause
FROM binned_runs WHERE deleted_us < {before_us:Int64}
"""
_ENDED: Final = """
SELECT run_id, toString(workspace) AS workspace, ended_us AS since_us, 'retention' AS cause
FROM kept_runs WHERE workspace = {workspace:String} AND ended_us > 0
  AND ended_us < {before_us:Int64} AND status IN ('Completed', 'Failed', 'Canceled')
"""


class Due(NamedTuple):
    """A run whose time is over: since when it is in the bin, or when it ended."""

    run_id: str
    workspace: str
    since_us: int
    cause: str


class Rules(NamedTuple):
    """How long runs are kept.

    Attributes:
        bin_days: Days that a deleted run can be restored; None is for ever.
        days_by_workspace: Days after a run's end, for the workspaces that have such a rule.
    """

    bin_days: float | None
    days_by_workspace: Mapping[str, float]


def due_runs(store: MetricStore, rules: Rules, *, now_us: int) -> list[Due]:
    """Return the runs whose time is over, those first that were due first.

    Raises:
        StoreUnavailable: They are not known; retry.
    """
    found: list[Due] = []
    if rules.bin_days is not None:
        parameters: dict[str, object] = {"before_us": now_us - int(rules.bin_days * _DAY_US)}
        found += [Due(**row) for row in store.query(_IN_BIN, parameters).to_pylist()]
    for workspace, days in rules.days_by_workspace.items():
        parameters = {"workspace": workspace, "before_us": now_us - int(days * _DAY_US)}
        found += [Due(**row) for row in store.query(_ENDED, parameters).to_pylist()]
    return sorted(found, key=lambda due: (due.since_us, due.run_id))


class Expiry:
    """Says of runs whose time is over that they are purged, as events of the log.

    Args:
        log: Where it says so.
        store: What knows the runs.
        rules: How long they are kept.
    """

    def __init__(self, log: EventLog, store: MetricStore, rules: Rules) -> None:
        self._log = log
        self._store = store
        self._rules = rules
        self._writer = f"{RETENTION_PREFIX}{uuid4().hex[:16]}"
        self._seq_by_run: Counter[str] = Counter()
        self._said: set[str] = set()

    def say(self, *, now_us: int, partitions: Collection[int] | None = None) -> list[Due]:
        """Say it of every run whose time is over, and return them.

        Args:
            now_us: The time.
            partitions: Those whose runs are looked at; None is all.

        Raises:
            UnavailableError: Not all could be said; the next call says the rest.
        """
        due = due_runs(self._store, self._rules, now_us=now_us)
        wanted = [
            one
            for one in due
            if one.run_id not in self._said
            and (partitions is None or self._log.partition_of(one.run_id) in partitions)
        ]
        for one in wanted:
            self._log.append([Item(one.run_id, self._purge(one, now_us))])
            self._said.add(one.run_id)
        # What is folded by now is no more among those that are due.
        self._said &= {one.run_id for one in due}
        return wanted

    def _purge(self, due: Due, now_us: int) -> bytes:
        self._seq_by_run[due.run_id] += 1
        return encode_envelope(
            run=due.run_id,
            writer=self._writer,
            seq=self._seq_by_run[due.run_id],
            sent_us=now_us,
            events=[event_document(RunPurged(ts_us=now_us, by=due.cause))],
        )
