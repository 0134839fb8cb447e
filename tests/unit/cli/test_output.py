"""What a terminal is given of text that runs chose."""

import io

import pytest
from rich.table import Table

from runtide.cli.output import SafeConsole

HOSTILE = "a\x1b]52;c;cm0gLXJm\x07\x1b[2J\x9b31m\rb\x7f"


@pytest.mark.parametrize("is_terminal", [True, False], ids=["terminal", "pipe"])
@pytest.mark.parametrize("in_table", [True, False], ids=["table", "line"])
def test_name_of_a_run_cannot_steer_the_terminal(is_terminal: bool, in_table: bool) -> None:
    """It could write to the clipboard of whoever lists the runs."""
    console = SafeConsole(
        file=io.StringIO(), force_terminal=is_terminal, width=200, highlight=False
    )
    table = Table("run")
    table.add_row(HOSTILE, style="red")

    console.print(table if in_table else HOSTILE, markup=False)

    printed = console.file.getvalue()  # type: ignore[attr-defined]  # a StringIO
    assert "␛]52;c;cm0gLXJm" in printed
    assert "\x1b]" not in printed
    assert "\x1b[2J" not in printed
    assert not {"\x07", "\x9b", "\r", "\x7f"} & set(printed)


def test_colours_are_still_there() -> None:
    console = SafeConsole(
        file=io.StringIO(), force_terminal=True, color_system="standard", no_color=False
    )

    console.print("bad", style="red")

    assert console.file.getvalue() == "\x1b[31mbad\x1b[0m\n"  # type: ignore[attr-defined]  # as above
