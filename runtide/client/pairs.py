"""Tags and properties as callers give them: checked, and as the event log holds them."""

from __future__ import annotations

from collections.abc import Mapping

from runtide.client.values import require_fits
from runtide.core import names
from runtide.core.shown import shown
from runtide.errors import UsageError


def tag_texts(tags: object) -> dict[str, str | None]:
    """Return tags with values as texts; None stays None.

    Raises:
        UsageError: It is no dict, or a key or value is too long.
    """
    return _texts(tags, what="tag", plural="tags")


def property_texts(properties: object) -> dict[str, str]:
    """Return properties with values as texts.

    Raises:
        UsageError: It is no dict, or a key or value is too long.
    """
    texts = _texts(properties, what="property", plural="properties")
    return {key: str(value) for key, value in texts.items()}


def _texts(given: object, *, what: str, plural: str) -> dict[str, str | None]:
    if not isinstance(given, Mapping):
        message = f"{plural} is {shown(given)} of type {type(given).__name__}: want a dict"
        raise UsageError(message)
    texts = {
        names.metric_name(key): None if value is None else _text(value, f"{what} {key!r}")
        for key, value in given.items()
    }
    if texts:
        require_fits(len(str(texts)), lambda: texts, what=plural)
    return texts


def _text(value: object, what: str) -> str:
    text = value if isinstance(value, str) else str(value)
    text = names.valid_text(text, what=what)
    require_fits(len(text), lambda: text, what=what)
    return text
