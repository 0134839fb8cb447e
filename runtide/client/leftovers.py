"""What ended scripts have left in the spools of a machine, delivered when somebody asks for it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from runtide.client.frames import Parcel, frame_bytes
from runtide.client.options import Destination, Options, destination
from runtide.client.spool import (
    deliver_file,
    deliver_parcels,
    orphans,
    paths,
    urls_spooled_for,
)
from runtide.client.transport import Transport, open_transport
from runtide.errors import QuotaExceeded, RuntideError, UnavailableError

_ATTEMPTS: Final = 3
"""How often a step is tried: a broker that has just started is away for a moment."""

_PAUSE_S: Final = 1.0


class Outcome:
    """What became of what was left for one destination.

    Attributes:
        place: The destination.
        delivered: How many parcels of a run and kind it took.
        refused: How many of these it refused for good; they are lost.
        error: Why it did not take the rest, if it did not.
        kept_count: Spool files that are still there. Without an error, running scripts write them.
    """

    def __init__(self, place: Destination) -> None:
        self.place = place
        self.delivered = Counter[tuple[str, str]]()
        self.refused = Counter[tuple[str, str]]()
        self.error: RuntideError | None = None
        self.kept_count = 0

    def count(self, parcels: list[Parcel], refused: list[Parcel]) -> None:
        """Take notice of parcels that were delivered, but for those that were refused."""
        self.delivered.update((parcel.run, parcel.kind) for parcel in parcels)
        self.delivered.subtract((parcel.run, parcel.kind) for parcel in refused)
        self.refused.update((parcel.run, parcel.kind) for parcel in refused)


def places_left(options: Options) -> Iterator[Destination]:
    """Yield where things may be left to deliver: the settings' destination, and those in notes.

    Raises:
        UsageError: The settings' own URL leads nowhere.
    """
    urls: list[str | None] = [options.url, None, *urls_spooled_for(options.home)]
    seen: set[tuple[Path, str | None]] = set()
    for url in urls:
        place = destination(
            home=options.home,
            url=url,
            query_url=options.query_url,
            artifacts_url=options.artifacts_url,
            token=options.token,
        )
        if (place.home, place.url) not in seen:
            seen.add((place.home, place.url))
            yield place


def deliver_left(place: Destination, *, on_delivered: Callable[[int], None]) -> Outcome:
    """Deliver what dead senders have left for `place`. Files of living ones are not touched.

    Who delivers at the same time does so without harm: each takes other files.

    Args:
        place: Where it is to go.
        on_delivered: Told after each step how many bytes of the spool it was.
    """
    outcome = Outcome(place)

    def deliver(parcels: list[Parcel]) -> None:
        outcome.count(parcels, _refused(transport, parcels))
        on_delivered(sum(map(frame_bytes, parcels)))

    try:
        transport = open_transport(place)
        try:
            for spool in orphans(place):
                deliver_file(spool, deliver)
        finally:
            transport.close()
    except RuntideError as exc:
        outcome.error = exc
    outcome.kept_count = len(paths(place))
    return outcome


def _refused(transport: Transport, parcels: list[Parcel]) -> list[Parcel]:
    """Deliver `parcels`, and return those that were refused for good."""
    attempts_left = _ATTEMPTS
    while True:
        try:
            return _refused_at_once(transport, parcels)
        except QuotaExceeded as exc:
            time.sleep(exc.retry_after_s)
        except UnavailableError:
            attempts_left -= 1
            if not attempts_left:
                raise
            time.sleep(_PAUSE_S)


def _refused_at_once(transport: Transport, parcels: list[Parcel]) -> list[Parcel]:
    refused: list[Parcel] = []
    deliver_parcels(
        parcels,
        send=transport.send,
        save=transport.save_file,
        on_refused=lambda parcel, _: refused.append(parcel),
    )
    return refused
