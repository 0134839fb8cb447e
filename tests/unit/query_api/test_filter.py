import re
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from query_api.core.filter import compile_filter
from query_api.core.filter_tokens import tokens_of
from runtide.errors import UsageError


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("status =", "the end at character 9: want a number, quoted text"),
        ("status Running", "'Running' at character 8: want one of `=`"),
        ("= 3", "'=' at character 1: want a field"),
        ("(name = a", "the end at character 10: want `)`"),
        ("name = a b", "'b' at character 10: want `and`, `or` or the end"),
        ("name = a and", "the end at character 13: want a field"),
        ("nope = 1", "'nope' at character 1: want one of"),
        ("name.x = 1", "'name.x' at character 1: want one of"),
        ("config = 1", "'config' at character 1: want one of"),
        ("status = dancing", "'dancing' at character 10: want a status, one of `NotStarted`"),
        ("status != 3", "3.0 at character 11: want a status"),
        ("duration > long", "'long' at character 12: `duration` is a number of seconds"),
        ("duration ~ 3", "3.0 at character 12: `duration` is a number of seconds"),
        ('created > "2026-02-30"', "'2026-02-30' at character 11: `created_us` is a time"),
        ("name = 3", "3.0 at character 8: `name` is text"),
        ("created > x", "'x' at character 11: `created_us` is a time"),
        ("created ~ 3", "3.0 at character 11: `created_us` is a time"),
        ("metrics.loss = 3", "want `metrics.NAME.min`"),
        ("metrics = 3", "want `metrics.NAME.min`"),
        ("metrics.loss.last = x", "'x' at character 21: a metric is a number"),
        ("metrics.loss.last ~ 1", "1.0 at character 21: a metric is a number"),
        ("archived = 3", "the value at character 12: want `archived = true`"),
        ("archived < true", "want `archived = true`"),
        ("name < null", "compares null with `<` before character 8"),
        ('name = "open', "text at character 8 that does not end"),
        ("name ! 3", "'!' at character 6"),
        ("(" * 60 + "name = a" + ")" * 60, "nested deeper than 50"),
        ("a" * 10_001, "filter has 10,001 characters"),
    ],
)
def test_a_wrong_filter_is_refused_with_the_place_and_what_was_expected(
    text: str, message: str
) -> None:
    with pytest.raises(UsageError, match=re.escape(message)):
        compile_filter(text)


@given(st.text())
@example('metrics."a".last<1')
@example("\x00")
def test_any_text_compiles_or_is_a_usage_error(text: str) -> None:
    with suppress(UsageError):
        compile_filter(text)


@given(st.text(min_size=1), st.text())
def test_no_text_of_the_filter_reaches_the_statement(key: str, value: str) -> None:
    """Everything a caller wrote is a parameter; the statement is made of our own words."""

    def quoted(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    compiled = compile_filter(f"tags.{quoted(key)} = {quoted(value)}")

    assert compiled.parameters == {"filter_0": key, "filter_1": value}
    assert compiled.sql == compile_filter('tags."k" = "v"').sql


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a.b/c-d", ["a.b/c-d"]),
        ('metrics."odd \\" name".min', ['metrics."odd \\" name".min']),
        ("x<=-1.5e3", ["x", "<=", "-1.5e3"]),
        ("'a b'", ["a b"]),
        ("(a)", ["(", "a", ")"]),
    ],
)
def test_words_are_told_apart(text: str, words: list[str]) -> None:
    assert [token.text for token in tokens_of(text)][:-1] == words


@pytest.mark.parametrize("status", ["Running", "running", "RUNNING", "'not responding'"])
def test_status_is_found_however_it_is_written(status: str) -> None:
    written = compile_filter(f"status = {status}").parameters["filter_0"]

    assert written in {"Running", "NotResponding"}


@pytest.mark.parametrize(
    "text",
    [
        "name == a",
        "parent = null",
        "started != null",
        "created >= 5",
        'created < "2026-11-25 14:30"',
        "duration >= 1.5",
        "status = not-responding",
        "status != null",
        "status < r",
        "archived = true or archived != false",
        "not (name = a and name ~ b)",
        "metrics.loss.last != null",
        "metrics.loss.min <= 1",
        "metrics.a.b.first > 1",
        "tags.a = null",
        "tags.a > 3",
        "tags.a ~ 3",
        "tags.a = true",
        "properties.a = false",
        "config.lr >= 0.1",
        "config.a.b = x",
        "config.a != null",
    ],
)
def test_every_form_of_a_condition_compiles(text: str) -> None:
    """That each means what it says is tested against the engine in tests/api."""
    assert compile_filter(text).sql
