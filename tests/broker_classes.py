"""Keep the classes that a broker loads, so that the next ones start sooner.

    python -m tests.broker_classes

It starts a broker and stops it. `make kafka` calls it when it has fetched Apache Kafka.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.broker import CLASSES, Broker


def main() -> None:
    """Write `tests.broker.CLASSES`."""
    CLASSES.unlink(missing_ok=True)
    part = CLASSES.with_suffix(".part")
    with tempfile.TemporaryDirectory(prefix="runtide-kafka-") as folder:
        broker = Broker(Path(folder) / "broker", java_options=[f"-XX:ArchiveClassesAtExit={part}"])
        broker.start()
        broker.stop()
    part.rename(CLASSES)


if __name__ == "__main__":
    main()
