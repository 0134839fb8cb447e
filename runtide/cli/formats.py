"""How numbers, times and states read in a terminal. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

_US_PER_S: Final = 1_000_000
_S_PER_MINUTE: Final = 60
_S_PER_HOUR: Final = 3600
_S_PER_DAY: Final = 86_400

STYLE_BY_STATUS: Final = {
    "Running": "blue",
    "Finalizing": "blue",
    "Completed": "green",
    "Failed": "red",
    "Canceled": "bright_black",
    "NotResponding": "yellow",
}
"""The colour of a state; others stay plain."""


def time_text(time_us: int | None) -> str:
    """Return a time in the zone of this machine, to the second."""
    if time_us is None:
        return ""
    moment = datetime.fromtimestamp(time_us / _US_PER_S, tz=UTC).astimezone()
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def ago_text(time_us: int, *, now_us: int) -> str:
    """Return how long ago something was, in its largest unit."""
    seconds = max(0, now_us - time_us) // _US_PER_S
    for unit, unit_s in (("d", _S_PER_DAY), ("h", _S_PER_HOUR), ("min", _S_PER_MINUTE)):
        if seconds >= unit_s:
            return f"{seconds // unit_s} {unit} ago"
    return f"{seconds} s ago"


def duration_text(start_us: int | None, end_us: int | None) -> str:
    """Return how long something took, in the two largest units; empty while it is not known."""
    if start_us is None or end_us is None:
        return ""
    seconds = max(0, end_us - start_us) / _US_PER_S
    if seconds < _S_PER_MINUTE:
        return f"{seconds:.1f} s"
    if seconds < _S_PER_HOUR:
        return f"{int(seconds // _S_PER_MINUTE)} min {int(seconds % _S_PER_MINUTE)} s"
    return f"{int(seconds // _S_PER_HOUR)} h {int(seconds % _S_PER_HOUR // _S_PER_MINUTE)} min"


def number_text(value: object) -> str:
    """Return a value with four significant digits, as the page does; text stays as it is."""
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(value)
    if isinstance(value, float):
        return f"{value:.4g}"
    return str(value)


def plain_text(text: str) -> str:
    """Return untrusted text in which whatever would move or colour the terminal is escaped."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def size_text(size_bytes: int) -> str:
    """Return a size in the largest binary unit that keeps it at one or above."""
    size = float(size_bytes)
    for unit in ("B", "KiB", "MiB"):
        if size < 1024:  # noqa: PLR2004  # a binary unit
            return f"{size:,.0f} {unit}" if unit == "B" else f"{size:,.1f} {unit}"
        size /= 1024
    return f"{size:,.1f} GiB"
