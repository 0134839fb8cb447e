"""What every command shares: consoles, JSON, and errors as one line and an exit code.

0    done
1    failed: a check found something wrong, data was refused, or stored data is damaged
2    the command is wrong: an unknown option, a run that is not there, a misspelt setting
3    something needed is away: try again, or install or start it
130  stopped with Ctrl-C
"""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console

from runtide.cli import UNAVAILABLE
from runtide.errors import RuntideError, UnavailableError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import ConsoleOptions, RenderableType
    from rich.segment import Segment

OK: Final = 0
FAILED: Final = 1
USAGE: Final = 2
INTERRUPTED: Final = 130

EXIT_CODES: Final = {
    OK: "done",
    FAILED: "a check found something wrong, data was refused, or stored data is damaged",
    USAGE: "the command is wrong: an unknown option, a run that is not there, a misspelt setting",
    UNAVAILABLE: "something needed is away: try again, or install or start it",
    INTERRUPTED: "stopped with Ctrl-C",
}
"""What each exit code says to a script."""

HomeOption = Annotated[
    str | None,
    typer.Option("--home", help="Data folder. Default: RUNTIDE_HOME, else ~/.runtide."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]

_PICTURES: Final = {code: 0x2400 + code for code in range(0x20) if code not in {0x09, 0x0A}}
_HARMLESS: Final = _PICTURES | {0x7F: 0x2421} | dict.fromkeys(range(0x80, 0xA0), 0xFFFD)
"""What stands for characters that would steer a terminal."""


class SafeConsole(Console):
    """A console that a run's name cannot steer: its text has no control characters."""

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Return the segments of `renderable`; colours are in their styles, not in their text."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=shown_text(segment.text))


def shown_text(text: str) -> str:
    """Return `text` as a terminal may have it: control characters as pictures of themselves."""
    return text.translate(_HARMLESS)


stdout = SafeConsole(highlight=False, soft_wrap=True)
stderr = SafeConsole(stderr=True, highlight=False, soft_wrap=True)


def print_json(document: object) -> None:
    """Print `document` as indented JSON; NaN and infinities must be text already."""
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


@contextmanager
def errors_as_exit_codes() -> Iterator[None]:
    """Turn what goes wrong on purpose into one line on standard error and an exit code."""
    try:
        yield
    except RuntideError as exc:
        stderr.print(f"error: {exc}", style="red", markup=False)
        raise SystemExit(exit_code(exc)) from exc
    except KeyboardInterrupt as exc:
        raise SystemExit(INTERRUPTED) from exc
    except BrokenPipeError as exc:
        # The reader of a pipe, such as `head`, has seen enough. Standard output is closed
        # without a second complaint at interpreter exit.
        sys.stderr.close()
        raise SystemExit(OK) from exc


def exit_code(error: RuntideError) -> int:
    """Return the exit code of one branch of the error tree."""
    match error:
        case UsageError():
            return USAGE
        case UnavailableError():
            return UNAVAILABLE
        case _:
            return FAILED
