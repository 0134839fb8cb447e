"""A server that is forked from a process that has all of its modules.

Three quarters of the work of starting a server is loading modules, and most tests of the page
start one. What a start is really like, `tests/e2e/test_up.py` tests.
"""

from __future__ import annotations

import contextlib
import multiprocessing
from typing import TYPE_CHECKING

from runtide.embedded import serve
from runtide.settings import EmbeddedSettings, load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection
    from pathlib import Path

DEADLINE_S = 60.0

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["runtide.embedded"])


@contextlib.contextmanager
def forked_server(home: Path) -> Iterator[str]:
    """Serve `home` as `runtide up` does, and yield the address; kill the server at the end."""
    told, tell = _forks.Pipe(duplex=False)
    process = _forks.Process(target=_serve, args=(home, tell))
    process.start()
    tell.close()
    try:
        assert told.poll(DEADLINE_S), "the server did not become ready"
        yield told.recv()
    finally:
        process.kill()
        process.join(DEADLINE_S)


def _serve(home: Path, tell: Connection) -> None:
    settings = load_settings(EmbeddedSettings, home=home, port=0)
    serve(settings, on_ready=lambda address: tell.send(address.url))
