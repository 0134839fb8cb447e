"""Models: their versions, and the files of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from query_api.core.cursor import Cursor, decode_cursor, encode_cursor
from query_api.core.model_versions import Wanted, latest_versions, newest_first, versions
from query_api.reads.artifacts import StoredFile
from query_api.wire import rows_of, text_map
from runtide.core.names import model_key
from runtide.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runtide.store.port import MetricStore

LATEST: Final = "latest"
"""What stands for the number of the newest version that is not deleted."""

_ORDER: Final = "model"
_MEDIA_TYPE: Final = "application/octet-stream"

_REGISTRATIONS: Final = (
    "SELECT run_id AS key, toString(workspace) AS workspace, name, registration, "
    "if(source_run_id IN gone_runs, '', source_run_id) AS source_run_id, source_path, description, toString(framework) AS framework, "
    "toString(framework_version) AS framework_version, toString(by) AS registered_by, tags, properties, "
    "toInt64(length(file_paths)) AS file_count, toInt64(arraySum(file_sizes)) AS size_bytes, "
    "toUnixTimestamp64Micro(ts) AS created_us FROM models FINAL{where} ORDER BY pos, idx"
)
_EDITS: Final = (
    "SELECT run_id AS key, registration, toString(field) AS field, name, value, is_removed "
    "FROM model_edits FINAL{where}"
)
_FILES: Final = (
    "SELECT file_paths, file_sha256s, file_sizes FROM models FINAL WHERE run_id = {key:String} "
    "AND registration = {registration:String} ORDER BY pos, idx LIMIT 1"
)


class VersionList(NamedTuple):
    """One page of versions, and where the next one begins; None at the end."""

    items: list[dict[str, Any]]
    next_cursor: str | None


def list_versions(
    store: MetricStore,
    wanted: Wanted,
    *,
    visible: str | None,
    every: bool,
    limit: int,
    cursor: str | None,
) -> VersionList:
    """Return one page of versions by name, and of one model the newest first.

    Args:
        store: The read model.
        wanted: Which versions.
        visible: The one workspace that there is for whoever asks; None is all.
        every: All of them, and not the latest of each model alone.
        limit: How many to return.
        cursor: Where the page before ended.

    Raises:
        UsageError: The cursor is not one.
    """
    there = _versions(store, wanted.name, visible)
    found = [version for version in there if wanted.matches(version)]
    listed = newest_first(found) if every else latest_versions(found)
    if cursor:
        after = decode_cursor(cursor, sort=_ORDER, of=(int,))
        place = (*after.item_id.partition("/")[::2], -int(after.value or 0))
        listed = [version for version in listed if _place(version) > place]
    page = listed[:limit]
    next_cursor = None
    if len(listed) > limit:
        name, workspace, number = _place(page[-1])
        next_cursor = encode_cursor(Cursor(-number, f"{name}/{workspace}"), sort=_ORDER)
    return VersionList([version | _standing(there, version) for version in page], next_cursor)


def get_version(
    store: MetricStore, workspace: str, name: str, number: str, *, visible: str | None
) -> dict[str, Any]:
    """Return one version of a model, with its files.

    Args:
        store: The read model.
        workspace: The workspace that has the model.
        name: The model's name.
        number: The version's number, or `latest`.
        visible: The one workspace that there is for whoever asks; None is all.

    Raises:
        NotFound: There is no such model, or no such version of it.
    """
    there = [one for one in _versions(store, name, visible) if one["workspace"] == workspace]
    if not there:
        raise no_such_model(workspace, name)
    for version in reversed(there):
        if number in {LATEST, str(version["version"])}:
            files = _files(store, name, version["registration"])
            return {**version, "files": files}
    numbers = ", ".join(str(version["version"]) for version in there)
    message = f"model {name!r} has no version {number!r}: it has {numbers}"
    raise NotFound(message)


def get_file(version: dict[str, Any], path: str) -> StoredFile:
    """Return where the bytes of a file of a version are.

    Raises:
        NotFound: The version has no such file.
    """
    for file in version["files"]:
        if file["path"] == path:
            return StoredFile(file["sha256"], file["size_bytes"], _MEDIA_TYPE, file["sha256"])
    message = f"{version['id']} has no file {path!r}: GET …/files lists what there is"
    raise NotFound(message)


def no_such_model(workspace: str, name: str) -> NotFound:
    """Return the error that there is no model `name`."""
    return NotFound(
        f"workspace {workspace!r} has no model {name!r}: register one with `run.register_model`"
    )


def _versions(store: MetricStore, name: str | None, visible: str | None) -> list[dict[str, Any]]:
    where = "" if name is None else " WHERE run_id = {key:String}"
    parameters = {} if name is None else {"key": model_key(name)}
    registrations = rows_of(store.query(_REGISTRATIONS.replace("{where}", where), parameters))
    edits = rows_of(store.query(_EDITS.replace("{where}", where), parameters))
    for row in registrations:
        row |= {"tags": text_map(row["tags"]), "properties": text_map(row["properties"])}
    seen = [row for row in registrations if visible in {None, row["workspace"]}]
    return versions(seen, edits)


def _files(store: MetricStore, name: str, registration: str) -> list[dict[str, Any]]:
    parameters = {"key": model_key(name), "registration": registration}
    (row,) = rows_of(store.query(_FILES, parameters))
    columns = zip(row["file_paths"], row["file_sha256s"], row["file_sizes"], strict=True)
    files = [{"path": p, "sha256": s, "size_bytes": n} for p, s, n in columns]
    return sorted(files, key=lambda file: str(file["path"]))


def _standing(there: Sequence[dict[str, Any]], version: dict[str, Any]) -> dict[str, Any]:
    """Return how many versions the model has, and the newest version in each stage."""
    identity = version["name"], version["workspace"]
    siblings = [one for one in there if (one["name"], one["workspace"]) == identity]
    stages = {one["stage"]: one["version"] for one in siblings if one["stage"] is not None}
    return {"version_count": len(siblings), "stages": stages}


def _place(version: dict[str, Any]) -> tuple[str, str, int]:
    return version["name"], version["workspace"], -version["version"]
