"""Which envelopes are let in: those that the fold can read, down to the last column.

An envelope is checked whole before any of its POST is written, so that whoever sends a broken one
hears of it at once, instead of finding it among the dead letters later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import orjson

from runtide.core.acceptance import accepted
from runtide.errors import MalformedEnvelope, RejectedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runtide.core.envelope import Envelope

ENVELOPES_PER_POST_MAX: Final = 10_000
"""Envelopes in one body."""

_SEPARATOR: Final = b"\n"


class Admitted(NamedTuple):
    """A checked envelope: who wrote it, and the bytes that go to the log."""

    run: str
    writer: str
    seq: int
    value: bytes
    envelope: Envelope


def split_body(body: bytes, *, is_lines: bool) -> list[bytes]:
    """Return the envelopes of a body: a JSON object, an array of them, or one a line.

    Raises:
        MalformedEnvelope: The body is none of these, or holds too many.
    """
    if is_lines:
        values = [line for line in body.split(_SEPARATOR) if line.strip()]
    elif body.lstrip()[:1] == b"[":
        try:
            documents = orjson.loads(body)
        except orjson.JSONDecodeError as exc:
            raise MalformedEnvelope(f"body is not JSON ({exc}): send envelopes in UTF-8") from exc
        values = [_encoded(document, i) for i, document in enumerate(documents)]
    else:
        values = [body]
    if len(values) > ENVELOPES_PER_POST_MAX:
        message = (
            f"body has {len(values):,} envelopes, limit is {ENVELOPES_PER_POST_MAX:,}: "
            f"send them in several posts"
        )
        raise MalformedEnvelope(message)
    return values


def admit(values: Sequence[bytes]) -> list[Admitted]:
    """Check every envelope, and return them all.

    Raises:
        RejectedError: One is refused; the message names its index, and none may be written.
    """
    admitted = []
    for i, value in enumerate(values):
        try:
            envelope = accepted(value)
        except RejectedError as exc:
            if len(values) == 1:
                raise
            # The same kind of error, so that its code and its status stay.
            exc.args = (f"envelope {i} of {len(values)}: {exc}",)
            raise
        admitted.append(Admitted(envelope.run, envelope.writer, envelope.seq, value, envelope))
    return admitted


def _encoded(document: object, i: int) -> bytes:
    try:
        return orjson.dumps(document)
    except (TypeError, ValueError) as exc:
        raise MalformedEnvelope(f"envelope {i} cannot be written as JSON ({exc})") from exc
