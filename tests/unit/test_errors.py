import inspect

import pytest

from runtide import errors
from runtide.errors import (
    CorruptionError,
    RejectedError,
    RuntideError,
    UnavailableError,
    UsageError,
)

BRANCHES = (UsageError, RejectedError, UnavailableError, CorruptionError)
ALL: list[type[RuntideError]] = [
    c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, RuntideError)
]


@pytest.mark.parametrize("cls", [c for c in ALL if c is not RuntideError])
def test_error_is_of_exactly_one_branch(cls: type[RuntideError]) -> None:
    """A caller branches on the four: fix, drop, retry or stop."""
    assert sum(issubclass(cls, branch) for branch in BRANCHES) == 1


def test_codes_are_unique() -> None:
    """A code is the last part of the problem's type, and a heading in the reference."""
    assert len({cls.code for cls in ALL}) == len(ALL)


def test_tree_in_the_docstring_names_every_error() -> None:
    assert [c.__name__ for c in ALL if c.__name__ not in (errors.__doc__ or "")] == []


@pytest.mark.parametrize(
    ("error", "values", "text"),
    [
        (
            errors.EnvelopeTooLarge(size_bytes=1000, limit_bytes=900),
            {"size_bytes": 1000, "limit_bytes": 900},
            "envelope is 1,000 bytes, limit is 900: send fewer events in one envelope",
        ),
        (
            errors.OffsetGap(partition=1, want=5, got=7),
            {"partition": 1, "want": 5, "got": 7},
            (
                "partition 1 continues at offset 5, got 7: records are missing from the log; restore "
                "it from a backup, or replay into an empty store"
            ),
        ),
        (
            errors.RecordsExpired(partition=1, want=5, start=700),
            {"partition": 1, "want": 5, "start": 700},
            (
                "partition 1 of the log starts at offset 700, want 5: the records between were "
                "removed when their time was over; replay them from an archive, or fold what is "
                "left into an empty store"
            ),
        ),
        (
            errors.NotDelivered(envelope_count=2000, cause="disk full"),
            {"envelope_count": 2000},
            (
                "2,000 envelopes are not delivered yet (disk full): they are kept and sent when the "
                "log answers; call `flush()` again to wait for it"
            ),
        ),
        (
            errors.UnknownSettings(names=["A", "B"]),
            {"names": ("A", "B")},
            (
                "unknown setting `A`, `B`: correct the name or unset it; docs/reference/settings.md "
                "lists every setting"
            ),
        ),
        (
            errors.FolderInUse(home="/data", url=None),
            {"home": "/data", "url": None},
            (
                "another server has the data folder /data and has not said yet where it answers: use "
                "that one, stop it, or choose another folder with `--home`"
            ),
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_error_says_what_happened_and_what_to_do(
    error: RuntideError, values: dict[str, object], text: str
) -> None:
    """The attributes hold the values for programs."""
    assert {name: getattr(error, name) for name in values} == values
    assert str(error) == text


def test_folder_in_use_says_where_the_other_answers() -> None:
    assert "answers at http://x" in str(errors.FolderInUse(home="/data", url="http://x"))
