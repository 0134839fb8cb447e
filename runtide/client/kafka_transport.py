"""The way to the event log in Kafka, and files beside it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import BinaryIO, Final

# The producer asks for it only when it compresses its first batch, in the sending thread.
import cramjam  # noqa: F401  # see above

from runtide.artifacts.port import Blob
from runtide.client.options import Destination
from runtide.client.uploads import open_uploader
from runtide.log.kafka import KafkaLog
from runtide.log.kafka_settings import KafkaSettings
from runtide.log.port import Item

_TIMEOUT_S: Final = 5.0
"""How long brokers may take before envelopes go to the spool; the end of a run waits for it."""


class KafkaTransport:
    """Straight to the brokers. Its connections are made and kept by the sending thread.

    Nothing is put down for a fork: the child leaves its parent's connections alone, and opens
    its own.
    """

    send_bytes_max = 8 * 1024 * 1024

    def __init__(self, place: Destination, kafka: KafkaSettings) -> None:
        self._kafka = kafka
        self._uploader = open_uploader(place)
        self._log: KafkaLog | None = None
        self._guard = threading.Lock()

    def send(self, items: Sequence[Item]) -> None:
        """Append `items` to the topic; see `Transport`."""
        with self._guard:
            if self._log is None:
                self._log = KafkaLog(
                    self._kafka, append_timeout_s=_TIMEOUT_S, read_timeout_s=_TIMEOUT_S
                )
            log = self._log
        log.append(items)

    def save_file(self, run: str, path: str, source: BinaryIO) -> Blob:
        """Store a file's bytes where the settings say; see `Transport`."""
        return self._uploader.save_file(run, path, source)

    def is_stored(self, sha256: str) -> bool:
        """Return whether bytes are there already; see `Transport`."""
        return self._uploader.is_stored(sha256)

    def retry_after_s(self) -> float | None:
        """Return None: brokers ask for nothing."""
        return None

    def before_fork(self) -> None:
        """Do nothing; see the class."""

    def after_fork(self) -> None:
        """Do nothing; see the class."""

    def close(self) -> None:
        """Close the connections; the next `send` opens others."""
        with self._guard:
            log, self._log = self._log, None
        if log is not None:
            log.close()
