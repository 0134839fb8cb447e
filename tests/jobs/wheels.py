"""A folder of packages, from which environments are built without a network."""

from __future__ import annotations

import io
import tarfile
import zipfile
from importlib.metadata import distribution
from pathlib import Path


def make_wheels(folder: Path, *installed: str) -> dict[str, str]:
    """Fill `folder` with packages, and return what leads installers there.

    They are `tiny`, what Runtide itself needs, and whichever of those that are installed here are named.
    """
    folder.mkdir()
    _make_wheel(
        folder / "tiny-1.0-py3-none-any.whl",
        {
            "tiny.py": b"NAME = 'tiny'\n",
            "tiny-1.0.dist-info/METADATA": b"Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n",
            "tiny-1.0.dist-info/WHEEL": (
                b"Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            ),
        },
    )
    for name in ("orjson", "psutil", *installed):
        _pack_installed(name, folder)
    return {
        "UV_FIND_LINKS": str(folder),
        "UV_NO_INDEX": "1",
        "UV_OFFLINE": "1",
        "PIP_FIND_LINKS": str(folder),
        "PIP_NO_INDEX": "1",
    }


def make_stalled_source(folder: Path, stall: Path) -> None:
    """Add the source of a package `stalled`, whose build does not go on while `stall` is there."""
    ready = folder / "stalled.ready"
    _make_wheel(
        ready,
        {
            "stalled.py": b"NAME = 'stalled'\n",
            "stalled-1.0.dist-info/METADATA": (
                b"Metadata-Version: 2.1\nName: stalled\nVersion: 1.0\n"
            ),
            "stalled-1.0.dist-info/WHEEL": (
                b"Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            ),
        },
    )
    content = {
        "PKG-INFO": "Metadata-Version: 2.1\nName: stalled\nVersion: 1.0\n",
        "pyproject.toml": (
            "[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n"
            "[project]\nname = 'stalled'\nversion = '1.0'\n"
        ),
        "backend.py": (
            "import pathlib, shutil, time\n"
            "def build_wheel(folder, config_settings=None, metadata_directory=None):\n"
            f"    stall = pathlib.Path({str(stall)!r})\n"
            "    if stall.exists():\n"
            "        stall.write_text('reached')\n"
            "    while stall.exists():\n"
            "        time.sleep(0.05)\n"
            "    name = 'stalled-1.0-py3-none-any.whl'\n"
            f"    shutil.copy({str(ready)!r}, pathlib.Path(folder, name))\n"
            "    return name\n"
        ),
    }
    with tarfile.open(folder / "stalled-1.0.tar.gz", "w:gz") as source:
        for name, text in content.items():
            member = tarfile.TarInfo(f"stalled-1.0/{name}")
            member.size = len(text.encode())
            source.addfile(member, io.BytesIO(text.encode()))


def _pack_installed(name: str, folder: Path) -> None:
    """Make a wheel of an installed package again."""
    found = distribution(name)
    tag = next(
        line.removeprefix("Tag: ")
        for line in (found.read_text("WHEEL") or "").splitlines()
        if line.startswith("Tag: ")
    )
    content = {
        path.as_posix(): Path(str(found.locate_file(path))).read_bytes()
        for path in found.files or ()
        if not path.as_posix().startswith("..")
        and path.name != "RECORD"
        and "__pycache__" not in path.parts
    }
    _make_wheel(folder / f"{name}-{found.version}-{tag}.whl", content)


def _make_wheel(path: Path, content: dict[str, bytes]) -> None:
    record = next(name for name in content if name.endswith("/WHEEL")).replace("WHEEL", "RECORD")
    with zipfile.ZipFile(path, "w") as wheel:
        for name, data in content.items():
            wheel.writestr(name, data)
        wheel.writestr(record, "".join(f"{name},,\n" for name in (*content, record)))
