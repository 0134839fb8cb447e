"""How a machine and a tree of processes on it are doing, measured from one moment to the next."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import psutil

from runtide.client.surroundings.gpus import Gpus

_LOOPBACK: Final = ("lo", "lo0")


class Machine:
    """Measures what happened since the call before. The first call has no rates.

    Args:
        pid: The process at the root of the tree.
        folder: A folder on the disk whose free space counts.
        gpus: The machine's GPUs, if it has some.
    """

    def __init__(self, *, pid: int, folder: Path, gpus: Gpus | None) -> None:
        self._folder = folder
        self._gpus = gpus
        self._root = psutil.Process(pid)
        self._tree: dict[int, psutil.Process] = {pid: self._root}
        self._counts: dict[str, float] = {}
        self._counted_at_s = 0.0
        # Shares of processors are of the time since the call before.
        psutil.cpu_percent(None)
        self._root.cpu_percent(None)

    def measure(self) -> list[tuple[str, float]]:
        """Return each quantity by name. What this machine does not tell is left out."""
        memory = psutil.virtual_memory()
        return [
            ("cpu_percent", psutil.cpu_percent(None)),
            ("memory_percent", memory.percent),
            ("memory_used_bytes", float(memory.used)),
            *self._of_processes(),
            *self._rates(),
            *self._free_space(),
            *(self._gpus.measure() if self._gpus else ()),
        ]

    def _of_processes(self) -> Iterator[tuple[str, float]]:
        """Yield what the tree takes: of all processors together, and of memory."""
        cpu_percent, memory_bytes = 0.0, 0
        tree: dict[int, psutil.Process] = {}
        with contextlib.suppress(psutil.Error):
            for found in (self._root, *_below(self._root)):
                process = self._tree.get(found.pid)
                tree[found.pid] = process if process == found else found
        for process in tree.values():
            # It may have ended since it was found.
            with contextlib.suppress(psutil.Error), process.oneshot():
                cpu_percent += process.cpu_percent(None)
                memory_bytes += process.memory_info().rss
        self._tree = tree
        if tree:
            yield "process_cpu_percent", cpu_percent / (psutil.cpu_count() or 1)
            yield "process_memory_bytes", float(memory_bytes)

    def _rates(self) -> Iterator[tuple[str, float]]:
        before, before_s = self._counts, self._counted_at_s
        self._counts, self._counted_at_s = _byte_counts(), time.monotonic()
        for name, count in self._counts.items():
            # Counters begin anew where a device was replaced.
            if name in before and count >= before[name]:
                yield f"{name}_per_s", (count - before[name]) / (self._counted_at_s - before_s)

    def _free_space(self) -> Iterator[tuple[str, float]]:
        with contextlib.suppress(OSError):
            yield "disk_free_bytes", float(psutil.disk_usage(str(self._folder)).free)


def _below(root: psutil.Process) -> Iterator[psutil.Process]:
    """Yield the processes that a process has started, and those that they have."""
    if not Path(f"/proc/self/task/{threading.get_native_id()}/children").exists():
        yield from root.children(recursive=True)
        return
    # psutil asks every process of the machine for its parent, which takes 15 us each.
    waiting = [root.pid]
    while waiting:
        for path in Path(f"/proc/{waiting.pop()}/task").glob("*/children"):
            with contextlib.suppress(OSError, psutil.Error):
                for pid in map(int, path.read_text(encoding="ascii").split()):
                    waiting.append(pid)
                    yield psutil.Process(pid)


def _byte_counts() -> dict[str, float]:
    """Return how many bytes went through disks and networks since the machine was started."""
    counts: dict[str, float] = {}
    disk: Any = _counters(psutil.disk_io_counters)
    if disk is not None:
        counts |= {"disk_read_bytes": disk.read_bytes, "disk_write_bytes": disk.write_bytes}
    networks: Any = _counters(psutil.net_io_counters, pernic=True) or {}
    outward = [network for name, network in networks.items() if name not in _LOOPBACK]
    if outward:
        counts["network_received_bytes"] = sum(network.bytes_recv for network in outward)
        counts["network_sent_bytes"] = sum(network.bytes_sent for network in outward)
    return counts


def _counters(read: Any, **options: bool) -> Any:  # noqa: ANN401  # psutil has no types
    try:
        return read(**options)
    except (OSError, RuntimeError, NotImplementedError):
        # A container may hide them.
        return None
