"""Names of the retired SDK whose ways to make an object differ from our class's."""

from __future__ import annotations

from typing import Any


class StandIn(type):
    """The type of a class that makes objects of another one, `of`, and says that they are its own."""

    of: type

    def __instancecheck__(cls, instance: Any) -> bool:  # noqa: ANN401  # anything may be asked
        return isinstance(instance, cls.of)
