"""Images, charts and files of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from query_api.core.cursor import Cursor, decode_cursor, encode_cursor
from query_api.wire import rows_of
from runtide.errors import NotFound, UsageError

if TYPE_CHECKING:
    from runtide.store.port import MetricStore

_LOGGED_ORDER: Final = "logged"
_PATH_ORDER: Final = "path"

_COLUMNS_BY_TABLE: Final = {
    "images": "toString(name) AS metric, path, step, toUnixTimestamp64Micro(ts) AS ts_us, "
    "toString(media_type) AS media, width, height, toInt64(size_bytes) AS size, description",
    "charts": "toString(name) AS metric, toString(schema_type) AS schema, "
    "toString(schema_version) AS version, path, step, toUnixTimestamp64Micro(ts) AS ts_us",
}
_RENAMED: Final = {
    "metric": "name",
    "media": "media_type",
    "size": "size_bytes",
    "schema": "schema_type",
    "version": "schema_version",
}

_FOUND: Final = """
SELECT sha256, toInt64(size_bytes) AS size, toString(media_type) AS media, pos
    FROM files FINAL WHERE run_id = {run:String} AND path = {path:String}
UNION ALL SELECT sha256, toInt64(size_bytes), toString(media_type), pos
    FROM images FINAL WHERE run_id = {run:String} AND path = {path:String}
UNION ALL SELECT sha256, toInt64(size_bytes), 'application/json', pos
    FROM charts FINAL WHERE run_id = {run:String} AND path = {path:String}
"""


class StoredFile(NamedTuple):
    """A file's digest, what it is said to be, and the blob in which its bytes begin at `offset`."""

    sha256: str
    size_bytes: int
    media_type: str
    blob: str
    offset: int = 0


def list_logged(
    store: MetricStore,
    table: str,
    run_id: str,
    *,
    name: str | None = None,
    limit: int,
    cursor: str | None = None,
) -> tuple[list[dict[str, Any]], str | None]:
    """Return one page of `images` or `charts` in order of logging, and the next cursor.

    Raises:
        UsageError: The cursor is not one.
    """
    conditions = ["run_id = {run:String}"]
    parameters: dict[str, Any] = {"run": run_id}
    if name is not None:
        conditions.append("name = {name:String}")
        parameters["name"] = name
    if cursor:
        after = decode_cursor(cursor, sort=_LOGGED_ORDER, of=(int,))
        if not after.item_id.isdecimal() or after.value is None or int(after.value) < 0:
            message = f"cursor is {cursor[:80]!r}: want the `next_cursor` of the page before"
            raise UsageError(message)
        conditions.append("(pos, idx) > ({pos:UInt64}, {idx:UInt32})")
        parameters |= {"pos": after.value, "idx": min(int(after.item_id[:10]), 2**32 - 1)}
    rows = rows_of(
        store.query(
            f"SELECT {_COLUMNS_BY_TABLE[table]}, pos, idx FROM {table} FINAL "  # noqa: S608  # our own words
            f"WHERE {' AND '.join(conditions)} ORDER BY pos, idx LIMIT {limit + 1:d}",
            parameters,
        )
    )
    next_cursor = None
    if len(rows) > limit:
        last = rows[limit - 1]
        next_cursor = encode_cursor(Cursor(last["pos"], str(last["idx"])), sort=_LOGGED_ORDER)
    items = [
        {_RENAMED.get(key, key): value for key, value in row.items() if key not in {"pos", "idx"}}
        for row in rows[:limit]
    ]
    return items, next_cursor


def list_files(
    store: MetricStore, run_id: str, *, prefix: str, limit: int, cursor: str | None = None
) -> tuple[list[dict[str, Any]], str | None]:
    """Return one page of the files whose path begins with `prefix`, and the next cursor.

    Raises:
        UsageError: The cursor is not one.
    """
    parameters = {"run": run_id, "prefix": prefix, "after": ""}
    if cursor:
        parameters["after"] = decode_cursor(cursor, sort=_PATH_ORDER, of=(str,)).item_id
    rows = rows_of(
        store.query(
            f"SELECT path, toInt64(size_bytes) AS size, sha256, toString(media_type) AS media, "  # noqa: S608  # our own words
            f"toUnixTimestamp64Micro(ts) AS ts_us FROM files FINAL WHERE run_id = {{run:String}} "
            f"AND startsWith(path, {{prefix:String}}) AND path > {{after:String}} "
            f"ORDER BY path LIMIT {limit + 1:d}",
            parameters,
        )
    )
    next_cursor = None
    if len(rows) > limit:
        next_cursor = encode_cursor(Cursor(None, rows[limit - 1]["path"]), sort=_PATH_ORDER)
    items = [{_RENAMED.get(k, k): v for k, v in row.items()} for row in rows[:limit]]
    return items, next_cursor


def get_file(store: MetricStore, run_id: str, path: str) -> StoredFile:
    """Return where the bytes of a file, an image or a chart are; the latest of one path.

    Raises:
        NotFound: The run has nothing at `path`.
    """
    rows = store.query(_FOUND, {"run": run_id, "path": path}).to_pylist()
    if not rows:
        message = f"run {run_id!r} has no file {path!r}: GET …/files lists what there is"
        raise NotFound(message)
    latest = max(rows, key=lambda row: row["pos"])
    sha256 = latest["sha256"]
    return StoredFile(sha256, latest["size"], latest["media"], sha256)
