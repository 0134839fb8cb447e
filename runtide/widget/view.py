"""The widget in the front end: the one file that knows anywidget.

State goes one way, from the kernel to the front end, over the connection that the notebook has
anyway: the browser never asks a server of ours. It is complete at any moment, so that a view that
opens late, or again, shows all.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import anywidget
import traitlets

SCRIPT: Final = Path(__file__).parent / "static" / "widget.js"
"""Built from `dashboard/widget` by `make dashboard`."""


class RunView(anywidget.AnyWidget):
    """One run's live view. Each trait is a part that the follower tells of."""

    _esm = SCRIPT.read_text(encoding="utf-8")

    still = traitlets.Unicode().tag(sync=True)
    """The class of the picture that the saved notebook keeps; the view hides it while it lives."""

    url = traitlets.Unicode().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)
    run = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    metrics: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)
    series = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    tail = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    log = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    children = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)

    def show(self, changed: Mapping[str, Any]) -> None:
        """Send the parts that changed, in one message."""
        with self.hold_sync():
            for name, value in changed.items():
                setattr(self, name, value)
