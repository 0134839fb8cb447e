"""Coverage-guided fuzzing of what strangers send: `python -m tests.fuzz.targets NAME [FLAGS]`.

FLAGS are libFuzzer's: `-runs=100000`, `-seed=1`, a folder with inputs to begin with. It ends with an
error, and writes the input beside it, where a target raises anything that is not a refusal.
"""

from __future__ import annotations

import contextlib
import gzip
import random
import sys
from typing import TYPE_CHECKING, Any, Final

import atheris
import orjson

with atheris.instrument_imports(include=["ingest", "processors", "runtide"]):
    from ingest.access import owned
    from ingest.body import decoded
    from ingest.core.admission import admit, split_body
    from processors.core.fold import State, step
    from runtide.core.access import LOCAL
    from runtide.core.columns import decode_column, encode_column
    from runtide.errors import Forbidden, RejectedError
    from runtide.log.port import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CONTENT_BYTES_MAX: Final = 1 << 20

_BYTES_SHARE: Final = 0.1
_VALUES: Final[tuple[Any, ...]] = (
    *(None, True, 0, -1, 1, 2**31, 2**63 - 1, -(2**63), 2**64 - 1, 0.5, -0.0, 1e308),
    *(
        "",
        "NaN",
        "Infinity",
        "-Infinity",
        "f64",
        "i64",
        "AAAAAAAA8D8=",
        "9" * 400,
        "\u0000",
        "\ud7ff",
    ),
    *(
        [],
        {},
        {"f64": "AAAAAAAA8D8="},
        {"i64": "AQAAAAAAAAA="},
        {"range": [0, 1]},
        {"int": "9" * 30},
    ),
    *("scalars", "state", "run", "Completed", "Running", "../../etc/passwd", "@experiment/x"),
)
"""What is put where something else was: bounds, and words of the contract."""


def codec(data: bytes) -> None:
    """Whatever a column is, it is refused, or its values come back when they are encoded again."""
    try:
        wire = orjson.loads(data)
    except orjson.JSONDecodeError:
        return
    n = len(wire) if isinstance(wire, list) else data[0] % 64
    try:
        values = decode_column(wire, n)
    except RejectedError:
        return
    again = decode_column(orjson.loads(orjson.dumps(encode_column(values))), len(values))
    # `repr` tells -0.0 from 0.0 and 1 from True, and a NaN equals itself.
    assert list(map(repr, again)) == list(map(repr, values)), (wire, values, again)


def door(data: bytes) -> None:
    """Whatever a body is, it is refused, or every envelope in it can be folded."""
    try:
        admitted = owned(admit(split_body(data, is_lines=data[:1] == b"\n")), LOCAL)
    except (RejectedError, Forbidden):
        return
    records = [Record(0, i, one.run, one.value) for i, one in enumerate(admitted)]
    _, effects = step(State(partition=0), records)
    assert not effects.tables.get("dead_letters"), effects.tables["dead_letters"]


def encoding(data: bytes) -> None:
    """Whatever is said to be compressed is refused, or no larger than may be."""
    for name in ("gzip", "zstd"):
        try:
            content = decoded(data, name, bytes_max=CONTENT_BYTES_MAX)
        except RejectedError:
            continue
        assert len(content) <= CONTENT_BYTES_MAX
    assert decoded(gzip.compress(data, 1), "gzip", bytes_max=CONTENT_BYTES_MAX) == data


def mutated(data: bytes, size_max: int, seed: int) -> bytes:
    """Return the document in `data` with something else in one place, or some other bytes."""
    drawn = random.Random(seed)
    try:
        document = [orjson.loads(data)]
    except orjson.JSONDecodeError:
        document = []
    if not document or drawn.random() < _BYTES_SHARE:
        mutation: bytes = atheris.Mutate(data, size_max)
        return mutation
    places = list(_places(document))
    inside, key = drawn.choice(places)
    match drawn.randrange(4):
        case 0:
            inside[key] = drawn.choice(_VALUES)
        case 1:
            there, other = drawn.choice(places)
            inside[key] = there[other]
        case 2 if inside is not document:
            del inside[key]
        case _ if isinstance(inside, list) and inside is not document:
            inside.insert(key, inside[key])
        case _:
            inside[key] = [inside[key]]
    with contextlib.suppress(TypeError, RecursionError):
        return orjson.dumps(document[0])[:size_max]
    return data


def _places(node: Any) -> Iterator[tuple[Any, Any]]:  # any document
    keys = range(len(node)) if isinstance(node, list) else list(node)
    for key in keys:
        yield node, key
        if isinstance(node[key], (dict, list)):
            yield from _places(node[key])


TARGETS: Final[dict[str, Callable[[bytes], None]]] = {
    target.__name__: target for target in (codec, door, encoding)
}


def main() -> None:
    """Fuzz one target."""
    name, *flags = sys.argv[1:]
    is_json = name != "encoding"
    atheris.Setup([name, *flags], TARGETS[name], custom_mutator=mutated if is_json else None)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
