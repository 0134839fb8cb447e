"""Arrow without pandas, for the processes of a server."""

from __future__ import annotations

import sys

import pyarrow as pa


def leave_pandas_out() -> None:
    """Let this process's pyarrow find no pandas, where nothing has imported it yet.

    The first array that pyarrow makes of a list asks whether the list is a pandas object, and imports
    pandas to find out: a second of the first fold, while somebody waits for it. It asks once a process,
    so it is asked here, with pandas out of its sight. Whoever imports pandas afterwards has it, and
    `to_pandas()` goes on to work; pandas objects as such are no longer known to `pyarrow.array`.

    Call it first, in the main thread: an import of pandas in another thread meanwhile fails.
    """
    if "pandas" in sys.modules:
        return
    # A None in `sys.modules` would be shorter, but compiled code takes it for the module.
    sys.meta_path.insert(0, _Hidden)
    try:
        pa.array([None])
    finally:
        sys.meta_path.remove(_Hidden)


class _Hidden:
    """Finds that there is no pandas, and of everything else nothing."""

    @staticmethod
    def find_spec(name: str, _path: object = None, _target: object = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name=name)
