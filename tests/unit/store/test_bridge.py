"""The server of the tests behaves like ClickHouse's HTTP interface, also when told to fail."""

import gzip
import http.client
import json
import threading
from collections.abc import Iterator
from urllib.parse import urlencode

import lz4.frame
import pytest

from tests.bridge import Bridge, running_bridge

READY_S = 30.0


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bridge]:
    """Return a server that the tests of this file share; each heals what it broke."""
    with running_bridge(tmp_path_factory.mktemp("bridge"), user="me", password="pässword") as one:
        yield one


class Reply:
    """What came back."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.body = response.read()
        self.headers = response.headers

    @property
    def code(self) -> str | None:
        return self.headers.get("X-ClickHouse-Exception-Code")


def ask(
    bridge: Bridge,
    body: bytes | str = b"",
    *,
    method: str = "POST",
    path: str = "/",
    headers: dict[str, str] | None = None,
    timeout_s: float = READY_S,
    **arguments: str,
) -> Reply:
    """Send one request as the server's user."""
    connection = http.client.HTTPConnection("127.0.0.1", bridge.port, timeout=timeout_s)
    access = {"X-ClickHouse-User": "me", "X-ClickHouse-Key": "pässword".encode().decode("latin1")}
    content = body.encode() if isinstance(body, str) else body
    try:
        target = f"{path}?{urlencode(arguments)}"
        connection.request(method, target, content, {**access, **(headers or {})})
        return Reply(connection.getresponse())
    finally:
        connection.close()


def fresh_table(bridge: Bridge, name: str) -> None:
    ask(bridge, f"CREATE OR REPLACE TABLE {name} (a Int64) ENGINE = MergeTree ORDER BY a")


def rows_of(bridge: Bridge, name: str) -> list[int]:
    return [int(line) for line in ask(bridge, f"SELECT a FROM {name} ORDER BY a").body.split()]


def test_ping_needs_no_user(bridge: Bridge) -> None:
    reply = ask(bridge, method="GET", path="/ping", headers={"X-ClickHouse-User": "nobody"})

    assert (reply.status, reply.body) == (200, b"Ok.\n")


def test_query_is_answered_in_the_format_it_names(bridge: Bridge) -> None:
    reply = ask(bridge, "SELECT {x:String} AS x FORMAT JSON", param_x="it's")

    assert json.loads(reply.body)["data"] == [{"x": "it's"}]
    assert reply.headers["X-ClickHouse-Format"] == "JSON"


@pytest.mark.parametrize(
    ("name", "decoded"), [("gzip", gzip.decompress), ("lz4", lz4.frame.decompress)]
)
def test_answer_is_compressed_as_asked(bridge: Bridge, name: str, decoded: object) -> None:
    reply = ask(bridge, "SELECT 7", headers={"Accept-Encoding": name}, enable_http_compression="1")

    assert reply.headers["Content-Encoding"] == name
    assert callable(decoded)
    assert decoded(reply.body) == b"7\n"


def test_data_follow_their_statement_in_the_body_or_the_url(bridge: Bridge) -> None:
    fresh_table(bridge, "places")

    ask(bridge, "INSERT INTO places FORMAT CSV\n1\n2\n")
    ask(bridge, gzip.compress(b"3\n"), headers={"Content-Encoding": "gzip"},
        query="INSERT INTO places (a) FORMAT TSV")  # fmt: skip

    assert rows_of(bridge, "places") == [1, 2, 3]


def test_get_changes_nothing(bridge: Bridge) -> None:
    reply = ask(bridge, method="GET", query="CREATE TABLE nothing (a Int8) ENGINE = Memory")

    assert reply.code == "164"


def test_setting_counts_for_its_own_request_alone(bridge: Bridge) -> None:
    sql = "SELECT getSetting('max_threads')"

    assert ask(bridge, sql, max_threads="3").body == b"3\n"
    assert ask(bridge, sql).body != b"3\n"


