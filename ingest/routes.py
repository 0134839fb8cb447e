"""The ingest API: envelopes and files over HTTP, for clients that cannot reach the log."""

import time
from collections import Counter
from typing import Annotated, Any, Final

from anyio import to_thread
from fastapi import APIRouter, Header, Path, Request, Response
from pydantic import BaseModel
from starlette.requests import ClientDisconnect

from ingest.access import Access, owned
from ingest.body import checked_encoding, decoded, read_body
from ingest.core.admission import Admitted, admit, split_body
from ingest.core.digest import parse_repr_digest
from ingest.core.quota import Use
from ingest.gate import Gate, Held, Quotas
from ingest.uploads import save_announced, save_spooled
from runtide.artifacts.port import ArtifactStore, Blob
from runtide.core import limits, names
from runtide.core.ids import Position
from runtide.errors import BodyTooLarge, NotFound, UsageError
from runtide.http.access import WRITES, CallerOf
from runtide.http.problems import documented
from runtide.log.port import EventLog, Item

INGEST_PREFIX: Final = "/ingest/v1"

LINES_MEDIA_TYPE: Final = "application/x-ndjson"

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
_FilePath = Annotated[str, Path(min_length=1, max_length=limits.FILE_PATH_CHARS_MAX)]
_ReprDigest = Annotated[
    str, Header(description="`sha-256=:<base64>:` of the file; other bytes are refused.")
]
_ContentLength = Annotated[int | None, Header(ge=0, include_in_schema=False)]
_HUNG_UP: Final = "the client hung up before its body ended: send it again"


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


def router(
    log: EventLog,
    artifacts: ArtifactStore,
    gate: Gate | None = None,
    access: Access | None = None,
) -> APIRouter:
    """Return the ingest API's routes over a log and an artifact store.

    With `access` nobody writes without a token; the application that includes them has `tokens`.

    Errors leave the routes as our own exceptions; the application that includes them answers.
    """
    gate = gate or Gate(Quotas())
    routes = APIRouter(prefix=INGEST_PREFIX, tags=["ingest"])
    _add_envelopes(routes, log, gate, access)
    _add_files(routes, artifacts, gate, access)
    _add_model_files(routes, artifacts, gate)
    return routes


def _add_envelopes(routes: APIRouter, log: EventLog, gate: Gate, access: Access | None) -> None:
    @routes.post(
        "/envelopes",
        responses=documented(400, 413, 421, 422, 429, 503),
        openapi_extra={"requestBody": _BODY},
        dependencies=[WRITES],
    )
    async def envelopes(
        request: Request,
        caller: CallerOf,
        content_type: Annotated[str, Header()] = "application/json",
        content_encoding: Annotated[
            str, Header(description="How the body is compressed: `gzip`, `zstd` or not at all.")
        ] = "",
    ) -> Accepted:
        """Append envelopes to the log. After an error, send all of a body again, or none of it."""
        client = request.client.host if request.client else "unknown"
        is_lines = content_type.partition(";")[0].strip().lower() == LINES_MEDIA_TYPE
        bytes_max = gate.quotas.body_bytes_max
        with gate.counted(), gate.held() as held:
            encoding = checked_encoding(content_encoding)
            gate.check_client(client)
            try:
                body = await read_body(request.stream(), bytes_max=bytes_max, on_growth=held.resize)
            except ClientDisconnect as exc:
                raise UsageError(_HUNG_UP) from exc

            def append() -> Accepted:
                content = _inflated(body, encoding, held, bytes_max)
                admitted = owned(admit(split_body(content, is_lines=is_lines)), caller)
                if access is not None:
                    access.check_runs(caller, {one.run for one in admitted})
                    access.check_models(caller, admitted)
                return _append(log, gate, client, admitted)

            with gate.waiting():
                return await to_thread.run_sync(append, limiter=gate.append_limiter)


