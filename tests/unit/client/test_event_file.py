"""Event files as TensorBoard's own reader understands them."""

import math
from pathlib import Path
from typing import Any

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from runtide.client.event_file import EventFile, crc32c


def accumulated(folder: Path) -> Any:
    """Return what TensorBoard reads in a folder; it skips records whose checksum is wrong."""
    accumulator = EventAccumulator(str(folder), size_guidance={"scalars": 0})
    accumulator.Reload()
    return accumulator


def test_checksum_is_castagnolis() -> None:
    """The check value that its definition gives."""
    assert crc32c(b"123456789") == 0xE3069283


def test_scalars_come_back_in_single_precision(tmp_path: Path) -> None:
    steps = (0, 1, 2**40, -3, 4)
    values = (0.25, -1e300, math.inf, 7.0, 1 / 3)
    with EventFile(tmp_path, created_us=1_795_000_000_000_000, host="here") as file:
        for step, value in zip(steps, values, strict=True):
            file.add_scalar("größe/x", value, step=step, ts_us=1_795_000_000_500_000)

    got = accumulated(tmp_path).Scalars("größe/x")
    assert tuple(event.step for event in got) == steps
    assert [event.value for event in got] == [
        0.25,
        -math.inf,
        math.inf,
        7.0,
        pytest.approx(1 / 3, rel=1e-7),
    ]
    assert {event.wall_time for event in got} == {1_795_000_000.5}


def test_text_comes_back(tmp_path: Path) -> None:
    with EventFile(tmp_path, created_us=0, host="here") as file:
        file.add_text("note", "naïve 🎈" * 100, step=3, ts_us=1)

    accumulator = accumulated(tmp_path)
    (event,) = accumulator.Tensors("note")
    assert (event.step, event.tensor_proto.string_val[0].decode()) == (3, "naïve 🎈" * 100)
    assert accumulator.SummaryMetadata("note").plugin_data.plugin_name == "text"


def test_image_comes_back(tmp_path: Path) -> None:
    with EventFile(tmp_path, created_us=0, host="here") as file:
        file.add_image("picture", b"\x89PNG" + bytes(300), size=(400, 3), step=0, ts_us=1)

    (event,) = accumulated(tmp_path).Images("picture")
    assert (event.width, event.height) == (400, 3)
    assert event.encoded_image_string == b"\x89PNG" + bytes(300)


def test_what_was_added_is_read_while_the_file_grows(tmp_path: Path) -> None:
    file = EventFile(tmp_path, created_us=0, host="here")
    file.add_scalar("loss", 1.0, step=0, ts_us=1)
    file.flush()
    accumulator = accumulated(tmp_path)
    file.add_scalar("loss", 0.5, step=1, ts_us=2)
    file.close()

    accumulator.Reload()
    assert [event.value for event in accumulator.Scalars("loss")] == [1.0, 0.5]
