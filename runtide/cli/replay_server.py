"""Asking the server of a data folder for a replay: it has the tables, and nobody else may."""

from __future__ import annotations

import http.client
import json
import time
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlsplit

from runtide import errors
from runtide.errors import (
    CorruptionError,
    FolderInUse,
    NotFound,
    RejectedError,
    RuntideError,
    ServerUnavailable,
    UnavailableError,
    UsageError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_PATH: Final = "/replays/v1"
_LOOK_S: Final = 0.2
_TIMEOUT_S: Final = 60.0
_BRANCHES: Final = (UsageError, RejectedError, UnavailableError, CorruptionError)


class ReplayServer:
    """The server that has the folder.

    Args:
        found: What was raised because it has it.

    Raises:
        FolderInUse: It has not said where it answers.
    """

    def __init__(self, found: FolderInUse) -> None:
        if found.url is None:
            raise found
        self._url = found.url

    def replay(
        self, name: str, wishes: dict[str, bool], on_status: Callable[[dict[str, Any]], None]
    ) -> dict[str, Any]:
        """Ask for a replay, tell how it stands until it has ended, and return how it ended.

        Raises:
            RuntideError: What the replay ended with, by its branch.
        """
        status = self._asked("POST", name, wishes)
        while status["step"] != "ended":
            on_status(status)
            time.sleep(_LOOK_S)
            status = self._asked("GET", name)
        if status["error"] is not None:
            raise _error(**status["error"])
        return status

    def drop(self, name: str) -> None:
        """Ask for the removal of what a replay has left.

        Raises:
            RuntideError: Why it was not removed, by its branch.
        """
        self._asked("DELETE", name)

    def _asked(self, method: str, name: str, body: dict[str, bool] | None = None) -> dict[str, Any]:
        place = urlsplit(self._url)
        connection = http.client.HTTPConnection(
            place.hostname or "", place.port, timeout=_TIMEOUT_S
        )
        try:
            connection.request(
                method,
                f"{_PATH}/{quote(name, safe='')}",
                body=None if body is None else json.dumps(body),
                headers={"Content-Type": "application/json"},
            )
            response = connection.getresponse()
            answer: dict[str, Any] = json.loads(response.read())
        except (OSError, ValueError, http.client.HTTPException) as exc:
            message = (
                f"the server at {self._url} did not answer ({exc}): run the same command again, "
                f"which goes on with the replay"
            )
            raise ServerUnavailable(message) from exc
        finally:
            connection.close()
        if response.status != http.HTTPStatus.OK:
            raise _error(answer["code"], answer["detail"])
        return answer


def _error(code: str, detail: str) -> RuntideError:
    """Return an error of the branch, or the kind, that the server's error is of."""
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    for kind in kinds:
        if issubclass(kind, RuntideError) and kind.code == code:
            if issubclass(kind, NotFound):
                return NotFound(detail)
            return next((b(detail) for b in _BRANCHES if issubclass(kind, b)), kind(detail))
    return ServerUnavailable(f"{detail} ({code})")
