"""HTTP to a server: what each answer means to the sender and to the reader."""

from __future__ import annotations

import gzip
import io
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtide.client.http_transport import HttpTransport
from runtide.client.options import Destination, destination
from runtide.client.reading import Reader
from runtide.errors import (
    ArtifactsUnavailable,
    Conflict,
    LogUnavailable,
    NotFound,
    NotMissing,
    QuotaExceeded,
    RejectedError,
    RuntideError,
    ServerUnavailable,
    StillUnreadable,
    UsageError,
)
from runtide.log.port import Item
from tests.answering import Answer, Server, answering_server


@pytest.fixture
def server() -> Iterator[Server]:
    """Return a server that is stopped in the end."""
    with answering_server() as server:
        yield server


@pytest.fixture
def transport(server: Server) -> Iterator[HttpTransport]:
    """Return a transport to the server."""
    transport = HttpTransport(Destination(home=Path("/h"), url=server.url))
    yield transport
    transport.close()


@pytest.fixture
def reader(server: Server, monkeypatch: pytest.MonkeyPatch) -> Reader:
    """Return a reader that asks again at once."""
    monkeypatch.setattr("runtide.client.reading._RETRY_S", 0.0)
    return Reader(Destination(home=Path("/h"), url=server.url))


def test_envelopes_are_posted_one_a_line(server: Server, transport: HttpTransport) -> None:
    """The ingest API takes one, many, or lines."""
    server.answers = [Answer(200)]

    transport.send([Item("r", b'{"a":1}'), Item("r", b'{"b":2}')])

    assert server.asked == [("POST", "/ingest/v1/envelopes", b'{"a":1}\n{"b":2}')]


@pytest.mark.parametrize("status", [404, 500, 502, 503])
def test_trouble_of_the_server_is_worth_another_try(
    server: Server, transport: HttpTransport, status: int
) -> None:
    """404 too: a proxy that does not know the server yet says so."""
    server.answers = [Answer(status), Answer(200)]

    with pytest.raises(LogUnavailable, match=str(status)):
        transport.send([Item("r", b"{}")])
    transport.send([Item("r", b"{}")])


BODY = b'{"v":1}' * 200


@pytest.mark.parametrize(
    ("host", "body", "encoding"),
    [
        ("127.0.0.1", BODY, None),
        ("localhost", BODY, None),
        ("far.example", BODY[:100], None),
        ("far.example", BODY, "gzip"),
    ],
)
def test_body_is_compressed_where_it_pays(
    server: Server, monkeypatch: pytest.MonkeyPatch, host: str, body: bytes, encoding: str | None
) -> None:
    """Within a machine, and in one packet, it only costs time."""
    port = int(server.url.rpartition(":")[2])
    connect = socket.create_connection
    # Whatever the name, the server is here.
    monkeypatch.setattr(
        "socket.create_connection", lambda _, *rest: connect(("127.0.0.1", port), *rest)
    )
    server.answers = [Answer(200)]
    transport = HttpTransport(Destination(home=Path("/h"), url=f"http://{host}:{port}"))

    transport.send([Item("r", body)])
    transport.close()

    (_, _, sent), (headers,) = server.asked[0], server.headers
    assert headers.get("Content-Encoding") == encoding
    assert (gzip.decompress(sent) if encoding else sent) == body


def test_share_that_is_used_up_is_told_apart_from_trouble(
    server: Server, transport: HttpTransport
) -> None:
    """The server is well, and what it does not take now it takes when it said."""
    server.answers = [Answer(429, headers=(("Retry-After", "3"),))]

    with pytest.raises(QuotaExceeded, match="answered 429") as caught:
        transport.send([Item("r", b"{}")])

    assert caught.value.retry_after_s == transport.retry_after_s() == 3


@pytest.mark.parametrize("status", [400, 409, 413, 422])
def test_refused_envelopes_are_not_sent_again(
    server: Server, transport: HttpTransport, status: int
) -> None:
    """The same bytes would be refused for ever."""
    server.answers = [Answer(status)]

    with pytest.raises(RejectedError):
        transport.send([Item("r", b"{}")])


@pytest.mark.parametrize(
    ("header", "want"), [("7", 7.0), ("9999", 60.0), ("soon", None), (None, None)]
)
def test_retry_after_is_honoured_within_reason(
    server: Server, transport: HttpTransport, header: str | None, want: float | None
) -> None:
    """A server that is too busy says how long."""
    server.answers = [Answer(503, headers=(("Retry-After", header),) if header else ())]

    with pytest.raises(LogUnavailable):
        transport.send([Item("r", b"{}")])

    assert transport.retry_after_s() == want


def test_connection_that_was_idle_for_too_long_is_made_anew(
    server: Server, transport: HttpTransport
) -> None:
    """A run that logs every ten seconds would otherwise go through the spool each time."""
    server.answers = [Answer(200, ends_connection=True), Answer(200)]

    transport.send([Item("r", b"1")])
    transport.send([Item("r", b"2")])

    assert [body for _, _, body in server.asked] == [b"1", b"2"]


