"""Tables: their shapes, windows of their rows, their order, and the whole."""

import csv
import io
from typing import Any

import pytest

from query_api.reads import tables as reads
from runtide.core.columns import Cell, encode_column
from runtide.core.events import RowsLogged
from tests.system import System


def rows(name: str, n: int, **columns: list[Cell]) -> RowsLogged:
    wire = [{"name": k, "value": encode_column(v)} for k, v in columns.items()]
    return RowsLogged(name=name, n=n, columns=wire, ts_us=1)


def test_tables_are_listed_with_their_columns_and_rows(system: System) -> None:
    system.start_run("r", rows("b", 2, x=[1, 2]), rows("a", 1, y=[1]), rows("b", 1, z=[3], x=[4]))

    assert system.get("/runs/r/tables")["items"] == [
        {"name": "b", "columns": ["x", "z"], "row_count": 3},
        {"name": "a", "columns": ["y"], "row_count": 1},
    ]


@pytest.mark.parametrize(
    ("offset", "limit"), [(0, 100), (0, 1), (1, 3), (3, 4), (9, 5), (10, 1), (50, 1)]
)
def test_a_window_of_rows_is_what_lies_in_it(system: System, offset: int, limit: int) -> None:
    blocks = [rows("t/a b", 3, x=[i, i + 1, i + 2]) for i in range(0, 9, 3)]
    system.start_run("r", *blocks, rows("t/a b", 1, x=["end"], y=[float("nan")]))

    table = system.get(f"/runs/r/tables/t/a b?offset={offset}&limit={limit}")

    x: list[Any] = [*range(9), "end"]
    y: list[Any] = [None] * 9 + ["NaN"]
    assert (table["row_count"], table["offset"]) == (10, offset)
    assert table["columns"] == [
        {"name": "x", "kind": "cells", "value": x[offset : offset + limit]},
        {"name": "y", "kind": "float", "value": y[offset : offset + limit]},
    ]


def test_cells_of_every_kind_are_shown(system: System) -> None:
    system.start_run(
        "r", rows("t", 2, f=[0.5, 1.0], i=[1, 2], b=[True, False], s=["a", ""], c=[None, 2**70])
    )

    columns = system.get("/runs/r/tables/t")["columns"]

    assert {c["name"]: (c["kind"], c["value"]) for c in columns} == {
        "f": ("float", [0.5, 1.0]),
        "i": ("int", [1, 2]),
        "b": ("bool", [True, False]),
        "s": ("str", ["a", ""]),
        "c": ("cells", [None, 2**70]),
    }


def table_of(system: System) -> None:
    system.start_run("r", rows("t/a", 2, x=[3, 1], s=["b", "a"]), rows("t/a", 2, x=[2, None]))


def shown(system: System, **query: Any) -> tuple[int, list[int] | None, list[Any]]:
    table = system.get("/runs/r/tables/t/a", params=query)
    return table["match_count"], table["rows"], table["columns"][0]["value"]


@pytest.mark.parametrize(
    ("query", "want"),
    [
        ({}, (4, None, [3, 1, 2, None])),
        ({"sort": "x"}, (4, [1, 2, 0, 3], [1, 2, 3, None])),
        ({"sort": "-x"}, (4, [0, 2, 1, 3], [3, 2, 1, None])),
        ({"sort": "-x", "offset": 1, "limit": 2}, (4, [2, 1], [2, 1])),
        ({"search": "A"}, (1, [1], [1])),
        ({"sort": "x", "search": "b"}, (1, [0], [3])),
        ({"search": "nothing"}, (0, [], [])),
    ],
)
def test_rows_are_sorted_and_searched_as_a_whole(
    system: System, query: dict[str, Any], want: tuple[Any, ...]
) -> None:
    table_of(system)

    assert shown(system, **query) == want


def test_a_column_may_begin_with_a_hyphen(system: System) -> None:
    hyphened: dict[str, list[Cell]] = {"-x": [2, 1]}
    system.start_run("r", rows("t/a", 2, **hyphened))

    assert shown(system, sort="-x") == (2, [1, 0], [1, 2])
    assert shown(system, sort="--x") == (2, [0, 1], [2, 1])


def test_a_column_that_is_not_there_is_refused_by_name(system: System) -> None:
    table_of(system)
    system.fold_all()

    answer = system.client.get("/api/v1/runs/r/tables/t/a?sort=y")

    assert answer.status_code == 400
    assert "want a column ('x', 's')" in answer.json()["detail"]


def test_what_is_too_large_to_sort_is_said(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reads, "SORTED_CELLS_MAX", 7)
    table_of(system)
    system.fold_all()

    answer = system.client.get("/api/v1/runs/r/tables/t/a?sort=x")

    assert (answer.status_code, answer.json()["code"]) == (400, "usage")
    assert "has 8 cells, limit is 7" in answer.json()["detail"]
    assert shown(system)[0] == 4


@pytest.mark.parametrize("block", [1, 3, 10])
def test_an_export_is_the_whole_table(
    system: System, monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(reads, "_EXPORT_ROWS", block)
    system.start_run("r", rows("t/a", 2, x=[0.1, float("nan")], s=['b"', "ä,"]))
    system.append("r", rows("t/a", 1, x=[2**70]))
    system.fold_all()

    table = system.client.get("/api/v1/runs/r/table-export/t/a")
    objects = system.client.get("/api/v1/runs/r/table-export/t/a?format=json")

    assert list(csv.reader(io.StringIO(table.text, newline=""))) == [
        ["x", "s"],
        ["0.1", 'b"'],
        ["nan", "ä,"],
        [str(2**70), ""],
    ]
    assert table.headers["content-disposition"] == "attachment; filename*=UTF-8''t_a.csv"
    assert objects.json() == [
        {"x": 0.1, "s": 'b"'},
        {"x": "NaN", "s": "ä,"},
        {"x": 2**70, "s": None},
    ]
    assert system.client.get("/api/v1/runs/r/table-export/nope").status_code == 404
