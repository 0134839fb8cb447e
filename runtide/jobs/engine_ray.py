"""Launchers as jobs of a Ray cluster, through the REST interface of its dashboard.

A job is found again by its submission id, which the run's id is in.
"""

from __future__ import annotations

import http.client
import shlex
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlsplit

import orjson

from runtide.jobs.core.outcome import LAST_LINES_MAX
from runtide.jobs.failures import EngineUnavailable, LaunchFailed

if TYPE_CHECKING:
    from collections.abc import Collection

    from runtide.jobs.engine import Launch

ANSWER_TIMEOUT_S: Final = 30.0

_PREFIX: Final = "runtide-"
_ALIVE: Final = frozenset({"PENDING", "RUNNING"})
_PASSED_ON: Final = "RUNTIDE_"


class RayEngine:
    """The job interface of the dashboard at `address`, such as `http://head:8265`."""

    def __init__(self, address: str) -> None:
        self._address = address.rstrip("/")

    def start(self, launch: Launch) -> None:
        """Submit a job; see `Engine`."""
        variables = {k: v for k, v in launch.environment.items() if k.startswith(_PASSED_ON)}
        self._answer(
            "POST",
            "/api/jobs/",
            {
                "entrypoint": shlex.join(launch.command),
                "submission_id": f"{_PREFIX}{launch.run_id}",
                "runtime_env": {"env_vars": variables},
                "metadata": {"runtide_run": launch.run_id},
            },
        )

    def alive(self, run_ids: Collection[str]) -> set[str]:
        """Return those whose job waits or is executed; see `Engine`."""
        return {run_id for run_id in run_ids if self._status(run_id) in _ALIVE}

    def cancel(self, run_id: str) -> None:
        """Stop the job: Ray sends SIGTERM, and SIGKILL a little later; see `Engine`."""
        if self._status(run_id) in _ALIVE:
            self._answer("POST", f"{_path(run_id)}/stop")

    def end_leftovers(self, run_id: str) -> None:
        """Do nothing: the script dies with its launcher, wherever that was executed."""

    def last_words(self, run_id: str) -> list[str]:
        """Return the end of the job's log; see `Engine`."""
        try:
            answer = self._answer("GET", f"{_path(run_id)}/logs")
        except (EngineUnavailable, LaunchFailed):
            return []
        return str(answer.get("logs", "")).splitlines()[-LAST_LINES_MAX:]

    def _status(self, run_id: str) -> str | None:
        """Return what Ray says of a job, or None where it has none."""
        return self._answer("GET", _path(run_id), may_miss=True).get("status")

    def _answer(
        self, method: str, path: str, body: dict[str, Any] | None = None, *, may_miss: bool = False
    ) -> dict[str, Any]:
        """Return the answer to one request, an empty one where what may be missing is.

        Raises:
            LaunchFailed: Ray refuses.
            EngineUnavailable: It does not answer.
        """
        place = urlsplit(self._address)
        is_safe = place.scheme == "https"
        kind = http.client.HTTPSConnection if is_safe else http.client.HTTPConnection
        connection = kind(place.hostname or "", place.port, timeout=ANSWER_TIMEOUT_S)
        try:
            connection.request(
                method,
                f"{place.path}{path}",
                body=None if body is None else orjson.dumps(body),
                headers={"Content-Type": "application/json"},
            )
            response = connection.getresponse()
            said = response.read()
        except (OSError, http.client.HTTPException) as exc:
            message = f"Ray at {self._address} did not answer ({exc}): see `ray status`"
            raise EngineUnavailable(message) from exc
        finally:
            connection.close()
        if response.status == http.HTTPStatus.NOT_FOUND and may_miss:
            return {}
        text = said.decode(errors="replace")
        if response.status >= http.HTTPStatus.INTERNAL_SERVER_ERROR:
            message = f"Ray at {self._address} answered {response.status}: {text}"
            raise EngineUnavailable(message)
        if response.status >= http.HTTPStatus.MULTIPLE_CHOICES:
            message = f"Ray at {self._address} refused the job ({response.status}): {text}"
            raise LaunchFailed(message, lines=text.splitlines())
        found = orjson.loads(said) if said else {}
        return found if isinstance(found, dict) else {}


def _path(run_id: str) -> str:
    return f"/api/jobs/{quote(_PREFIX + run_id)}"
