"""Versions of models out of registrations and edits."""

from typing import Any

import pytest

from query_api.core.model_versions import Wanted, latest_versions, newest_first, versions


def registered(registration: str, **given: object) -> dict[str, Any]:
    """Return a row of `models`."""
    return {
        "key": "@model/ridge",
        "name": "ridge",
        "workspace": "default",
        "registration": registration,
        "source_run_id": "a",
        "source_path": "outputs/ridge.pkl",
        "description": "",
        "framework": "",
        "framework_version": "",
        "registered_by": "ada",
        "tags": {"team": "a"},
        "properties": {},
        "file_count": 1,
        "size_bytes": 10,
        "created_us": 5,
        **given,
    }


def edited(registration: str, field: str, value: str | None, **given: object) -> dict[str, Any]:
    """Return a row of `model_edits`."""
    return {
        "key": "@model/ridge",
        "registration": registration,
        "field": field,
        "name": "",
        "value": value,
        "is_removed": False,
        **given,
    }


def test_number_is_the_rank_and_a_repeat_is_the_version_that_it_was() -> None:
    rows = [
        registered("x"),
        registered("x", created_us=9),
        registered("y"),
        registered("z", workspace="lab"),
    ]

    found = versions(rows, [])

    assert [(v["registration"], v["workspace"], v["id"]) for v in found] == [
        ("x", "default", "ridge:1"),
        ("y", "default", "ridge:2"),
        ("z", "lab", "ridge:1"),
    ]
    assert found[0]["created_us"] == 5
    assert (found[0]["run_id"], found[0]["user"], found[0]["framework"]) == ("a", "ada", None)


def test_edits_change_a_version_and_a_deleted_one_keeps_its_number() -> None:
    rows = [registered("x"), registered("y")]
    edits = [
        edited("x", "version", None, is_removed=True),
        edited("y", "stage", "production"),
        edited("y", "description", "the good one"),
        edited("y", "tag", "b", name="owner"),
        edited("y", "tag", None, name="team", is_removed=True),
    ]

    (version,) = versions(rows, edits)

    assert version["id"] == "ridge:2"
    assert (version["stage"], version["description"]) == ("production", "the good one")
    assert version["tags"] == {"owner": "b"}
    assert "is_deleted" not in version


def test_lists_are_by_name_and_newest_first() -> None:
    rows = [
        registered("x"),
        registered("y"),
        registered("z", key="@model/net", name="net"),
    ]
    found = versions(rows, [])

    assert [v["id"] for v in newest_first(found)] == ["net:1", "ridge:2", "ridge:1"]
    assert [v["id"] for v in latest_versions(found)] == ["net:1", "ridge:2"]


@pytest.mark.parametrize(
    ("wanted", "is_found"),
    [
        (Wanted(), True),
        (Wanted(name="ridge", workspace="default", run_id="a", registration="x"), True),
        (Wanted(name="net"), False),
        (Wanted(words="IDG"), True),
        (Wanted(words="lasso"), False),
        (Wanted(tags=["team"]), True),
        (Wanted(tags=["team:a"]), True),
        (Wanted(tags=["team:b"]), False),
        (Wanted(tags=["team", "owner"]), False),
        (Wanted(stage="production"), False),
    ],
)
def test_conditions_hold_together(wanted: Wanted, *, is_found: bool) -> None:
    (version,) = versions([registered("x")], [])

    assert wanted.matches(version) == is_found
