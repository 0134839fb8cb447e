import pytest

from query_api.core.sorting import Order, metric_stat_sql, parse_order
from runtide.errors import UsageError


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("-created", Order("-created", True, "created_us", "Int64")),
        ("created_us", Order("created_us", False, "created_us", "Int64")),
        ("name", Order("name", False, "name", "String")),
        (
            "-metrics.a.b.last",
            Order("-metrics.a.b.last", True, "stat", "Float64", "a.b", "last"),
        ),
        ('metrics."a b".min', Order('metrics."a b".min', False, "stat", "Float64", "a b", "min")),
    ],
)
def test_an_order_is_a_field_or_a_metric_and_a_direction(text: str, order: Order) -> None:
    assert parse_order(text) == order


@pytest.mark.parametrize("text", ["", "--name", "nope", "metrics.loss", "metrics.loss.mean"])
def test_an_unknown_order_is_refused_with_what_there_is(text: str) -> None:
    with pytest.raises(UsageError, match=r"`created`.*`metrics\.NAME"):
        parse_order(text)


def test_a_statistic_merges_rows_before_it_takes_its_element() -> None:
    assert metric_stat_sql("max") == "tupleElement(max(high), 1)"