def _add_files(
    routes: APIRouter, artifacts: ArtifactStore, gate: Gate, access: Access | None
) -> None:
    @routes.head(
        "/blobs/{sha256}",
        response_class=Response,
        responses={
            200: {"description": "Stored; `Content-Length` is its size."},
            **documented(400, 404, 421, 422, 503),
        },
        dependencies=[WRITES],
    )
    async def find_blob(
        caller: CallerOf,
        sha256: Annotated[
            str, Path(pattern="^[0-9a-f]{64}$", description="Lower-case hexadecimal.")
        ],
    ) -> Response:
        """Say whether bytes are stored already, so that they need not be sent.

        With a token of one workspace they are always to be sent: that they are there would tell
        what another workspace has.
        """
        with gate.counted():
            size = None
            if caller.workspace is None:
                size = await to_thread.run_sync(
                    artifacts.find_size, sha256, limiter=gate.append_limiter
                )
        if size is None:
            raise NotFound(f"no stored file has the digest {sha256!r}: send it")
        gate.count(blobs_known=1)
        return Response(headers={"Content-Length": str(size)})

    @routes.put(
        "/runs/{run_id}/files/{path:path}",
        responses=documented(400, 404, 413, 421, 422, 503),
        openapi_extra={"requestBody": _FILE_BODY},
        dependencies=[WRITES],
    )
    async def put_file(  # noqa: PLR0917  # FastAPI passes them by name
        run_id: Annotated[str, Path(min_length=1, max_length=limits.RUN_ID_CHARS_MAX)],
        path: _FilePath,
        request: Request,
        caller: CallerOf,
        repr_digest: _ReprDigest = "",
        content_length: _ContentLength = None,
    ) -> StoredBytes:
        """Store a file's bytes. The run has the file once its `file` event is in the log."""
        names.run_id(run_id)
        names.file_path(path)
        if access is not None:
            await to_thread.run_sync(
                access.check_runs, caller, {run_id}, limiter=gate.append_limiter
            )
        return await _stored(artifacts, gate, request, repr_digest, content_length)


def _add_model_files(routes: APIRouter, artifacts: ArtifactStore, gate: Gate) -> None:
    @routes.put(
        "/models/{name}/files/{path:path}",
        responses=documented(400, 404, 413, 421, 422, 503),
        openapi_extra={"requestBody": _FILE_BODY},
        dependencies=[WRITES],
    )
    async def put_model_file(
        name: Annotated[str, Path(description="A model's name.")],
        path: _FilePath,
        request: Request,
        repr_digest: _ReprDigest = "",
        content_length: _ContentLength = None,
    ) -> StoredBytes:
        """Store a file's bytes. A version has the file once its `model` event is in the log."""
        names.model_name(name)
        names.file_path(path)
        return await _stored(artifacts, gate, request, repr_digest, content_length)


async def _stored(
    artifacts: ArtifactStore,
    gate: Gate,
    request: Request,
    repr_digest: str,
    content_length: int | None,
) -> StoredBytes:
    bytes_max = gate.quotas.file_bytes_max
    with gate.counted(), gate.receiving():
        if content_length is not None and content_length > bytes_max:
            raise BodyTooLarge(limit_bytes=bytes_max)
        sha256 = parse_repr_digest(repr_digest)
        try:
            blob = await _saved(artifacts, request, gate, sha256, content_length)
        except ClientDisconnect as exc:
            raise UsageError(_HUNG_UP) from exc
    gate.count(files=1, file_bytes=blob.size_bytes)
    return StoredBytes(sha256=blob.sha256, size_bytes=blob.size_bytes)


async def _saved(
    artifacts: ArtifactStore,
    request: Request,
    gate: Gate,
    sha256: str | None,
    size_bytes: int | None,
) -> Blob:
    if sha256 is not None and size_bytes is not None:
        return await save_announced(
            artifacts,
            request.stream(),
            expected=Blob(sha256, size_bytes),
            limiter=gate.upload_limiter,
        )
    return await save_spooled(
        artifacts,
        request.stream(),
        sha256=sha256,
        bytes_max=gate.quotas.file_bytes_max,
        limiter=gate.upload_limiter,
    )


def _inflated(body: bytes, encoding: str, held: Held, bytes_max: int) -> bytes:
    content = decoded(body, encoding, bytes_max=bytes_max)
    held.resize(len(content))
    return content


def _append(log: EventLog, gate: Gate, client: str, admitted: list[Admitted]) -> Accepted:
    sizes, counts = Counter[str](), Counter[str]()
    for envelope in admitted:
        sizes[envelope.run] += len(envelope.value)
        counts[envelope.run] += 1
    use_by_run = {run: Use(sizes[run], counts[run]) for run in counts}
    with gate.charged(client, use_by_run):
        started_s = time.monotonic()
        ends = log.append([Item(envelope.run, envelope.value) for envelope in admitted])
        gate.append_seconds.add(time.monotonic() - started_s)
    gate.count(envelopes=len(admitted), bytes=sizes.total())
    return Accepted(
        accepted=[AcceptedEnvelope(run=a.run, writer=a.writer, seq=a.seq) for a in admitted],
        position=",".join(str(Position(p, offset)) for p, offset in sorted(ends.items())),
    )
