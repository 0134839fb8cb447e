"""The server of a data folder: the lock that it holds, and where it says that it answers.

`server.lock` is held for as long as the process lives, and the operating system lets go of it
however the process ends. `server.json` is there from ready to a clean end; after a crash it names
a server that does not answer.
"""

from __future__ import annotations

import fcntl
import http.client
import json
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlsplit

from runtide.errors import FolderInUse, LogUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ADDRESS_NAME: Final = "server.json"
LOCK_NAME: Final = "server.lock"

_HEALTH_TIMEOUT_S: Final = 2.0


class ServerAddress(NamedTuple):
    """What `server.json` holds."""

    pid: int
    url: str
    version: str
    started_us: int


def find_address(home: Path) -> ServerAddress | None:
    """Return what a server of the folder `home` last wrote, whether or not it still lives."""
    try:
        return ServerAddress(**json.loads((home / ADDRESS_NAME).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def is_answering(address: ServerAddress) -> bool:
    """Return whether a server answers at `address`."""
    place = urlsplit(address.url)
    connection = http.client.HTTPConnection(
        place.hostname or "", place.port, timeout=_HEALTH_TIMEOUT_S
    )
    try:
        connection.request("GET", "/api/v1/health")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


@contextmanager
def published(home: Path, address: ServerAddress) -> Iterator[None]:
    """Write `server.json` in the folder `home`, and remove it at the end."""
    path = home / ADDRESS_NAME
    part = path.with_suffix(".part")
    # A reader sees the whole file or none of it, because a rename is atomic.
    part.write_text(json.dumps(address._asdict()), encoding="utf-8")
    part.replace(path)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def folder_lock(home: Path) -> Iterator[None]:
    """Hold the folder `home` for this process.

    Raises:
        FolderInUse: Another process holds it.
        LogUnavailable: The folder cannot be made or written.
    """
    path = home / LOCK_NAME
    try:
        home.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as exc:
        message = f"could not open {path} ({exc}): choose a folder you may write with `--home`"
        raise LogUnavailable(message) from exc
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as exc:
            address = find_address(home)
            raise FolderInUse(home=str(home), url=address.url if address else None) from exc
        yield
    finally:
        os.close(descriptor)