def test_no_server_is_worth_another_try() -> None:
    """It may be starting."""
    transport = HttpTransport(Destination(home=Path("/h"), url="http://127.0.0.1:9"))

    with pytest.raises(LogUnavailable, match="did not answer"):
        transport.send([Item("r", b"{}")])


def test_file_is_streamed_under_its_run(server: Server, transport: HttpTransport) -> None:
    """Names keep their folders and nothing else that a URL would read."""
    server.answers = [Answer(200, json.dumps({"sha256": "ab", "size_bytes": 5}).encode())]

    blob = transport.save_file("r/1", "a b/ü?.txt", io.BytesIO(b"bytes"))

    assert blob == ("ab", 5)
    path = "/ingest/v1/runs/r%2F1/files/a%20b/%C3%BC%3F.txt"
    assert server.asked == [("PUT", path, b"bytes")]


@pytest.mark.parametrize(("status", "error"), [(503, ArtifactsUnavailable), (413, RejectedError)])
def test_file_that_is_not_taken_raises(
    server: Server, transport: HttpTransport, status: int, error: type[Exception]
) -> None:
    """It is kept for later, or refused to the caller."""
    server.answers = [Answer(status)]

    with pytest.raises(error):
        transport.save_file("r", "a", io.BytesIO(b""))


def test_reader_asks_where_the_query_api_is(server: Server) -> None:
    """In a cluster, what takes envelopes answers no questions."""
    place = destination(home=Path("/h"), url="kafka://broker:9092", query_url=server.url)
    server.answers = [Answer(200, b'{"a": 1}')]

    assert Reader(place).get("/runs/r") == {"a": 1}


def test_reader_without_a_query_api_says_what_to_set() -> None:
    reader = Reader(destination(home=Path("/h"), url="kafka://broker:9092"))

    with pytest.raises(UsageError, match="set RUNTIDE_QUERY_URL"):
        reader.get("/runs/r")


def test_reader_asks_for_everything_logged_before(server: Server, reader: Reader) -> None:
    """`fresh` is what makes a read never stale."""
    server.answers = [Answer(200, b'{"a": 1}')]

    assert reader.get("/runs/r", {"name": "a b", "none": None}) == {"a": 1}
    assert server.asked[0][1] == "/api/v1/runs/r?name=a+b&fresh=true"


def test_reader_walks_all_pages(server: Server, reader: Reader) -> None:
    """By the cursor of each."""
    server.answers = [
        Answer(200, b'{"items": [{"n": 1}, {"n": 2}], "next_cursor": "c"}'),
        Answer(200, b'{"items": [{"n": 3}], "next_cursor": null}'),
    ]

    assert [item["n"] for item in reader.items("/runs")] == [1, 2, 3]
    assert "cursor=c" in server.asked[1][1]


def test_reader_waits_for_a_server_that_is_behind(server: Server, reader: Reader) -> None:
    """The fold has not seen all of the log yet."""
    server.answers = [Answer(503), Answer(503), Answer(200, b'{"a": 1}')]

    assert reader.get("/runs/r") == {"a": 1}


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (404, NotFound),
        (409, Conflict),
        (400, UsageError),
        (422, UsageError),
        (500, ServerUnavailable),
    ],
)
def test_problem_becomes_the_error_of_its_branch(
    server: Server, reader: Reader, status: int, error: type[Exception]
) -> None:
    """With what the server said."""
    server.answers = [Answer(status, b'{"detail": "no such run"}')]

    with pytest.raises(error, match="no such run"):
        reader.get("/runs/r")


@pytest.mark.parametrize(
    ("status", "error"), [(409, NotMissing), (422, StillUnreadable), (404, NotFound)]
)
def test_refused_post_says_why_by_its_class(
    server: Server, reader: Reader, status: int, error: type[RuntideError]
) -> None:
    """A script that sends many again goes on after one that is refused."""
    body = json.dumps({"detail": "nothing is missing", "code": error.code}).encode()
    server.answers = [Answer(503), Answer(status, body)]

    with pytest.raises(error, match="nothing is missing"):
        reader.post("/dead-letters/0/1/redrive")

    asked = ("POST", "/api/v1/dead-letters/0/1/redrive?fresh=true", b"")
    assert server.asked == [asked, asked]


def test_problem_that_is_no_json_is_shown(server: Server, reader: Reader) -> None:
    """A proxy answers in HTML."""
    server.answers = [Answer(502, b"<html>bad gateway</html>")]

    with pytest.raises(ServerUnavailable, match="bad gateway"):
        reader.get("/runs/r")


def test_reader_that_starts_no_server_says_that_there_is_none(tmp_path: Path) -> None:
    reader = Reader(Destination(home=tmp_path), starts_server=False)

    with pytest.raises(ServerUnavailable, match="start `runtide up`"):
        reader.get("/runs/r")
    assert list(tmp_path.iterdir()) == []
