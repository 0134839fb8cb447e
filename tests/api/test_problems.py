"""Errors, hosts, headers and the page."""

import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

from query_api.page import Dashboard
from runtide import errors
from runtide.errors import CorruptionError, RuntideError, StoreUnavailable
from runtide.http.problems import STATUS_BY_ERROR, error_response
from tests.system import System, running_system

ERRORS = [
    cls
    for _, cls in inspect.getmembers(errors, inspect.isclass)
    if issubclass(cls, RuntideError) and cls is not RuntideError
]


@pytest.mark.parametrize("cls", ERRORS, ids=lambda cls: cls.code)
def test_every_error_has_a_status(cls: type[RuntideError]) -> None:
    """The table is by branch, so a new error of a branch needs no line of its own."""
    error = cls.__new__(cls)
    # Those that an answer tells of some error besides its text.
    vars(error).update(limit="time", limit_value=1.0)

    answer = error_response(error)

    assert 400 <= answer.status_code <= 503
    assert ("retry-after" in answer.headers) == (answer.status_code in {429, 503})


@pytest.mark.parametrize(
    ("error", "level"), [(StoreUnavailable("away"), "WARNING"), (CorruptionError("bad"), "ERROR")]
)
def test_damage_alone_is_an_error_in_the_log(
    caplog: pytest.LogCaptureFixture, error: RuntideError, level: str
) -> None:
    """Whoever is paged for errors is not paged for a stream too many, or a fold that is behind."""
    error_response(error)

    assert [record.levelname for record in caplog.records] == [level]


def test_a_subclass_stands_before_its_branch() -> None:
    classes = [cls for cls, _ in STATUS_BY_ERROR]

    assert not any(
        issubclass(later, earlier)
        for i, earlier in enumerate(classes)
        for later in classes[i + 1 :]
    )


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system for everybody who only asks."""
    with running_system(tmp_path_factory.mktemp("asked")) as system:
        yield system


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "evil.example"}, 421),
        ({"host": "127.0.0.1.evil.example:80"}, 421),
        ({"host": "127.0.0.1:9"}, 200),
        ({"host": ""}, 421),
        ({"host": "[::1"}, 421),
        ({"origin": "https://evil.example"}, 421),
        ({"origin": "null"}, 421),
        ({"origin": "http://127.0.0.1:5173"}, 200),
    ],
)
def test_only_known_hosts_and_origins_are_answered(
    asked: System, headers: dict[str, str], status: int
) -> None:
    """Another site's page can reach loopback, but not under our name (DNS rebinding)."""
    answer = asked.client.get("/api/v1/health", headers=headers)

    assert answer.status_code == status


def test_another_sites_page_cannot_write(asked: System) -> None:
    answer = asked.client.post(
        "/ingest/v1/envelopes", content=b"{}", headers={"origin": "https://evil.example"}
    )

    assert (answer.status_code, answer.json()["code"]) == (421, "unknown-origin")


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"", "body"),
        (b"{", "JSON"),
        (b"\xff", "no UTF-8 (byte 0xff at 0): encode it"),
        (b"[" * 100_000, "too deeply to be read: send"),
        (b'{"runs": ["\\ud800"], "metrics": []}', "unicode"),
        (b'{"runs": ["\\u0000"], "metrics": ["\\u0000"]}', None),
        (b'{"runs": [], "metrics": [], "range": [1e400, 2]}', "range"),
        (b'{"runs": [], "metrics": [], "max_points": %d}' % 10**400, "max_points"),
    ],
    ids=["empty", "cut", "encoding", "deep", "surrogate", "nul", "infinite", "huge"],
)
def test_a_broken_body_is_a_problem_and_never_a_failure(
    asked: System, body: bytes, word: str | None
) -> None:
    answer = asked.client.post(
        "/api/v1/series", content=body, headers={"content-type": "application/json"}
    )

    assert answer.status_code in ({200} if word is None else {400, 422})
    if word is not None:
        assert answer.headers["content-type"] == "application/problem+json"
        assert word.lower() in answer.json()["detail"].lower()


def test_a_body_beyond_the_limit_is_refused(asked: System) -> None:
    declared = asked.client.post("/api/v1/series", content=b" " * (8 * 1024 * 1024 + 1))
    streamed = asked.client.post("/api/v1/series", content=(b" " * (1 << 20) for _ in range(9)))

    assert [a.status_code for a in (declared, streamed)] == [413, 413]
    assert {a.json()["code"] for a in (declared, streamed)} == {"body-too-large"}


