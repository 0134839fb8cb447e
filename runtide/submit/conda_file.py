"""Reading and writing conda's environment files, such as `environment.yml`. Pure.

They are YAML, of which they use little: a mapping of texts, lists of texts, and one list within a
list. That is what is read here, in block and flow style; the rest of YAML is refused by the number
of its line, so that nothing is understood in another way than conda does. A library for all of YAML
would be a further dependency of every training script.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

from runtide.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_KEY: Final = re.compile(r"""(?P<key>[\w.-]+|"[^"]*"|'[^']*')\s*:(?:\s+(?P<rest>.*))?""")
_PLAIN: Final = re.compile(r"[A-Za-z0-9_./=<>!~+*\[\]-][^:#{}\"'&|?`@%]*")
_REFUSED_FIRST: Final = frozenset("&*!|>%@`{?")
_WORDS: Final = frozenset({"~", "null", "true", "false", "yes", "no", "on", "off"})
"""Texts that YAML reads as something else."""


class _Line(NamedTuple):
    number: int
    indent: int
    text: str


def parse_conda_file(text: str, *, what: str) -> dict[str, Any]:
    """Return the mapping that an environment file holds.

    Args:
        text: Its content.
        what: The file, for errors.

    Raises:
        UsageError: It is not of the form above; the message names the line.
    """
    return _Parser(list(_lines(text)), what).document()


def format_conda_file(document: Mapping[str, Any]) -> str:
    """Return an environment file of such a mapping; reading it gives the mapping again."""
    lines: list[str] = []
    for key, value in document.items():
        if isinstance(value, list) and value:
            lines.append(f"{key}:")
            for entry in value:
                lines += _formatted_entry(entry)
        elif isinstance(value, dict) and value:
            lines.append(f"{key}:")
            lines += [f"  {name}: {_quoted(str(text))}" for name, text in value.items()]
        elif not isinstance(value, list | dict):
            lines.append(f"{key}: {_quoted(str(value))}")
    return "\n".join(lines) + "\n"


def _formatted_entry(entry: object) -> list[str]:
    if not isinstance(entry, dict):
        return [f"  - {_quoted(str(entry))}"]
    ((name, inner),) = entry.items()
    return [f"  - {name}:", *(f"      - {_quoted(str(line))}" for line in inner)]


def _quoted(text: str) -> str:
    is_plain = (
        _PLAIN.fullmatch(text)
        and text == text.strip()
        and text[0] not in _REFUSED_FIRST
        and text.lower() not in _WORDS
    )
    return text if is_plain and not text.startswith(("[", "-")) else orjson.dumps(text).decode()


def _lines(text: str) -> Iterator[_Line]:
    for number, raw in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        line = _without_comment(raw).rstrip()
        bare = line.lstrip(" ")
        if bare and bare != "---":
            yield _Line(number, len(line) - len(bare), bare)


def _without_comment(line: str) -> str:
    quote = ""
    for place, char in enumerate(line):
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'" and (place == 0 or line[place - 1] in " [,:-"):
            quote = char
        elif char == "#" and (place == 0 or line[place - 1] in " \t"):
            return line[:place]
    return line


class _Parser:
    """Goes through the lines once."""

    def __init__(self, lines: list[_Line], what: str) -> None:
        self._lines = lines
        self._what = what
        self._place = 0

    def document(self) -> dict[str, Any]:
        if not self._lines:
            return {}
        found = self._mapping(self._lines[0].indent)
        if self._place < len(self._lines):
            raise self._refused(self._lines[self._place])
        return found

    def _mapping(self, indent: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while (line := self._at(indent)) is not None and not line.text.startswith("- "):
            self._place += 1
            match = _KEY.fullmatch(line.text)
            if match is None:
                raise self._refused(line)
            found[_unquoted(match["key"])] = self._value(line, match["rest"], indent)
        return found

    def _value(self, line: _Line, rest: str | None, indent: int) -> Any:  # noqa: ANN401  # a text, list or mapping
        if rest:
            return self._inline(line, rest)
        if self._place == len(self._lines):
            return None
        below = self._lines[self._place]
        # The entries of a list may stand as far to the left as its key.
        if below.text.startswith("-") and below.indent >= indent:
            return self._list(below.indent)
        return self._mapping(below.indent) if below.indent > indent else None

    def _list(self, indent: int) -> list[Any]:
        found: list[Any] = []
        while (line := self._at(indent)) is not None and line.text.startswith("- "):
            self._place += 1
            body = line.text[1:].lstrip()
            match = _KEY.fullmatch(body)
            if match is None:
                found.append(self._inline(line, body))
                continue
            column = indent + len(line.text) - len(body)
            found.append({_unquoted(match["key"]): self._value(line, match["rest"], column)})
        return found

    def _at(self, indent: int) -> _Line | None:
        if self._place == len(self._lines) or self._lines[self._place].indent != indent:
            return None
        return self._lines[self._place]

    def _inline(self, line: _Line, text: str) -> Any:  # noqa: ANN401  # a text or a list of them
        if text.startswith("[") and text.endswith("]"):
            parts = [part.strip() for part in text[1:-1].split(",")]
            return [self._scalar(line, part) for part in parts if part]
        return self._scalar(line, text)

    def _scalar(self, line: _Line, text: str) -> str | None:
        if text[0] in "\"'" and (len(text) == 1 or text[-1] != text[0]):
            raise self._refused(line)
        if text[0] in _REFUSED_FIRST:
            raise self._refused(line)
        return None if text in {"null", "~"} else _unquoted(text)

    def _refused(self, line: _Line) -> UsageError:
        return UsageError(
            f"line {line.number} of {self._what} is {line.text!r}: want `name: text`, or lists of "
            f"texts as conda's environment files have them"
        )


def _unquoted(text: str) -> str:
    if text[:1] == '"' and text[-1:] == '"':
        decoded: str = orjson.loads(text)
        return decoded
    if text[:1] == "'" and text[-1:] == "'":
        return text[1:-1].replace("''", "'")
    return text
