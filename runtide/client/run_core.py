"""What every part of a run builds on: who it is, and the way its facts take to the log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from runtide.client import lifecycle
from runtide.client.captures import Captures
from runtide.client.sender import Sender
from runtide.client.writer import Writer
from runtide.core import names
from runtide.core.events import Event

if TYPE_CHECKING:
    from runtide.client.experiment import Experiment
    from runtide.client.reading import Reader
    from runtide.client.workspace import Workspace

FLUSH_TIMEOUT_S: Final = 30.0
"""Longest that a read waits until this process's own facts are in the log."""


class RunCore:
    """Identity, writer and last known details of one run."""

    _experiment: Experiment
    _id: str
    _writer: Writer
    _rows_by_name: dict[str, list[Any]]
    _details: dict[str, Any]
    _properties: dict[str, str] | None
    _captures: Captures | None
    _is_ended: bool
    _is_own: bool
    """Whether the run lives in this process: it was started or taken up again by this object."""

    _is_submitted: bool
    """Whether a launcher executes this process as the run, and says how that ends."""

    def _join(
        self, experiment: Experiment, run_id: str, details: Mapping[str, Any] | None = None
    ) -> None:
        """Become a further writer of the run. Nothing is read and nothing is sent yet."""
        self._experiment = experiment
        self._id = names.run_id(run_id)
        self._writer = lifecycle.writer_for(experiment.workspace.place, self._id)
        self._rows_by_name = self._writer.buffer.rows_by_name
        self._details = dict(details or {})
        self._properties = None
        self._captures = None
        self._is_ended = False
        self._is_own = False
        self._is_submitted = False

    @property
    def id(self) -> str:
        """The run's id, unique for ever."""
        return self._id

    @property
    def experiment(self) -> Experiment:
        """The experiment that the run belongs to."""
        return self._experiment

    @property
    def is_ended(self) -> bool:
        """Whether this object has ended the run."""
        return self._is_ended

    @property
    def _workspace(self) -> Workspace:
        return self._experiment.workspace

    @property
    def _reader(self) -> Reader:
        return self._workspace.reader

    @property
    def _quoted_id(self) -> str:
        return quote(self._id, safe="")

    @property
    def _sender(self) -> Sender:
        return lifecycle.sender_for(self._workspace.place)

    def _enlist(self) -> None:
        """Make sure that this process sends what is about to be logged."""
        if self._writer.sender is None:
            lifecycle.enlist(self._writer, self._workspace.place)

    def beat(self) -> None:
        """Let the run's life depend on this process's, from now on."""
        self._writer.has_heartbeat = True
        self._enlist()

    def _record(self, event: Event) -> None:
        """Log one fact."""
        self._enlist()
        self._writer.add(event)

    def _detail(self, key: str) -> object:
        """Return a detail as last seen, or read it now."""
        return self._details[key] if key in self._details else self.refreshed()[key]

    def refreshed(self) -> dict[str, Any]:
        """Read the run's details, with everything logged before the call.

        Raises:
            NotFound: The run is not in the record.
            NotDelivered: What this process logged is not in the log yet.
            ServerUnavailable: No query API answers.
        """
        self._deliver_first()
        self._details = self._reader.get(f"/runs/{self._quoted_id}")
        return self._details

    def _deliver_first(self) -> None:
        """Make this process's own facts part of what is read next."""
        self._workspace.deliver_first(timeout_s=FLUSH_TIMEOUT_S)
