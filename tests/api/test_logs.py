"""Text streams: windows of characters and lines, searches, and the whole."""

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from query_api.reads import logs as reads
from runtide.core.events import TextLogged
from tests.system import System


def log(system: System, *pieces: str, file: str = "out", run: str = "r") -> None:
    system.start_run(run, *(TextLogged(file=file, text=piece, ts_us=1) for piece in pieces))


def test_a_log_is_read_by_characters(system: System) -> None:
    system.start_run("r", TextLogged(file="out", text="hé🙂", ts_us=1))
    system.append("r", TextLogged(file="out", text="llo\n", ts_us=2))
    system.append("r", TextLogged(file="err/x", text="!", ts_us=3))

    assert system.get("/runs/r/logs")["items"] == [
        {"file": "err/x", "size_chars": 1},
        {"file": "out", "size_chars": 7},
    ]
    whole = system.get("/runs/r/logs/out")
    assert (whole["text"], whole["offset"], whole["next_offset"]) == ("hé🙂llo\n", 0, 7)
    part = system.get("/runs/r/logs/out?offset=2&limit=3")
    assert (part["text"], part["next_offset"]) == ("🙂ll", 5)
    end = system.get("/runs/r/logs/out?offset=7")
    assert (end["text"], end["next_offset"]) == ("", 7)
    assert system.get("/runs/r/logs/err/x")["text"] == "!"
    assert system.client.get("/api/v1/runs/r/logs/nope").status_code == 404


def test_lines_are_read_from_either_end(system: System) -> None:
    log(system, "on", "e\ntwo\nth", "ree\n", "\nfive")

    whole = system.get("/runs/r/log-lines/out")
    end = system.get("/runs/r/log-lines/out?line=-2&limit=5")

    assert whole["lines"] == ["one", "two", "three", "", "five"]
    assert (whole["line"], whole["line_count"], whole["cut"]) == (0, 5, [])
    assert (end["line"], end["lines"]) == (3, ["", "five"])
    assert system.get("/runs/r/log-lines/out?line=1&limit=2")["lines"] == ["two", "three"]
    assert system.get("/runs/r/log-lines/out?line=5")["lines"] == []


def test_a_stream_without_text_has_no_lines(system: System) -> None:
    log(system, "")

    lines = system.get("/runs/r/log-lines/out")

    assert (lines["line_count"], lines["lines"]) == (0, [])
    assert system.get("/runs/r/log-matches/out?pattern=a")["count"] == 0
    assert system.client.get("/api/v1/runs/r/log-text/out").text == ""


@pytest.mark.parametrize("kind", ["log-lines", "log-matches", "log-text"])
def test_a_stream_that_is_not_there_is_said(system: System, kind: str) -> None:
    log(system, "a")
    system.fold_all()

    answer = system.client.get(f"/api/v1/runs/r/{kind}/nope?pattern=a")

    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


def found(system: System, **query: Any) -> tuple[int, list[int]]:
    answer = system.get("/runs/r/log-matches/out", params=query)
    return answer["count"], answer["lines"]


def test_a_search_looks_at_what_is_shown(system: System) -> None:
    """Colours are not in the way, and what a progress bar overwrote is not found."""
    log(system, "\x1b[31mbad \x1b[1;38:5:9mbatch\x1b[0m\r\n", "12 %\r100 %\n", "Bad batch. (x)")

    assert found(system, pattern="bad batch") == (2, [0, 2])
    assert found(system, pattern="bad batch", case=True) == (1, [0])
    assert found(system, pattern="12 %") == (0, [])
    assert found(system, pattern="100 %") == (1, [1])
    assert found(system, pattern="h. (x)") == (1, [2])
    assert found(system, pattern="^b.d|^100", regex=True) == (3, [0, 1, 2])
    assert found(system, pattern="batch$", regex=True) == (1, [0])


def test_matches_come_in_windows_with_their_number(system: System) -> None:
    log(system, "".join(f"{i % 2}\n" for i in range(20)))

    assert found(system, pattern="1", offset=2, limit=3) == (10, [5, 7, 9])
    assert found(system, pattern="1", offset=99) == (10, [])


def test_what_is_no_regular_expression_is_refused_with_the_remedy(system: System) -> None:
    log(system, "a")
    system.fold_all()

    answer = system.client.get("/api/v1/runs/r/log-matches/out?pattern=(a&regex=true")

    assert (answer.status_code, answer.json()["code"]) == (400, "usage")
    assert "search for it as plain text" in answer.json()["detail"]


def test_no_expression_takes_longer_than_the_text_is_long(system: System) -> None:
    """Nested repeats take a backtracking matcher for ever; here the deadline of a request holds."""
    log(system, "a" * 5_000)

    assert found(system, pattern="(a*)*b", regex=True) == (0, [])


pieces = st.lists(st.text("ab\n", min_size=1, max_size=5), min_size=1, max_size=6)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=pieces, band_bytes=st.integers(1, 8))
def test_seams_between_bands_hide_nothing(
    system: System, monkeypatch: pytest.MonkeyPatch, pieces: list[str], band_bytes: int
) -> None:
    """However little is in memory at once, a search finds what the whole text holds."""
    monkeypatch.setattr(reads, "_BAND_BYTES", band_bytes)
    file = f"f{system.log.end(0)}"
    log(system, *pieces, file=file)

    answer = system.get(f"/runs/r/log-matches/{file}", params={"pattern": "ab+a", "regex": True})
    whole = system.client.get(f"/api/v1/runs/r/log-text/{file}")

    lines = "".join(pieces).split("\n")
    assert answer["lines"] == [at for at, line in enumerate(lines) if re.search("ab+a", line)]
    assert whole.text == "".join(pieces)


def test_whole_log_is_a_file_that_is_saved(system: System) -> None:
    log(system, "h\u00e9\r\n", "\x1b[1mx", file="logs/a b.txt")
    system.fold_all()

    answer = system.client.get("/api/v1/runs/r/log-text/logs/a b.txt")

    assert answer.content == "h\u00e9\r\n\x1b[1mx".encode()
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''a%20b.txt"
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
