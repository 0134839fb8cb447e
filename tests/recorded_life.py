"""A run that has something of everything, for tests of what becomes of it."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from runtide.core.columns import encode_column
from runtide.core.events import (
    ChartLogged,
    Event,
    FileUploaded,
    ImageLogged,
    JobSubmitted,
    ListLogged,
    RowsLogged,
    StateChanged,
    Strings,
    SystemMeasured,
    TagsChanged,
    TextLogged,
)
from tests.building import points

if TYPE_CHECKING:
    from runtide.artifacts.port import Blob
    from tests.system import System

T: Final = 1_795_450_000_000_000
DONE: Final = StateChanged(status="Completed", ts_us=T + 9)


def stored(system: System, content: bytes) -> Blob:
    """Return bytes that the artifact store has from now on."""
    return system.artifacts.save(BytesIO(content))


def everything(run: str, blob: Blob) -> list[Event]:
    """Return the events of a run that has ended; its files are `blob`, and a tag names it."""
    at: dict[str, Any] = {"sha256": blob.sha256, "size_bytes": blob.size_bytes, "ts_us": T}
    return [
        points("loss", 1.0, 2.0),
        Strings(name="phase", n=1, value=["a"], step=[0], ts_us=[T]),
        ListLogged(name="list", n=1, value=encode_column([1]), ts_us=T),
        RowsLogged(name="rows", n=1, columns=[{"name": "x", "value": encode_column([1])}], ts_us=T),
        ImageLogged(name="image", path="images/i.png", media_type="image/png", **at),
        ChartLogged(
            name="chart", schema_type="residuals", schema_version="1.0.0", path="c.json", **at
        ),
        FileUploaded(path="outputs/f.txt", **at),
        TextLogged(file="logs/out.txt", text="hello\n", ts_us=T),
        SystemMeasured(name="cpu", n=1, value=[1.0], ts_us=[T], host="h"),
        JobSubmitted(command=["python"], ts_us=T, target="gpu"),
        TagsChanged(ts_us=T, set={f"only-{run}": "yes"}),
        DONE,
    ]
