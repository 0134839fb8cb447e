"""Dead letters: seen, fetched, and sent again once they can be read."""

from typing import Any

import pytest

from processors.core import dedup
from runtide.core import limits
from runtide.log.port import Item
from tests.building import points, record
from tests.system import System

URL = "/api/v1/dead-letters"


def poison(system: System, *values: bytes, run: str = "r") -> None:
    """Append bytes that are no envelope, and have them folded."""
    system.log.append([Item(run, value) for value in values])
    system.fold_all()


def letters(system: System, **question: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = system.get("/dead-letters", params=question)["items"]
    return items


def redrive(system: System, offset: int) -> tuple[int, dict[str, Any]]:
    system.fold_all()
    answer = system.client.post(f"{URL}/0/{offset}/redrive")
    return answer.status_code, answer.json()


def gap_count(system: System, run: str) -> int:
    sql = "SELECT gap_count FROM ingest_writers FINAL WHERE run_id = {run:String}"
    (found,) = system.store.query(sql, {"run": run}).column("gap_count").to_pylist()
    return int(found)


def point_count(system: System) -> int:
    return int(system.store.query("SELECT count() AS n FROM scalars").column("n")[0].as_py())


def test_dead_letter_that_can_be_read_by_now_is_folded_once(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an older version could not read is not lost: its points come in after all, once."""
    with monkeypatch.context() as older:
        older.setattr(limits, "PLACES_PER_ENVELOPE_MAX", 3)
        system.start_run("r", points("loss", 0.0))
        system.append("r", points("loss", 1.0, 2.0, 3.0, 4.0, first_step=1))
        system.append("r", points("loss", 5.0, first_step=5))

        (unreadable,) = letters(system)
        refused, problem = redrive(system, 1)
        gaps, metrics = gap_count(system, "r"), system.get("/runs/r/metrics")

    assert (unreadable["offset"], unreadable["state"]) == (1, "unreadable")
    assert (refused, problem["code"]) == (422, "still-unreadable")
    assert "envelope holds 4 values, limit is 3" in problem["detail"]
    assert (gaps, metrics) == (1, {"loss": [0.0, 5.0]})

    assert [letter["state"] for letter in letters(system)] == ["readable"]
    assert redrive(system, 1) == (
        200,
        {"run_id": "r", "writer": "w1", "seq": 2, "position": "0:4"},
    )

    assert [letter["state"] for letter in letters(system)] == ["folded"]
    assert gap_count(system, "r") == 0
    assert system.get("/runs/r/metrics") == {"loss": [0.0, 5.0, 1.0, 2.0, 3.0, 4.0]}
    assert point_count(system) == 6

    again, problem = redrive(system, 1)
    assert (again, problem["code"]) == (409, "not-missing")
    assert system.log.end(0) == 4


def test_record_under_a_wrong_key_is_sent_again_under_its_own_run(system: System) -> None:
    """A client that keys its records wrongly loses nothing, once somebody looks."""
    system.log.append([Item("other", record(0, points("loss", 0.5), run="mine", seq=1).value)])

    (letter,) = letters(system)
    status, _ = redrive(system, 0)

    assert (letter["run_id"], letter["state"], status) == ("other", "readable", 200)
    assert system.get("/runs/mine/metrics") == {"loss": 0.5}


def test_gap_that_is_no_longer_remembered_is_said_to_be_beyond_sending(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fold would take the envelope for a repetition and skip it, in silence."""
    monkeypatch.setattr(dedup, "MISSING_SPANS_MAX", 1)
    system.start_run("r")
    with monkeypatch.context() as older:
        older.setattr(limits, "PLACES_PER_ENVELOPE_MAX", 2)
        for i in range(4):
            system.append("r", points("loss", *[1.0] * (1 if i % 2 else 3)))
        system.fold_all()

    assert [letter["state"] for letter in letters(system)] == ["readable", "forgotten"]
    status, problem = redrive(system, 1)
    assert (status, problem["code"]) == (409, "not-missing")
    assert "fold the log anew" in problem["detail"]


def test_list_says_what_is_wrong_with_each(system: System) -> None:
    poison(system, b"{", run="a")

    assert letters(system) == [
        {
            "partition": 0,
            "offset": 0,
            "run_id": "a",
            "code": "malformed-envelope",
            "reason": letters(system)[0]["reason"],
            "size_bytes": 1,
            "state": "unreadable",
        }
    ]
    assert "envelope is not JSON" in letters(system)[0]["reason"]


def test_pages_go_from_the_newest_to_the_oldest(system: System) -> None:
    poison(system, *(b"%d" % i for i in range(21)))

    offsets, cursor = [], ""
    while True:
        question = {"limit": 10} | ({"cursor": cursor} if cursor else {})
        page = system.get("/dead-letters", params=question)
        offsets.append([item["offset"] for item in page["items"]])
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert offsets == [[*range(20, 10, -1)], [*range(10, 0, -1)], [0]]


def test_one_is_found_by_its_place(system: System) -> None:
    poison(system, b"a", b"b", b"c")

    assert [letter["offset"] for letter in letters(system, at="0:1")] == [1]
    assert letters(system, at="1:1") == letters(system, at=f"{10**17}:1") == []


def test_bytes_come_back_as_they_were(system: System) -> None:
    """They are the only copy that says what went wrong; and they may be anything."""
    value = b"\xff\x00<script>alert(1)</script>\r\n"
    poison(system, value)

    answer = system.client.get(f"{URL}/0/0")

    assert answer.content == value
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == 'attachment; filename="dead-letter-0-0"'
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]


def test_one_that_is_too_large_to_be_an_envelope_is_listed_all_the_same(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bytes that no envelope has are not even looked at."""
    poison(system, b"[" * 1000)
    monkeypatch.setattr(limits, "ENVELOPE_BYTES_MAX", 100)

    (letter,) = letters(system)

    assert (letter["size_bytes"], letter["state"]) == (1000, "unreadable")
    assert redrive(system, 0)[1]["code"] == "still-unreadable"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/0/0", 404),
        ("POST", "/0/0/redrive", 404),
        ("GET", "/0/-1", 422),
        ("GET", f"/0/{10**18}", 422),
        ("GET", "?at=0", 400),
        ("GET", "?cursor=x", 400),
        ("GET", "?cursor=WyItb2Zmc2V0IiwtMSwiMCJd", 400),
        ("GET", "?cursor=WyItb2Zmc2V0IiwxLCJ4Il0", 400),
        ("GET", "?limit=201", 422),
    ],
)
def test_question_about_nothing_is_a_problem(
    system: System, method: str, path: str, status: int
) -> None:
    answer = system.client.request(method, URL + path)

    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_another_sites_page_cannot_send_one_again(system: System) -> None:
    """A form on any page could post here, because the post has no body."""
    poison(system, b"{")

    answer = system.client.post(f"{URL}/0/0/redrive", headers={"origin": "https://evil.example"})

    assert (answer.status_code, answer.json()["code"]) == (421, "unknown-origin")