def test_a_url_beyond_the_limit_is_refused(asked: System) -> None:
    answer = asked.client.get("/api/v1/runs/" + "a" * 60_000)

    assert answer.status_code in {400, 422}


def test_an_unknown_method_says_which_there_are(asked: System) -> None:
    answer = asked.client.delete("/api/v1/runs")

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
    assert answer.json()["code"] == "method-not-allowed"


def test_a_store_that_does_not_answer_is_a_time_to_retry(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        message = "the read model could not answer a query (test): see `runtide doctor`"
        raise StoreUnavailable(message)

    monkeypatch.setattr(system.store, "query", broken)

    answer = system.client.get("/api/v1/runs")
    ready = system.client.get("/api/v1/ready")

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["type"] == "urn:runtide:error:store-unavailable"
    assert (ready.status_code, ready.json()["status"]) == (503, "unavailable")
    assert system.client.get("/api/v1/health").status_code == 200


def test_a_defect_tells_a_stranger_nothing(
    system: System, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        message = "secret"
        raise KeyError(message)

    monkeypatch.setattr(system.store, "query", broken)

    answer = system.client.get("/api/v1/runs")

    assert (answer.status_code, answer.json()["code"]) == (500, "bug")
    assert "secret" not in answer.text
    assert "secret" in caplog.text


def test_the_page_answers_for_every_address_of_its_own(asked: System) -> None:
    page = asked.client.get("/runs/some-run/charts")

    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/", "/runs/some-run", "/api/v1/runs", "/api/docs", "/nope.js"])
def test_no_answer_may_be_framed_or_guessed_at(asked: System, path: str) -> None:
    """A page around ours could have people click on what they do not see."""
    headers = asked.client.get(path).headers

    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path", ["/api/v2/runs", "/api/v1/nope", "/ingest/nope", "/assets/nope.js"]
)
def test_what_is_not_there_is_a_problem_and_not_the_page(asked: System, path: str) -> None:
    answer = asked.client.get(path)

    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


@pytest.mark.parametrize("path", ["/%2e%2e/%2e%2e/app.py", "/..%2fapp.py", "/%00", "//etc/passwd"])
def test_the_page_serves_nothing_but_its_folder(asked: System, path: str) -> None:
    answer = asked.client.get(path)

    assert b"create_app" not in answer.content
    assert b"root:" not in answer.content
    assert answer.status_code < 500


def test_hashed_files_are_kept_and_the_page_is_asked_for_again(
    system: System, tmp_path: Path
) -> None:
    built = tmp_path / "static"
    (built / "assets").mkdir(parents=True)
    (built / "index.html").write_text("<!doctype html>")
    (built / "assets" / "index-abc.js").write_text("1")
    system.app.router.default = Dashboard(built)

    page = system.client.get("/")
    script = system.client.get("/assets/index-abc.js")
    known = {"if-none-match": script.headers["etag"]}

    assert page.headers["cache-control"] == "no-cache"
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert system.client.get("/assets/index-abc.js", headers=known).status_code == 304


def test_without_a_built_page_it_says_how_to_build_it(system: System, tmp_path: Path) -> None:
    system.app.router.default = Dashboard(tmp_path / "nothing")

    assert "make dashboard" in system.client.get("/").text


def test_the_server_says_how_it_is_doing(asked: System) -> None:
    health = asked.client.get("/api/v1/health").json()
    ready = asked.client.get("/api/v1/ready").json()
    lines = asked.client.get("/api/v1/metrics").text.splitlines()

    assert (health["status"], health["home"]) == ("ok", "/data")
    assert ready == {"status": "ready", "reason": None, "lag_count": 0, "position": "0:0"}
    assert "runtide_fold_lag_records 0" in lines
    assert any(line.startswith('runtide_http_requests_total{status="200"}') for line in lines)


def test_a_fold_that_stopped_is_not_ready(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(system.fold), "failure", property(lambda _: ValueError("broken")))
    monkeypatch.setattr(system.fold, "next_offset", lambda _: -1)

    ready = system.client.get("/api/v1/ready")

    assert (ready.status_code, ready.json()["reason"]) == (503, "the fold has stopped: broken")
    assert system.client.get("/api/v1/runs?fresh=true").json()["code"] == "fold-behind"
