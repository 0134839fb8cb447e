"""What the environment may say to a training script."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtide.client.options import Destination, destination, load_options
from runtide.client.variables import NAMES
from runtide.errors import UnknownSettings, UsageError
from runtide.settings import known_names
from tests.quiet import NO_CAPTURES


def test_nothing_set_means_a_laptop_works() -> None:
    """The embedded default needs no configuration."""
    options = load_options({})

    assert options.home == Path("~/.runtide").expanduser()
    assert (options.url, options.flush_interval_ms, options.experiment) == (None, 100, "default")


def test_every_name_is_read() -> None:
    """A name that is documented and ignored would be a trap."""
    options = load_options(
        {
            "RUNTIDE_HOME": "/data",
            "RUNTIDE_URL": "http://server:1",
            "RUNTIDE_FLUSH_INTERVAL_MS": "5",
            "RUNTIDE_RUN_ID": "r1",
            "RUNTIDE_STEP_RUNS": '{"prepare": "r0"}',
            "RUNTIDE_EXPERIMENT": "e",
            "RUNTIDE_WORKSPACE": "w",
            "RUNTIDE_QUERY_URL": "https://query/",
            "RUNTIDE_ARTIFACTS_URL": "s3://bucket/prefix",
        }
    )

    assert (options.home, options.url, options.flush_interval_ms) == (
        Path("/data"),
        "http://server:1",
        5,
    )
    assert (options.run_id, options.experiment, options.workspace) == ("r1", "e", "w")
    assert options.step_runs == {"prepare": "r0"}
    assert (options.query_url, options.artifacts_url) == ("https://query", "s3://bucket/prefix")


@pytest.mark.parametrize("text", ["r0", "[]", '{"a": 1}', '{"a": "/"}'])
def test_runs_of_steps_are_ids_by_name(text: str) -> None:
    with pytest.raises(UsageError, match="want a JSON object of run ids"):
        load_options({"RUNTIDE_STEP_RUNS": text})


def test_misspelt_name_is_refused() -> None:
    """Ignored, it would silently mean the default."""
    with pytest.raises(UnknownSettings, match="RUNTIDE_HOMME"):
        load_options({"RUNTIDE_HOMME": "/data"})


@pytest.mark.parametrize(
    "name", [*sorted(known_names() - NAMES), "RUNTIDE_TEST_KAFKA", "RUNTIDE_BENCH_X", "HOME"]
)
def test_names_of_others_are_left_to_them(name: str) -> None:
    """A service checks its own names; a script may run in its environment."""
    assert load_options({name: "1"}).url is None


def test_each_capture_is_on_until_its_setting_says_otherwise() -> None:
    """What nobody asked for must be easy to be without."""
    default, off = load_options({}), load_options(NO_CAPTURES)

    for name in ("capture_git", "capture_packages", "capture_host", "capture_console"):
        assert (getattr(default, name), getattr(off, name)) == (True, False)
    assert (default.system_interval_s, off.system_interval_s) == (5.0, 0.0)
    assert load_options({"RUNTIDE_SYSTEM_INTERVAL_S": "0.5"}).system_interval_s == 0.5


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("RUNTIDE_CAPTURE_GIT", "no"),
        *(("RUNTIDE_SYSTEM_INTERVAL_S", text) for text in ("often", "-1", "0.01", "nan", "4000")),
    ],
)
def test_capture_that_is_neither_on_nor_off_is_refused(name: str, text: str) -> None:
    with pytest.raises(UsageError, match=name):
        load_options({name: text})


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "soon", "99999999"])
def test_flush_interval_is_whole_milliseconds(text: str) -> None:
    """An interval of nothing would spin, and one of days would lose days."""
    with pytest.raises(UsageError, match="RUNTIDE_FLUSH_INTERVAL_MS"):
        load_options({"RUNTIDE_FLUSH_INTERVAL_MS": text})


@pytest.mark.parametrize(
    ("url", "want"),
    [
        (None, Destination(home=Path("/h"))),
        ("file:///a%20b", Destination(home=Path("/a b"))),
        ("http://host:1/", Destination(home=Path("/h"), url="http://host:1")),
        ("https://host", Destination(home=Path("/h"), url="https://host")),
    ],
)
def test_url_says_where_to(url: str | None, want: Destination) -> None:
    """A folder of a `file` URL is the data folder."""
    assert destination(home=Path("/h"), url=url) == want


@pytest.mark.parametrize(
    "url", ["amqp://host:9092", "file://host/folder", "file:", "http://", "http://host:x", "home"]
)
def test_url_that_leads_nowhere_is_refused_with_what_is_accepted(url: str) -> None:
    """It is read when the script starts, not when the first point is lost."""
    with pytest.raises(UsageError, match=r"want `file:///folder`, `http\(s\)://host:port` or"):
        destination(home=Path("/h"), url=url)


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("RUNTIDE_QUERY_URL", "query:8300"),
        ("RUNTIDE_QUERY_URL", "s3://bucket"),
        ("RUNTIDE_QUERY_URL", "http://host:x"),
        ("RUNTIDE_ARTIFACTS_URL", "bucket/prefix"),
        ("RUNTIDE_ARTIFACTS_URL", "kafka://host"),
        ("RUNTIDE_ARTIFACTS_URL", "s3://"),
        ("RUNTIDE_ARTIFACTS_URL", "file:"),
    ],
)
def test_address_of_another_part_is_checked_at_the_start(name: str, url: str) -> None:
    """Hours into a training is too late for a typo in the place of its model."""
    with pytest.raises(UsageError, match=f"{name} is '{url}': want `"):
        load_options({name: url})


def test_places_of_other_parts_go_along_with_a_server() -> None:
    place = destination(
        home=Path("/h"), url="http://log", query_url="http://query", artifacts_url="s3://b"
    )

    assert (place.query_url, place.artifacts_url) == ("http://query", "s3://b")


def test_folder_keeps_its_files_itself() -> None:
    """Whoever reads the folder looks for them there."""
    assert destination(home=Path("/h"), url=None, artifacts_url="s3://b").artifacts_url is None
