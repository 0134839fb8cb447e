"""Laws of the ingest door: what it lets in and what the fold can fold are the same."""

from base64 import b64encode
from typing import Any

import orjson
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.core.admission import admit
from processors.core.fold import State, step
from runtide.core import limits
from runtide.errors import RejectedError
from runtide.log.port import Record


def packed(n: int) -> st.SearchStrategy[dict[str, Any]]:
    """Return packed columns of about `n` values: some have one too many."""
    widths = st.sampled_from([("f64", 8), ("i64", 8), ("bool", 1)])
    return st.tuples(widths, st.integers(n, n + 1), st.integers(0, 2)).map(
        lambda drawn: {
            drawn[0][0]: b64encode(bytes([drawn[2]]) * (drawn[1] * drawn[0][1])).decode()
        }
    )


def any_column(n: int) -> st.SearchStrategy[Any]:
    cells: st.SearchStrategy[Any] = st.one_of(
        st.integers(-(2**64), 2**64).map(lambda i: {"int": str(i)}),
        st.sampled_from([0, 1, -1, 2**62, 2**63 - 1, -(2**63), 0.5, True, "x", None]),
        st.sampled_from([{"float": "nan"}, {"float": "x"}, {"int": "1.5"}, []]),
    )
    whole = st.sampled_from([0, 1, -1, 2**62, -(2**62), 2**63 - 1])
    return st.one_of(
        st.lists(cells, min_size=n, max_size=n),
        st.lists(st.integers(0, 9), min_size=n, max_size=n),
        st.tuples(whole, whole).map(lambda pair: {"range": list(pair)}),
        packed(n),
    )


@st.composite
def hostile_events(draw: st.DrawFn) -> dict[str, Any]:
    """Draw an event that fits its type's fields, with columns of every kind in every place."""
    n = draw(st.integers(0, 3))
    kind = draw(st.sampled_from(["scalars", "strings", "list", "rows", "system"]))
    event: dict[str, Any] = {"type": kind, "name": "m", "n": n, "ts_us": 1}
    if kind == "rows":
        names = draw(st.lists(st.sampled_from("xy"), max_size=3))
        return event | {"columns": [{"name": x, "value": draw(any_column(n))} for x in names]}
    event["value"] = draw(any_column(n))
    if kind in {"scalars", "strings", "system"}:
        event["ts_us"] = draw(any_column(n))
    if kind in {"scalars", "strings"}:
        event["step"] = draw(any_column(n))
    if kind == "system":
        event["host"] = "h"
    return event


def envelope(*events: dict[str, Any]) -> bytes:
    head = {"v": 1, "run": "r", "writer": "w", "seq": 1, "sent_us": 1}
    return orjson.dumps(head | {"events": events})


def is_admitted(value: bytes) -> bool:
    try:
        admit([value])
    except RejectedError:
        return False
    return True


def is_folded(value: bytes) -> bool:
    _, effects = step(State(0), [Record(0, 0, "r", value)])
    return "dead_letters" not in effects.tables


STEPS = {"step": {"range": [0, 1]}, "ts_us": {"range": [0, 0]}}


@given(st.lists(hostile_events(), min_size=1, max_size=2))
@example([{"type": "strings", "name": "m", "n": 1, "value": {"range": [0, 1]}, **STEPS}])
@example(
    [
        {"type": "scalars", "name": name, "n": limits.PLACES_PER_ENVELOPE_MAX, **STEPS}
        | {"value": {"range": [0, 1]}}
        for name in ("a", "b")
    ]
)
def test_what_is_admitted_is_what_can_be_folded(events: list[dict[str, Any]]) -> None:
    """An envelope that was accepted and then became a dead letter would be a broken promise."""
    value = envelope(*events)

    assert is_admitted(value) == is_folded(value)
