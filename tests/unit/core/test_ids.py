import pytest

from runtide.core.ids import Position, is_outsider, parse_position, writer_number


@pytest.mark.parametrize("position", [Position(0, 0), Position(3, 1234), Position(0, 10**18 - 1)])
def test_position_is_parsed_from_its_text(position: Position) -> None:
    assert parse_position(str(position)) == position


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":",
        "0",
        "0:",
        ":0",
        "0:-1",
        "+0:1",
        "a:1",
        "0:1:2",
        "0: 1",
        "0:1\n",
        "٣:1",
        "0:" + "9" * 19,
    ],
)
def test_text_that_is_no_position_is_refused(text: str) -> None:
    """It comes from the address of a request; an offset beyond 64 bits crashed the log's reader."""
    with pytest.raises(ValueError, match="want `partition:offset`"):
        parse_position(text)


def test_number_of_a_writer_never_changes() -> None:
    """It is part of every point's key in tables that older versions wrote."""
    assert writer_number("w1") == 13274795714329984242
    assert writer_number("größe") == 16832822397561338100


@pytest.mark.parametrize(
    ("writer", "want"),
    [("liveness-1", True), ("query-api-1", True), ("0123456789abcdef", False), ("api", False)],
)
def test_who_watches_and_who_edits_is_none_of_the_runs_own_writers(
    writer: str, *, want: bool
) -> None:
    assert is_outsider(writer) is want
