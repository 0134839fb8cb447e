"""How many processes the kernel has killed for want of memory, where it says so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

_COUNT: Final = re.compile(r"^oom_kill (\d+)$", re.MULTILINE)


def oom_kill_count(root: Path = Path("/")) -> int:
    """Return the kernel's count: of this process's group, and of the machine where that has none.

    0 where nobody counts. Only a difference of two counts means anything.
    """
    for path in _counters(root):
        try:
            found = _COUNT.search(path.read_text(encoding="ascii"))
        except (OSError, ValueError):
            continue
        if found is not None:
            return int(found[1])
    return 0


def _counters(root: Path) -> list[Path]:
    groups: dict[str, str] = {}
    try:
        lines = (root / "proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        lines = []
    for line in lines:
        _, controllers, path = line.split(":", 2)
        groups |= dict.fromkeys(controllers.split(","), path.lstrip("/"))
    tree = root / "sys/fs/cgroup"
    # A container sees its own group as the root, whatever its path is called outside.
    return [
        *(tree / path / "memory.events" for path in {groups.get("", ""): 0, "": 0}),
        *(
            tree / "memory" / path / "memory.oom_control"
            for path in {groups.get("memory", ""): 0, "": 0}
        ),
        root / "proc/vmstat",
    ]
