"""Everything that a run logged, without loss, however much it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from runtide.client.reading import Reader

TOGETHER_COUNT_MAX: Final = 200_000
"""Values of metrics that are asked for in one request, unless one metric alone has more."""


def read_entries(reader: Reader, run_id: str) -> Iterator[dict[str, Any]]:
    """Yield the lossless entries of a run with their places; long metrics are read one by one.

    Raises:
        NotFound: There is no such run.
        ServerUnavailable: No query API answers.
    """
    path = f"/runs/{quote(run_id, safe='')}/metrics"
    summaries = list(reader.items(f"{path}/summary"))
    if sum(summary["count"] for summary in summaries) <= TOGETHER_COUNT_MAX:
        yield from _asked(reader, path, run_id)
        return
    for summary in summaries:
        yield from _asked(reader, path, run_id, name=summary["name"])


def _asked(
    reader: Reader, path: str, run_id: str, *, name: str | None = None
) -> list[dict[str, Any]]:
    answer = reader.columns(path, {"name": name, "places": "true"})
    entries: list[dict[str, Any]] = answer["runs"].get(run_id, [])
    return entries
