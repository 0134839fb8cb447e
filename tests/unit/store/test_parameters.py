"""Long lists of parameters, in pieces."""

import pytest

from runtide.store.parameters import PIECE_BYTES_MAX, in_pieces


def test_short_lists_and_other_values_stay_as_they_are() -> None:
    sql = "SELECT {a:Array(String)}, {b:UInt8}"
    parameters = {"a": ["x", "y"], "b": 7}

    assert in_pieces(sql, parameters) == (sql, parameters)


def test_long_list_is_joined_by_the_statement() -> None:
    text = "x" * (PIECE_BYTES_MAX // 2)

    sql, sent = in_pieces(
        "SELECT 1 IN {a:Array(String)}, {ab:String}", {"a": [text] * 3, "ab": "y"}
    )

    joined = "arrayConcat({a_piece_0:Array(String)}, {a_piece_1:Array(String)}, {a_piece_2:Array(String)})"
    assert sql == f"SELECT 1 IN {joined}, {{ab:String}}"
    assert sent == {"a_piece_0": [text], "a_piece_1": [text], "a_piece_2": [text], "ab": "y"}


@pytest.mark.parametrize("value", ["é" * 40, "plain", 2**60])
def test_no_piece_is_too_long_and_none_is_lost(value: object) -> None:
    values = [value] * 20_000

    _, sent = in_pieces("{a:Array(String)}", {"a": values})

    pieces = [piece for piece in sent.values() if isinstance(piece, list)]
    assert len(pieces) > 1
    assert [one for piece in pieces for one in piece] == values
    assert all(len("".join(map(str, piece)).encode()) <= PIECE_BYTES_MAX for piece in pieces)
