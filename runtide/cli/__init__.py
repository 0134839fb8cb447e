"""The command line: one file a command group; each parses, calls and prints."""

from __future__ import annotations

import sys
from typing import Final

_EXTRA_BY_MODULE: Final = {
    "chdb": "server",
    "clickhouse_connect": "server",
    "fastapi": "server",
    "numpy": "server",
    "pyarrow": "server",
    "pydantic": "server",
    "pydantic_settings": "server",
    "rich": "server",
    "typer": "server",
    "uvicorn": "server",
    "matplotlib": "demo",
    "sklearn": "demo",
}

UNAVAILABLE: Final = 3


def main() -> None:
    """Run the command line, and say which extra to install where one is missing."""
    try:
        # Here and not above: the bare SDK has the command but not what it is made of.
        from runtide.cli.app import run  # noqa: PLC0415  # see above

        run()
    except ModuleNotFoundError as exc:
        module = (exc.name or "").partition(".")[0]
        if module not in _EXTRA_BY_MODULE:
            raise
        extra = _EXTRA_BY_MODULE[module]
        sys.stderr.write(
            f"error: this command needs `{module}`, which is not installed: "
            f"run `pip install 'runtide[{extra}]'`\n"
        )
        sys.exit(UNAVAILABLE)
