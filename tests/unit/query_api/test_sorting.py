import pytest

from query_api.core.sorting import (
    DURATION_US_SQL,
    Entry,
    MetricStat,
    Order,
    parse_order,
)
from runtide.errors import UsageError


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("-created", Order("-created", True, "created_us", "Int64")),
        ("created_us", Order("created_us", False, "created_us", "Int64")),
        ("name", Order("name", False, "name", "String")),
        (
            "-metrics.a.b.last",
            Order("-metrics.a.b.last", True, by=MetricStat("a.b", "last")),
        ),
        (
            'metrics."a b\\"".min',
            Order('metrics."a b\\"".min', False, by=MetricStat('a b"', "min")),
        ),
        ("duration", Order("duration", False, DURATION_US_SQL, "Int64")),
        ("-config.opt.lr", Order("-config.opt.lr", True, by=Entry("config", ("opt", "lr")))),
        ('tags."a b"', Order('tags."a b"', False, by=Entry("tags", ("a b",)))),
    ],
)
def test_an_order_is_a_field_or_a_metric_and_a_direction(text: str, order: Order) -> None:
    assert parse_order(text) == order


@pytest.mark.parametrize(
    "text", ["", "--name", "nope", "config", "metrics.loss", "metrics.last", "metrics.a.mean"]
)
def test_an_unknown_order_is_refused_with_what_there_is(text: str) -> None:
    with pytest.raises(UsageError, match=r"`created`.*`metrics\.NAME"):
        parse_order(text)
