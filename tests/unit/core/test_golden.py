import hashlib
import math
from pathlib import Path

import pytest

from runtide.core.access_events import Audited, TokenCreated, TokenRevoked, TokenUsed
from runtide.core.columns import encode_column, encode_f64, encode_i64, encode_range
from runtide.core.envelope import encode_envelope, event_document, parse_envelope
from runtide.core.events import (
    EVENT_CLASS_BY_TYPE,
    ChartLogged,
    ConfigSet,
    Event,
    FileUploaded,
    Heartbeat,
    ImageLogged,
    JobSubmitted,
    ListLogged,
    PropertiesAdded,
    RowsLogged,
    RunCreated,
    RunDescribed,
    Scalars,
    SnapshotTaken,
    StateChanged,
    Strings,
    SystemMeasured,
    TagsChanged,
    TextLogged,
    ViewSaved,
)
from runtide.core.life_events import RunDeleted, RunPurged, RunRestored
from runtide.core.model_events import ModelEdited, ModelRegistered
from runtide.core.names import access_key, experiment_key, model_key
from tests.golden import FOLDER, golden_files

T = 1_795_450_000_123_456
S = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

EVENTS: tuple[Event, ...] = (
    RunCreated(
        experiment="diabetes",
        name="olive_tree_7",
        created_us=T,
        workspace="lab",
        parent="run-0",
        run_type="sweep",
        target="gpu-1",
        user="ada",
        host="node-7",
        description="a first try",
    ),
    RunDescribed(ts_us=T, name="ridge", description="the “best” so far", archived=False),
    StateChanged(
        status="Failed",
        ts_us=T,
        by="ada",
        reason="out of memory",
        error={"code": "MemoryError", "message": "no room", "details": [1, 2.5, None]},
    ),
    Heartbeat(ts_us=T),
    TagsChanged(ts_us=T, set={"selected": "yes", "empty": "", "bare": None}, remove=["draft"]),
    PropertiesAdded(ts_us=T, set={"commit": "c0ffee"}),
    ConfigSet(
        ts_us=T,
        set={"lr": 0.001, "layers": [64, 64], "optimizer": {"name": "adam"}, "amsgrad": True},
    ),
    Scalars(
        name="train/loss",
        n=5,
        value=encode_f64([0.5, -0.0, math.nan, math.inf, -math.inf]),
        step=encode_range(10, 2),
        ts_us=encode_i64([T, T + 1, T + 1, T + 2, T + 9]),
    ),
    Strings(
        name="phase",
        n=4,
        value=encode_column(["warm-up", None, "größe 🎈\n", 2**64]),
        step=encode_i64([0, 0, -1, 2**62]),
        ts_us=[T, T, T, T],
    ),
    ListLogged(
        name="accuracies",
        n=8,
        value=encode_column([0.6, 1, True, None, "x", -(10**30), math.nan, 2**63 - 1]),
        ts_us=T,
        step=3,
    ),
    RowsLogged(
        name="Y over X",
        n=3,
        columns=[
            {"name": "x", "value": encode_column([1, 2, 3])},
            {"name": "y", "value": encode_column([0.5, math.inf, -0.0])},
            {"name": "ok", "value": encode_column([True, False, True])},
            {"name": "note", "value": encode_column(["a", None, 2.0])},
        ],
        ts_us=T,
        step=-3,
    ),
    ImageLogged(
        name="ROC",
        path="images/ROC_0.png",
        sha256=S,
        size_bytes=4096,
        media_type="image/png",
        ts_us=T,
        step=0,
        width=640,
        height=480,
        description="receiver",
    ),
    ChartLogged(
        name="confusion",
        schema_type="confusion_matrix",
        schema_version="1.0.0",
        path="charts/confusion.json",
        sha256=S,
        size_bytes=512,
        ts_us=T,
        step=1,
    ),
    FileUploaded(
        path="outputs/model ä.pkl",
        sha256=S,
        size_bytes=1 << 40,
        ts_us=T,
        media_type="application/x-pickle",
    ),
    TextLogged(file="logs/stdout.txt", text="epoch 1\r\nloss 0.5\n", ts_us=T),
    SnapshotTaken(snapshot_id=S, manifest_sha256=S, file_count=20_000, size_bytes=1 << 40, ts_us=T),
    JobSubmitted(
        command=["python", "train.py", "--label", "größe 🎈", ""],
        ts_us=T,
        target="gpu 1",
        priority=-3,
        environment={"kind": "venv", "name": "e", "python": "3.12", "requirements": ["numpy>=2"]},
        variables={"OMP_NUM_THREADS": "2"},
        snapshot_id=S,
        source="/srv/diabetes",
        duration_s_max=5400.5,
    ),
    SystemMeasured(
        name="gpu0_memory_bytes",
        n=3,
        value={"f64": "AAAAAAAA8D8AAAAAAAD4fwAAAAAAAPB/"},
        ts_us=[T, T + 5_000_000, T + 10_000_000],
        host="node-7",
    ),
    ViewSaved(
        name="the best", query="sort=metrics.loss.min&filter=status%20%3D%20Completed", ts_us=T
    ),
    ModelRegistered(
        registration="0f1e2d3c4b5a69788796a5b4c3d2e1f0",
        files=[
            {"path": "model/weights.bin", "sha256": S, "size_bytes": 1 << 40},
            {"path": "model/größe.json", "sha256": S, "size_bytes": 0},
        ],
        ts_us=T,
        workspace="lab",
        run="run-1",
        path="outputs/model",
        description="the “best” so far",
        framework="ScikitLearn",
        framework_version="1.9.0",
        tags={"area": "diabetes", "bare": None},
        properties={"commit": "c0ffee"},
        by="ada",
    ),
    ModelEdited(
        registration="0f1e2d3c4b5a69788796a5b4c3d2e1f0",
        ts_us=T,
        description="",
        stage="production",
        set={"checked": "yes", "bare": None},
        remove=["draft"],
        deleted=False,
        by="ada",
    ),
    TokenCreated(
        secret_sha256=S,
        workspace="lab",
        role="writer",
        ts_us=T,
        name="the gpu box",
        expires_us=T + 1,
        by="ada",
    ),
    TokenRevoked(ts_us=T, by="ada"),
    TokenUsed(ts_us=T),
    Audited(
        actor="token 0123456789ab (ada)",
        action="run.cancel",
        subject="run-1",
        ts_us=T,
        workspace="lab",
        origin="192.0.2.7",
    ),
    RunDeleted(ts_us=T, by="ada"),
    RunRestored(ts_us=T, by="ada"),
    RunPurged(ts_us=T, by="ada", is_erased=True),
)

