"""The parts of `docs/reference` that the code already says.

    python -m tools.generate_docs            write them
    python -m tools.generate_docs --check    fail when a committed one differs

A generator returns pages by their path under `docs/reference`. One more is one more function in
`GENERATORS`. A file that a generator no longer makes is deleted, or, under `--check`, reported.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tools.reference import cli, contract, cookbook, errors, http, settings, tables

Generator = Callable[[], dict[str, str]]

REFERENCE: Final = Path(__file__).parent.parent / "docs" / "reference"

GENERATORS: Final[tuple[Generator, ...]] = (
    cli.pages,
    contract.pages,
    cookbook.pages,
    errors.pages,
    http.pages,
    settings.pages,
    tables.pages,
)

MANIFEST: Final = "GENERATED"
"""Names the generated files, so that stale ones can be told from written ones."""


def generated_pages() -> dict[str, str]:
    """Return the text of every generated page by its path, and the manifest of them."""
    pages: dict[str, str] = {}
    for generate in GENERATORS:
        pages |= generate()
    pages[MANIFEST] = "".join(f"{path}\n" for path in sorted(pages))
    return pages


def differences(pages: dict[str, str], folder: Path) -> dict[str, str]:
    """Return what is wrong in `folder`, by path: `missing`, `outdated` or `no longer generated`."""
    wrong = {}
    for path, text in pages.items():
        file = folder / path
        if not file.exists():
            wrong[path] = "missing"
        elif file.read_text(encoding="utf-8") != text:
            wrong[path] = "outdated"
    manifest = folder / MANIFEST
    listed = manifest.read_text(encoding="utf-8").split() if manifest.exists() else []
    stale = [path for path in listed if path not in pages and (folder / path).exists()]
    return wrong | dict.fromkeys(stale, "no longer generated")


def write(pages: dict[str, str], folder: Path) -> None:
    """Make `folder` hold `pages`, and none that was generated before and is not among them."""
    for path in differences(pages, folder):
        file = folder / path
        if path in pages:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(pages[path], encoding="utf-8")
        else:
            file.unlink()
        print(f"docs/reference/{path}")


def main() -> int:
    """Write the reference, or check it; return the exit code."""
    parser = argparse.ArgumentParser(description="Generate docs/reference from the code.")
    parser.add_argument("--check", action="store_true", help="write nothing, fail on a difference")
    wants_check = parser.parse_args().check
    pages = generated_pages()
    if not wants_check:
        write(pages, REFERENCE)
        return 0
    wrong = differences(pages, REFERENCE)
    for path, what in wrong.items():
        print(f"docs/reference/{path}: {what}: run `make docs`, and commit it", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
