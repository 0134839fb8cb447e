import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from query_api.core.cursor import Cursor, decode_cursor, encode_cursor
from runtide.errors import UsageError

TYPES = (int, float, str)


@given(
    st.none() | st.integers(-(2**63) + 1, 2**63 - 1) | st.floats(allow_nan=False) | st.text(),
    st.text(),
)
def test_a_cursor_comes_back_as_it_was(value: float | str | None, item_id: str) -> None:
    text = encode_cursor(Cursor(value, item_id), sort="-created")

    assert decode_cursor(text, sort="-created", of=TYPES) == Cursor(value, item_id)


def test_a_cursor_at_nan_is_one_without_value() -> None:
    """Lists sort NaN with the runs that have no value."""
    text = encode_cursor(Cursor(math.nan, "r"), sort="name")

    assert decode_cursor(text, sort="name", of=TYPES) == Cursor(None, "r")


@given(st.text())
@example("W10")
def test_any_text_is_a_cursor_or_a_usage_error(text: str) -> None:
    with pytest.raises(UsageError, match="cursor"):
        decode_cursor(text, sort="name", of=TYPES)


@pytest.mark.parametrize(
    "value", [2**63, "text", [1], {"float": "x"}], ids=["huge", "type", "array", "object"]
)
def test_a_forged_cursor_is_refused(value: object) -> None:
    """Whatever stands in a cursor becomes a parameter of a query, so its type is checked."""
    forged = encode_cursor(Cursor(value, "r"), sort="created")  # type: ignore[arg-type]  # forged

    with pytest.raises(UsageError, match="next_cursor"):
        decode_cursor(forged, sort="created", of=(int,))


def test_a_cursor_of_another_order_is_refused() -> None:
    text = encode_cursor(Cursor("a", "r"), sort="name")

    with pytest.raises(UsageError, match="start at page one"):
        decode_cursor(text, sort="-name", of=TYPES)
