"""What events of access add to the tables, and which envelopes may speak of what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtide.core.access_events import Audited, TokenCreated, TokenRevoked, TokenUsed
from runtide.core.envelope_access import foreign_claim
from runtide.core.names import subject_of
from runtide.core.shown import shown
from runtide.errors import ForeignWorkspace

if TYPE_CHECKING:
    from processors.core.lifecycle import Run
    from runtide.core.envelope import Envelope


def token_row(key: str, event: TokenCreated | TokenRevoked | TokenUsed) -> dict[str, object]:
    """Return the row of `tokens` for an event in an envelope of `key`.

    A token is the highest of each column over its rows, so that no order and no repetition of them
    changes it: what an event does not say is empty or 0.
    """
    created = event if isinstance(event, TokenCreated) else None
    return {
        "run_id": key,
        "name": (created and created.name) or "",
        "secret_sha256": created.secret_sha256 if created else "",
        "workspace": created.workspace if created else "",
        "role": created.role if created else "",
        "by": (created and created.by) or "",
        "created_us": created.ts_us if created else 0,
        "expires_us": (created and created.expires_us) or 0,
        "revoked_us": event.ts_us if isinstance(event, TokenRevoked) else 0,
        "used_us": event.ts_us if isinstance(event, TokenUsed) else 0,
    }


def audit_row(key: str, event: Audited) -> dict[str, object]:
    """Return the row of `audit` for an event in an envelope of `key`, without its place."""
    return {
        "run_id": key,
        "workspace": event.workspace or "",
        "actor": event.actor,
        "action": event.action,
        "subject": event.subject,
        "origin": event.origin or "",
        "ts": event.ts_us,
    }


def check_workspace(envelope: Envelope, known: Run | None) -> None:
    """Return if an envelope may speak of its run, experiment or model.

    One that came in without a token may. One that came in with a token may speak of what is in
    the token's workspace; the first envelope of a run decides in which the run is.

    Raises:
        ForeignWorkspace: It may not.
    """
    if envelope.workspace is None:
        return
    claim = foreign_claim(envelope, envelope.workspace)
    if claim is None and subject_of(envelope.run) == "run" and known is not None:
        claim = known.workspace if known.workspace != envelope.workspace else None
    if claim is not None:
        message = (
            f"envelope came in with a token of the workspace {shown(envelope.workspace)}, and what "
            f"it says is not of that one: use a token of the workspace that has it"
        )
        raise ForeignWorkspace(message)
