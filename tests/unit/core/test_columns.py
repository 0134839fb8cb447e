import math
from types import SimpleNamespace
from typing import Any

import pytest

from runtide.core import columns
from runtide.core.columns import (
    Cell,
    decode_column,
    encode_column,
    encode_f64,
    encode_i64,
    encode_range,
    escape_cell,
    parse_column,
    unescape_cell,
)
from runtide.errors import MalformedEvent


@pytest.mark.parametrize(
    ("values", "wire"),
    [
        ([], []),
        ([1.0, -2.5], {"f64": "AAAAAAAA8D8AAAAAAAAEwA=="}),
        ([1, -1], {"i64": "AQAAAAAAAAD//////////w=="}),
        ([True, False], {"bool": "AQA="}),
        (["a", "ä"], ["a", "ä"]),
        ([1, 1.0, True, "1", None], [1, 1.0, True, "1", None]),
        ([1, math.inf], [1, {"float": "inf"}]),
        ([None, -math.inf], [None, {"float": "-inf"}]),
        (["", math.nan], ["", {"float": "nan"}]),
        ([2**63], [{"int": "9223372036854775808"}]),
        ([0, -(2**63) - 1], [0, {"int": "-9223372036854775809"}]),
    ],
)
def test_column_is_encoded_in_the_smallest_exact_form(values: list[Cell], wire: object) -> None:
    """The forms are the published contract: clients in other languages write them too."""
    assert encode_column(values) == wire


def test_big_endian_machine_writes_and_reads_the_same_bytes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The wire is little-endian everywhere, so a machine of the other kind swaps every value."""
    little = encode_i64([1]), encode_f64([1.0])
    monkeypatch.setattr(columns, "sys", SimpleNamespace(byteorder="big"))

    assert decode_column(encode_i64([1, -2]), 2) == [1, -2]
    assert decode_column(encode_f64([1.5]), 1) == [1.5]
    # This machine's own order is little, so what it swaps comes out as the other order.
    assert (encode_i64([1 << 56]), encode_f64([3.03865e-319])) == little


def test_encoded_range_counts_from_its_start_by_its_stride() -> None:
    assert decode_column(encode_range(5, -2), 3) == [5, 3, 1]
    assert decode_column(encode_range(5), 2) == [5, 6]
    assert decode_column(encode_range(2**63 - 2), 2) == [2**63 - 2, 2**63 - 1]


def test_integer_outside_64_bits_is_no_packed_integer() -> None:
    with pytest.raises(OverflowError):
        encode_i64([2**63])


@pytest.mark.parametrize("wire", [encode_f64([]), encode_i64([]), {"bool": ""}, encode_range(7)])
def test_column_of_no_values_is_read(wire: object) -> None:
    assert decode_column(wire, 0) == []


@pytest.mark.parametrize(
    ("wire", "n"),
    [
        pytest.param([1, 2], 1, id="too many cells"),
        pytest.param([1, 2], 3, id="too few cells"),
        pytest.param("text", 4, id="text"),
        pytest.param(None, 0, id="null"),
        pytest.param({}, 0, id="no form"),
        pytest.param({"f64": "", "i64": ""}, 0, id="two forms"),
        pytest.param({"f32": ""}, 0, id="unknown form"),
        pytest.param({"f64": None}, 0, id="no base64 text"),
        pytest.param({"f64": "AAAAAAAA8D8"}, 1, id="no padding"),
        pytest.param({"f64": "AAAA AAAA8D8="}, 1, id="blank in base64"),
        pytest.param({"f64": "ÄAAAAAAA8D8="}, 1, id="base64 that is not ASCII"),
        pytest.param({"f64": "AAAAAAAA8D8="}, 2, id="too few bytes"),
        pytest.param({"i64": "AAAAAAAA8D8="}, 0, id="too many bytes"),
        pytest.param({"bool": "Ag=="}, 1, id="bool of 2"),
        pytest.param({"range": [0]}, 1, id="range without stride"),
        pytest.param({"range": [0, 1, 2]}, 1, id="range of three"),
        pytest.param({"range": "01"}, 1, id="range of text"),
        pytest.param({"range": [0.0, 1]}, 1, id="range of floats"),
        pytest.param({"range": [True, 1]}, 1, id="range from a boolean"),
        pytest.param({"range": [0, True]}, 1, id="range by a boolean"),
        pytest.param({"range": [2**63, 0]}, 1, id="range from beyond 64 bits"),
        pytest.param({"range": [2**63 - 1, 1]}, 2, id="range to beyond 64 bits"),
        pytest.param({"range": [-(2**63), -1]}, 2, id="range to below 64 bits"),
        pytest.param({"range": [0, 2**63]}, 1, id="stride beyond 64 bits"),
        pytest.param({"range": [0, 2**63]}, 0, id="stride beyond 64 bits of nothing"),
        pytest.param([[]], 1, id="nested cell"),
        pytest.param([{}], 1, id="empty object"),
        pytest.param([{"float": "nan", "int": "1"}], 1, id="two escapes"),
        pytest.param([{"float": "infinity"}], 1, id="unknown float"),
        pytest.param([{"float": 1.0}], 1, id="float that is not text"),
        pytest.param([{"int": 1}], 1, id="int that is not text"),
        pytest.param([{"int": ""}], 1, id="int without digits"),
        pytest.param([{"int": "--1"}], 1, id="int of two signs"),
        pytest.param([{"int": "+1"}], 1, id="int with a plus"),
        pytest.param([{"int": "1_0"}], 1, id="int with an underscore"),
        pytest.param([{"int": "٣"}], 1, id="int in other digits"),
        pytest.param([{"int": "1" * 4001}], 1, id="int of 4001 digits"),
    ],
)
def test_malformed_column_is_rejected(wire: object, n: int) -> None:
    with pytest.raises(MalformedEvent):
        decode_column(wire, n)


def test_longest_integers_are_read() -> None:
    """Python refuses decimal text beyond 4,300 digits; the contract stops before."""
    assert decode_column([{"int": "-" + "9" * 4000}], 1) == [1 - 10**4000]


def test_range_is_not_expanded_before_it_is_used() -> None:
    """A few bytes may name a billion values; whoever parses them decides whether to make them."""
    assert parse_column({"range": [0, 1]}, 10**9).data == (0, 1)


@pytest.mark.parametrize("value", [None, True, 0, 2**64, -1.5, -math.inf, "", "text"])
def test_escaped_cell_unescapes_to_itself(value: Any) -> None:
    assert unescape_cell(escape_cell(value)) == value
