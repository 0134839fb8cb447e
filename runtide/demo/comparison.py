"""Whether what came back is what was logged, value by value, in value and in type. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Final

DIFFERENCES_KEPT_MAX: Final = 20
"""Differences that are kept to be shown; all are counted."""

_SHOWN_CHARS_MAX: Final = 60


@dataclass(slots=True)
class Comparison:
    """Counts what was compared and keeps the first differences, each as a sentence."""

    value_count: int = 0
    difference_count: int = 0
    differences: list[str] = field(default_factory=list)

    def check(self, where: str, *, logged: object, got: object) -> None:
        """Compare two values, or two structures of lists and dicts, down to their leaves.

        Two NaN are equal; `1`, `1.0` and `True` are not. Keys of a dict may come in any order.
        """
        match logged, got:
            case dict(), dict():
                self._check_dict(where, logged, got)
            case list(), list() if len(logged) == len(got):
                for i, (left, right) in enumerate(zip(logged, got, strict=True)):
                    # The place is spelled out for a difference alone: most lists are long.
                    if _is_same_leaf(left, right):
                        self.value_count += 1
                    else:
                        self.check(f"{where}[{i}]", logged=left, got=right)
            case _:
                self.value_count += 1
                if not _is_same_leaf(logged, got):
                    self._add(f"{where}: logged {_shown(logged)}, got {_shown(got)}")

    def _check_dict(self, where: str, logged: dict[Any, Any], got: dict[Any, Any]) -> None:
        for key in got.keys() - logged.keys():
            self._add(f"{where}[{key!r}]: never logged, got {_shown(got[key])}")
        for key, value in logged.items():
            if key in got:
                self.check(f"{where}[{key!r}]", logged=value, got=got[key])
            else:
                self.value_count += 1
                self._add(f"{where}[{key!r}]: logged {_shown(value)}, got nothing")

    def _add(self, sentence: str) -> None:
        self.difference_count += 1
        if len(self.differences) < DIFFERENCES_KEPT_MAX:
            self.differences.append(sentence)


def _is_same_leaf(left: object, right: object) -> bool:
    if type(left) is not type(right) or isinstance(left, list | dict):
        return False
    if isinstance(left, float) and isinstance(right, float) and math.isnan(left):
        return math.isnan(right)
    return left == right


def _shown(value: object) -> str:
    if isinstance(value, list):
        return f"a list of {len(value):,}"
    text = repr(value)
    return text if len(text) <= _SHOWN_CHARS_MAX else f"{text[: _SHOWN_CHARS_MAX - 3]}..."
