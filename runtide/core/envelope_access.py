"""What an envelope that comes in with a token of one workspace may speak of, and its stamp."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import orjson

from runtide.core import limits
from runtide.core.events import RunCreated
from runtide.core.model_events import ModelRegistered
from runtide.core.names import find_workspace, subject_of
from runtide.errors import EnvelopeTooLarge

if TYPE_CHECKING:
    from runtide.core.envelope import Envelope

ANY_OTHER: Final = "another workspace"


def foreign_claim(envelope: Envelope, workspace: str) -> str | None:
    """Return what an envelope by itself says that is not of `workspace`; None if nothing is.

    Tokens themselves are nobody's to write. Whose a version of a model is that an event edits, the
    event does not say: ingest asks the store.
    """
    if subject_of(envelope.run) == "access":
        return ANY_OTHER
    owner = find_workspace(envelope.run)
    if owner not in {None, workspace}:
        return owner
    for event in envelope.events:
        if isinstance(event, RunCreated | ModelRegistered) and event.workspace != workspace:
            return event.workspace
    return None


def stamped(value: bytes, envelope: Envelope, workspace: str) -> bytes:
    """Return the bytes of an envelope with the workspace of the token that it came in with.

    Raises:
        EnvelopeTooLarge: There is no room for it.
    """
    if envelope.workspace is None:
        # The text of an object begins with a brace, and it has no such name yet.
        head, _, rest = value.partition(b"{")
        text = head + b'{"workspace":' + orjson.dumps(workspace) + b"," + rest
    else:
        text = orjson.dumps({**orjson.loads(value), "workspace": workspace})
    if len(text) > limits.ENVELOPE_BYTES_MAX:
        raise EnvelopeTooLarge(size_bytes=len(text), limit_bytes=limits.ENVELOPE_BYTES_MAX)
    return text
