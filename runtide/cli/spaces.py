"""Parameter spaces and rules as they are typed: `lr=0.1,0.2`, `lr=loguniform(1e-4,1e-1)`. Pure."""

from __future__ import annotations

import ast
import csv
import json
from typing import TYPE_CHECKING, Any, Final

from runtide.errors import UsageError
from runtide.submit import distributions
from runtide.submit.early_stop import Bandit, EarlyStop, MedianStopping

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_DISTRIBUTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    make.__name__: make
    for make in (
        distributions.choice,
        distributions.uniform,
        distributions.loguniform,
        distributions.randint,
        distributions.normal,
        distributions.lognormal,
    )
}
_RULES: Final[Mapping[str, Callable[..., Any]]] = {"median": MedianStopping, "bandit": Bandit}


def parse_space(grid: Iterable[str], drawn: Iterable[str]) -> dict[str, Any]:
    """Return a parameter space from options of the form `NAME=…`.

    Args:
        grid: Values with commas between them; what reads as a number is one.
        drawn: Distributions.

    Raises:
        UsageError: One cannot be read, or a name comes twice.
    """
    space: dict[str, Any] = {}
    for option, texts, parse in (("--grid", grid, _values), ("--random", drawn, _distribution)):
        for text in texts:
            name, equals, rest = text.partition("=")
            if not name or not equals:
                message = f"{option} is {text!r}: want NAME=…, such as lr=0.1,0.2"
                raise UsageError(message)
            if name in space:
                message = f"parameter {name!r} is given twice: give it once"
                raise UsageError(message)
            space[name] = parse(rest)
    if not space:
        message = "no parameter is given: give one by --grid or --random"
        raise UsageError(message)
    return space


def parse_early_stop(text: str | None) -> EarlyStop | None:
    """Return the rule that a text such as `bandit(slack_factor=0.1)` stands for.

    Raises:
        UsageError: It is no rule.
    """
    if text is None:
        return None
    wanted = "median, median(delay=5), bandit(slack_factor=0.1) or bandit(slack_amount=0.5)"
    rule: EarlyStop = _called(text, _RULES, what="--early-stop", wanted=wanted)
    return rule


def _values(text: str) -> list[Any]:
    return [_value(part) for part in next(csv.reader([text]), [])]


def _value(text: str) -> object:
    """Return a number where the text is one as JSON has it, else the text as it was typed."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number else text


def _distribution(text: str) -> object:
    wanted = f"one of {', '.join(f'{name}(…)' for name in _DISTRIBUTIONS)}"
    return _called(text, _DISTRIBUTIONS, what="--random", wanted=wanted)


def _called(text: str, makers: Mapping[str, Callable[..., Any]], *, what: str, wanted: str) -> Any:  # noqa: ANN401  # what a maker makes
    """Return what a text makes that has the form of a call with plain values."""
    message = f"{what} is {text!r}: want {wanted}"
    try:
        node = ast.parse(text.strip(), mode="eval").body
        call = node if isinstance(node, ast.Call) else ast.Call(node, [], [])
        if not isinstance(call.func, ast.Name) or call.func.id not in makers:
            raise UsageError(message)
        positional = [ast.literal_eval(argument) for argument in call.args]
        named = {str(word.arg): ast.literal_eval(word.value) for word in call.keywords}
        return makers[call.func.id](*positional, **named)
    except (SyntaxError, TypeError, ValueError, RecursionError, MemoryError) as exc:
        raise UsageError(message) from exc
