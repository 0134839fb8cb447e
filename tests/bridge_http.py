"""ClickHouse's HTTP interface over chDB, as a process; `tests.bridge` starts and steers it.

    python -m tests.bridge_http FOLDER OPTIONS      OPTIONS is JSON, see `Options`

It says `ready PORT` and then obeys lines of JSON from its standard input, answering each with a
line: {"fault": {...}} plans a fault, {"heal": true} ends every one, {"count": true} tells how often
one has struck. It ends with its input, so that it never outlives who started it.
"""

from __future__ import annotations

import contextlib
import gzip
import http.server
import json
import os
import re
import socket
import ssl
import sys
import threading
from base64 import b64decode
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import lz4.frame

from tests.bridge_engine import Engine, Refused, Statement, split_insert

FIELD_BYTES_MAX: Final = 128 << 10
"""ClickHouse's `http_max_field_value_size`: longer parameters are refused, in the URL or a form."""

_RESERVED: Final = {
    *"query database default_format user password query_id session_id session_timeout".split(),
    *"session_check wait_end_of_query buffer_size quota_key role compress decompress".split(),
    *"client_protocol_version enable_http_compression send_progress_in_http_headers".split(),
    *"http_headers_progress_interval_ms cancel_http_readonly_queries_on_client_close".split(),
}
_STATUS_BY_CODE: Final = {
    **dict.fromkeys((192, 193, 516), HTTPStatus.FORBIDDEN),
    194: HTTPStatus.UNAUTHORIZED,
    **dict.fromkeys((46, 60, 81), HTTPStatus.NOT_FOUND),
    **dict.fromkeys((27, 36, 43, 47, 53, 62, 115, 456), HTTPStatus.BAD_REQUEST),
    159: HTTPStatus.REQUEST_TIMEOUT,
}


@dataclass(frozen=True)
class Options:
    """How the bridge is to be."""

    port: int = 0
    user: str = "default"
    password: str = ""
    certificate: str | None = None
    """A file with a certificate and its key; it speaks HTTPS then."""
    config: str | None = None
    others: dict[str, str] = field(default_factory=dict)
    """Further users, and their passwords."""


@dataclass
class Fault:
    """What is to go wrong with a request whose statement `matching` finds.

    error  answer with ClickHouse's `code`, and do nothing
    hang   do nothing, and answer nothing until healed
    late   do it once healed, when nobody waits any more
    mute   do it, and answer nothing until healed
    drop   do it, and close the connection without an answer
    """

    kind: str
    code: int = 0
    times: int | None = None
    matching: str = ""


