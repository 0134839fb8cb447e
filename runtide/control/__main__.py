"""Drives the run that this process was submitted as.

python -P -m runtide.control sweep|pipeline
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any, Final

from runtide.control.controller import Controller, main
from runtide.control.pipeline import PipelineController
from runtide.control.record import Record
from runtide.control.sweep import SweepController
from runtide.core.parents import PIPELINE, SWEEP

_CONTROLLERS: Final[Mapping[str, Callable[[Record, dict[str, Any]], Controller]]] = {
    SWEEP: SweepController,
    PIPELINE: PipelineController,
}

if __name__ == "__main__":
    main(_CONTROLLERS[sys.argv[1]])
