"""Which notebook this is, and how something is shown in it. Imports no notebook by itself."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, Protocol


class Display(Protocol):
    """Where outputs of the current cell go."""

    def show_widget(self, widget: Any) -> None:  # noqa: ANN401  # a notebook's own kind of object
        """Show a live object below what the cell has shown so far."""
        ...

    def show_still(self, bundle: Mapping[str, str], key: str, *, is_update: bool) -> None:
        """Show a picture, or replace the one that was shown under `key`."""
        ...


class KernelDisplay:
    """Jupyter, JupyterLab, VS Code, Colab: whatever runs IPython's kernel."""

    def __init__(self, shell: Any) -> None:  # noqa: ANN401  # IPython's, which has no types here
        self._publisher = shell.display_pub

    def show_widget(self, widget: Any) -> None:  # noqa: ANN401  # as the port says
        """Show a widget; whoever cannot draw it shows nothing, because the picture is above it."""
        view, _ = widget._repr_mimebundle_()
        self._publisher.publish(view | {"text/plain": "", "text/html": ""})

    def show_still(self, bundle: Mapping[str, str], key: str, *, is_update: bool) -> None:
        """Show a picture, or replace it wherever it is."""
        self._publisher.publish(dict(bundle), transient={"display_id": key}, update=is_update)


class MarimoDisplay:
    """marimo, which keeps outputs by itself and so needs no picture."""

    def __init__(self, marimo: Any) -> None:  # noqa: ANN401  # its module, which need not be there
        self._marimo = marimo

    def show_widget(self, widget: Any) -> None:  # noqa: ANN401  # as the port says
        """Append the widget to the cell's output."""
        self._marimo.output.append(widget)

    def show_still(self, bundle: Mapping[str, str], key: str, *, is_update: bool) -> None:
        """Do nothing."""


def find_display() -> Display | None:
    """Return how to show something here; None outside of a notebook."""
    marimo = sys.modules.get("marimo")
    if marimo is not None and marimo.running_in_notebook():
        return MarimoDisplay(marimo)
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    # A terminal's IPython has no kernel, and shows nothing but text.
    return KernelDisplay(shell) if getattr(shell, "kernel", None) is not None else None
