"""What the reading commands share: the way to a record, and runs by the head of their id."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from runtide.client.options import Destination, destination, load_options, service_log_url
from runtide.client.reading import Reader
from runtide.core import names
from runtide.errors import NotFound, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

RunArgument = Annotated[
    str, typer.Argument(metavar="RUN", help="A run's id, or as much of its head as is unique.")
]

_CANDIDATES_MAX: Final = 5

# Above every character that an id may have, so that it bounds the ids with one head.
_AFTER_ALL: Final = "~"


def open_reader(home: str | None) -> Reader:
    """Return the way to the record of the folder `home`, or to what the environment says.

    A folder without a server gets one in the background when something is asked.

    Raises:
        UsageError: The environment has an unknown or impossible setting.
    """
    return Reader(open_place(home))


def open_place(home: str | None) -> Destination:
    """Return the folder `home`, or where the environment says that the record is.

    In a container of a cluster, which is told where Kafka is and no `RUNTIDE_URL`, that is Kafka.

    Raises:
        UsageError: The environment has an unknown or impossible setting.
    """
    options = load_options()
    if home is not None:
        return Destination(home=Path(home).expanduser().absolute(), token=options.token)
    return destination(
        home=options.home,
        url=options.url or service_log_url(),
        query_url=options.query_url,
        token=options.token,
    )


def get_run_id(reader: Reader, text: str) -> str:
    """Return the id of the one run whose id is, or begins with, `text`.

    Raises:
        NotFound: There is none.
        UsageError: There are several, or no id begins like that.
    """
    head = names.run_id(text)
    condition = f'run_id >= "{head}" and run_id < "{head}{_AFTER_ALL}"'
    question = {
        "filter": condition,
        "include_children": "true",
        "archived": "true",
        "sort": "run_id",
        "limit": _CANDIDATES_MAX + 1,
    }
    found = [run["run_id"] for run in reader.get("/runs", question)["items"]]
    if not found:
        message = f"no run's id begins with {head!r}: `runtide runs` lists them"
        raise NotFound(message)
    if head in found or len(found) == 1:
        return head if head in found else str(found[0])
    shown = ", ".join(found[:_CANDIDATES_MAX]) + (" …" if len(found) > _CANDIDATES_MAX else "")
    message = f"several ids begin with {head!r} ({shown}): type more of it"
    raise UsageError(message)


def first_items(items: Iterator[dict[str, Any]], limit: int) -> list[dict[str, Any]]:
    """Return at most `limit` of `items`, and ask for no more pages than that takes."""
    return [item for item, _ in zip(items, range(limit), strict=False)]
