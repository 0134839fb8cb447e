"""What a worker says of itself: whether it folds, and how fast."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from processors.drivers.group import AssignedPartition, FoldGroup

STUCK_AFTER_S: Final = 60.0
"""A worker that has not asked Kafka for records for so long is stuck and best restarted."""


def reason_not_ready(fold: FoldGroup) -> str | None:
    """Return why the worker does not fold, or None when it does."""
    if fold.idle_s > STUCK_AFTER_S:
        return f"Kafka was last asked for records {fold.idle_s:.0f} s ago: restart the worker"
    for partition, assigned in sorted(fold.partitions.items()):
        if assigned.failure is not None:
            return f"partition {partition} stopped: {assigned.failure}"
        if assigned.retrying is not None:
            return f"partition {partition} is waiting: {assigned.retrying}"
    return None


def prometheus_text(fold: FoldGroup) -> str:
    """Return the worker's metrics in Prometheus' text format."""
    return "".join(f"{line}\n" for line in _lines(fold))


def _lines(fold: FoldGroup) -> Iterator[str]:
    partitions = sorted(fold.partitions.items())
    yield "# TYPE runtide_worker_partitions gauge"
    yield f"runtide_worker_partitions {len(partitions)}"
    yield "# TYPE runtide_worker_lag_records gauge"
    for number, _ in partitions:
        if (lag := fold.lag_count(number)) is not None:
            yield f'runtide_worker_lag_records{{partition="{number}"}} {lag}'
    for name, value_of in _COUNTERS.items():
        yield f"# TYPE {name} counter"
        for number, assigned in partitions:
            yield f'{name}{{partition="{number}"}} {value_of(assigned)}'


def _records(assigned: AssignedPartition) -> int:
    return assigned.record_count


def _points(assigned: AssignedPartition) -> int:
    return assigned.point_count


def _retries(assigned: AssignedPartition) -> int:
    return assigned.retry_count


def _dead_letters(assigned: AssignedPartition) -> int:
    return assigned.dead_letter_count


_COUNTERS: Final = {
    "runtide_worker_records_total": _records,
    "runtide_worker_points_total": _points,
    "runtide_worker_retries_total": _retries,
    "runtide_worker_dead_letters_total": _dead_letters,
}
