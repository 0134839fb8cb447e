"""The read model on a ClickHouse server: who is let in, what failures say, what is never doubled."""

import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from runtide.errors import StoreRefused, StoreUnavailable, UsageError
from runtide.store.engine import ClickHouseStore
from runtide.store.migrate import migrate
from runtide.store.server import open_server
from runtide.store.server_settings import ClickHouseSettings
from tests.bridge import Bridge, FaultKind, running_bridge
from tests.contracts.listeners import free_port, listener
from tests.contracts.store_process import rows
from tests.engine import drop_store

TLS = Path(__file__).parents[1] / "data" / "tls"
SECRET = "open-sesame-41"


@pytest.fixture(scope="module")
def bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bridge]:
    """Return a server that the tests of this file share; each heals what it broke."""
    folder = tmp_path_factory.mktemp("bridge")
    with running_bridge(folder, user="me", password=SECRET) as one:
        yield one


def settings(bridge: Bridge, **changes: Any) -> ClickHouseSettings:
    given = {"url": bridge.url, "user": "me", "password": SECRET, "timeout_s": 2, **changes}
    return ClickHouseSettings(**{"database": f"test_{uuid4().hex}", **given})


@pytest.fixture
def store(bridge: Bridge) -> Iterator[ClickHouseStore]:
    """Return a store with empty tables, whose server is made to fail and healed at the end."""
    opened = open_server(settings(bridge))
    migrate(opened)
    yield opened
    bridge.heal()
    drop_store(opened)


def count_of(store: ClickHouseStore, table: str) -> int:
    return int(store.query(f"SELECT count() AS n FROM {table}").column(0)[0].as_py())


@pytest.mark.parametrize(
    "changes", [{"password": "wrong-41"}, {"user": "nobody"}, {"password": ""}]
)
def test_stranger_is_refused_with_the_settings_to_change(
    bridge: Bridge, changes: dict[str, str]
) -> None:
    """It is no outage: a service must not wait for it to pass."""
    with pytest.raises(StoreRefused, match="set RUNTIDE_CLICKHOUSE_USER and") as caught:
        open_server(settings(bridge, **changes))

    assert f"user `{changes.get('user', 'me')}`" in str(caught.value)


def test_user_who_may_not_make_the_database_is_told_what_to_grant(bridge: Bridge) -> None:
    bridge.fault("error", code=497, matching="CREATE DATABASE")
    try:
        with pytest.raises(StoreRefused, match="grant user `me` what docs/how-to"):
            open_server(settings(bridge))
    finally:
        bridge.heal()


def test_user_who_may_not_make_databases_may_use_one_that_is_there(bridge: Bridge) -> None:
    given = settings(bridge)
    open_server(given).close()
    bridge.fault("error", code=497, matching="CREATE DATABASE")
    try:
        drop_store(open_server(given))
    finally:
        bridge.heal()


@pytest.mark.parametrize(
    ("answer", "remedy"),
    [
        pytest.param(
            b"HTTP/1.0 400 Bad Request\r\n\r\nPort 9000 is for clickhouse-client program\r\n"
            b"You must use port 8123 for HTTP.\r\n",
            "name the port of its HTTP interface",
            id="native",
        ),
        pytest.param(b"\x15\x03\x01\x00\x02\x02\x50", "name the port of its HTTP", id="no HTTP"),
        pytest.param(
            b"HTTP/1.0 404 Not Found\r\n\r\nno such page", "see what answers at", id="a web server"
        ),
        pytest.param(
            b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<html>",
            "see what answers at",
            id="a page",
        ),
    ],
)
def test_something_else_at_the_port_is_refused_with_the_remedy(answer: bytes, remedy: str) -> None:
    with (
        listener(answer) as port,
        pytest.raises(StoreRefused, match=remedy),
    ):
        open_server(ClickHouseSettings(url=f"http://127.0.0.1:{port}"))


def test_https_to_a_port_of_http_is_refused_with_the_remedy(bridge: Bridge) -> None:
    url = bridge.url.replace("http://", "https://")

    with pytest.raises(StoreRefused, match="does not speak HTTPS: write `http://`"):
        open_server(settings(bridge, url=url))


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (b"", "write `https://` in RUNTIDE_CLICKHOUSE_URL"),
        (b"HTTP/1.0 503 Service Unavailable\r\n\r\n", "gave no answer"),
    ],
    ids=["closed", "a proxy without a server"],
)
def test_server_that_may_come_back_is_unavailable(answer: bytes, text: str) -> None:
    with listener(answer) as port, pytest.raises(StoreUnavailable, match=text):
        open_server(ClickHouseSettings(url=f"http://127.0.0.1:{port}"))


def test_server_that_is_not_there_is_unavailable() -> None:
    with free_port() as port, pytest.raises(StoreUnavailable, match="cannot be reached"):
        open_server(ClickHouseSettings(url=f"http://127.0.0.1:{port}"))


def test_server_whose_name_is_unknown_is_unavailable() -> None:
    """Names go missing with name servers, and come back with them."""
    with pytest.raises(StoreUnavailable, match="has a name that is not known"):
        open_server(ClickHouseSettings(url="http://clickhouse.invalid:8123"))


def test_server_that_connects_and_is_silent_is_unavailable(bridge: Bridge) -> None:
    bridge.fault("hang")
    try:
        with pytest.raises(StoreUnavailable, match="did not answer within 1 s"):
            open_server(settings(bridge, timeout_s=1))
    finally:
        bridge.heal()


