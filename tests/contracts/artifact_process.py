"""Processes around one artifact store: one that is killed while it saves, one that reads.

python -m tests.contracts.artifact_process save KIND ADDRESS    says `half` when half is handed over
python -m tests.contracts.artifact_process read KIND ADDRESS SHA256
"""

from __future__ import annotations

import io
import sys
import threading

from runtide.artifacts.port import Blob
from tests.contracts.artifact_places import open_place

CHUNK = b"0123456789abcdef" * 65536
PROMISED = Blob("ab" * 32, 40 * len(CHUNK))


class HalfASource(io.RawIOBase):
    """Gives twenty megabytes, says so, and then hangs: the rest would never come."""

    def __init__(self) -> None:
        super().__init__()
        self._chunks = 20

    def read(self, size: int = -1) -> bytes:
        """Return the next chunk."""
        if not self._chunks:
            print("half", flush=True)
            threading.Event().wait()
        self._chunks -= 1
        return CHUNK


if __name__ == "__main__":
    task, kind, address = sys.argv[1:4]
    artifacts = open_place(kind, address)
    if task == "save":
        artifacts.save(HalfASource(), expected=PROMISED)  # type: ignore[arg-type]  # it reads
    else:
        for chunk in artifacts.read(sys.argv[4]):
            sys.stdout.buffer.write(chunk)
