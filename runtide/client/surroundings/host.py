"""What a process runs on, and as what it was called."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path
from typing import Any, Final

from runtide.client.surroundings.gpus import Gpus

_CPU_INFO: Final = Path("/proc/cpuinfo")


def host_facts(gpus: Gpus | None) -> dict[str, Any]:
    """Return the facts as a JSON document: `command`, `folder`, `host`, `os`, `python`, `cpu`, ..."""
    return {
        "command": sys.orig_argv,
        "folder": _folder(),
        "host": os.uname().nodename,
        "os": platform.platform(),
        "python": {
            "version": platform.python_version(),
            "implementation": platform.python_implementation(),
            "executable": sys.executable,
        },
        "cpu": {
            "model": _cpu_model(),
            "count": os.cpu_count(),
            "usable_count": _usable_cpu_count(),
        },
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "gpus": gpus.facts() if gpus else [],
    }


def _folder() -> str | None:
    try:
        return str(Path.cwd())
    except OSError:
        # It was removed.
        return None


def _cpu_model() -> str:
    try:
        lines = _CPU_INFO.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.machine())


def _usable_cpu_count() -> int | None:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
