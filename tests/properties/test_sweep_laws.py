"""The controllers of sweeps and pipelines: laws that hold in whatever order things happen.

A world takes decisions and lets children go on at random. A restart is nothing to it: a decision
rests on what is in the record, and so it does here.
"""

import itertools
from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from runtide.control.core import pipeline, sweep
from runtide.control.core.outcome import Outcome
from runtide.submit.step_order import in_order, reusable_steps

TERMINAL = {"Completed", "Failed", "Canceled"}
ENDS = st.sampled_from(sorted(TERMINAL))


@st.composite
def sweeps(draw: st.DrawFn) -> sweep.Rules:
    return sweep.Rules(
        draw_count=draw(st.integers(1, 12)),
        concurrency=draw(st.integers(1, 5)),
        failure_count_max=draw(st.none() | st.integers(0, 3)),
    )


def play(
    rules: sweep.Rules, data: st.DataObject, *, canceled_at: int | None = None
) -> tuple[dict[int, str], Counter[int], Outcome]:
    """Let a sweep go on to its end.

    Returns:
        The status of each child, how often each was submitted, and how the sweep ended.
    """
    status: dict[int, str] = {}
    submitted: Counter[int] = Counter()
    for turn in itertools.count():
        is_canceled = canceled_at is not None and turn >= canceled_at
        children = {index: sweep.Child(s) for index, s in status.items()}
        decision = sweep.decide(rules, sweep.View(children=children, is_canceled=is_canceled))
        assert not (is_canceled and decision.submit)
        for index in decision.stop:
            assert status[index] == "Queued"
            status[index] = "CancelRequested"
        for index in decision.submit:
            submitted[index] += 1
            status[index] = "Queued"
        going_on = [index for index, s in status.items() if s not in TERMINAL]
        assert len(going_on) <= rules.concurrency
        if decision.outcome is not None:
            assert not going_on
            return status, submitted, decision.outcome
        for index in data.draw(st.lists(st.sampled_from(going_on), min_size=1, unique=True)):
            status[index] = data.draw(ENDS)
    raise AssertionError


@given(rules=sweeps(), data=st.data())
def test_every_draw_is_submitted_once_and_never_more_at_a_time_than_allowed(
    rules: sweep.Rules, data: st.DataObject
) -> None:
    status, submitted, outcome = play(rules, data)

    failed_count = Counter(status.values())["Failed"]
    limit = rules.failure_count_max
    assert set(submitted.values()) == {1}
    if limit is None or failed_count <= limit:
        assert set(submitted) == set(range(rules.draw_count))
        assert (outcome.status == "Completed") == ("Completed" in status.values())
    else:
        assert outcome.status == "Failed"


@given(rules=sweeps(), data=st.data())
def test_sweep_that_is_canceled_submits_nothing_and_ends_with_its_children(
    rules: sweep.Rules, data: st.DataObject
) -> None:
    """Of 12 draws, 3 at a time are not done after 3 turns."""
    concurrency = min(rules.concurrency, 3)
    rules = replace(rules, draw_count=12, concurrency=concurrency, failure_count_max=None)
    turn = data.draw(st.integers(0, 3))

    _, submitted, outcome = play(rules, data, canceled_at=turn)

    assert len(submitted) <= turn * rules.concurrency
    assert outcome.status == "Canceled"


@given(
    rules=sweeps(),
    known=st.dictionaries(st.integers(0, 11), st.sampled_from([*TERMINAL, "Queued"])),
)
def test_nothing_is_submitted_that_is_in_the_record(
    rules: sweep.Rules, known: dict[int, str]
) -> None:
    """Wherever the last controller was killed, the next one sees what it has submitted."""
    children = {i: sweep.Child(s) for i, s in known.items() if i < rules.draw_count}

    decision = sweep.decide(rules, sweep.View(children=children))

    assert not set(decision.submit) & set(children)


@given(rules=sweeps(), known=st.dictionaries(st.integers(0, 11), st.just("Running")))
def test_time_that_is_over_asks_every_child_to_end(
    rules: sweep.Rules, known: dict[int, str]
) -> None:
    children = {i: sweep.Child(s) for i, s in known.items() if i < rules.draw_count}

    decision = sweep.decide(rules, sweep.View(children=children, is_over_time=True))

    assert set(decision.stop) == set(children)
    assert decision.submit == ()
    assert (decision.outcome is not None) == (not children)


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, list[str]]:
    """Return steps without circles, in any order."""
    names = [f"s{i}" for i in range(draw(st.integers(1, 8)))]
    after = {
        name: draw(st.lists(st.sampled_from(names[:i]), unique=True, max_size=3)) if i else []
        for i, name in enumerate(names)
    }
    order = draw(st.permutations(names))
    return {name: after[name] for name in order}


@given(after=graphs(), data=st.data())
def test_step_is_run_once_after_all_before_it_or_skipped_with_a_reason(
    after: dict[str, list[str]], data: st.DataObject
) -> None:
    status: dict[str, str] = {}
    skipped: set[str] = set()
    outcome = None
    while outcome is None:
        decision = pipeline.decide(after, status, is_canceled=False)
        outcome = decision.outcome
        for step, reason in decision.skip.items():
            assert step not in status
            assert any(f"{earlier}, which is" in reason for earlier in after[step])
            status[step] = "Canceled"
            skipped.add(step)
        for step in decision.submit:
            assert step not in status
            assert all(status[earlier] == "Completed" for earlier in after[step])
            status[step] = "Running"
        going_on = [step for step, s in status.items() if s not in TERMINAL]
        if going_on:
            step = data.draw(st.sampled_from(going_on))
            status[step] = data.draw(st.sampled_from(["Completed", "Failed"]))
    assert set(status) == set(after)
    failed = [step for step, s in status.items() if s == "Failed"]
    assert outcome.status == ("Failed" if failed else "Completed")
    assert all(step in outcome.reason for step in failed)
    depends = {step for step in after if any(e in failed or e in skipped for e in after[step])}
    assert skipped == depends


@given(after=graphs(), data=st.data())
def test_pipeline_that_is_canceled_accounts_for_every_step(
    after: dict[str, list[str]], data: st.DataObject
) -> None:
    known = data.draw(st.lists(st.sampled_from(list(after)), unique=True))
    status = {step: data.draw(st.sampled_from(["Completed", "Running"])) for step in known}

    decision = pipeline.decide(after, status, is_canceled=True)

    if decision.outcome is None:
        assert set(decision.stop) == {step for step, s in status.items() if s == "Running"}
        assert set(decision.skip) == set(after) - set(known)
    else:
        assert set(status) == set(after)
        assert "Running" not in status.values()


@given(after=graphs(), data=st.data())
def test_step_is_reused_only_with_all_that_it_comes_after(
    after: dict[str, list[str]], data: st.DataObject
) -> None:
    completed = set(data.draw(st.lists(st.sampled_from(list(after)), unique=True)))
    changed = set(data.draw(st.lists(st.sampled_from(list(after)), unique=True)))

    reused = reusable_steps(
        after, {step: step for step in completed}, {step: step not in changed for step in after}
    )

    assert set(reused) <= completed - changed
    assert all(earlier in reused for step in reused for earlier in after[step])
    for step in (completed - changed) - set(reused):
        assert any(earlier not in reused for earlier in after[step])


@given(after=graphs())
def test_order_holds_every_step_behind_those_that_it_comes_after(
    after: dict[str, list[str]],
) -> None:
    order = in_order(after)

    assert sorted(order) == sorted(after)
    assert all(
        order.index(earlier) < order.index(step) for step in after for earlier in after[step]
    )
