"""Pipelines that cannot be are refused at once, and say why."""

from pathlib import Path
from typing import Any

import pytest

from runtide import Pipeline, ScriptRunConfig, Step
from runtide.errors import UsageError

CONFIG: Any = ScriptRunConfig(".", "train.py")


def step(name: str, *after: Any) -> Step:
    return Step(name, CONFIG, after)


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([], "at least one"),
        ([step("a"), step("a")], "two steps are named 'a'"),
        ([step("a", "b")], "step 'a' comes after 'b', which is no step: the steps are a"),
        ([step("a", "a")], "in a circle, a after a: break it"),
        (
            [step("z"), step("d", "a"), step("a", "c"), step("b", "a", "z"), step("c", "b")],
            "in a circle, a after c after b after a: break it",
        ),
        ([step("a", 3)], "comes after 3: want a step or its name"),
        (["a"], "want a `Step`"),
    ],
)
def test_steps_that_cannot_be_put_in_order_are_refused(steps: list[Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Pipeline(steps)


def test_steps_come_after_steps_and_names_in_any_order(tmp_path: Path) -> None:
    (tmp_path / "train.py").touch()
    config = ScriptRunConfig(tmp_path, "train.py")
    first = Step("first", config)
    last = Step("last", config, [first, "first"])
    middle = Step("middle", config, first)
    last.run_after(middle)

    plan = Pipeline([last, middle, first], max_duration_seconds=5).plan()

    assert [(name, after) for name, after, _ in plan.steps] == [
        ("last", ["first", "middle"]),
        ("middle", ["first"]),
        ("first", []),
    ]
    assert plan.duration_s_max == 5.0


def test_circle_that_is_made_later_is_refused_when_it_is_submitted() -> None:
    first, second = step("a"), step("b", "a")
    pipeline = Pipeline([first, second])
    first.run_after(second)

    with pytest.raises(UsageError, match="in a circle"):
        pipeline.plan()
