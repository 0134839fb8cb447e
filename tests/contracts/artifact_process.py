"""A process that saves a large file; run as a script, and killed in the middle.

python -m tests.contracts.artifact_process FOLDER    says `half` when half of it was handed over
"""

from __future__ import annotations

import io
import sys
import threading
from pathlib import Path

from runtide.artifacts.local import LocalArtifacts

CHUNK = b"0123456789abcdef" * 65536


class HalfASource(io.RawIOBase):
    """Gives four megabytes, says so, and then hangs: the rest would never come."""

    def __init__(self) -> None:
        super().__init__()
        self._chunks = 4

    def read(self, size: int = -1) -> bytes:
        """Return the next chunk."""
        if not self._chunks:
            print("half", flush=True)
            threading.Event().wait()
        self._chunks -= 1
        return CHUNK


if __name__ == "__main__":
    LocalArtifacts(Path(sys.argv[1])).save(HalfASource())  # type: ignore[arg-type]  # it reads
