"""NVIDIA's GPUs of this machine, as far as its driver and its Python binding are there."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from typing import Any, Final

_MILLIWATTS_PER_WATT: Final = 1_000


class Gpus:
    """Every GPU that the driver knows, by its number there.

    Args:
        nvml: The module `pynvml` of the package `nvidia-ml-py`, which is initialised.
    """

    def __init__(self, nvml: Any) -> None:  # noqa: ANN401  # a module that may be missing
        self._nvml = nvml
        self._handles = [
            nvml.nvmlDeviceGetHandleByIndex(i) for i in range(nvml.nvmlDeviceGetCount())
        ]

    def facts(self) -> list[dict[str, Any]]:
        """Return the name and the memory of each."""
        return [
            {
                "name": self._asked(self._name, handle),
                "memory_bytes": self._asked(self._memory_total, handle),
            }
            for handle in self._handles
        ]

    def measure(self) -> Iterator[tuple[str, float]]:
        """Yield each quantity that a GPU tells of, by name; some tell less than others."""
        questions: tuple[tuple[str, Callable[[Any], Any]], ...] = (
            ("percent", lambda h: self._nvml.nvmlDeviceGetUtilizationRates(h).gpu),
            ("memory_used_bytes", lambda h: self._nvml.nvmlDeviceGetMemoryInfo(h).used),
            (
                "temperature_celsius",
                lambda h: self._nvml.nvmlDeviceGetTemperature(h, self._nvml.NVML_TEMPERATURE_GPU),
            ),
            ("power_watts", lambda h: self._nvml.nvmlDeviceGetPowerUsage(h) / _MILLIWATTS_PER_WATT),
        )
        for number, handle in enumerate(self._handles):
            for what, question in questions:
                value = self._asked(question, handle)
                if value is not None:
                    yield f"gpu{number}_{what}", float(value)

    def _name(self, handle: object) -> str:
        name = self._nvml.nvmlDeviceGetName(handle)
        return name.decode(errors="replace") if isinstance(name, bytes) else str(name)

    def _memory_total(self, handle: object) -> int:
        return int(self._nvml.nvmlDeviceGetMemoryInfo(handle).total)

    def _asked(self, question: Callable[[Any], Any], handle: object) -> Any:  # noqa: ANN401  # as the driver says
        try:
            return question(handle)
        except self._nvml.NVMLError:
            # This GPU does not tell that, or is gone.
            return None


def find_gpus() -> Gpus | None:
    """Return the GPUs of this machine; None without a driver, its binding, or any GPU."""
    try:
        nvml = importlib.import_module("pynvml")
    except ImportError:
        return None
    try:
        nvml.nvmlInit()
        gpus = Gpus(nvml)
    except nvml.NVMLError:
        return None
    return gpus
