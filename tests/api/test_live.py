"""`GET /live` over a real log, a real server and real sockets."""

import threading

import pytest

from query_api import live
from runtide.core.events import FileUploaded, StateChanged, TagsChanged
from runtide.log.port import Item
from tests.api.streams import DEADLINE_S, watching
from tests.building import points
from tests.system import CREATED_US, System
from tests.waiting import wait_until

SHA = "a" * 64


def test_points_arrive_with_their_steps_times_and_values(system: System) -> None:
    with watching(system, "?runs=r,other") as stream:
        stream.wait_for("open")
        system.append("r", points("loss", 0.5, float("nan"), float("-inf"), ts_us=7))
        message = stream.wait_for("points")

    assert message.data == {
        "series": [
            {
                "run": "r",
                "metric": "loss",
                "step": [0, 1, 2],
                "ts_us": [7, 7, 7],
                "value": [0.5, "NaN", "-Infinity"],
            }
        ]
    }
    assert message.id == "0:1"


def test_only_the_runs_that_are_watched_are_heard_of(system: System) -> None:
    with watching(system, "?runs=mine") as stream:
        stream.wait_for("open")
        system.append("other", points("loss", 1.0))
        system.append("mine", points("loss", 2.0))
        message = stream.wait_for("points")

    assert [series["run"] for series in message.data["series"]] == ["mine"]


def test_what_has_no_numbers_is_announced_as_changed(system: System) -> None:
    with watching(system, "?runs=r") as stream:
        stream.wait_for("open")
        system.append("r", FileUploaded(path="a b.txt", sha256=SHA, size_bytes=1, ts_us=1))

        assert stream.wait_for("changed").data == {"run": "r", "what": "files", "name": "a b.txt"}


def test_without_runs_the_fields_of_all_runs_are_told(system: System) -> None:
    with watching(system) as stream:
        stream.wait_for("open")
        system.start_run("r", points("loss", 1.0))
        started = stream.wait_for("run", run_id="r", status="Running")
        system.append("r", TagsChanged(ts_us=1, set={"a": "b"}), points("loss", 1.0))
        tagged = stream.wait_for("run", run_id="r")
        system.append("r", StateChanged(status="Failed", ts_us=9, error={"message": "no"}))
        ended = stream.wait_for("run", run_id="r", status="Failed")

    assert started.data["experiment"] == "exp"
    assert tagged.data == {"run_id": "r", "tags": {"a": "b"}, "tags_removed": []}
    assert (ended.data["ended_us"], ended.data["error"]) == (9, {"message": "no"})


def test_a_stream_resumes_after_the_last_event_it_saw(system: System) -> None:
    """A browser reconnects by itself, with the id of the last event; nothing may be missing."""
    with watching(system, "?runs=r") as stream:
        stream.wait_for("open")
        system.append("r", points("loss", 1.0))
        seen = stream.wait_for("points").id
    system.append("r", points("loss", 2.0, first_step=1))
    assert seen is not None

    with watching(system, "?runs=r", **{"Last-Event-ID": seen}) as stream:
        message = stream.wait_for("points")

    assert message.data["series"][0]["value"] == [2.0]


def test_the_position_of_an_answer_leads_to_everything_after_it(system: System) -> None:
    system.start_run("r", points("loss", 1.0))
    position = system.get("/runs/r")["position"]
    system.append("r", points("loss", 2.0, first_step=1))

    with watching(system, f"?runs=r&since={position}") as stream:
        message = stream.wait_for("points")

    assert message.data["series"][0]["step"] == [1]


def test_a_stream_too_far_behind_is_reset(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "CATCH_UP_BYTES_MAX", 100)
    for i in range(3):
        system.append("r", points("loss", float(i), first_step=i))

    with watching(system, "?runs=r&since=0:0") as stream:
        reset = stream.wait_for("reset")
        system.append("r", points("loss", 9.0, first_step=9))
        message = stream.wait_for("points")

    assert reset.id == "0:3"
    assert message.data["series"][0]["value"] == [9.0]


