"""What a body holds, and that all of it is let in or none. What is accepted is a test of the core."""

import orjson
import pytest

from ingest.core.admission import ENVELOPES_PER_POST_MAX, admit, split_body
from runtide.errors import EnvelopeTooLarge, MalformedEnvelope
from tests.building import points, record


def envelope(seq: int = 1, run: str = "r") -> bytes:
    return record(0, points("m", 1.0), run=run, seq=seq).value


def test_body_is_one_envelope_or_an_array_or_lines() -> None:
    one, two = envelope(1), envelope(2)

    assert split_body(one, is_lines=False) == [one]
    assert split_body(b" [" + one + b"," + two + b"]", is_lines=False) == [one, two]
    assert split_body(one + b"\n\n" + two + b"\n", is_lines=True) == [one, two]


@pytest.mark.parametrize(
    ("body", "is_lines", "word"),
    [
        (b"[1", False, "body is not JSON"),
        # It is nested too deep to be written, and not to be read.
        (b"[" * 300 + b"]" * 300, False, "envelope 0 cannot be written"),
        (b"x\n" * (ENVELOPES_PER_POST_MAX + 1), True, "send them in several posts"),
    ],
    ids=["cut", "deep", "many"],
)
def test_body_of_something_else_is_refused(body: bytes, is_lines: bool, word: str) -> None:
    with pytest.raises(MalformedEnvelope, match=word):
        split_body(body, is_lines=is_lines)


def test_good_envelopes_are_let_in_as_they_were_sent() -> None:
    one, two = envelope(1), envelope(2)

    admitted = [let_in[:4] for let_in in admit([one, two])]

    assert admitted == [("r", "w", 1, one), ("r", "w", 2, two)]


def test_bad_envelope_among_others_is_named_by_its_place() -> None:
    with pytest.raises(MalformedEnvelope, match="envelope 1 of 2: "):
        admit([envelope(1), orjson.dumps({"v": 1})])


def test_bad_envelope_alone_keeps_its_own_words() -> None:
    with pytest.raises(EnvelopeTooLarge, match=r"^envelope is "):
        admit([b" " * 10**6])
