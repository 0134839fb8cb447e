"""Identities: positions in the log, and numbers that stand for writers."""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import Final, NamedTuple

from runtide.core.shown import shown

# 18 digits stay within 64 bits, beyond which SQLite and ClickHouse have no offsets.
_POSITION: Final = re.compile(r"([0-9]{1,18}):([0-9]{1,18})")


LIVENESS_PREFIX: Final = "liveness-"
"""How the ids of writers begin that watch whether runs are heard of."""

QUERY_API_PREFIX: Final = "query-api-"
"""How the ids of writers begin that record what people do to runs in the dashboard."""

RETENTION_PREFIX: Final = "retention-"
"""How the ids of writers begin that say of runs that their time is over."""

_OUTSIDERS: Final = (LIVENESS_PREFIX, QUERY_API_PREFIX, RETENTION_PREFIX)


class Position(NamedTuple):
    """A place in the event log: the first record of `partition` that is not yet included.

    Written `partition:offset` on the wire, as in `0:1234`.
    """

    partition: int
    offset: int

    def __str__(self) -> str:
        return f"{self.partition}:{self.offset}"


def parse_position(text: str) -> Position:
    """Parse `partition:offset`.

    Raises:
        ValueError: `text` is not two decimal integers of at most 18 digits joined by a colon.
    """
    match = _POSITION.fullmatch(text)
    if match is None:
        message = f"position is {shown(text)}, want `partition:offset` such as `0:1234`"
        raise ValueError(message)
    return Position(int(match[1]), int(match[2]))


def writer_number(writer: str) -> int:
    """Return the unsigned 64-bit number that stands for `writer` in fact tables.

    Equal writers give equal numbers in every process and version. Two writers of one run
    collide with a chance of about 10^-19.
    """
    return int.from_bytes(blake2b(writer.encode(), digest_size=8).digest(), "little")


def is_outsider(writer: str) -> bool:
    """Whether `writer` is none of the run's own, so that what it writes is no sign of life."""
    return writer.startswith(_OUTSIDERS)
