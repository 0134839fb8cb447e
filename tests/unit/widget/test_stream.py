"""Server-sent events as lines of bytes, and over a connection that breaks."""

import queue

import pytest

from runtide.widget.stream import EventStream, LiveEvent, parse_events
from tests.answering import Answer, answering_server
from tests.waiting import DEADLINE_S

_TWO = b'event: points\ndata: {"series": []}\n\nevent: run\ndata: {"run_id": "a"}\nid: 0:7\n\n'


def test_events_are_what_the_server_sent() -> None:
    assert list(parse_events(_TWO.splitlines(keepends=True))) == [
        LiveEvent("points", {"series": []}),
        LiveEvent("run", {"run_id": "a"}, "0:7"),
    ]


@pytest.mark.parametrize("end", [b"", b"data: {", b"event: run\ndata: {}\n"])
def test_event_that_was_cut_off_is_left_out(end: bytes) -> None:
    lines = (_TWO + end).splitlines(keepends=True)

    assert len(list(parse_events(lines))) == 2


def test_stream_that_breaks_goes_on_after_its_last_event() -> None:
    said: queue.Queue[LiveEvent] = queue.Queue()
    with answering_server() as server:
        server.answers += [Answer(200, _TWO), Answer(503), Answer(200, b"event: lag\ndata: {}\n\n")]
        server.answers += [Answer(503)] * 10
        stream = EventStream(lambda: server.url, frozenset({"a", "b"}), since="0:3", put=said.put)
        kinds = [said.get(timeout=DEADLINE_S).kind for _ in range(5)]
        stream.close()
        asked = [path for _, path, _ in server.asked]

    assert kinds == ["points", "run", "broken", "broken", "lag"]
    assert asked[0] == "/api/v1/live?since=0%3A3&runs=a%2Cb"
    assert asked[1].startswith("/api/v1/live?since=0%3A7")
