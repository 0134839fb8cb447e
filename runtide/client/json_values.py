"""Configuration and properties as JSON that comes back as it went in, as far as JSON goes. Pure."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any, Final

from runtide.client.values import INT_BITS_MAX, require_fits
from runtide.core import names
from runtide.core.shown import shown
from runtide.errors import UsageError

_DEPTH_MAX: Final = 32
_INT_MAX: Final = 2**63


def configuration(values: object) -> dict[str, Any]:
    """Return a configuration as JSON values.

    Takes a dict, a dataclass, or an object with attributes such as `argparse.Namespace`. Scalars
    of NumPy become plain; NaN, infinities, integers beyond 64 bits and objects that JSON does not
    know become their text.

    Raises:
        UsageError: It is none of these, is nested too deeply, or is too large.
    """
    if dataclasses.is_dataclass(values) and not isinstance(values, type):
        values = dataclasses.asdict(values)
    elif not isinstance(values, Mapping) and hasattr(values, "__dict__"):
        values = vars(values)
    if not isinstance(values, Mapping):
        message = f"config is {shown(values)} of type {type(values).__name__}: want a dict"
        raise UsageError(message)
    plain = {names.metric_name(str(key)): _json(value, 1) for key, value in values.items()}
    require_fits(len(str(plain)), lambda: plain, what="config")
    return plain


def _json(value: Any, depth: int) -> Any:  # noqa: ANN401  # JSON, whatever its shape
    if depth > _DEPTH_MAX:
        message = f"config is nested deeper than {_DEPTH_MAX} levels: flatten it"
        raise UsageError(message)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = dataclasses.asdict(value)
    if isinstance(value, Mapping):
        return {str(key): _json(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_json(inner, depth + 1) for inner in value]
    if value is None or isinstance(value, bool | int | float | str):
        return _json_scalar(value)
    for method in ("item", "tolist"):
        convert = getattr(value, method, None)
        if callable(convert):
            try:
                return _json(convert(), depth + 1)
            except (TypeError, ValueError, RuntimeError):
                continue
    return _json_scalar(str(value))


def _json_scalar(value: bool | float | str | None) -> bool | float | str | None:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return names.valid_text(str.__str__(value), what="config value")
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else str(float(value))
    if value.bit_length() > INT_BITS_MAX:
        message = f"config value has {value.bit_length():,} bits: want at most 4,000 digits"
        raise UsageError(message)
    return int(value) if -_INT_MAX <= value < _INT_MAX else str(int(value))