SHA256_BY_NAME = {
    "audit-v1.json": "68c6a0d90b291f85e2e376b2f85fd48c86265ae18892f6e754fd2b3454bc7333",
    "chart-v1.json": "4f954c2fa6e9bba0387fa11d5c5f6c026b121443b9fa83c22b77131750984d55",
    "config-v1.json": "4aafc7e85665f98c04a016b29b69aa9b8624d8ff04dadbb13ef8e859857bacca",
    "describe-v1.json": "767b64304157baec12d2d83cd2a2de6baf800e7919d197dbdf4fd2998669f552",
    "file-v1.json": "d4cb9997f4d46827a68506a1e500e8aec619ca291b50792d3557a7f5b9acdf7c",
    "heartbeat-v1.json": "5264090dcf3ebe554f5d31b12539d97384657760bb9e41b2f867c3b31fcfacf5",
    "image-v1.json": "11601e79c5067dfd9a39dbd368d859b1cfff96c2e24cfeccf02047c9e7215ac1",
    "job-v1.json": "750030fd1dec3c0c88572dcbe23081acb17276bbf7f0d68848a4ae92752ee391",
    "list-v1.json": "d6674fc116dae3dc44c2953ffe4aa8889548fc04ab891feb48a0df18c5865e0f",
    "log-v1.json": "a6445c45b0988fcbf07153557f6f1130b4085d0e3b189eb375526150179540e5",
    "model-v1.json": "c1f7d7cc5c8b1b511a2ec8aa91625824955e8a1d877ef48dcfa2d28ac934e963",
    "model_edit-v1.json": "db909576f08930c6d16f4de7aea7a4d9b44563644a61ae6e26bcfadcee86ed0a",
    "property-v1.json": "7c4d97e6e09b675d2acd6760df666d63aa39fabb3f832e988cb2c07fffa90ee4",
    "rows-v1.json": "c1c85c90796181ac27614961da20e3773c2ba345c075fda3719d4610ac519aac",
    "run-v1.json": "dae7b20de8d9ae9da151ab9d7d9cea7d564913642fb268ff8b4b9e946cdd890b",
    "run_deleted-v1.json": "dfa94db35528f32b93bd64e732520f9113bcffe5b892dbd05a53fc5f2d58ce23",
    "run_purged-v1.json": "0f32d5eb10753a30db28c80abcbc438433893e8b0e81b2184d524e1e2e5be4ec",
    "run_restored-v1.json": "d33c6aa17618b4177d3dcab67208e1031c69ecb41c49badd264ba95b2038ba02",
    "scalars-v1.json": "577811a535d68b0e6138fe95fa567776c3bed2bc9d52c39a99925b54910ab6b2",
    "snapshot-v1.json": "224aaeebe89f562b6613bcb81277a4813d854475c4c2e598524c24bed2ca397f",
    "state-v1.json": "6234ab157dc4874c76106316a73b3b8aa865813be0a3ea3f212c22186ddd62cc",
    "strings-v1.json": "ebe4fe2caf8ae5dc0b975ac1e03f57871c267cf6701a58de778999e50b81104e",
    "system-v1.json": "c12eedba31a4702db37773d8537f52d0bd35545e5a8c6653e286196e5c79aa1f",
    "tag-v1.json": "14f7af638d54e077e4a421b308247676e7282f2aa45e9807c13876c52a6935ea",
    "token_created-v1.json": "297d9702b5fcb62ecf0b65f918ca8e2dad4b22f5b596f06d2293c4d325e3cc16",
    "token_revoked-v1.json": "1f3190cc03d991fe70027b24e77b8abff26f2a146c9d06b6d4f54d24f2ffdaf1",
    "token_used-v1.json": "4ef18add9a861b20c9d8e2e73832c038430090ace3c404dbb279ae76e0584490",
    "view-v1.json": "692135d08f526bb3dfe0f7726f0bccfbccd540708ffec6a3f51a4d548f7f3255",
}
"""What the files were when they were committed. A line is added, and never changed."""


