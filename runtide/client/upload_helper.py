"""Saves its input in an artifact store, for a process that cannot; see `runtide.client.uploads`.

python -m runtide.client.upload_helper URL    prints the digest and the size in bytes
"""

from __future__ import annotations

import sys

from runtide.artifacts.opening import open_artifacts
from runtide.errors import RuntideError

if __name__ == "__main__":
    try:
        blob = open_artifacts(sys.argv[1]).save(sys.stdin.buffer)
    except RuntideError as exc:
        sys.exit(str(exc))
    print(blob.sha256, blob.size_bytes)  # noqa: T201  # the answer to the process that started it
