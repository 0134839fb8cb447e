"""The tables that analysts ask in SQL."""

from __future__ import annotations

from query_api.core.sql_functions import AGGREGATE_FUNCTIONS, SCALAR_FUNCTIONS
from query_api.core.sql_tables import TABLES, Table

_OPENING = """\
# Tables

What `POST /api/v1/sql` reads: a statement names these tables, bare or as `runtide.NAME`. A run is
in all of them under its `run_id`. Types are ClickHouse's, and so is the language.
"""


def pages() -> dict[str, str]:
    """Return one page with a section for each table, and the functions that may be called."""
    sections = [_section(table) for table in TABLES]
    functions = (
        f"## Functions\n\nOf one row: {_listed(SCALAR_FUNCTIONS)}.\n\n"
        f"Of many rows and of windows, also with combinators such as `If`: "
        f"{_listed(AGGREGATE_FUNCTIONS)}.\n"
    )
    return {"tables.md": "\n".join((_OPENING, *sections, functions))}


def _section(table: Table) -> str:
    rows = "".join(f"| `{c.name}` | `{c.type}` | {c.description} |\n" for c in table.columns)
    head = "| column | type | meaning |\n|---|---|---|\n"
    return f"## `{table.name}`\n\n{table.description}\n\n{head}{rows}"


def _listed(names: frozenset[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names, key=lambda name: (name.lower(), name)))
