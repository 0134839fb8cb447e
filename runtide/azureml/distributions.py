"""`azureml.train.hyperdrive.parameter_expressions`: our distributions, as the retired SDK calls them.

The names are its, and so is what the arguments mean: the bounds of `loguniform` are logarithms, and
`randint` begins at 0.
"""

from __future__ import annotations

import math

from runtide.core.shown import shown
from runtide.errors import UsageError
from runtide.submit import distributions
from runtide.submit.distributions import Integer, Normal, Uniform


def randint(upper: int) -> Integer:
    """Return whole numbers from 0 to `upper`, `upper` excluded."""
    return distributions.randint(0, upper)


def uniform(min_value: float, max_value: float) -> Uniform:
    """Return numbers between the bounds."""
    return distributions.uniform(min_value, max_value)


def quniform(min_value: float, max_value: float, q: float) -> Uniform:
    """Return numbers between the bounds, rounded to multiples of `q`."""
    return distributions.uniform(min_value, max_value, q=q)


def loguniform(min_value: float, max_value: float) -> Uniform:
    """Return numbers whose natural logarithm is uniform between the bounds."""
    return distributions.loguniform(_exponential(min_value), _exponential(max_value))


def qloguniform(min_value: float, max_value: float, q: float) -> Uniform:
    """Return numbers whose natural logarithm is uniform, rounded to multiples of `q`."""
    return distributions.loguniform(_exponential(min_value), _exponential(max_value), q=q)


def normal(mu: float, sigma: float) -> Normal:
    """Return numbers with this mean and standard deviation."""
    return distributions.normal(mu, sigma)


def qnormal(mu: float, sigma: float, q: float) -> Normal:
    """Return numbers with this mean and standard deviation, rounded to multiples of `q`."""
    return distributions.normal(mu, sigma, q=q)


def lognormal(mu: float, sigma: float) -> Normal:
    """Return numbers whose natural logarithm has this mean and standard deviation."""
    return distributions.lognormal(mu, sigma)


def qlognormal(mu: float, sigma: float, q: float) -> Normal:
    """Return numbers as `lognormal` does, rounded to multiples of `q`."""
    return distributions.lognormal(mu, sigma, q=q)


def _exponential(bound: float) -> float:
    try:
        return math.exp(bound)
    except (TypeError, OverflowError) as exc:
        message = (
            f"loguniform has the bound {shown(bound)} ({exc}): want the natural logarithm of a "
            f"number, such as -6.9 for 0.001"
        )
        raise UsageError(message) from exc
