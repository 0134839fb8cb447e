"""The draws of a sweep: for each child, a value of every parameter."""

from __future__ import annotations

import itertools
import json
import math
import random
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias, TypeGuard

from runtide.core import names
from runtide.core.shown import shown
from runtide.errors import UsageError
from runtide.submit.distributions import Choice, Distribution, Integer, Normal, Uniform

DRAWS_MAX: Final = 10_000
"""Draws of one sweep: each is a run."""

Draw: TypeAlias = dict[str, Any]
Space: TypeAlias = Mapping[str, object] | Sequence[Mapping[str, object]]
"""Lists of values by name for a grid, with distributions among them for random draws; or draws."""

DEFAULT_TEMPLATE: Final = ("{flag}", "{value}")

_TRIES_PER_DRAW: Final = 100
"""How often a draw that was there before is drawn again."""

_DISTRIBUTIONS: Final = (Choice, Uniform, Integer, Normal)


def draws_of(space: Space, *, count: int | None, seed: int) -> list[Draw]:
    """Return the draws of a parameter space, no two of which are equal.

    A grid is every combination of the listed values, the last parameter changing fastest. Where
    a parameter is a distribution, `count` combinations are drawn at random: equal seeds give equal
    draws, a larger count gives the same ones and more, and each parameter has random numbers of
    its own, so that a further one changes no other. Fewer come where there are not as many.

    Args:
        space: Values by name, or the draws themselves.
        count: Random draws to make; of a grid or a list, the most to take, from the beginning.
        seed: What random numbers start from.

    Raises:
        UsageError: It is no parameter space, has too many draws, or none.
    """
    if isinstance(space, Mapping):
        domain_by_name = {_name(name): _domain(name, domain) for name, domain in space.items()}
        if any(isinstance(domain, _DISTRIBUTIONS) for domain in domain_by_name.values()):
            if count is None:
                message = "a parameter is drawn at random and count is not given: say how many"
                raise UsageError(message)
            found = _random(domain_by_name, count=count, seed=seed)
        else:
            found = _grid(domain_by_name)
    elif _is_list_of_dicts(space):
        found = ({_name(name): value for name, value in draw.items()} for draw in space)
    else:
        message = (
            f"parameters is {shown(space)}: want a dict of lists or distributions, or a list of "
            f"dicts"
        )
        raise UsageError(message)
    most = DRAWS_MAX if count is None else count
    draws = list(_unequal(itertools.islice(found, most + 1)))
    if count is None and len(draws) > DRAWS_MAX:
        message = f"the sweep has more than {DRAWS_MAX:,} draws: set count, or list fewer values"
        raise UsageError(message)
    if not draws:
        message = "the sweep has no draws: give every parameter at least one value"
        raise UsageError(message)
    return draws[:most]


def words_of(draw: Draw, template: Sequence[str] = DEFAULT_TEMPLATE) -> list[str]:
    """Return a draw as arguments of a command: the words of the template for each parameter.

    `{name}` stands for its name, `{flag}` for the name with `--` in front unless it has a hyphen
    there already, and `{value}` for its value: lists, dicts and nulls as JSON, all else as `str`
    has it.
    """
    return [
        word.format(name=name, flag=_flag(name), value=value_text(value))
        for name, value in draw.items()
        for word in template
    ]


def command_of(command: Sequence[str], draw: Draw, template: Sequence[str]) -> list[str]:
    """Return the command of a draw: a shell's text goes on with the arguments, quoted for it."""
    words = words_of(draw, template)
    if list(command[:2]) == ["/bin/sh", "-c"] and words:
        return [*command[:2], f"{command[2]} {shlex.join(words)}", *command[3:]]
    return [*command, *words]


def value_text(value: object) -> str:
    """Return a parameter's value as an argument."""
    return json.dumps(value) if value is None or isinstance(value, list | dict) else str(value)


def check_template(template: object) -> tuple[str, ...]:
    """Return the template of a parameter's arguments.

    Raises:
        UsageError: It is no list of texts, or names something else than `words_of` knows.
    """
    words = [template] if isinstance(template, str) else template
    try:
        given = tuple(names.valid_text(word, what="a word of template") for word in words)  # type: ignore[attr-defined]  # tried here
        for word in given:
            word.format(name="", flag="", value="")
    except (TypeError, ValueError, LookupError, AttributeError) as exc:
        message = (
            f"template is {shown(template)} ({exc}): want words with {{flag}}, {{name}} and "
            f"{{value}} in them"
        )
        raise UsageError(message) from exc
    return given


def _is_list_of_dicts(space: object) -> TypeGuard[Sequence[Mapping[str, object]]]:
    return isinstance(space, list | tuple) and all(isinstance(draw, Mapping) for draw in space)


def _random(
    domain_by_name: Mapping[str, Distribution | list[Any]], *, count: int, seed: int
) -> Iterator[Draw]:
    if count > DRAWS_MAX:
        message = f"count is {count:,}, limit is {DRAWS_MAX:,}: sweep in parts"
        raise UsageError(message)
    source_by_name = {
        name: random.Random(f"{seed}/{name}").random  # noqa: S311  # no secret is made of it
        for name in domain_by_name
    }
    seen: set[str] = set()
    for _ in range(count):
        for _ in range(_TRIES_PER_DRAW):
            draw = {
                name: _plain(name, _value(domain, source_by_name[name]))
                for name, domain in domain_by_name.items()
            }
            if (key := _key(draw)) not in seen:
                seen.add(key)
                yield draw
                break


def _value(domain: Distribution | list[Any], source: Any) -> object:  # noqa: ANN401  # a method
    return (Choice(tuple(domain)) if isinstance(domain, list) else domain).value(source)


def _grid(domain_by_name: Mapping[str, Any]) -> Iterator[Draw]:
    for values in itertools.product(*domain_by_name.values()):
        yield dict(zip(domain_by_name, values, strict=True))


def _unequal(draws: Iterator[Draw]) -> Iterator[Draw]:
    seen: set[str] = set()
    for draw in draws:
        plain = {name: _plain(name, value) for name, value in draw.items()}
        if (key := _key(plain)) not in seen:
            seen.add(key)
            yield plain


def _key(draw: Draw) -> str:
    return json.dumps(draw, sort_keys=True)


def _domain(name: str, domain: object) -> Distribution | list[Any]:
    if isinstance(domain, _DISTRIBUTIONS):
        return domain
    if isinstance(domain, Sequence) and not isinstance(domain, str | bytes):
        return list(domain)
    message = (
        f"parameter {name!r} is {shown(domain)} of type {type(domain).__name__}: want a list of "
        f"values, or a distribution such as `uniform(0, 1)`"
    )
    raise UsageError(message)


def _name(name: object) -> str:
    return names.metric_name(name)


def _plain(name: str, value: object) -> Any:  # noqa: ANN401  # a value of JSON
    """Return a value as JSON has it: a sweep is written down before it begins."""
    try:
        plain = json.loads(json.dumps(value))
    except (TypeError, ValueError) as exc:
        message = f"parameter {name!r} has the value {shown(value)} ({exc}): want JSON values"
        raise UsageError(message) from exc
    if isinstance(plain, float) and not math.isfinite(plain):
        message = f"parameter {name!r} has the value {plain!r}: want a finite number"
        raise UsageError(message)
    if isinstance(plain, str) and "\x00" in names.valid_text(plain, what=f"parameter {name!r}"):
        message = f"parameter {name!r} has a NUL in it: no program takes one"
        raise UsageError(message)
    return plain


def _flag(name: str) -> str:
    return name if name.startswith("-") else f"--{name}"
