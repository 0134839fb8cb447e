"""What the queue of a compute target does next. Pure: no clock, no I/O.

    Queued ──Take──> Preparing … Running … ──> its launcher says how it ended
       │                 │
       │                 └─ its launcher died, and said nothing ──Bury──> Failed
       └─ CancelRequested ──Withdraw──> Canceled

A run that goes on from the record is started again instead, and canceled by itself.

A queue knows three things of a run: what the record says of it, whether it was handed to the
engine, and whether its launcher lives. Any of them may be older than the others after a crash, so
every decision is one that is right to take again.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

CANCEL_REQUESTED = "CancelRequested"


class Owner(Enum):
    """Who took a run from its queue."""

    NOBODY = auto()
    US = auto()
    ANOTHER = auto()


class Verb(Enum):
    """What is done to a run."""

    TAKE = auto()
    """Claim it, and start it if the claim is the first."""

    START = auto()
    """Start it: it is ours, and a crash came between the claim and the start; or its launcher died,
    and it goes on from the record."""

    CANCEL = auto()
    """Ask its launcher to end it."""

    WITHDRAW = auto()
    """Say that it is canceled, as it has no launcher who could."""

    BURY = auto()
    """End what is left of it, and say that its launcher died."""


class Action(NamedTuple):
    """One thing to do."""

    verb: Verb
    run_id: str


class QueuedRun(NamedTuple):
    """A run that waits."""

    run_id: str
    priority: int
    submitted_us: int


class ActiveRun(NamedTuple):
    """A run that was taken, or is to be canceled, and has not ended."""

    run_id: str
    status: str
    owner: Owner


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a queue knows at one moment.

    Attributes:
        queued: The runs that wait, in any order.
        active: The runs that have not ended and do not wait.
        handed: Runs that were handed to the engine, whether or not they have ended since.
        alive: Those whose launcher lived before `queued` and `active` were read. A launcher that
            had died by then has nothing more to say.
        asked: Runs whose launcher was asked to end.
        resumable: Runs that go on where they were when their launcher died, once they are started
            again, and that see by themselves to being canceled.
        slot_count: How many launchers may live at once.
    """

    queued: Sequence[QueuedRun]
    active: Sequence[ActiveRun]
    handed: Collection[str]
    alive: Collection[str]
    asked: Collection[str]
    resumable: Collection[str] = ()
    slot_count: int


def decide(view: View) -> list[Action]:
    """Return what to do, in order.

    Waiting runs are taken by priority, the largest first, then by time of submission. A launcher
    holds its slot until it is gone, whatever the record says of its run.
    """
    actions = [
        Action(verb, run.run_id) for run in view.active if (verb := _verb_of(run, view)) is not None
    ]
    starting_count = sum(verb is Verb.START for verb, _ in actions)
    free_count = max(0, view.slot_count - len(view.alive) - starting_count)
    waiting = sorted(view.queued, key=lambda run: (-run.priority, run.submitted_us, run.run_id))
    return actions + [Action(Verb.TAKE, run.run_id) for run in waiting[:free_count]]


def _verb_of(run: ActiveRun, view: View) -> Verb | None:
    is_unwanted = run.status == CANCEL_REQUESTED
    if run.owner is not Owner.US:
        is_nobodys = run.owner is Owner.NOBODY
        return Verb.WITHDRAW if is_unwanted and is_nobodys else None
    if run.run_id in view.alive:
        is_news = is_unwanted and run.run_id not in view.asked
        return Verb.CANCEL if is_news else None
    if run.run_id in view.resumable:
        return Verb.START
    if is_unwanted:
        return Verb.WITHDRAW
    return Verb.BURY if run.run_id in view.handed else Verb.START
