"""The words of the filter language: names, numbers, quoted text, operators and brackets."""

from __future__ import annotations

import re
from typing import Final, Literal, NamedTuple, TypeAlias

from runtide.errors import UsageError

TokenKind: TypeAlias = Literal["word", "number", "text", "op", "(", ")", "end"]

FILTER_CHARS_MAX: Final = 10_000

_TOKEN: Final = re.compile(
    r"""
      (?P<blank>\s+)
    | (?P<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w.]))
    | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    | (?P<op><=|>=|!=|==|=|<|>|~)
    | (?P<bracket>[()])
    | (?P<word>[^\W\d][\w/\-:@%+]*(?:\.(?:"(?:[^"\\]|\\.)*"|[\w/\-:@%+]+))*)
    """,
    re.VERBOSE | re.DOTALL,
)
_PLAIN_KINDS: Final[dict[str | None, TokenKind]] = {
    "word": "word",
    "number": "number",
    "op": "op",
}
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)


class Token(NamedTuple):
    """One word of a filter; `at` counts characters from 1, as an editor shows them."""

    kind: TokenKind
    text: str
    at: int


def tokens_of(text: str) -> list[Token]:
    """Return the words of `text`, the last of kind `end`.

    Raises:
        UsageError: A character cannot start a word, or quoted text does not end.
    """
    if len(text) > FILTER_CHARS_MAX:
        message = f"filter has {len(text):,} characters, limit is {FILTER_CHARS_MAX:,}: shorten it"
        raise UsageError(message)
    tokens = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise UsageError(_unreadable(text, at))
        kind = match.lastgroup
        if kind == "bracket":
            tokens.append(Token("(" if match[0] == "(" else ")", match[0], at + 1))
        elif kind == "text":
            tokens.append(Token("text", unquoted(match[0]), at + 1))
        elif kind in _PLAIN_KINDS:
            tokens.append(Token(_PLAIN_KINDS[kind], match[0], at + 1))
        at = match.end()
    return [*tokens, Token("end", "", len(text) + 1)]


def unquoted(text: str) -> str:
    """Return what stands between quotes; a backslash keeps the character after it."""
    return _ESCAPE.sub(r"\1", text[1:-1])


def segments_of(path: str) -> list[str]:
    """Return the parts of a dotted name; a quoted part may hold dots itself."""
    parts = re.findall(r'"(?:[^"\\]|\\.)*"|[^.]+', path, re.DOTALL)
    return [unquoted(part) if part.startswith('"') else part for part in parts]


def _unreadable(text: str, at: int) -> str:
    if text[at] in "\"'":
        return f"filter has text at character {at + 1} that does not end: close it with {text[at]}"
    return (
        f"filter has {text[at]!r} at character {at + 1}: want a name, a number, quoted text, "
        f"an operator or a bracket"
    )