def golden_path(event: Event) -> Path:
    return FOLDER / f"{event.type}-v{event.version}.json"


def key_of(event: Event) -> str:
    match event:
        case ViewSaved():
            return experiment_key("diabetes")
        case ModelRegistered() | ModelEdited():
            return model_key("diabetes")
        case TokenCreated() | TokenRevoked() | TokenUsed() | Audited():
            return access_key("0123456789ab")
        case _:
            return "run-1"


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
def test_golden_envelope_means_what_it_meant(event: Event) -> None:
    """A log that was written years ago is read with today's code."""
    envelope = parse_envelope(golden_path(event).read_bytes())

    assert envelope.events == [event]
    assert envelope[:4] == (key_of(event), "0123456789abcdef01234567", envelope.seq, T + 1000)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.type)
def test_encoder_still_writes_the_golden_bytes(event: Event) -> None:
    """Older servers read what newer clients write, so the bytes change with a version alone."""
    golden = golden_path(event).read_bytes()
    run, writer, seq, sent_us, *_ = parse_envelope(golden)

    assert golden == encode_envelope(
        run=run, writer=writer, seq=seq, sent_us=sent_us, events=[event_document(event)]
    )


def test_golden_files_are_append_only() -> None:
    """A changed file would hide that old bytes are read in another way."""
    assert {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in golden_files()
    } == SHA256_BY_NAME


def test_every_version_of_every_event_type_has_a_golden_file() -> None:
    assert {path.stem for path in golden_files()} == {
        f"{kind}-v{version}"
        for kind, cls in EVENT_CLASS_BY_TYPE.items()
        for version in range(1, cls.version + 1)
    }
