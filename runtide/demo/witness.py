"""A run that is logged to, and a memory of what must come back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from runtide import Run
    from runtide.core.columns import Cell

Table: TypeAlias = dict[str, list["Cell"]]


class Witness:
    """Logs to `run` and remembers every value by itself, in no way by means of the SDK.

    `metrics()` is what `run.get_metrics()` must give, `charts` the documents of its charts by
    name, and `files` the bytes of its files by path.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self.config: dict[str, Any] = {}
        self.tags: dict[str, str] = {}
        self.charts: dict[str, Any] = {}
        self.images: dict[str, bytes] = {}
        self.files: dict[str, bytes] = {}
        self._scalars: dict[str, list[Cell]] = {}
        self._tables: dict[str, Table] = {}

    def log(self, name: str, value: Cell, *, step: int | None = None) -> None:
        """Log one value."""
        self.run.log(name, value, step=step)
        self._scalars.setdefault(name, []).append(value)

    def log_row(self, name: str, **cells: Cell) -> None:
        """Log one row of a table."""
        self.run.log_row(name, None, **cells)
        table = self._tables.setdefault(name, {column: [] for column in cells})
        for column, cell in cells.items():
            table[column].append(cell)

    def log_table(self, name: str, columns: Mapping[str, Sequence[Cell]]) -> None:
        """Log a whole table."""
        self.run.log_table(name, columns)
        self._tables[name] = {column: list(cells) for column, cells in columns.items()}

    def log_image(self, name: str, path: Path) -> None:
        """Log the image file at `path`."""
        self.run.log_image(name, path=str(path))
        self.images[name] = path.read_bytes()

    def log_chart(self, name: str, document: dict[str, Any]) -> None:
        """Log a chart document by the method of its schema."""
        by_schema = {
            "accuracy_table": self.run.log_accuracy_table,
            "confusion_matrix": self.run.log_confusion_matrix,
            "predictions": self.run.log_predictions,
            "residuals": self.run.log_residuals,
        }
        by_schema[document["schema_type"]](name, document)
        # A copy by way of JSON: what comes back has been JSON too.
        self.charts[name] = json.loads(json.dumps(document))

    def set_config(self, config: Mapping[str, Any]) -> None:
        """Set configuration values."""
        self.run.set_config(config)
        self.config.update(config)

    def tag(self, name: str, value: str) -> None:
        """Set a tag."""
        self.run.tag(name, value)
        self.tags[name] = value

    def upload_file(self, name: str, path: Path) -> None:
        """Upload the file at `path` as `name`."""
        self.run.upload_file(name, str(path))
        self.files[name] = path.read_bytes()

    def metrics(self) -> dict[str, Any]:
        """Return the values that `get_metrics` must give, but for images and charts.

        One value stands bare and several are a list; a table of one row has bare cells too.
        """
        scalars = {name: v[0] if len(v) == 1 else v for name, v in self._scalars.items()}
        tables = {
            name: {c: v[0] if len(v) == 1 else v for c, v in table.items()}
            for name, table in self._tables.items()
        }
        return {**scalars, **tables}
