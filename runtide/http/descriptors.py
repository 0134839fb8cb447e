"""File descriptors for a server, which needs one for each of its clients."""

from __future__ import annotations

import contextlib
import resource
from typing import Final

DESCRIPTORS: Final = 65_536
"""Many times the connections of a server; more would only take longer to close."""


def raise_descriptor_limit() -> None:
    """Let this process open `DESCRIPTORS` files, or as many as it may.

    Where a shell gives 256 or 1,024, that many clients would otherwise leave the log nothing to open
    its files with. The embedded server needs no help: chDB does the same when it is loaded.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = DESCRIPTORS if hard == resource.RLIM_INFINITY else min(DESCRIPTORS, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        # macOS says that there is no limit, and has one all the same.
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
