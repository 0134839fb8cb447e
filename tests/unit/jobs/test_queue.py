"""What a queue does next: a pure function of what it knows."""

from hypothesis import given
from hypothesis import strategies as st

from runtide.jobs.core.queue import Action, ActiveRun, Owner, QueuedRun, Verb, View, decide


def view(
    *queued: QueuedRun,
    active: tuple[ActiveRun, ...] = (),
    handed: str = "",
    alive: str = "",
    asked: str = "",
    slots: int = 1,
    resumable: str = "",
) -> View:
    """Return a view; runs have names of one letter."""
    return View(
        queued=queued,
        active=active,
        handed=set(handed),
        alive=set(alive),
        asked=set(asked),
        slot_count=slots,
        resumable=set(resumable),
    )


def waiting(name: str, *, priority: int = 0, at: int = 0) -> QueuedRun:
    return QueuedRun(name, priority, at)


def ours(name: str, status: str = "Running") -> ActiveRun:
    return ActiveRun(name, status, Owner.US)


def test_runs_are_taken_by_priority_and_then_in_order_of_submission() -> None:
    runs = (
        waiting("c", at=2),
        waiting("b", at=1),
        waiting("u", priority=-1),
        waiting("a", priority=9, at=5),
    )

    assert [a.run_id for a in decide(view(*runs, slots=4))] == ["a", "b", "c", "u"]


def test_no_more_runs_are_taken_than_slots_are_free() -> None:
    runs = (waiting("b", at=1), waiting("c", at=2), waiting("d", at=3))

    actions = decide(view(*runs, active=(ours("a"),), handed="a", alive="a", slots=3))

    assert actions == [Action(Verb.TAKE, "b"), Action(Verb.TAKE, "c")]


def test_launcher_of_a_run_that_has_ended_holds_its_slot_until_it_is_gone() -> None:
    """A script may say itself that its run failed, and go on uploading."""
    assert decide(view(waiting("b"), handed="a", alive="a", slots=1)) == []


def test_run_that_is_canceled_while_it_waits_is_withdrawn() -> None:
    run = ActiveRun("a", "CancelRequested", Owner.NOBODY)

    assert decide(view(active=(run,))) == [Action(Verb.WITHDRAW, "a")]


def test_launcher_is_asked_once_to_cancel() -> None:
    run = ours("a", "CancelRequested")

    assert decide(view(active=(run,), handed="a", alive="a")) == [Action(Verb.CANCEL, "a")]
    assert decide(view(active=(run,), handed="a", alive="a", asked="a")) == []


def test_run_whose_launcher_died_is_buried() -> None:
    assert decide(view(active=(ours("a"),), handed="a")) == [Action(Verb.BURY, "a")]


def test_run_that_was_to_be_canceled_when_its_launcher_died_is_canceled() -> None:
    run = ours("a", "CancelRequested")

    assert decide(view(active=(run,), handed="a")) == [Action(Verb.WITHDRAW, "a")]


def test_run_that_goes_on_from_the_record_is_started_again_even_to_be_canceled() -> None:
    """Only its own process knows what else it has to end."""
    for status in ("Running", "CancelRequested"):
        active = (ours("a", status),)
        assert decide(view(active=active, handed="a", resumable="a")) == [Action(Verb.START, "a")]


def test_run_that_was_claimed_before_a_crash_is_started_in_a_slot() -> None:
    actions = decide(view(waiting("b"), active=(ours("a", "Preparing"),)))

    assert actions == [Action(Verb.START, "a")]


def test_runs_of_another_queue_are_left_to_it() -> None:
    others = (
        ActiveRun("a", "Running", Owner.ANOTHER),
        ActiveRun("b", "CancelRequested", Owner.ANOTHER),
        ActiveRun("c", "Running", Owner.NOBODY),
    )

    assert decide(view(active=others)) == []


@given(
    alive=st.sets(st.sampled_from("abcdef")),
    started=st.sets(st.sampled_from("ghi")),
    priorities=st.lists(st.integers(-2, 2), max_size=8),
    slots=st.integers(0, 8),
)
def test_launchers_are_never_more_than_slots_unless_they_were_before(
    alive: set[str], started: set[str], priorities: list[int], slots: int
) -> None:
    queued = [waiting(str(i), priority=p, at=i) for i, p in enumerate(priorities)]
    active = tuple(ours(name, "Preparing") for name in started)

    actions = decide(view(*queued, active=active, alive="".join(alive), slots=slots))

    taken = [run_id for verb, run_id in actions if verb is Verb.TAKE]
    assert len(taken) == min(len(queued), max(0, slots - len(alive) - len(started)))
