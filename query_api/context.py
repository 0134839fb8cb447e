"""What the routes share: the parts of the system, and the parameters that many take."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Path, Query, Request
from starlette.convertors import Convertor, register_url_convertor

from query_api.live import LiveHub
from query_api.progress import FoldProgress, folded_position, wait_until_fresh
from query_api.reads.sql import Desk
from query_api.recorder import Recorder
from runtide.artifacts.port import ArtifactStore
from runtide.core import limits, names
from runtide.log.port import EventLog
from runtide.store.port import MetricStore


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
    """

    store: MetricStore
    log: EventLog
    artifacts: ArtifactStore
    progress: FoldProgress
    hub: LiveHub
    recorder: Recorder
    sql: Desk
    home: str

    def position(self) -> str:
        """Return how far the log is folded, for an answer that is read after this call."""
        return folded_position(self.log, self.progress)


def _context(request: Request) -> Context:
    context: Context = request.app.state.context
    return context


Parts = Annotated[Context, Depends(_context)]


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


def checked_run_id(
    run_id: Annotated[
        str,
        Path(min_length=1, max_length=limits.RUN_ID_CHARS_MAX, description="A run's id."),
    ],
) -> str:
    """Return the run id of the path.

    Raises:
        UsageError: No run can have such an id.
    """
    return names.run_id(run_id)


RunIdPath = Annotated[str, Depends(checked_run_id)]

CursorQuery = Annotated[
    str | None,
    Query(max_length=8192, description="The `next_cursor` of the page before."),
]
