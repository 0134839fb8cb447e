"""Files over HTTP: ranges, conditional requests, and headers that keep a browser from harm."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote

from starlette.responses import Response, StreamingResponse

from runtide.http.problems import problem_response

if TYPE_CHECKING:
    from starlette.datastructures import Headers

    from query_api.reads.artifacts import StoredFile
    from runtide.artifacts.port import ArtifactStore

_RANGE: Final = re.compile(r"bytes=(\d{0,19})-(\d{0,19})", re.ASCII)
_MEDIA_TYPE: Final = re.compile(r"[\w.+\-]{1,64}/[\w.+\-]{1,96}", re.ASCII)
_UNKNOWN: Final = "application/octet-stream"

_SHOWN_INLINE: Final = frozenset(
    {"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp",
     "text/plain", "text/csv", "application/json"}
)  # fmt: skip
"""What a browser may show in place: nothing that can hold a script."""

_SANDBOX: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"


class ByteRange(NamedTuple):
    """The half-open range [start, end) of a file's bytes."""

    start: int
    end: int


def parse_range(text: str, size_bytes: int) -> ByteRange | None:
    """Return the one range that a Range header asks for, cut to the file; None for all of it.

    Headers that RFC 9110 lets a server ignore (other units, several ranges) mean all of it, and so
    does the beginning of an empty file, which has no bytes to be in a range.

    Raises:
        ValueError: The range begins behind the file's end.
    """
    match = _RANGE.fullmatch(text.strip())
    if match is None or match.group(1) == match.group(2) == "":
        return None
    first, last = match.groups()
    if first == "":
        start, end = max(0, size_bytes - int(last)), size_bytes
    else:
        start, end = int(first), min(size_bytes, int(last) + 1 if last else size_bytes)
        if last and int(last) < start:
            return None
    if start == size_bytes == 0:
        return None
    if start >= size_bytes or start >= end:
        message = f"range is {text!r}, the file has {size_bytes:,} bytes: ask within it"
        raise ValueError(message)
    return ByteRange(start, end)


def file_response(
    artifacts: ArtifactStore, file: StoredFile, path: str, headers: Headers, *, is_head: bool
) -> Response:
    """Return the answer to a request for a file.

    Raises:
        NotFound: Its bytes are not stored: the upload did not finish.
        ArtifactsUnavailable: They could not be read.
    """
    etag = f'"{file.sha256}"'
    answer_headers = _headers(file, path, etag)
    if _names_etag(headers.get("if-none-match"), etag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=answer_headers)
    wanted = headers.get("range")
    if wanted is not None and headers.get("if-range", etag) == etag:
        try:
            part = parse_range(wanted, file.size_bytes)
        except ValueError as exc:
            return problem_response(
                416,
                code="range-not-satisfiable",
                detail=str(exc),
                headers={"Content-Range": f"bytes */{file.size_bytes}"},
            )
    else:
        part = None
    status = HTTPStatus.OK if part is None else HTTPStatus.PARTIAL_CONTENT
    start, end = part or (0, file.size_bytes)
    answer_headers["Content-Length"] = str(end - start)
    if part is not None:
        answer_headers["Content-Range"] = f"bytes {start}-{end - 1}/{file.size_bytes}"
    chunks = artifacts.read(file.blob, start=file.offset + start, end=file.offset + end)
    if is_head:
        return Response(status_code=status, headers=answer_headers)
    return StreamingResponse(chunks, status_code=status, headers=answer_headers)


def attachment_headers(path: str) -> dict[str, str]:
    """Return the headers that make a browser save an answer under the last part of `path`."""
    name = quote(path.rsplit("/", 1)[-1], safe="")
    return {
        "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
        "X-Content-Type-Options": "nosniff",
    }


def _headers(file: StoredFile, path: str, etag: str) -> dict[str, str]:
    media_type = file.media_type.partition(";")[0].strip().lower()
    if not _MEDIA_TYPE.fullmatch(media_type):
        media_type = _UNKNOWN
    way = "inline" if media_type in _SHOWN_INLINE else "attachment"
    name = quote(path.rsplit("/", 1)[-1], safe="")
    charset = "; charset=utf-8" if media_type.startswith("text/") else ""
    return {
        "Content-Type": media_type + charset,
        "Content-Disposition": f"{way}; filename*=UTF-8''{name}",
        "Content-Security-Policy": _SANDBOX,
        "X-Content-Type-Options": "nosniff",
        "Accept-Ranges": "bytes",
        "ETag": etag,
        # The bytes of a path may be replaced; asking again costs one small answer.
        "Cache-Control": "private, no-cache",
    }


def _names_etag(header: str | None, etag: str) -> bool:
    if header is None:
        return False
    named = {part.strip().removeprefix("W/") for part in header.split(",")}
    return etag in named or "*" in named