class Faults:
    """The faults to come. Any thread may ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._planned: list[Fault] = []
        self._healed = threading.Event()
        self.count = 0

    def plan(self, fault: Fault) -> None:
        with self._lock:
            self._planned.append(fault)
            self._healed.clear()

    def heal(self) -> None:
        with self._lock:
            self._planned.clear()
            self._healed.set()

    def wait_until_healed(self) -> None:
        self._healed.wait()

    def struck(self, sql: bytes) -> Fault | None:
        """Return what strikes a request with this statement, once for each of its times."""
        with self._lock:
            for fault in self._planned:
                if fault.times == 0 or not re.search(fault.matching.encode(), sql, re.IGNORECASE):
                    continue
                if fault.times is not None:
                    fault.times -= 1
                self.count += 1
                return fault
        return None


class Server(http.server.ThreadingHTTPServer):
    """The listening side; `close_all` is what a client sees of a process that has died."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, engine: Engine, faults: Faults, options: Options, port: int) -> None:
        self.engine, self.faults, self.options = engine, faults, options
        self._open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), Handler)
        if options.certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(options.certificate)
            # The handshake belongs to the connection's thread: here, one client could stop all.
            self.socket = context.wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients that go away are what the tests are about."""

    def close_all(self) -> None:
        self.shutdown()
        self.server_close()
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class Handler(http.server.BaseHTTPRequestHandler):
    """One connection."""

    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self) -> None:
        if urlsplit(self.path).path == "/ping":
            self._send(HTTPStatus.OK, b"Ok.\n", {})
        else:
            self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        body = self._decoded(self._read_body())
        arguments = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        kind = self.headers.get("Content-Type", "")
        if kind.startswith("multipart/form-data"):
            arguments |= _form_fields(kind, body)
            body = b""
        try:
            self._check_access(arguments)
            statement = _statement(arguments, body, is_get=self.command == "GET")
            self._answer(statement, arguments)
        except Refused as exc:
            status = _STATUS_BY_CODE.get(exc.code, HTTPStatus.INTERNAL_SERVER_ERROR)
            self._send(status, f"{exc}\n".encode(), {"X-ClickHouse-Exception-Code": str(exc.code)})

    def _answer(self, statement: Statement, arguments: dict[str, str]) -> None:
        faults = self.server.faults
        fault = faults.struck(statement.sql)
        kind = fault.kind if fault else ""
        if fault and kind == "error":
            raise Refused(fault.code, f"Code: {fault.code}. DB::Exception: planned. (PLANNED)")
        if kind in {"hang", "late"}:
            faults.wait_until_healed()
        if kind == "hang":
            self.close_connection = True
            return
        answer = self.server.engine.run(statement)
        if kind == "mute":
            faults.wait_until_healed()
        if kind in {"mute", "drop"}:
            self.close_connection = True
            return
        headers = {
            "X-ClickHouse-Query-Id": arguments.get("query_id", ""),
            "X-ClickHouse-Timezone": "UTC",
            "X-ClickHouse-Summary": "{}",
        }
        if answer.format_name:
            headers["X-ClickHouse-Format"] = answer.format_name
        body = answer.body
        if arguments.get("enable_http_compression") == "1":
            body, encoding = _encoded(body, self.headers.get("Accept-Encoding", ""))
            headers |= {"Content-Encoding": encoding} if encoding else {}
        self._send(HTTPStatus.OK, body, headers)

    def _check_access(self, arguments: dict[str, str]) -> None:
        # Python hands headers over as Latin-1; clients send them as UTF-8.
        headers = {name: value.encode("latin1").decode() for name, value in self.headers.items()}
        user = headers.get("X-ClickHouse-User", arguments.get("user", "default"))
        password = headers.get("X-ClickHouse-Key", arguments.get("password", ""))
        scheme, _, given = self.headers.get("Authorization", "").partition(" ")
        if scheme == "Basic":
            user, _, password = b64decode(given).decode().partition(":")
        options = self.server.options
        if {options.user: options.password, **options.others}.get(user) != password:
            message = (
                f"Code: 516. DB::Exception: {user}: Authentication failed: password is incorrect, "
                f"or there is no user with such name. (AUTHENTICATION_FAILED)"
            )
            raise Refused(516, message)

    def _read_body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            parts = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length", "0")))

    def _decoded(self, body: bytes) -> bytes:
        match self.headers.get("Content-Encoding", ""):
            case "gzip":
                return gzip.decompress(body)
            case "lz4":
                return bytes(lz4.frame.decompress(body))
            case _:
                return body

    def _send(self, status: HTTPStatus, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class's name
        """Say nothing."""


def _statement(arguments: dict[str, str], body: bytes, *, is_get: bool) -> Statement:
    if too_long := [n for n, v in arguments.items() if len(v.encode()) > FIELD_BYTES_MAX]:
        text = f"Code: 1000. DB::Exception: HTML Form: Field value too long: {too_long[0][:40]}"
        raise Refused(1000, text)
    sql, data = arguments.get("query", "").encode(), body
    if not sql:
        sql, data = split_insert(body)
    settings = {
        name: value
        for name, value in arguments.items()
        if name not in _RESERVED and not name.startswith("param_")
    }
    return Statement(
        sql=sql,
        data=data,
        database=arguments.get("database", ""),
        default_format=arguments.get("default_format", "TabSeparated"),
        parameters={
            name.removeprefix("param_"): value
            for name, value in arguments.items()
            if name.startswith("param_")
        },
        # A GET must change nothing. Last, because nothing may be set after it.
        settings={**settings, "readonly": "2"} if is_get else settings,
    )


def _form_fields(content_type: str, body: bytes) -> dict[str, str]:
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    message = message_from_bytes(head + body, policy=policy.HTTP)
    fields = {}
    for part in message.iter_parts():
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes), part
        fields[str(part.get_param("name", header="content-disposition"))] = content.decode()
    return fields


def _encoded(body: bytes, accepted: str) -> tuple[bytes, str]:
    for name in (part.strip().partition(";")[0] for part in accepted.split(",")):
        if name == "lz4":
            return bytes(lz4.frame.compress(body)), name
        if name == "gzip":
            return gzip.compress(body, 1), name
    return body, ""


def main(folder: str, options_text: str) -> None:
    """Serve until standard input ends."""
    options = Options(**json.loads(options_text))
    faults = Faults()
    engine = Engine(Path(folder), config=Path(options.config) if options.config else None)
    server: Server | None = Server(engine, faults, options, options.port)
    assert server is not None
    port: int = server.server_address[1]
    print(f"ready {port}", flush=True)
    for line in sys.stdin:
        command = json.loads(line)
        if "fault" in command and command["fault"]["kind"] == "refuse":
            if server is not None:
                server.close_all()
            server = None
        elif "fault" in command:
            faults.plan(Fault(**command["fault"]))
        elif "heal" in command:
            faults.heal()
            server = Server(engine, faults, options, port) if server is None else server
        print(json.dumps({"count": faults.count}), flush=True)
    # Without a farewell to threads that wait: whoever started this has gone.
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
