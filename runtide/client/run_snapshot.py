"""The code of a run: its snapshot."""

from __future__ import annotations

import logging
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Final, cast

from runtide.client.run_core import RunCore
from runtide.client.snapshots import TransportBlobs
from runtide.client.writer import now_us
from runtide.core.events import PropertiesAdded, SnapshotTaken
from runtide.errors import Conflict, NotFound, ServerUnavailable, UnavailableError

if TYPE_CHECKING:
    from runtide.submit.snapshot import Snapshot

_log = logging.getLogger("runtide")

SNAPSHOT_PROPERTY: Final = "ContentSnapshotId"
"""The property that names a run's snapshot, as scripts for the retired SDK look for it."""


class SnapshotMethods(RunCore):
    """Taking and restoring the code of a run."""

    def take_snapshot(self, file_or_folder_path: str | Path) -> str:
        """Store the code of this run, and return the snapshot's id.

        `.runtideignore`, else `.amlignore`, else `.gitignore` in the folder says what is left out.
        What is too large is left out with a warning.

        Raises:
            Conflict: The run has a snapshot already.
            UsageError: There is no such file or folder.
            UnavailableError: Not everything could be stored; retry.
        """
        known = self._find_snapshot_id()
        if known is not None:
            message = (
                f"run {self._id} has snapshot {known} already: take another one of another run"
            )
            raise Conflict(message)
        taken = self._stored_snapshot(Path(file_or_folder_path))
        self._record_snapshot(taken)
        return taken.snapshot_id

    def keep_code(self, folder: str | Path) -> None:
        """Store the code of a run that has just been started, or warn that it cannot be stored.

        Raises:
            UsageError: There is no such folder.
        """
        try:
            self._record_snapshot(self._stored_snapshot(Path(folder)))
        except UnavailableError as exc:
            _log.warning("runtide: run %s goes without a snapshot of its code: %s", self._id, exc)

    def get_snapshot_id(self) -> str:
        """Return the id of the run's snapshot.

        Raises:
            NotFound: None was taken.
        """
        return cast("str", self._snapshot()["snapshot_id"])

    def restore_snapshot(
        self, snapshot_id: str | None = None, path: str | Path | None = None
    ) -> str:
        """Download the run's snapshot as a ZIP archive, and return where that is.

        Args:
            snapshot_id: The snapshot that is expected; default: whichever the run has.
            path: The folder for the archive, which is made. Default: a new temporary one.

        Raises:
            NotFound: The run has no snapshot, or another one.
        """
        found = self.get_snapshot_id()
        if snapshot_id not in {None, found}:
            message = f"run {self._id} has snapshot {found}, not {snapshot_id}: ask another run"
            raise NotFound(message)
        folder = Path(mkdtemp() if path is None else path).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        archive = folder / f"{found}.zip"
        part = archive.with_name(f"{archive.name}.part")
        try:
            with part.open("wb") as target:
                self._reader.download(f"/runs/{self._quoted_id}/snapshot.zip", target)
            part.replace(archive)
        finally:
            part.unlink(missing_ok=True)
        return str(archive)

    def _snapshot(self) -> dict[str, object]:
        self._deliver_first()
        return self._reader.get(f"/runs/{self._quoted_id}/snapshot", {"limit": 1})

    def _find_snapshot_id(self) -> str | None:
        try:
            return self.get_snapshot_id()
        except (NotFound, ServerUnavailable):
            # Where nobody can be asked, the latest snapshot counts in the record too.
            return None

    def _stored_snapshot(self, source: Path, *, script: str | None = None) -> Snapshot:
        # Here and not above: most scripts only log.
        from runtide.submit.snapshot import take_snapshot  # noqa: PLC0415  # slow, see above

        place = self._workspace.place
        blobs = TransportBlobs(self._sender.transport, self._id)
        return take_snapshot(source, blobs, home=place.home, label=place.label, script=script)

    def _record_snapshot(self, taken: Snapshot) -> None:
        self._record(SnapshotTaken(**taken._asdict(), ts_us=now_us()))
        property_set = {SNAPSHOT_PROPERTY: taken.snapshot_id}
        self._record(PropertiesAdded(ts_us=now_us(), set=property_set))
