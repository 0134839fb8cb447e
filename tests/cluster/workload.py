"""Envelopes with something of every kind in them, the same for the same seed."""

from __future__ import annotations

import hashlib
import random
from typing import TYPE_CHECKING, Any

from runtide.core.columns import encode_column
from runtide.core.envelope import encode_envelope, event_document
from runtide.core.events import (
    ChartLogged,
    ConfigSet,
    Event,
    FileUploaded,
    Heartbeat,
    ImageLogged,
    JobSubmitted,
    ListLogged,
    PropertiesAdded,
    RowsLogged,
    RunCreated,
    Scalars,
    SnapshotTaken,
    StateChanged,
    Strings,
    SystemMeasured,
    TagsChanged,
    TextLogged,
)
from runtide.log.port import Item

if TYPE_CHECKING:
    from collections.abc import Sequence

START_US = 1_795_450_000_000_000


class Workload:
    """Several writers of several runs, who log in turns."""

    def __init__(self, seed: int, *, run_count: int = 6, writers_per_run: int = 2) -> None:
        self._random = random.Random(seed)
        self._writers = [
            (f"run-{seed}-{run}", f"writer-{run}-{writer}")
            for run in range(run_count)
            for writer in range(writers_per_run)
        ]
        self._seq_by_writer = dict.fromkeys(self._writers, 0)
        self._now_us = START_US

    def items(self, count: int) -> list[Item]:
        """Return the next envelopes, in the order in which they are to be appended."""
        return [self._item(*self._random.choice(self._writers)) for _ in range(count)]

    def ends(self) -> list[Item]:
        """Return an envelope of each writer in which it completes its run."""
        return [
            self._envelope(run, writer, [StateChanged(status="Completed", ts_us=self._tick())])
            for run, writer in self._writers
        ]

    def _item(self, run: str, writer: str) -> Item:
        events: list[Event] = []
        if self._seq_by_writer[run, writer] == 0:
            events.append(RunCreated(experiment="faults", name=run, created_us=self._tick()))
            events.append(StateChanged(status="Running", ts_us=self._tick()))
        events += [self._scalars(name) for name in ("loss", "train/accuracy", "θ 'quoted'")]
        events += self._random.sample(self._others(), 5)
        return self._envelope(run, writer, events)

    def _envelope(self, run: str, writer: str, events: Sequence[Event]) -> Item:
        self._seq_by_writer[run, writer] += 1
        value = encode_envelope(
            run=run,
            writer=writer,
            seq=self._seq_by_writer[run, writer],
            sent_us=self._tick(),
            events=[event_document(event) for event in events],
        )
        return Item(run, value)

    def _scalars(self, name: str) -> Scalars:
        n = self._random.randint(1, 400)
        values: list[Any] = [self._random.gauss(0.0, 1.0) for _ in range(n)]
        values[self._random.randrange(n)] = self._random.choice(
            [float("nan"), float("inf"), float("-inf"), 1e300, 2**62, True]
        )
        return Scalars(
            name=name,
            n=n,
            value=encode_column(values),
            # Steps of different writers overlap, and some come again.
            step={"range": [self._random.randint(0, 5_000), 1]},
            ts_us={"range": [self._tick(), 1]},
        )

    def _others(self) -> list[Event]:
        ts_us, number = self._tick(), self._random.randint(0, 9)
        sha256 = hashlib.sha256(str(number).encode()).hexdigest()
        return [
            Strings(
                name="note",
                n=2,
                value=[f"naïve {number}", None],
                step=[number, number],
                ts_us=[ts_us, ts_us],
            ),
            ListLogged(name="list", n=2, value=encode_column([number, None]), ts_us=ts_us),
            RowsLogged(
                name="rows",
                n=1,
                columns=[{"name": f"c{number}", "value": encode_column([number / 3])}],
                ts_us=ts_us,
            ),
            ImageLogged(
                name="image",
                path=f"images/{number}.png",
                sha256=sha256,
                size_bytes=number,
                media_type="image/png",
                ts_us=ts_us,
            ),
            ChartLogged(
                name="chart",
                schema_type="residuals",
                schema_version="1.0.0",
                path=f"charts/{number}.json",
                sha256=sha256,
                size_bytes=number,
                ts_us=ts_us,
            ),
            FileUploaded(path=f"outputs/{number}", sha256=sha256, size_bytes=number, ts_us=ts_us),
            TextLogged(file="logs/out.txt", text=f"line {number}\n", ts_us=ts_us),
            TagsChanged(ts_us=ts_us, set={f"tag{number}": None}, remove=[f"tag{9 - number}"]),
            PropertiesAdded(ts_us=ts_us, set={f"property{number}": str(ts_us)}),
            ConfigSet(ts_us=ts_us, set={"lr": number, "nested": {"at": ts_us}}),
            Heartbeat(ts_us=ts_us),
            SnapshotTaken(
                snapshot_id=sha256,
                manifest_sha256=sha256,
                file_count=number,
                size_bytes=number,
                ts_us=ts_us,
            ),
            SystemMeasured(
                name="cpu_percent",
                n=2,
                value=[number / 3, float(number)],
                ts_us=[ts_us, ts_us + 1],
                host=f"host{number}",
            ),
            JobSubmitted(command=["python", f"{number}.py"], priority=number, ts_us=ts_us),
        ]

    def _tick(self) -> int:
        self._now_us += self._random.randint(1, 1_000)
        return self._now_us
