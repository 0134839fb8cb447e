"""Launchers as Jobs of Kubernetes, through `kubectl` and whatever that is allowed to do.

A Job is found again by its name, which is a digest of the run's id: names there are short.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

import orjson

from runtide.jobs.core.outcome import LAST_LINES_MAX
from runtide.jobs.engine_program import ended_program
from runtide.jobs.failures import EngineUnavailable, LaunchFailed

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from runtide.jobs.engine import Launch

STOP_GRACE_S: Final = 300
"""How long a launcher that is told to end may take to keep what its script has made."""

_MANAGED: Final = "app.kubernetes.io/managed-by"
_RUN: Final = "runtide.run"
_PASSED_ON: Final = "RUNTIDE_"
_NAME_CHARS: Final = 40
_REFUSALS: Final = ("forbidden", "invalid", "error validating", "bad request", "badrequest")
"""What `kubectl` says, in small letters, of what would be refused again."""


class KubernetesEngine:
    """`kubectl create`, `get`, `delete` and `logs` of Jobs.

    Args:
        namespace: Where the Jobs are.
        image: What the container is made of; it has a Python with Runtide.
        pod: Further fields of the pod, such as `nodeSelector`; those of its one container, such
            as `resources`, stand under `containers` in a list of one.
    """

    def __init__(self, *, namespace: str, image: str, pod: Mapping[str, Any]) -> None:
        self._namespace = namespace
        self._image = image
        self._pod = dict(pod)

    def start(self, launch: Launch) -> None:
        """Create a Job; see `Engine`."""
        self._answer(["create", "-f", "-"], orjson.dumps(self.manifest(launch)).decode())

    def manifest(self, launch: Launch) -> dict[str, Any]:
        """Return the Job that executes a launcher."""
        given, *_ = self._pod.get("containers") or [{}]
        variables = [
            {"name": name, "value": value}
            for name, value in sorted(launch.environment.items())
            if name.startswith(_PASSED_ON)
        ]
        container = {
            "name": "launcher",
            "image": self._image,
            **given,
            "command": launch.command,
            "env": [*variables, *given.get("env", [])],
        }
        pod = {
            "terminationGracePeriodSeconds": STOP_GRACE_S,
            **self._pod,
            # A launcher that is executed again would find its run half done.
            "restartPolicy": "Never",
            "containers": [container],
        }
        return {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {
                "name": job_name(launch.run_id),
                "labels": {_MANAGED: "runtide"},
                "annotations": {_RUN: launch.run_id},
            },
            "spec": {
                "backoffLimit": 0,
                "template": {"metadata": {"labels": {_MANAGED: "runtide"}}, "spec": pod},
            },
        }

    def alive(self, run_ids: Collection[str]) -> set[str]:
        """Return those whose Job has not ended; see `Engine`."""
        if not run_ids:
            return set()
        said = self._answer(["get", "jobs", "-l", f"{_MANAGED}=runtide", "-o", "json"])
        names = {job["metadata"]["name"] for job in orjson.loads(said)["items"] if _goes_on(job)}
        return {run_id for run_id in run_ids if job_name(run_id) in names}

    def cancel(self, run_id: str) -> None:
        """Delete the Job, whose pod gets SIGTERM; see `Engine`."""
        self._answer(["delete", "job", job_name(run_id), "--ignore-not-found", "--wait=false"])

    def end_leftovers(self, run_id: str) -> None:
        """Do nothing: processes end with their pod."""

    def last_words(self, run_id: str) -> list[str]:
        """Return the end of the pod's log; see `Engine`."""
        try:
            said = self._answer(["logs", f"job/{job_name(run_id)}", f"--tail={LAST_LINES_MAX}"])
        except (EngineUnavailable, LaunchFailed):
            return []
        return said.splitlines()

    def _answer(self, arguments: list[str], text: str | None = None) -> str:
        """Return what `kubectl` prints.

        Raises:
            LaunchFailed: It refuses, or is not there.
            EngineUnavailable: The cluster does not answer.
        """
        command = ["kubectl", "--namespace", self._namespace, *arguments]
        done = ended_program(
            command, text, install="install it where the agent runs", look="kubectl version"
        )
        if done.returncode == 0:
            return done.stdout
        said = done.stderr.strip() or f"exit code {done.returncode}"
        if any(words in said.lower() for words in _REFUSALS):
            message = (
                f"Kubernetes refused `kubectl {arguments[0]}` ({said}): see the agent's settings"
            )
            raise LaunchFailed(message, lines=said.splitlines())
        message = f"Kubernetes does not answer ({said}): see `kubectl version`"
        raise EngineUnavailable(message)


def job_name(run_id: str) -> str:
    """Return what the Job of a run is called."""
    return f"runtide-{hashlib.sha256(run_id.encode()).hexdigest()[:_NAME_CHARS]}"


def _goes_on(job: Mapping[str, Any]) -> bool:
    conditions = job.get("status", {}).get("conditions") or ()
    return not any(
        c["type"] in {"Complete", "Failed"} and c["status"] == "True" for c in conditions
    )