def test_certificate_is_checked_against_the_file_of_authorities(tmp_path: Path) -> None:
    with running_bridge(tmp_path, certificate=TLS / "server.pem") as secure:
        with pytest.raises(StoreRefused, match="name the file of who signed it"):
            open_server(ClickHouseSettings(url=secure.url))
        with pytest.raises(StoreRefused, match="its certificate is not for `localhost`"):
            open_server(
                ClickHouseSettings(
                    url=f"https://localhost:{secure.port}", ca_file=TLS / "authority.pem"
                )
            )
        store = open_server(ClickHouseSettings(url=secure.url, ca_file=TLS / "authority.pem"))
        assert store.query("SELECT 1 AS one").to_pylist() == [{"one": 1}]
        store.close()


def test_http_to_a_port_of_https_is_unavailable_with_a_hint(tmp_path: Path) -> None:
    with running_bridge(tmp_path, certificate=TLS / "server.pem") as secure:
        url = secure.url.replace("https", "http")
        with pytest.raises(StoreUnavailable, match="write `https://`"):
            open_server(ClickHouseSettings(url=url))


@pytest.mark.parametrize("code", [159, 202, 209, 210, 241, 242, 243, 252, 516])
def test_error_of_a_running_server_is_unavailable_and_repaired_by_a_retry(
    bridge: Bridge, store: ClickHouseStore, code: int
) -> None:
    """Whoever writes has no other place to put the rows, whatever the server says."""
    bridge.fault("error", code=code, times=1, matching="INSERT")
    with pytest.raises(StoreUnavailable, match="the read model could not insert into `parked`"):
        store.insert("parked", rows(1), token="t")
    bridge.heal()

    store.insert("parked", rows(1), token="t")

    assert count_of(store, "parked") == 3


@pytest.mark.parametrize("kind", ["hang", "late", "mute", "drop"])
def test_insert_without_an_answer_is_stored_once_when_it_is_repeated(
    bridge: Bridge, store: ClickHouseStore, kind: FaultKind
) -> None:
    """Promise 2, where it is needed: nobody knows whether the first one was done."""
    bridge.fault(kind, matching="INSERT")
    with pytest.raises(StoreUnavailable):
        store.insert("parked", rows(1), token="t")
    bridge.heal()

    store.insert("parked", rows(1), token="t")
    store.insert("parked", rows(1), token="t")

    assert count_of(store, "parked") == 3


def test_statement_without_a_token_is_never_sent_twice(
    bridge: Bridge, store: ClickHouseStore
) -> None:
    """A connection that was closed says nothing about what was done before."""
    store.command("CREATE TABLE counted (a Int8) ENGINE = MergeTree ORDER BY a")
    bridge.fault("drop", matching="INSERT INTO counted")
    with pytest.raises(StoreUnavailable):
        store.command("INSERT INTO counted VALUES (1)")
    bridge.heal()

    assert count_of(store, "counted") == 1


def test_store_goes_on_after_its_server_was_away(bridge: Bridge, store: ClickHouseStore) -> None:
    """The pool holds connections that are dead; a worker must not be told of each."""
    assert count_of(store, "parked") == 0
    bridge.kill()
    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        store.insert("parked", rows(1), token="t")
    bridge.start()

    store.insert("parked", rows(1), token="t")

    assert count_of(store, "parked") == 3


def test_silent_statement_holds_up_no_other_thread(bridge: Bridge, store: ClickHouseStore) -> None:
    """Promise 4 would be worth little if one slow statement stopped all: no session is shared."""
    bridge.fault("hang", times=1, matching="INSERT")
    before = bridge.fault_count()
    failures: list[BaseException] = []

    def insert() -> None:
        try:
            store.insert("parked", rows(1), token="t")
        except StoreUnavailable as exc:
            failures.append(exc)

    thread = threading.Thread(target=insert)
    thread.start()
    while bridge.fault_count() == before:
        threading.Event().wait(0.01)
    counted = count_of(store, "parked")
    was_waiting = thread.is_alive()
    bridge.heal()
    thread.join()

    assert (counted, was_waiting, len(failures)) == (0, True, 1)


def test_list_of_parameters_may_be_longer_than_the_server_takes(store: ClickHouseStore) -> None:
    """A batch of the fold asks for all the runs in it; ClickHouse takes 128 KiB a parameter."""
    names = [f"{number}'\\{'x' * 40}" for number in range(20_000)]

    found = store.query(
        "SELECT length({names:Array(String)}) AS n, {last:String} IN {names:Array(String)} AS has",
        {"names": names, "last": names[-1]},
    )

    assert found.to_pylist() == [{"n": 20_000, "has": 1}]


def test_password_is_in_no_message_and_no_log(
    bridge: Bridge, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    given = settings(bridge)
    store = open_server(given)
    messages = [repr(given)]
    bridge.fault("error", code=241)
    for ask in (lambda: store.query("SELECT 1"), lambda: open_server(given)):
        with pytest.raises((StoreUnavailable, UsageError)) as caught:
            ask()
        messages.append(str(caught.value) + repr(caught.value.__cause__))
    bridge.heal()
    with pytest.raises(StoreRefused) as refused:
        open_server(settings(bridge, user="nobody"))

    drop_store(store)
    assert SECRET not in "".join([*messages, str(refused.value), caplog.text])
