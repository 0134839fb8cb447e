import subprocess
import sys

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from query_api.reads.grouping import groups_of, numpy_array, numpy_column


@given(st.lists(st.lists(st.sampled_from("abc"), max_size=5), max_size=6))
def test_groups_are_whole_wherever_the_engine_cuts_its_answer(chunks: list[list[str]]) -> None:
    """An answer comes in blocks, and a series may lie in several of them."""
    keys = sorted(key for chunk in chunks for key in chunk)
    parts, at = [], 0
    for chunk in chunks:
        parts.append(pa.array(keys[at : at + len(chunk)], pa.string()))
        at += len(chunk)
    table = pa.table({"key": pa.chunked_array(parts, pa.string()), "n": range(len(keys))})

    groups = [(key, part["n"].to_pylist()) for (key,), part in groups_of(table, ["key"])]

    assert groups == [
        (key, [i for i, k in enumerate(keys) if k == key]) for key in sorted(set(keys))
    ]


@pytest.mark.parametrize("kind", [pa.int64(), pa.float64(), pa.int8(), pa.uint32()], ids=str)
def test_numbers_are_those_of_the_slice(kind: pa.DataType) -> None:
    array = pa.array([1, 2, 3, 4], kind)

    assert numpy_array(array.slice(1, 2)).tolist() == [2, 3]
    assert numpy_array(array.slice(4)).tolist() == []
    assert numpy_array(pa.array([], kind)).dtype == kind.to_pandas_dtype()


def test_a_column_of_no_blocks_is_empty() -> None:
    table = pa.table({"n": pa.chunked_array([], pa.float64())})

    assert numpy_column(table, "n").tolist() == []


def test_numbers_are_taken_without_pandas() -> None:
    """Importing it takes a second, which the first chart would wait for."""
    sink = pa.BufferOutputStream()
    table = pa.table({"k": ["a", "b"], "n": [1, 2]})
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    script = (
        "import sys, pyarrow as pa; from query_api.reads.grouping import groups_of, numpy_column;"
        "table = pa.ipc.open_stream(sys.stdin.buffer.read()).read_all();"
        "[numpy_column(part, 'n') for _, part in groups_of(table, ['k'])];"
        "sys.exit('pandas' in sys.modules)"
    )

    process = subprocess.run(
        [sys.executable, "-c", script], input=sink.getvalue().to_pybytes(), check=False
    )

    assert process.returncode == 0
