"""`RunDetails`: a run in a notebook, live."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from runtide.client.run import Run
from runtide.errors import UsageError
from runtide.widget.document import widget_document
from runtide.widget.feed import follow
from runtide.widget.follower import Follower
from runtide.widget.notebook import Display, find_display
from runtide.widget.record import RunRecord
from runtide.widget.still import Still, empty_still

if TYPE_CHECKING:
    from runtide.widget.view import RunView


class RunDetails:
    """A run as a widget: status, properties, charts, the log's end and child runs.

    It is live until the run ends, and then stays as it is. The notebook that is saved keeps a
    picture of it that needs neither a kernel nor JavaScript.
    """

    def __init__(self, run_instance: Run) -> None:
        if not isinstance(run_instance, Run):
            message = f"run_instance is {run_instance!r}: want a run"
            raise UsageError(message)
        self._run = run_instance

    def show(
        self, render_lib: object = None, widget_settings: Mapping[str, Any] | None = None
    ) -> None:
        """Show the run in the current cell's output, and return at once.

        Outside of a notebook one line says where the run can be seen.

        Args:
            render_lib: Has no meaning here; the retired SDK's code passes it.
            widget_settings: `primary_metric` and `goal` (`minimize` or `maximize`) say what the
                children of a sweep are judged by, where the run does not.

        Raises:
            UsageError: This is a notebook, and the package `runtide[notebook]` is not installed.
        """
        del render_lib
        display = find_display()
        if display is None:
            print(self._line())  # noqa: T201  # what there is to see without a notebook
            return
        view = _Shown(display, self._run)
        follow(Follower(RunRecord(self._run), view, settings=dict(widget_settings or {})))

    def get_widget_data(self, widget_settings: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return what the widget shows, under the names that the retired SDK gave it.

        Raises:
            NotFound: The run is not in the record.
            NotDelivered: What this process logged is not in the log yet.
            ServerUnavailable: No query API answers.
        """
        return widget_document(RunRecord(self._run), dict(widget_settings or {}))

    def __repr__(self) -> str:
        return f"RunDetails({self._run.id!r})"

    def _line(self) -> str:
        url = self._run.experiment.workspace.reader.find_url()
        if url is None:
            return f"{self!r} needs a notebook: start `runtide up` to see the run"
        page = self._run.experiment.workspace.reader.page_url(self._run.id)
        return f"{self!r} needs a notebook: the run's page is {page}"


class _Shown:
    """The live view, and the picture above it that is there when the view is not."""

    def __init__(self, display: Display, run: Run) -> None:
        self._display = display
        self._key = f"runtide-still-{uuid.uuid4().hex[:12]}"
        self._view = _new_view(self._key)
        still = empty_still(run.id)
        display.show_still(still.bundle(self._key), self._key, is_update=False)
        display.show_widget(self._view)

    def show(self, changed: Mapping[str, Any]) -> None:
        self._view.show(changed)

    def keep(self, still: Still) -> None:
        self._display.show_still(still.bundle(self._key), self._key, is_update=True)


def _new_view(key: str) -> RunView:
    try:
        from runtide.widget.view import RunView  # noqa: PLC0415  # an extra that notebooks need
    except ImportError as exc:
        message = f"the widget needs anywidget ({exc}): install `runtide[notebook]`"
        raise UsageError(message) from exc
    except FileNotFoundError as exc:
        message = f"the widget is not built ({exc}): run `make dashboard`"
        raise UsageError(message) from exc
    return RunView(still=key)
