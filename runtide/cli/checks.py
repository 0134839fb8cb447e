"""The checks of `runtide doctor`: each looks at one thing and says what is wrong and the remedy."""

from __future__ import annotations

import fcntl
import http.client
import json
import shutil
import sqlite3
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import urlsplit

import orjson

from runtide.address import find_address, folder_lock, is_answering
from runtide.client.options import Destination
from runtide.client.spool import urls_spooled_for, waiting_sizes
from runtide.errors import FolderInUse, RuntideError
from runtide.log.sqlite import FILE_NAME as LOG_NAME
from runtide.log.sqlite import SqliteLog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Verdict = Literal["ok", "warning", "failed"]

PYTHON_MIN: Final = (3, 11)
FREE_BYTES_MIN: Final = 1 << 30
"""Free space below which a warning is given: a day of heavy logging, and merges, need as much."""

LAG_COUNT_MAX: Final = 1_000
"""Records not folded yet above which a warning is given: some 200 MB of log, or a minute."""

_SERVER_MODULES: Final = (
    "chdb",
    "clickhouse_connect",
    "fastapi",
    "numpy",
    "pyarrow",
    "pydantic_settings",
    "uvicorn",
)
_DEMO_MODULES: Final = ("matplotlib", "sklearn")
_REQUEST_TIMEOUT_S: Final = 5.0
_CLOCK_SKEW_US_MAX: Final = 60 * 1_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check saw; `remedy` is empty where nothing is wrong."""

    check: str
    verdict: Verdict
    detail: str
    remedy: str = ""

    def document(self) -> dict[str, Any]:
        """Return its JSON form."""
        return asdict(self)


def findings(home: Path) -> Iterator[Finding]:
    """Run every check of the data folder `home` in turn.

    A check that meets an error of ours has failed with its message. Nothing is written to the
    folder but files that are removed again.
    """
    checks: list[tuple[str, Callable[[Path], Finding]]] = [
        ("python", _check_python),
        ("packages", _check_packages),
        ("folder", _check_folder),
        ("disk space", _check_space),
        ("locks", _check_locks),
        ("clock", _check_clock),
        ("event log", _check_log),
        ("server", _check_server),
        ("read model", _check_store),
        ("spool", _check_spool),
    ]
    for name, check in checks:
        try:
            yield check(home)
        except RuntideError as exc:
            yield Finding(name, "failed", str(exc))
        except OSError as exc:
            yield Finding(name, "failed", str(exc), "mend the folder, or choose another")


def _check_python(_home: Path) -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    wanted = ".".join(map(str, PYTHON_MIN))
    if sys.version_info < PYTHON_MIN:
        return Finding("python", "failed", f"Python {found}", f"install Python {wanted} or newer")
    if sys.maxsize < 2**63 - 1:
        return Finding("python", "failed", "Python of 32 bits", "install Python of 64 bits")
    return Finding("python", "ok", f"Python {found}")


def _check_packages(_home: Path) -> Finding:
    if missing := _missing(_SERVER_MODULES):
        return Finding(
            "packages",
            "failed",
            f"{', '.join(missing)} not installed, so this machine can log but not serve",
            "run `pip install 'runtide[server]'`",
        )
    if missing := _missing(_DEMO_MODULES):
        return Finding(
            "packages",
            "ok",
            f"extra `server` installed; `runtide demo` also needs {', '.join(missing)} "
            f"(extra `demo`)",
        )
    return Finding("packages", "ok", "extras `server` and `demo` installed")


def _check_folder(home: Path) -> Finding:
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=home) as probe:
        probe.write(b"probe")
    return Finding("folder", "ok", f"{home} can be written")


def _check_space(home: Path) -> Finding:
    free = shutil.disk_usage(home).free
    detail = f"{free / (1 << 30):,.1f} GiB free"
    if free < FREE_BYTES_MIN:
        return Finding(
            "disk space", "warning", detail, "make room, or move the folder with `RUNTIDE_HOME`"
        )
    return Finding("disk space", "ok", detail)


def _check_locks(home: Path) -> Finding:
    """Some network file systems grant every lock, or cannot share memory, as SQLite's WAL must."""
    remedy = "put the folder on a local disk: set `RUNTIDE_HOME`"
    with tempfile.TemporaryDirectory(dir=home, prefix=".doctor-") as folder:
        path = Path(folder) / "lock"
        with path.open("w") as first, path.open("w") as second:
            fcntl.flock(first, fcntl.LOCK_EX | fcntl.LOCK_NB)
            try:
                fcntl.flock(second, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                pass
            else:
                return Finding("locks", "failed", "the file system grants one lock twice", remedy)
        database = sqlite3.connect(Path(folder) / "probe.db")
        try:
            (mode,) = database.execute("PRAGMA journal_mode = WAL").fetchone()
            database.execute("CREATE TABLE probe (x)")
        except sqlite3.Error as exc:
            return Finding("locks", "failed", f"SQLite cannot write here ({exc})", remedy)
        finally:
            database.close()
    if mode != "wal":
        return Finding("locks", "failed", "SQLite cannot use its write-ahead log here", remedy)
    return Finding("locks", "ok", "the file system keeps locks and SQLite's write-ahead log")


def _check_clock(home: Path) -> Finding:
    remedy = "set the clock, for example with NTP: times of new points would be wrong"
    now_us = time.time_ns() // 1_000
    with tempfile.NamedTemporaryFile(dir=home) as probe:
        drift_us = abs(Path(probe.name).stat().st_mtime_ns // 1_000 - now_us)
    if drift_us > _CLOCK_SKEW_US_MAX:
        detail = f"this machine and the file system disagree by {drift_us / 1e6:,.0f} s"
        return Finding("clock", "warning", detail, remedy)
    ahead_us = _newest_sent_us(home) - now_us
    if ahead_us > _CLOCK_SKEW_US_MAX:
        detail = f"the newest record was sent {ahead_us / 1e6:,.0f} s in the future"
        return Finding("clock", "warning", detail, remedy)
    return Finding("clock", "ok", time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime()))


def _newest_sent_us(home: Path) -> int:
    if not (home / LOG_NAME).exists():
        return 0
    log = SqliteLog(home)
    try:
        records = log.read(0, max(0, log.end(0) - 1), bytes_max=1)
    finally:
        log.close()
    if not records:
        return 0
    try:
        sent_us = orjson.loads(records[0].value)["sent_us"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return 0
    return sent_us if isinstance(sent_us, int) else 0


def _check_log(home: Path) -> Finding:
    if not (home / LOG_NAME).exists():
        return Finding("event log", "ok", "empty: nothing was logged to this folder yet")
    log = SqliteLog(home)
    try:
        count = log.end(0)
    finally:
        log.close()
    size = (home / LOG_NAME).stat().st_size
    return Finding("event log", "ok", f"{count:,} records, {size / (1 << 20):,.1f} MiB")


def _check_server(home: Path) -> Finding:
    address = find_address(home)
    if address is None:
        return Finding("server", "ok", "none runs; `runtide up` starts one, and so does a read")
    if not is_answering(address):
        return Finding(
            "server",
            "warning",
            f"process {address.pid} said that it serves at {address.url}, but does not answer",
            "start it again with `runtide up`; if that says the folder is taken, end the process",
        )
    readiness = _readiness(address.url)
    lag = readiness.get("lag_count")
    detail = f"process {address.pid}, version {address.version}, answers at {address.url}"
    if readiness.get("status") != "ready":
        return Finding(
            "server",
            "failed",
            f"{detail}, but is not ready: {readiness.get('reason')}",
            "see server.log in the folder",
        )
    if isinstance(lag, int) and lag > LAG_COUNT_MAX:
        return Finding(
            "server",
            "warning",
            f"{detail}; {lag:,} records of the log are not folded yet",
            "wait until it has caught up; new points show late until then",
        )
    return Finding("server", "ok", f"{detail}; {lag} records wait to be folded")


def _readiness(url: str) -> dict[str, Any]:
    place = urlsplit(url)
    connection = http.client.HTTPConnection(
        place.hostname or "", place.port, timeout=_REQUEST_TIMEOUT_S
    )
    try:
        connection.request("GET", "/api/v1/ready")
        document = json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError) as exc:
        return {"status": "unknown", "reason": str(exc)}
    finally:
        connection.close()
    return document if isinstance(document, dict) else {}


def _check_store(home: Path) -> Finding:
    if _missing(_SERVER_MODULES):
        return Finding("read model", "warning", "not looked at: packages are missing")
    # Here and not above: doctor must be able to say that this engine is not installed.
    from processors.sink import read_next_offset  # noqa: PLC0415  # see above
    from runtide.store.engine import FOLDER_NAME, open_chdb  # noqa: PLC0415  # see above
    from runtide.store.migrate import migrate  # noqa: PLC0415  # see above

    if not (home / FOLDER_NAME).exists():
        return Finding("read model", "ok", "empty: it is made when a server starts")
    try:
        with folder_lock(home):
            store = open_chdb(home)
            try:
                migrate(store)
                next_offset = read_next_offset(store, 0)
            finally:
                store.close()
    except FolderInUse as exc:
        return Finding("read model", "ok", f"held by the server at {exc.url or 'no address yet'}")
    log = SqliteLog(home)
    try:
        lag = log.end(0) - next_offset
    finally:
        log.close()
    return Finding("read model", "ok", f"opens; {lag:,} records of the log wait for a server")


def _check_spool(home: Path) -> Finding:
    places = [Destination(home=home, url=url) for url in (None, *urls_spooled_for(home))]
    sizes = [size for place in places for size in waiting_sizes(place)]
    if not sizes:
        return Finding("spool", "ok", "empty: everything logged was delivered")
    return Finding(
        "spool",
        "warning",
        f"{len(sizes):,} files, {sum(sizes) / (1 << 20):,.1f} MiB were not delivered yet",
        "run `runtide deliver`; what running scripts keep they deliver themselves",
    )


def _missing(modules: tuple[str, ...]) -> list[str]:
    return [module for module in modules if find_spec(module) is None]
