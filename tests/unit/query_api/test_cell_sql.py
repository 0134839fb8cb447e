"""An entry of tags, properties or config in SQL; what it finds is tested in tests/api."""

import pytest

from query_api.core.cell_sql import ENTRY_HEADS, CellSql, cell_sql


@pytest.mark.parametrize("head", sorted(ENTRY_HEADS))
def test_name_is_a_parameter_and_never_part_of_the_statement(head: str) -> None:
    given: list[str] = []

    def parameter(value: str) -> str:
        given.append(value)
        return f"{{p{len(given)}:String}}"

    cell = cell_sql(head, ["a'b", "c"], parameter)

    assert "a'b.c" in given
    assert "a'b" not in cell.has + cell.text + cell.number + cell.optional_text


def test_entry_that_is_missing_has_no_text_and_no_number() -> None:
    """NULL, so that it sorts last and fulfils no comparison."""
    cell = CellSql(has="h", text="t")

    assert cell.optional_text == "if(h, toNullable(t), NULL)"
    assert cell.number == "if(abs(toFloat64OrNull(t)) < inf, toFloat64OrNull(t), NULL)"
