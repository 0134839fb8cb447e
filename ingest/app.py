"""The ingest API: envelopes and files over HTTP, for clients that cannot reach the log."""

from collections.abc import AsyncIterator
from tempfile import SpooledTemporaryFile
from typing import Annotated, Any, BinaryIO, Final, cast

from anyio import to_thread
from fastapi import APIRouter, Header, Path, Request
from pydantic import BaseModel

from ingest.body import read_body
from ingest.core.admission import admit, split_body
from runtide.artifacts.port import ArtifactStore
from runtide.core import limits, names
from runtide.core.ids import Position
from runtide.errors import BodyTooLarge
from runtide.http.problems import documented
from runtide.log.port import EventLog, Item

INGEST_PREFIX: Final = "/ingest/v1"

LINES_MEDIA_TYPE: Final = "application/x-ndjson"

FILE_BYTES_MAX: Final = 1 << 40
"""Largest uploaded file: one tebibyte."""

_SPOOLED_BYTES: Final = 4 * 1024 * 1024
_BODY: Final[dict[str, Any]] = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "description": "An envelope, or an array of envelopes.",
                "anyOf": [{"type": "object"}, {"type": "array", "items": {"type": "object"}}],
            }
        },
        LINES_MEDIA_TYPE: {
            "schema": {"type": "string", "description": "One envelope a line."},
        },
    },
}
_FILE_BODY: Final[dict[str, Any]] = {
    # A file may be empty.
    "required": False,
    "content": {
        "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
    },
}


class AcceptedEnvelope(BaseModel):
    """One envelope that is durable in the log."""

    run: str
    writer: str
    seq: int


class Accepted(BaseModel):
    """What was written, and the place after it in the log."""

    accepted: list[AcceptedEnvelope]
    position: str


class StoredBytes(BaseModel):
    """Bytes that are stored under the digest of their content."""

    sha256: str
    size_bytes: int


def router(log: EventLog, artifacts: ArtifactStore) -> APIRouter:
    """Return the ingest API's routes over a log and an artifact store.

    Errors leave the routes as our own exceptions; the application that includes them answers.
    """
    routes = APIRouter(prefix=INGEST_PREFIX, tags=["ingest"])

    @routes.post(
        "/envelopes",
        responses=documented(400, 413, 421, 422, 503),
        openapi_extra={"requestBody": _BODY},
    )
    async def envelopes(
        request: Request,
        content_type: Annotated[str, Header()] = "application/json",
        content_encoding: Annotated[str, Header()] = "",
    ) -> Accepted:
        """Append envelopes to the log: all of a body, or none of it."""
        body = await read_body(request.stream(), encoding=content_encoding)
        is_lines = content_type.partition(";")[0].strip().lower() == LINES_MEDIA_TYPE
        return await to_thread.run_sync(_append, log, body, is_lines)

    @routes.put(
        "/runs/{run_id}/files/{path:path}",
        responses=documented(400, 404, 413, 421, 422, 503),
        openapi_extra={"requestBody": _FILE_BODY},
    )
    async def put_file(
        run_id: Annotated[str, Path(min_length=1, max_length=limits.RUN_ID_CHARS_MAX)],
        path: Annotated[str, Path(min_length=1, max_length=limits.FILE_PATH_CHARS_MAX)],
        request: Request,
    ) -> StoredBytes:
        """Store a file's bytes. The run has the file once its `file` event is in the log."""
        names.run_id(run_id)
        names.file_path(path)
        return await _store(artifacts, request.stream())

    return routes


def _append(log: EventLog, body: bytes, is_lines: bool) -> Accepted:  # noqa: FBT001  # run_sync passes by place
    admitted = admit(split_body(body, is_lines=is_lines))
    ends = log.append([Item(envelope.run, envelope.value) for envelope in admitted])
    return Accepted(
        accepted=[AcceptedEnvelope(run=a.run, writer=a.writer, seq=a.seq) for a in admitted],
        position=",".join(str(Position(p, offset)) for p, offset in sorted(ends.items())),
    )


async def _store(artifacts: ArtifactStore, chunks: AsyncIterator[bytes]) -> StoredBytes:
    size = 0
    with SpooledTemporaryFile(max_size=_SPOOLED_BYTES) as spool:
        async for chunk in chunks:
            size += len(chunk)
            if size > FILE_BYTES_MAX:
                raise BodyTooLarge(limit_bytes=FILE_BYTES_MAX)
            # Beyond the spool's size this writes to disk, which may wait.
            await to_thread.run_sync(spool.write, chunk)
        spool.seek(0)
        blob = await to_thread.run_sync(artifacts.save, cast("BinaryIO", spool))
    return StoredBytes(sha256=blob.sha256, size_bytes=blob.size_bytes)
