import pytest

from runtide.core import limits
from runtide.core.envelope import Envelope, parse_envelope
from runtide.core.envelope_access import foreign_claim, stamped
from runtide.core.events import Event, Heartbeat, RunCreated
from runtide.core.model_events import ModelRegistered
from runtide.core.names import access_key, experiment_key, model_key
from runtide.errors import EnvelopeTooLarge, MalformedEnvelope
from tests.building import record

HEARTBEAT = Heartbeat(ts_us=1)
FILES = [{"path": "m", "sha256": "0" * 64, "size_bytes": 1}]


def envelope(*events: Event, run: str = "a") -> Envelope:
    return parse_envelope(record(0, *events, run=run).value)


@pytest.mark.parametrize(
    ("one", "claim"),
    [
        (envelope(HEARTBEAT), None),
        (envelope(RunCreated(experiment="e", name="n", created_us=1, workspace="lab")), None),
        (envelope(RunCreated(experiment="e", name="n", created_us=1)), "default"),
        (envelope(run=experiment_key("e", "lab")), None),
        (envelope(run=experiment_key("e")), "default"),
        (envelope(run=access_key("0" * 12)), "another workspace"),
        (
            envelope(
                ModelRegistered(registration="r", files=FILES, ts_us=1, workspace="lab"),
                run=model_key("m"),
            ),
            None,
        ),
    ],
)
def test_what_is_of_another_workspace_is_told(one: Envelope, claim: str | None) -> None:
    assert foreign_claim(one, "lab") == claim


@pytest.mark.parametrize("said", ["", '"workspace":"other",'], ids=["new", "instead"])
def test_stamp_is_the_token_s_whatever_the_sender_wrote(said: str) -> None:
    value = record(0, HEARTBEAT).value.replace(b"{", f"{{{said}".encode(), 1)

    again = parse_envelope(stamped(value, parse_envelope(value), 'l"ab'))

    assert again.workspace == 'l"ab'
    assert again._replace(workspace=None) == parse_envelope(value)._replace(workspace=None)


def test_envelope_without_room_for_the_stamp_is_refused() -> None:
    value = record(0, HEARTBEAT).value
    padded = value + b" " * (limits.ENVELOPE_BYTES_MAX - len(value))

    with pytest.raises(EnvelopeTooLarge):
        stamped(padded, parse_envelope(value), "lab")


@pytest.mark.parametrize("stamp", [b"null", b"7", b'""'])
def test_stamp_that_is_no_name_is_refused(stamp: bytes) -> None:
    """Of a name that is there twice readers take the last: null must not hide one."""
    value = record(0, HEARTBEAT).value.replace(b"{", b'{"workspace":' + stamp + b",", 1)

    with pytest.raises(MalformedEnvelope, match="`workspace` is"):
        parse_envelope(value)
