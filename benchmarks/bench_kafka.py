"""What logging to Kafka costs beside the data folder: the call, and points a second made durable.

The contenders of `bench_sdk`, each in a process of its own, in turn against one broker on this
machine (acknowledged by all replicas, which is one) and against the SQLite log of an empty folder.
The broker has its share of the same processors.

    loop     nanoseconds a call in a bare loop, and points a second until `flush()` has returned
    batch    the same by `log_batch`
    calls    nanoseconds of single calls
    read     megabytes a second that one follower takes from the topic, in order

Run `make kafka`, then `python -m benchmarks.bench_kafka`.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from benchmarks.bench_sdk import measured
from benchmarks.harness import report
from runtide.log.kafka import KafkaLog
from runtide.log.kafka_settings import KafkaSettings
from tests.broker import Broker

_CONTENDERS = ("loop", "batch", "calls")
_ROUNDS = 3
_READ_BYTES_MAX = 8 << 20


def _read_mb_per_s(settings: KafkaSettings) -> float:
    """Return how fast the one partition that has records is followed from its start."""
    log = KafkaLog(settings)
    size = 0
    started = time.perf_counter()
    for partition in range(log.partition_count):
        offset = 0
        while page := log.read(partition, offset, bytes_max=_READ_BYTES_MAX):
            size += sum(len(record.value) for record in page)
            offset = page[-1].offset + 1
    elapsed_s = time.perf_counter() - started
    log.close()
    return round(size / elapsed_s / 1e6, 1)


def _compared(broker: Broker) -> dict[str, object]:
    figures: dict[str, object] = {"rounds": _ROUNDS}
    url = f"kafka://{broker.bootstrap}"
    for contender in _CONTENDERS:
        environments = {"sqlite": {}, "kafka": {"RUNTIDE_URL": f"{url}/{contender}"}}
        rounds: dict[str, list[dict[str, object]]] = {place: [] for place in environments}
        # In turn, so that a busy neighbour is met by both.
        for _ in range(_ROUNDS):
            for place, environment in environments.items():
                rounds[place].append(measured(contender, **environment))
        for place, results in rounds.items():
            for name in results[0]:
                got = sorted(float(str(result[name])) for result in results)
                figures[f"{place}_{name}"] = got[len(got) // 2]
                figures[f"{place}_{name}_spread"] = [got[0], got[-1]]
    settings = KafkaSettings(bootstrap=(broker.bootstrap,), topic="batch")
    figures["kafka_read_mb_per_s"] = _read_mb_per_s(settings)
    return figures


def main() -> None:
    """Start a broker, measure, report, and stop it."""
    with tempfile.TemporaryDirectory() as folder:
        broker = Broker(Path(folder))
        try:
            broker.start()
            report("kafka", _compared(broker))
        finally:
            broker.kill()


if __name__ == "__main__":
    main()
