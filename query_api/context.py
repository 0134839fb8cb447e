"""What the routes share: the parts of the system, and the parameters that many take."""

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Depends, Query, Request
from starlette.convertors import Convertor, register_url_convertor

from query_api.live import LiveHub
from query_api.progress import FoldProgress, folded_position, wait_until_fresh
from query_api.reads.sql import Desk
from query_api.recorder import Recorder, now_us
from runtide.artifacts.port import ArtifactStore
from runtide.core.access import LOCAL, Caller
from runtide.core.access_events import Audited
from runtide.core.names import AUDIT_KEY, DEFAULT_WORKSPACE
from runtide.http.access import CallerOf
from runtide.log.port import EventLog
from runtide.store.port import MetricStore
from runtide.store.tokens import TokenBook


class AnyTextConvertor(Convertor[str]):
    """The rest of a path, line ends included: a metric's name may hold anything."""

    regex = r"[\s\S]*"

    def convert(self, value: str) -> str:
        """Return the text as it is."""
        return value

    def to_string(self, value: str) -> str:
        """Return the text as it is."""
        return value


register_url_convertor("any", AnyTextConvertor())


@dataclass(frozen=True, kw_only=True)
class Context:
    """The parts that one application is composed of.

    Attributes:
        home: The data folder, so that a client can tell whose server answers.
        caller: Who asks.
        origin: The address that they ask from.
        book: The tokens, where some are demanded.
    """

    store: MetricStore
    log: EventLog
    artifacts: ArtifactStore
    progress: FoldProgress
    hub: LiveHub
    recorder: Recorder
    sql: Desk
    home: str
    caller: Caller = LOCAL
    origin: str = ""
    book: TokenBook | None = None

    @property
    def workspace(self) -> str | None:
        """The one workspace that there is for whoever asks; None is all."""
        return self.caller.workspace

    @property
    def own_workspace(self) -> str:
        """The workspace that is meant where none is named."""
        return self.workspace or DEFAULT_WORKSPACE

    @property
    def actor(self) -> str:
        """Who changes something, in the record of it."""
        return "query-api" if self.caller == LOCAL else self.caller.name

    def of(self, caller: Caller) -> "Context":
        """Return the parts as asked by `caller`."""
        return replace(self, caller=caller)

    def asked_from(self, request: Request) -> "Context":
        """Return the parts with where a request comes from."""
        return replace(self, origin=request.client.host if request.client else "")

    def forget_tokens(self) -> None:
        """Have the tokens read again before the next one is looked at."""
        if self.book is not None:
            self.book.forget()

    def audit(self, action: str, subject: str, *, workspace: str | None) -> None:
        """Record that whoever asks did `action` to `subject`; without tokens nobody has a name.

        Raises:
            LogUnavailable: The action is done, and its record may be missing.
        """
        if self.book is not None:
            self._append_audit(self.caller.name, action, subject, workspace)

    def audit_refusal(self, action: str, actor: str = "unknown") -> None:
        """Record that somebody was not let in, unless that happens too often to tell of each."""
        if self.recorder.may_tell_refusal():
            self._append_audit(actor, action, "", None)

    def _append_audit(self, actor: str, action: str, subject: str, workspace: str | None) -> None:
        audited = Audited(
            actor=actor,
            action=action,
            subject=subject,
            ts_us=now_us(),
            workspace=workspace,
            origin=self.origin or None,
        )
        self.recorder.append(AUDIT_KEY, [audited])

    def position(self) -> str:
        """Return how far the log is folded, for an answer that is read after this call."""
        return folded_position(self.log, self.progress)


def _open_context(request: Request) -> Context:
    context: Context = request.app.state.context
    return context


OpenParts = Annotated[Context, Depends(_open_context)]
"""The parts, for a route that asks nobody who they are."""


def _context(context: OpenParts, caller: CallerOf, request: Request) -> Context:
    return context.asked_from(request).of(caller)


Parts = Annotated[Context, Depends(_context)]
"""The parts, and who asks."""


def fresh_parts(
    parts: Parts,
    fresh: Annotated[  # noqa: FBT002  # a query parameter
        bool,
        Query(description="First wait until everything in the log now is folded."),
    ] = False,
) -> Context:
    """Return the parts, after the fold has caught up if the request says so.

    Raises:
        FoldBehind: It did not catch up in time.
    """
    if fresh:
        wait_until_fresh(parts.log, parts.progress)
    return parts


FreshParts = Annotated[Context, Depends(fresh_parts)]


CursorQuery = Annotated[
    str | None,
    Query(max_length=8192, description="The `next_cursor` of the page before."),
]
