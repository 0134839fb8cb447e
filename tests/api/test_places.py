"""With `places`, the lossless form says the step and the time of every value."""

from typing import Any

import pytest

from runtide.core.columns import decode_column, encode_column
from runtide.core.events import ImageLogged, ListLogged, RowsLogged, Scalars, Strings
from tests.system import System

LOSSLESS = {"accept": "application/vnd.runtide.columns+json"}


def columns(system: System, name: str) -> dict[str, Any]:
    """Return the values, steps and times of one metric."""
    query = {"name": name, "places": "true"}
    answer = system.client.get("/api/v1/runs/r/metrics", params=query, headers=LOSSLESS).json()
    (entry,) = answer["runs"]["r"]
    return {
        key: decode_column(entry[key], entry["n"])
        for key in ("value", "step", "ts_us")
        if key in entry
    }


def scalars(name: str, values: list[float], *, step: int, ts_us: int) -> Scalars:
    n = len(values)
    return Scalars(
        name=name,
        n=n,
        value=encode_column(values),
        step={"range": [step, 1]},
        ts_us={"range": [ts_us, 10]},
    )


def test_points_have_their_steps_and_times_in_order_of_logging(system: System) -> None:
    """A step that was logged again comes where it was logged, not where it belongs."""
    system.start_run("r", scalars("loss", [0.5, 0.25], step=5, ts_us=100))
    system.append("r", scalars("loss", [0.75], step=5, ts_us=900))
    system.fold_all()

    assert columns(system, "loss") == {
        "value": [0.5, 0.25, 0.75],
        "step": [5, 6, 5],
        "ts_us": [100, 110, 900],
    }


def test_numbers_text_and_lists_under_one_name_keep_their_places(system: System) -> None:
    """They stand in three tables of the store."""
    text = Strings(name="m", n=1, value=["a"], step=[8], ts_us=[200])
    listed = ListLogged(name="m", n=2, value=[1, 2], ts_us=300)
    system.start_run("r", scalars("m", [0.5], step=7, ts_us=100), text, listed)
    system.append("r", scalars("m", [0.25], step=9, ts_us=400))
    system.fold_all()

    assert columns(system, "m") == {
        "value": [0.5, "a", 1, 2, 0.25],
        "step": [7, 8, None, None, 9],
        "ts_us": [100, 200, 300, 300, 400],
    }


def test_rows_of_one_block_have_one_place(system: System) -> None:
    first = RowsLogged(name="t", n=2, columns=[{"name": "x", "value": [1, 2]}], ts_us=10, step=3)
    second = RowsLogged(name="t", n=1, columns=[{"name": "x", "value": [3]}], ts_us=20, step=4)
    system.start_run("r", first, second)
    system.fold_all()

    assert columns(system, "t") == {"step": [3, 3, 4], "ts_us": [10, 10, 20]}


def test_image_has_its_place(system: System) -> None:
    image = ImageLogged(
        name="i", path="i.png", sha256="b" * 64, size_bytes=1, media_type="image/png", ts_us=7
    )
    system.start_run("r", image)
    system.fold_all()

    assert columns(system, "i") == {"value": ["i.png"], "step": [None], "ts_us": [7]}


@pytest.mark.parametrize("query", ["", "?places=false"])
def test_places_come_only_when_asked_for(system: System, query: str) -> None:
    """`get_metrics` has no use for them, and they would be two thirds of the answer."""
    system.start_run("r", scalars("loss", [0.5], step=0, ts_us=1))
    system.fold_all()

    answer = system.client.get(f"/api/v1/runs/r/metrics{query}", headers=LOSSLESS).json()

    assert set(answer["runs"]["r"][0]) == {"name", "kind", "n", "value"}
