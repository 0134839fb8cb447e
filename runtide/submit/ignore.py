"""Which files a list of patterns leaves out, in the language of `.gitignore`. Pure.

The rules are git's (gitignore(5)): a later pattern wins over an earlier one, `!` takes a path in
again, `/` anchors a pattern at the root, a `/` at the end means folders alone, `*` and `?` stop at
`/`, and `**` does not. Nothing below a folder that is left out can be taken in again.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

_POSIX_CLASSES: Final = {
    "alpha": "a-zA-Z",
    "digit": "0-9",
    "alnum": "a-zA-Z0-9",
    "upper": "A-Z",
    "lower": "a-z",
    "space": r"\s",
    "blank": r" \t",
    "xdigit": "0-9a-fA-F",
    "punct": r"!-/:-@\[-`{-~",
}
_POSIX_CLASS: Final = re.compile(r"\[:(\w+):\]")
_NOTHING: Final = r"(?!)"


class _Rule(NamedTuple):
    is_negated: bool
    expression: str


class IgnoreRules:
    """The patterns of one file. Paths are relative to where it stands, with `/`."""

    def __init__(self, lines: Iterable[str]) -> None:
        rules = [rule for line in lines if (rule := _parsed(line)) is not None]
        # Neighbours of one kind are one expression: a path is tried against few of them, the last
        # first, because the last that matches decides.
        self._groups = [
            (is_negated, re.compile("|".join(rule.expression for rule in group), re.DOTALL))
            for is_negated, group in groupby(rules, key=lambda rule: rule.is_negated)
        ][::-1]

    def excludes(self, path: str, *, is_folder: bool) -> bool:
        """Whether the patterns leave out `path`, seen by itself: folders above it come first."""
        subject = f"{path}/" if is_folder else path
        for is_negated, expression in self._groups:
            if expression.fullmatch(subject):
                return not is_negated
        return False


def _parsed(line: str) -> _Rule | None:
    pattern = _without_trailing_blanks(line.rstrip("\r\n"))
    if not pattern or pattern.startswith("#"):
        return None
    is_negated = pattern.startswith("!")
    if is_negated:
        pattern = pattern[1:]
    is_folder = pattern.endswith("/")
    if is_folder:
        pattern = pattern[:-1]
    is_anchored = "/" in pattern
    body = _expression(pattern.removeprefix("/"))
    if not pattern.removeprefix("/"):
        body = _NOTHING
    above = "" if is_anchored else "(?:.*/)?"
    # A folder is tried with a `/` behind it.
    return _Rule(is_negated, f"(?:{above}{body}{'/' if is_folder else '/?'})")


def _without_trailing_blanks(line: str) -> str:
    bare = line.rstrip(" ")
    backslashes = len(bare) - len(bare.rstrip("\\"))
    return f"{bare} " if len(bare) < len(line) and backslashes % 2 else bare


def _expression(pattern: str) -> str:
    """Return the regular expression of a pattern without `!` and outer slashes."""
    parts: list[str] = []
    place = 0
    while place < len(pattern):
        rest = pattern[place:]
        at_start = place == 0 or pattern[place - 1] == "/"
        behind = rest.lstrip("*")
        star_count = len(rest) - len(behind)
        if at_start and star_count > 1 and behind.startswith("/"):
            parts.append("(?:.*/)?")
            place += star_count + 1
        elif at_start and star_count > 1 and not behind:
            # Everything below a folder, but not the folder itself.
            parts.append(".+" if place else ".*")
            place += star_count
        elif star_count:
            parts.append("[^/]*")
            place += star_count
        elif rest[0] == "?":
            parts.append("[^/]")
            place += 1
        elif rest[0] == "[":
            part, place = _bracket(pattern, place)
            parts.append(part)
        elif rest[0] == "\\":
            # A backslash with nothing behind it matches nothing, as in git.
            parts.append(re.escape(rest[1]) if len(rest) > 1 else _NOTHING)
            place += 2
        else:
            parts.append(re.escape(rest[0]))
            place += 1
    return "".join(parts)


def _bracket(pattern: str, place: int) -> tuple[str, int]:
    """Return the expression of the `[...]` at `place`, and the place behind it."""
    at = place + 1
    is_negated = pattern[at : at + 1] in {"!", "^"}
    at += is_negated
    inside: list[str] = []
    is_first = True
    while at < len(pattern) and (pattern[at] != "]" or is_first):
        is_first = False
        if named := _POSIX_CLASS.match(pattern, at):
            if named[1] not in _POSIX_CLASSES:
                return _NOTHING, len(pattern)
            inside.append(_POSIX_CLASSES[named[1]])
            at = named.end()
            continue
        low, at = _character(pattern, at)
        if pattern[at : at + 1] == "-" and pattern[at + 1 : at + 2] not in {"", "]"}:
            high, at = _character(pattern, at + 1)
            # A range that runs backwards is its first character, as in git.
            inside.append(f"{re.escape(low)}-{re.escape(max(low, high))}")
        else:
            inside.append(re.escape(low))
    if at >= len(pattern):
        # Without its end, git matches nothing with it.
        return _NOTHING, len(pattern)
    kept = "".join(inside)
    return (f"[^/{kept}]" if is_negated else f"(?!/)[{kept}]"), at + 1


def _character(pattern: str, at: int) -> tuple[str, int]:
    if pattern[at] == "\\" and at + 1 < len(pattern):
        return pattern[at + 1], at + 2
    return pattern[at], at + 1
