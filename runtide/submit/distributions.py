"""What the values of a sweep's parameters are drawn from.

Only `random.Random.random` is called: of all generators it alone gives the same numbers in every
version of Python, so that a seed means the same draws for ever.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final, TypeAlias

from runtide.core.shown import shown
from runtide.errors import UsageError

_STANDARD_NORMAL: Final = NormalDist()

Source: TypeAlias = Callable[[], float]
"""Returns the next number from 0 to 1, 1 excluded."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several values, each as likely as any other."""

    options: tuple[object, ...]

    def value(self, source: Source) -> object:
        """Return the next value."""
        return self.options[int(source() * len(self.options))]


@dataclass(frozen=True, slots=True)
class Uniform:
    """A number between two bounds; on a logarithmic scale if `is_log`."""

    low: float
    high: float
    q: float | None = None
    is_log: bool = False

    def value(self, source: Source) -> float:
        """Return the next value."""
        place = source()
        if self.is_log:
            low, high = math.log(self.low), math.log(self.high)
            # Rounding may lead a hair beyond a bound.
            drawn = min(max(math.exp(low + place * (high - low)), self.low), self.high)
        else:
            drawn = self.low + place * (self.high - self.low)
        return _rounded(drawn, self.q)


@dataclass(frozen=True, slots=True)
class Integer:
    """A whole number from `low` to `high`, `high` excluded."""

    low: int
    high: int

    def value(self, source: Source) -> int:
        """Return the next value."""
        return min(self.low + int(source() * (self.high - self.low)), self.high - 1)


@dataclass(frozen=True, slots=True)
class Normal:
    """A number with a normal distribution; its logarithm has it if `is_log`."""

    mean: float
    deviation: float
    q: float | None = None
    is_log: bool = False

    def value(self, source: Source) -> float:
        """Return the next value."""
        place = 0.0
        while place <= 0.0:
            place = source()
        drawn = self.mean + self.deviation * _STANDARD_NORMAL.inv_cdf(place)
        return _rounded(math.exp(drawn) if self.is_log else drawn, self.q)


Distribution: TypeAlias = Choice | Uniform | Integer | Normal


def choice(*options: object) -> Choice:
    """Return a choice of the arguments, or of the one list or range that is given."""
    if len(options) == 1 and isinstance(options[0], Sequence) and not isinstance(options[0], str):
        options = tuple(options[0])
    if not options:
        message = "choice has nothing to choose from: give at least one value"
        raise UsageError(message)
    return Choice(options)


def uniform(low: float, high: float, *, q: float | None = None) -> Uniform:
    """Return numbers between `low` and `high`, rounded to multiples of `q` if that is given."""
    _check_bounds("uniform", low, high)
    _check_step("uniform", q)
    return Uniform(low, high, q)


def loguniform(low: float, high: float, *, q: float | None = None) -> Uniform:
    """Return numbers between `low` and `high` whose logarithm is uniform: as many in every decade.

    They are rounded to multiples of `q` if that is given.
    """
    _check_bounds("loguniform", low, high)
    _check_step("loguniform", q)
    if low <= 0:
        message = f"loguniform has the lower bound {low!r}: want one above 0, such as 1e-6"
        raise UsageError(message)
    return Uniform(low, high, q, is_log=True)


def randint(low: int, high: int) -> Integer:
    """Return whole numbers from `low` to `high`, `high` excluded."""
    _check_bounds("randint", low, high)
    if type(low) is not int or type(high) is not int or low == high:
        message = f"randint has the bounds {low!r} and {high!r}: want two different whole numbers"
        raise UsageError(message)
    return Integer(low, high)


def normal(mean: float, deviation: float, *, q: float | None = None) -> Normal:
    """Return numbers with this mean and standard deviation, rounded to multiples of `q` if given."""
    _check_deviation("normal", mean, deviation)
    _check_step("normal", q)
    return Normal(mean, deviation, q)


def lognormal(mean: float, deviation: float, *, q: float | None = None) -> Normal:
    """Return numbers whose natural logarithm has this mean and standard deviation.

    They are rounded to multiples of `q` if that is given.
    """
    _check_deviation("lognormal", mean, deviation)
    _check_step("lognormal", q)
    return Normal(mean, deviation, q, is_log=True)


def _rounded(value: float, q: float | None) -> float:
    return value if q is None else round(value / q) * q


def _check_bounds(name: str, low: object, high: object) -> None:
    if not (_is_finite(low) and _is_finite(high) and low <= high):  # type: ignore[operator]  # numbers
        message = (
            f"{name} has the bounds {shown(low)} and {shown(high)}: want two numbers, the smaller "
            f"one first"
        )
        raise UsageError(message)


def _check_deviation(name: str, mean: object, deviation: object) -> None:
    if not (_is_finite(mean) and _is_finite(deviation) and deviation >= 0):  # type: ignore[operator]  # numbers
        message = (
            f"{name} has the mean {shown(mean)} and the deviation {shown(deviation)}: want two "
            f"numbers, the second not below 0"
        )
        raise UsageError(message)


def _check_step(name: str, q: object) -> None:
    if q is not None and not (_is_finite(q) and q > 0):  # type: ignore[operator]  # a number
        message = f"{name} has q={shown(q)}: want a number above 0"
        raise UsageError(message)


def _is_finite(value: object) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and math.isfinite(value)  # type: ignore[arg-type]  # a number
