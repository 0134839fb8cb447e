"""What a replay decides: where it stands, and which runs have other rows than before.

A replay keeps no record of its own. What it has done to the tables is written on the tables:

    database   comment says that a replay made it, and by which version
    table      constraint on a live one of the fold's state: nobody may write it during the swap
    table      comment of a live one, before the first exchange: it is from before the swap

Comments and constraints move with a table when two tables are exchanged, so they say after a crash
which exchanges were done, and cannot disagree with the tables.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple

from runtide.core.shown import shown
from runtide.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

STATE_TABLES: Final = ("runs", "ingest_writers", "ingest_progress")
"""What a fold reads to resume, in the order in which the swap exchanges them.

A fold reads them in the opposite order, so that it never goes on from a run that is older than the
marks which it has of the run.
"""

CHECKPOINT: Final = STATE_TABLES[-1]
"""The last table that is written, and the last that is exchanged."""

EXAMPLES_MAX: Final = 5
"""Runs that a verdict names, of each kind."""

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,31}")
_MADE_BY: Final = re.compile(r"Runtide (?P<version>\S+) replays (?P<database>\w+)")
_HOLDER: Final = re.compile(
    r"CONSTRAINT `?runtide_replay_into_(?P<name>\w+)`? CHECK \(?'(?P<process>[^']*)' = ''"
)
_UNNAMEABLE: Final = re.compile(r"[^\w.:-]")


class Phase(Enum):
    """How far a replay is. The swap begins with `HELD` and cannot be given up from `EXCHANGING`."""

    FOLDING = "folding"
    HELD = "held"
    EXCHANGING = "exchanging"
    RELEASING = "releasing"
    SWAPPED = "swapped"


class Holder(NamedTuple):
    """Who lets nobody write a table: a replay, and the process that does its work."""

    name: str
    process: str


class Sign(NamedTuple):
    """What one table says of itself."""

    comment: str
    holder: Holder | None


def database_of(database: str, name: str) -> str:
    """Return the database into which the replay `name` rebuilds the tables of `database`.

    Raises:
        UsageError: It would be no plain name of a database.
    """
    if not _NAME.fullmatch(name):
        message = (
            f"the name is {shown(name)}: want at most 32 lower-case letters, digits and `_`, "
            f"beginning with a letter, as in `v2`"
        )
        raise UsageError(message)
    return f"{database}_{name}"


def database_comment(version: str, database: str) -> str:
    """Return the comment of a database that a replay of this version makes."""
    return f"Runtide {version} replays {database}"


def maker_of(comment: str, database: str) -> str | None:
    """Return the version of the replay of `database` that made a database, if one did."""
    found = _MADE_BY.fullmatch(comment)
    return found["version"] if found and found["database"] == database else None


def made_comment(name: str) -> str:
    """Return the comment of the checkpoint's table that the replay `name` makes."""
    return f"made by the replay into {name}"


def old_comment(name: str) -> str:
    """Return the comment of a live table that the replay `name` is about to exchange."""
    return f"before the replay into {name}"


def process_name(host: str, pid: int) -> str:
    """Return what a constraint calls a process."""
    return _UNNAMEABLE.sub("_", f"{host}:{pid}")


def constraint_name(name: str) -> str:
    """Return the name of the constraint by which the replay `name` holds a table."""
    return f"runtide_replay_into_{name}"


def constraint(holder: Holder) -> str:
    """Return a constraint that no row keeps, and that says who wants it so."""
    return f"CONSTRAINT {constraint_name(holder.name)} CHECK '{holder.process}' = ''"


def holder_of(definition: str) -> Holder | None:
    """Return who holds the table with this definition."""
    found = _HOLDER.search(definition)
    return Holder(found["name"], found["process"]) if found else None


def is_exchanged(table: str, beside: Mapping[str, Sign], name: str) -> bool:
    """Return whether the table of the database beside is the old one, and the new one is live."""
    return beside[table].comment == old_comment(name)


def phase_of(live: Mapping[str, Sign], beside: Mapping[str, Sign], name: str) -> Phase:
    """Return how far the replay `name` is, from the signs of every table by its name."""
    if is_exchanged(CHECKPOINT, beside, name):
        return Phase.SWAPPED
    if is_exchanged(STATE_TABLES[0], beside, name):
        return Phase.RELEASING
    if any(is_exchanged(table, beside, name) for table in beside):
        return Phase.EXCHANGING
    holders = [live[table].holder for table in STATE_TABLES]
    is_held = any(holder is not None and holder.name == name for holder in holders)
    return Phase.HELD if is_held else Phase.FOLDING


class Digest(NamedTuple):
    """The rows that a table has of one run: how many, and a sum of their hashes."""

    row_count: int
    hash_sum: int


@dataclass(slots=True)
class Verdict:
    """How one table compares; runs are counted, and the first few are named.

    `dead_letters` belong to no run: there, partitions are counted.
    """

    equal_count: int = 0
    differing_count: int = 0
    missing_count: int = 0
    """Runs with rows in the live table and none in the rebuilt one."""

    extra_count: int = 0
    """Runs with rows in the rebuilt table and none in the live one."""

    examples: dict[str, list[str]] = field(default_factory=dict)
    """Some of the runs, under `differing`, `missing` and `extra`."""

    @property
    def is_equal(self) -> bool:
        """Whether nothing differs."""
        return not (self.differing_count or self.missing_count or self.extra_count)

    def add(self, other: Verdict) -> None:
        """Count what `other` has counted too."""
        self.equal_count += other.equal_count
        self.differing_count += other.differing_count
        self.missing_count += other.missing_count
        self.extra_count += other.extra_count
        for kind, keys in other.examples.items():
            known = self.examples.setdefault(kind, [])
            known += keys[: EXAMPLES_MAX - len(known)]


def verdict_on(
    live: Mapping[str, Digest], rebuilt: Mapping[str, Digest], *, moving: Collection[str] = ()
) -> Verdict:
    """Compare what a table has of each run on both sides, leaving out the runs that are moving."""
    kinds: Counter[str] = Counter()
    examples: dict[str, list[str]] = {}
    for key in sorted((live.keys() | rebuilt.keys()) - set(moving)):
        kind = _kind(live.get(key), rebuilt.get(key))
        kinds[kind] += 1
        if kind != "equal" and len(examples.setdefault(kind, [])) < EXAMPLES_MAX:
            examples[kind].append(key)
    return Verdict(kinds["equal"], kinds["differing"], kinds["missing"], kinds["extra"], examples)


def _kind(live: Digest | None, rebuilt: Digest | None) -> str:
    if rebuilt is None:
        return "missing"
    if live is None:
        return "extra"
    return "equal" if live == rebuilt else "differing"


@dataclass(slots=True)
class Comparison:
    """How the rebuilt tables compare with the live ones."""

    verdict_by_table: dict[str, Verdict] = field(default_factory=dict)
    run_count: int = 0
    """Runs that were compared."""

    moving_count: int = 0
    """Runs that were left out, because they go on or one side has not folded all of them."""

    @property
    def is_equal(self) -> bool:
        """Whether no table differs."""
        return all(verdict.is_equal for verdict in self.verdict_by_table.values())

    @property
    def differing_tables(self) -> list[str]:
        """The tables that differ."""
        return [table for table, found in self.verdict_by_table.items() if not found.is_equal]

    def add(self, table: str, verdict: Verdict) -> None:
        """Count what was found in a part of `table`."""
        self.verdict_by_table.setdefault(table, Verdict()).add(verdict)