@pytest.mark.parametrize(
    ("sql", "database", "status", "code"),
    [
        ("SELEKT 1", "", 400, "62"),
        ("SELECT * FROM nowhere", "", 404, "60"),
        ("SELECT 1", "nowhere", 404, "81"),
        ("SELECT throwIf(1)", "", 500, "395"),
    ],
)
def test_refusal_has_the_engine_s_code(
    bridge: Bridge, sql: str, database: str, status: int, code: str
) -> None:
    reply = ask(bridge, sql, database=database)

    assert (reply.status, reply.code) == (status, code)
    assert reply.body.startswith(f"Code: {code}. DB::Exception: ".encode())


def test_wrong_password_is_refused_as_clickhouse_does(bridge: Bridge) -> None:
    reply = ask(bridge, "SELECT 1", headers={"X-ClickHouse-Key": "wrong"})

    assert (reply.status, reply.code) == (403, "516")


def test_parameter_that_is_longer_than_clickhouse_takes_is_refused(bridge: Bridge) -> None:
    """ClickHouse's limit is 128 KiB a value, in the URL and in a form."""
    form = (
        b'--x\r\nContent-Disposition: form-data; name="param_x"\r\n\r\n'
        + b"y" * (128 << 10)
        + b"z\r\n--x--\r\n"
    )
    reply = ask(
        bridge,
        form,
        headers={"Content-Type": "multipart/form-data; boundary=x"},
        query="SELECT length({x:String})",
    )

    assert b"Field value too long" in reply.body


def test_planned_error_strikes_what_matches_and_does_nothing(bridge: Bridge) -> None:
    fresh_table(bridge, "spared")
    bridge.fault("error", code=252, times=1, matching="insert")

    first = ask(bridge, "INSERT INTO spared VALUES (1)")
    second = ask(bridge, "INSERT INTO spared VALUES (2)")

    bridge.heal()
    assert (first.code, second.status) == ("252", 200)
    assert rows_of(bridge, "spared") == [2]


def test_dropped_request_is_done_without_an_answer(bridge: Bridge) -> None:
    fresh_table(bridge, "dropped")
    bridge.fault("drop", times=1, matching="insert")

    with pytest.raises(http.client.RemoteDisconnected):
        ask(bridge, "INSERT INTO dropped VALUES (1)")

    bridge.heal()
    assert rows_of(bridge, "dropped") == [1]


@pytest.mark.parametrize(
    ("kind", "before", "after"), [("hang", [], []), ("late", [], [1]), ("mute", [1], [1])]
)
def test_unanswered_request_is_done_never_later_or_at_once(
    bridge: Bridge, kind: str, before: list[int], after: list[int]
) -> None:
    fresh_table(bridge, "quiet")
    bridge.fault(kind, times=1, matching="insert")  # type: ignore[arg-type]  # one of its kinds

    with pytest.raises(TimeoutError):
        ask(bridge, "INSERT INTO quiet VALUES (1)", timeout_s=0.5)

    wait_for_rows(bridge, before)
    assert bridge.fault_count() >= 1
    bridge.heal()
    wait_for_rows(bridge, after)


def wait_for_rows(bridge: Bridge, wanted: list[int]) -> None:
    for _ in range(300):
        if rows_of(bridge, "quiet") == wanted:
            return
        threading.Event().wait(0.05)
    assert rows_of(bridge, "quiet") == wanted


def test_refused_connections_are_taken_again_once_healed(bridge: Bridge) -> None:
    bridge.fault("refuse")
    with pytest.raises(ConnectionRefusedError):
        ask(bridge, "SELECT 1")

    bridge.heal()

    assert ask(bridge, "SELECT 1").body == b"1\n"


def test_killed_server_comes_back_on_its_port_with_what_it_had(bridge: Bridge) -> None:
    fresh_table(bridge, "kept")
    ask(bridge, "INSERT INTO kept VALUES (5)")
    port = bridge.port

    bridge.kill()
    bridge.start()

    assert bridge.port == port
    assert rows_of(bridge, "kept") == [5]
