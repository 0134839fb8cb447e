"""What the fold makes of tokens, of the audit trail, and of envelopes that came in with a token."""

import orjson
import pytest

from processors.core.fold import Effects, State, step
from runtide.core.access_events import Audited, TokenCreated, TokenRevoked, TokenUsed
from runtide.core.events import Event, RunCreated, ViewSaved
from runtide.core.names import AUDIT_KEY, access_key, experiment_key
from runtide.log.port import Record
from tests.building import points, record

KEY = access_key("0123456789ab")
CREATED = RunCreated(experiment="ex", name="olive", created_us=1, workspace="lab")


def came_with_token(offset: int, *events: Event, workspace: str, run: str = "a") -> Record:
    plain = record(offset, *events, run=run)
    value = orjson.dumps({**orjson.loads(plain.value), "workspace": workspace})
    return plain._replace(value=value)


def effects_of(*records: Record) -> Effects:
    _, effects = step(State(0), list(records))
    return effects


def dead_letter_codes(effects: Effects) -> list[object]:
    return list(effects.tables.get("dead_letters", {}).get("code", []))


def test_token_has_a_row_of_each_thing_that_was_said_of_it() -> None:
    created = TokenCreated(
        secret_sha256="0" * 64, workspace="lab", role="writer", ts_us=5, name="box", by="ada"
    )

    rows = effects_of(
        record(0, created, run=KEY),
        record(1, TokenUsed(ts_us=6), run=KEY),
        record(2, TokenRevoked(ts_us=7), run=KEY),
    ).tables["tokens"]

    assert rows["run_id"] == [KEY] * 3
    assert rows["role"] == ["writer", "", ""]
    assert (rows["created_us"], rows["used_us"], rows["revoked_us"]) == (
        [5, 0, 0],
        [0, 6, 0],
        [0, 0, 7],
    )


def test_audit_trail_says_who_did_what_from_where() -> None:
    audited = Audited(actor="ada", action="run.cancel", subject="a", ts_us=5, origin="10.0.0.1")

    rows = effects_of(record(0, audited, run=AUDIT_KEY)).tables["audit"]

    told = [rows[name] for name in ("actor", "action", "subject", "origin", "workspace")]
    assert told == [["ada"], ["run.cancel"], ["a"], ["10.0.0.1"], [""]]


def test_first_envelope_of_a_run_decides_whose_it_is() -> None:
    """Another workspace's token cannot add to it, also before the run itself has said anything."""
    effects = effects_of(
        came_with_token(0, CREATED, workspace="lab"),
        came_with_token(1, points("loss", 1.0), workspace="other"),
        came_with_token(2, points("loss", 2.0), workspace="lab"),
    )

    assert dead_letter_codes(effects) == ["foreign-workspace"]
    assert effects.tables["scalars"]["value"].tolist() == [2.0]


@pytest.mark.parametrize(
    ("run", "event"),
    [
        ("a", CREATED),
        (experiment_key("ex", "lab"), ViewSaved(name="v", query="q", ts_us=1)),
        (experiment_key("ex"), ViewSaved(name="v", query="q", ts_us=1)),
        (KEY, TokenRevoked(ts_us=1)),
    ],
    ids=["run", "view", "view of the default workspace", "token"],
)
def test_envelope_that_speaks_of_another_workspace_is_set_aside(run: str, event: Event) -> None:
    effects = effects_of(came_with_token(0, event, workspace="other", run=run))

    assert dead_letter_codes(effects) == ["foreign-workspace"]