def test_a_position_of_another_log_is_reset(system: System) -> None:
    """The data folder was replaced below an open page."""
    with watching(system, "?since=0:77") as stream:
        assert stream.wait_for("reset").id == "0:0"


def test_a_slow_watcher_gets_one_thinned_message(system: System) -> None:
    """What could not be sent yet is merged, so that it never queues up."""
    values = [0.0] * 20_000
    values[12_345] = 77.0
    with watching(system, "?runs=r&since=0:0") as stream:
        for start in range(0, len(values), 1000):
            system.append("r", points("loss", *values[start : start + 1000], first_step=start))
        seen = []
        while 77.0 not in seen:
            (series,) = stream.wait_for("points").data["series"]
            assert len(series["value"]) <= 510
            seen += series["value"]


def test_a_broken_record_does_not_end_the_stream(system: System) -> None:
    with watching(system, "?runs=r") as stream:
        stream.wait_for("open")
        system.log.append([Item("r", b"{broken"), Item("r", b"[" * 5000)])
        system.append("r", points("loss", 1.0))

        assert stream.wait_for("points").id == "0:3"


def test_the_lag_is_told(system: System) -> None:
    with watching(system) as stream:
        assert stream.wait_for("lag").data == {"lag_count": 0}


def test_one_stream_too_many_is_refused(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    hub = system.app.state.context.hub
    monkeypatch.setattr(hub, "_watchers_max", 1)
    with watching(system) as stream:
        stream.wait_for("open")
        answer = system.client.get("/api/v1/live")

    assert (answer.status_code, answer.json()["code"]) == (503, "too-many-watchers")
    assert answer.headers["retry-after"] == "1"


def test_who_goes_away_is_forgotten_and_the_log_is_left_alone(system: System) -> None:
    hub = system.app.state.context.hub
    with watching(system) as stream:
        stream.wait_for("open")
        assert hub.watcher_count == 1

    wait_until(lambda: hub.watcher_count == 0, what="the watcher is forgotten")
    wait_until(
        lambda: not any(thread.is_alive() for thread in hub._threads),
        what="no thread follows the log",
    )


def test_open_streams_end_with_the_server(system: System) -> None:
    """A server that waits for its streams would never stop."""
    with watching(system) as stream:
        stream.wait_for("open")
        closing = threading.Thread(target=system.close)
        closing.start()
        stream.rest()
        closing.join(timeout=DEADLINE_S)

    assert not closing.is_alive()


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("since=x", "partition:offset"),
        ("since=7:1", "partitions"),
        ("since=0:99999999999999999999", "want `partition:offset`"),
        ("runs=../x", "run id"),
        ("runs=" + ",".join(f"r{i}" for i in range(1001)), "limit is 1,000"),
    ],
)
def test_a_wrong_question_is_refused(system: System, query: str, word: str) -> None:
    answer = system.client.get(f"/api/v1/live?{query}")

    assert answer.status_code == 400
    assert word in answer.json()["detail"]


def test_a_hundred_busy_series_are_followed_to_their_ends(system: System) -> None:
    """How soon a point is heard of is measured by benchmarks/bench_live.py."""
    metrics, rounds, per_event = 100, 30, 50
    heard: dict[str, int] = {}
    with watching(system, "?runs=r") as stream:
        stream.wait_for("open")
        for i in range(rounds):
            steps = {"first_step": i * per_event, "ts_us": CREATED_US}
            system.append(
                "r", *(points(f"m{j}", *[0.0] * per_event, **steps) for j in range(metrics))
            )

        end = rounds * per_event - 1
        while heard != {f"m{j}": end for j in range(metrics)}:
            for piece in stream.wait_for("points").data["series"]:
                assert piece["step"][0] > heard.get(piece["metric"], -1)
                heard[piece["metric"]] = piece["step"][-1]
