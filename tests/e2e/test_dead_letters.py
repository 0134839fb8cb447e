"""`runtide dead-letters`, as processes, over a folder whose log holds what cannot be read."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runtide.client.options import Destination
from runtide.client.reading import Reader
from runtide.log.port import Item
from runtide.log.sqlite import SqliteLog
from tests.building import points, record
from tests.faults.processes import server
from tests.forked import run_module
from tests.scripts import script_environment

POISON = b'{"v": 1, \x1b[2J\xff'


def keyed_wrongly(run: str, seq: int) -> Item:
    """Return an envelope whose record has another key: unread, and readable under its own."""
    return Item("other", record(0, points("loss", float(seq)), run=run, seq=seq).value)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """Return a served folder with poison at 0:0, and three that can be read behind it."""
    log = SqliteLog(tmp_path)
    log.append([Item("\x1b[31mred", POISON), *(keyed_wrongly("mine", seq) for seq in (1, 2, 2))])
    log.close()
    with server(tmp_path):
        yield tmp_path


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a served folder that nothing is sent again in."""
    folder = tmp_path_factory.mktemp("shared")
    log = SqliteLog(folder)
    log.append([Item("r", POISON)])
    log.close()
    with server(folder):
        yield folder


def ran(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    words = ("runtide.cli", "dead-letters", *arguments, "--home", str(home))
    return run_module(*words, environment=script_environment(home))


def states(home: Path) -> dict[int, str]:
    listed = ran("--json", home=home)
    assert listed.returncode == 0, listed.stderr
    letters: list[dict[str, Any]] = json.loads(listed.stdout)["dead_letters"]
    return {letter["offset"]: letter["state"] for letter in letters}


def test_folder_without_any_says_so(tmp_path: Path) -> None:
    with server(tmp_path):
        listed = ran(home=tmp_path)

    assert (listed.returncode, listed.stdout) == (0, "Every record of the log could be read.\n")


def test_each_is_listed_and_shown_with_its_reason_and_bytes(home: Path, tmp_path: Path) -> None:
    """And what a stranger put into a record neither colours nor clears the terminal."""
    target = tmp_path / "letter"

    listed = ran(home=home)
    shown = ran("show", "0:0", home=home)
    saved = ran("show", "0:0", "--bytes", str(target), "--json", home=home)

    assert states(home) == {0: "unreadable", 1: "readable", 2: "readable", 3: "readable"}
    for said in (listed.stdout, shown.stdout):
        assert "envelope is not JSON" in said
        assert "\x1b" not in said
    assert "\\x1b[2J\\xff" in shown.stdout
    assert target.read_bytes() == POISON
    assert json.loads(saved.stdout)["dead_letter"]["code"] == "malformed-envelope"


def test_what_can_be_read_is_sent_again_and_the_rest_refused(home: Path) -> None:
    """The exit code says that some are left, and standard output which."""
    done = ran("redrive", "0:1", "0:0", home=home)
    again = ran("redrive", "0:1", "--json", home=home)

    assert done.returncode == 1, done.stderr
    assert "0:1 is sent again: envelope 1 of run mine" in done.stdout
    assert "0:0 is refused" in done.stdout
    assert states(home)[1] == "folded"
    (refused,) = json.loads(again.stdout)["refused"]
    assert (again.returncode, refused["place"], refused["code"]) == (1, "0:1", "not-missing")


def test_all_that_can_be_read_are_sent_again_in_the_order_of_the_log(home: Path) -> None:
    """Two of them hold one envelope, of which one is enough."""
    done = ran("redrive", "--all", "--json", home=home)
    nothing = ran("redrive", "--all", home=home)

    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert ([sent["place"] for sent in answer["redriven"]], answer["refused"]) == (
        ["0:1", "0:2"],
        [],
    )
    reader = Reader(Destination(home=home))
    assert reader.get("/runs/mine/metrics") == {"loss": [1.0, 2.0]}
    assert (nothing.returncode, nothing.stdout) == (
        0,
        "No dead letter can be read that is missing.\n",
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show", "0:9"), "no dead letter is at 0:9"),
        (("show", "zero"), "want `partition:offset`"),
        (("show", "0:0", "--bytes", "/nowhere/letter"), "could not write"),
        (("redrive",), "name their places"),
        (("redrive", "0:1", "--all"), "not both"),
        (("redrive", "0:9"), "no dead letter is at 0:9"),
    ],
)
def test_wrong_command_is_a_usage_error(
    shared: Path, arguments: tuple[str, ...], said: str
) -> None:
    refused = ran(*arguments, home=shared)

    assert refused.returncode == 2
    assert said in refused.stderr + refused.stdout
