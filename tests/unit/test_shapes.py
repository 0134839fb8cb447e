"""The shapes of `get_metrics`."""

from __future__ import annotations

import math
from typing import Any

import pytest

from runtide.core.columns import encode_column
from runtide.core.shapes import metric_value, metric_values
from runtide.errors import MalformedEvent


def entry(kind: str, values: list[Any]) -> dict[str, Any]:
    """Return an entry of `values` under the name `m`."""
    return {"name": "m", "kind": kind, "n": len(values), "value": encode_column(values)}


def table(n: int, **columns: list[Any]) -> dict[str, Any]:
    """Return an entry of a table under the name `m`."""
    wire = [{"name": name, "value": encode_column(cells)} for name, cells in columns.items()]
    return {"name": "m", "kind": "table", "n": n, "columns": wire}


@pytest.mark.parametrize(
    ("logged", "want"),
    [
        pytest.param(entry("scalar", [0.5]), 0.5, id="one scalar is bare"),
        pytest.param(entry("scalar", [0.5, 2, True]), [0.5, 2, True], id="several are a list"),
        pytest.param(entry("scalar", ["a", None]), ["a", None], id="strings and nulls"),
        pytest.param(entry("scalar", [2**70, 1]), [2**70, 1], id="integers beyond 64 bits"),
        pytest.param(entry("list", [7]), 7, id="a list of one is bare"),
        pytest.param(entry("list", []), [], id="an empty list stays a list"),
        pytest.param(entry("list", [1, 2]), [1, 2], id="a list"),
        pytest.param(entry("image", ["a.png", "b.png"]), "a.png", id="the first image"),
        pytest.param(entry("chart", ["c.json"]), "c.json", id="a chart"),
        pytest.param(table(1, x=[1], y=[0.4]), {"x": 1, "y": 0.4}, id="one row is bare values"),
        pytest.param(
            table(2, y=[0.4, None], x=[1, 2]), {"y": [0.4, None], "x": [1, 2]}, id="several rows"
        ),
        pytest.param(table(0, x=[]), {"x": []}, id="a table without rows"),
    ],
)
def test_metric_value_has_the_shape_that_the_retired_sdk_gave(
    logged: dict[str, Any], want: object
) -> None:
    """Scripts unpack these shapes without looking."""
    assert metric_value(logged) == want


def test_metric_value_keeps_int_float_and_bool_apart() -> None:
    """`1 == 1.0 == True`, so equality alone would not notice."""
    got = metric_value(entry("scalar", [1, 1.0, True]))

    assert [type(value) for value in got] == [int, float, bool]  # type: ignore[union-attr]  # a list


def test_metric_value_keeps_nan() -> None:
    """A loss that diverged must be seen as such."""
    got = metric_value(entry("scalar", [math.nan]))

    assert isinstance(got, float)
    assert math.isnan(got)


def test_metric_value_keeps_the_order_of_columns() -> None:
    """The first column is the x axis of a table's chart."""
    got = metric_value(table(2, y=[1, 2], x=[3, 4], a=[5, 6]))

    assert list(got) == ["y", "x", "a"]  # type: ignore[arg-type]  # a dict


def test_metric_value_refuses_an_unknown_kind() -> None:
    """A newer server may know kinds that this client does not."""
    with pytest.raises(MalformedEvent, match="of kind 'hologram'"):
        metric_value(entry("hologram", [1]))


def test_metric_value_refuses_a_column_of_another_length() -> None:
    """A short column would shift every later row."""
    logged = table(2, x=[1])

    with pytest.raises(MalformedEvent, match="holds 8 bytes, 2 values take 16"):
        metric_value(logged)


def test_metric_values_keeps_the_order_of_logging() -> None:
    """The page and the dict show metrics in the order of the script."""
    entries = [{**entry("scalar", [1]), "name": name} for name in ("z", "a")]

    assert list(metric_values(entries).items()) == [("z", 1), ("a", 1)]
