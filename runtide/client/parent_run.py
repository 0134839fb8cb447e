"""What sweeps and pipelines have in common: runs whose script submits other runs."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import orjson

from runtide.client.script_run import ScriptRun, job_of
from runtide.client.writer import now_us
from runtide.core import names
from runtide.core.envelope import event_document
from runtide.core.events import Event, FileUploaded, JobSubmitted, PropertiesAdded, SnapshotTaken
from runtide.core.parents import CONTROLLER_TARGET, SPECIFICATION_FILE, child_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runtide.submit.config import Plan
    from runtide.submit.snapshot import Snapshot

_CONTROLLER: Final = ("python", "-P", "-m", "runtide.control")
_MEDIA_TYPE: Final = "application/json"


class ParentRun(ScriptRun):
    """A run that was submitted, and consists of other runs: a controller submits those.

    The controller is the run's own script. It is executed on a compute target of its own, so that
    it never takes the slot that a child waits for. What it goes by is a file of the run.
    """

    def _record_parent(
        self,
        document: Mapping[str, Any],
        *,
        run_type: str,
        properties: Mapping[str, str],
        tags: Mapping[str, object] | None,
        parent_id: str | None,
        taken: Snapshot | None = None,
    ) -> None:
        """Log everything that a controller must know, and that the run waits for one.

        Raises:
            UnavailableError: What the controller goes by could not be stored; nothing was logged.
        """
        data = orjson.dumps(dict(document))
        blob = self._sender.transport.save_file(self._id, SPECIFICATION_FILE, BytesIO(data))
        facts: list[Event] = [
            FileUploaded(
                path=SPECIFICATION_FILE,
                sha256=blob.sha256,
                size_bytes=blob.size_bytes,
                ts_us=now_us(),
                media_type=_MEDIA_TYPE,
            ),
            PropertiesAdded(ts_us=now_us(), set=dict(properties)),
        ]
        job = JobSubmitted(
            command=[*_CONTROLLER, run_type], ts_us=now_us(), target=CONTROLLER_TARGET
        )
        self._record_job(job, taken, run_type=run_type, tags=tags, parent_id=parent_id, facts=facts)

    def _child_script(self, plan: Plan, taken: Snapshot) -> dict[str, Any]:
        """Return what a child runs, as its controller submits it."""
        return {
            "job": event_document(job_of(plan, taken.snapshot_id)),
            "snapshot": event_document(SnapshotTaken(**taken._asdict(), ts_us=now_us())),
        }

    def _check_children(self, count: int) -> None:
        """Refuse an id that leaves no room for those of the children.

        Raises:
            UsageError: The run's id is too long.
        """
        names.run_id(child_id(self._id, count - 1))
