"""What exists only in the cloud: it can be imported, and its use is refused with one sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import NoReturn

from runtide.azureml.names import INSTEAD
from runtide.azureml.refusals import CloudOnly


class _CloudClass(type):
    """A class none of whose attributes can be had, such as `AmlCompute.provisioning_configuration`."""

    def __getattr__(cls, name: str) -> object:
        # Tools look for attributes with underscores on everything that they meet.
        if name.startswith("_"):
            raise AttributeError(name)
        raise CloudOnly(name=f"{cls.__name__}.{name}", instead=INSTEAD[cls.__name__])


@cache
def cloud_class(name: str) -> type:
    """Return the class that stands for `name`."""

    def refuse(cls: type, *_arguments: object, **_keywords: object) -> NoReturn:
        raise CloudOnly(name=cls.__name__, instead=INSTEAD[cls.__name__])

    doc = f"Exists only in the cloud: {INSTEAD[name]}."
    return _CloudClass(name, (), {"__new__": refuse, "__doc__": doc, "__module__": __name__})


def refused(name: str, instead: str) -> Callable[..., NoReturn]:
    """Return a method that refuses: `name` as it is called, and what to do instead."""

    def method(*_arguments: object, **_keywords: object) -> NoReturn:
        raise CloudOnly(name=name, instead=instead)

    method.__name__ = method.__qualname__ = name.rpartition(".")[2]
    method.__doc__ = f"Exists only in the cloud: {instead}."
    return method


def refuse_given(name: str, instead_by_keyword: Mapping[str, str], **given: object) -> None:
    """Refuse what is given to `name` of the keywords that mean something in the cloud only.

    Raises:
        CloudOnly: One is neither None nor empty.
    """
    for keyword, value in given.items():
        if value:
            raise CloudOnly(name=f"{name}({keyword}=…)", instead=instead_by_keyword[keyword])
