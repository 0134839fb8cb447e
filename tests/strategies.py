"""How to draw what a run can hold: cells, columns and events.

Names, runs, writers and steps come from small pools, so that what is drawn collides.
"""

from __future__ import annotations

import math
from typing import Any, Final, get_args

from hypothesis import strategies as st

from runtide.core import limits
from runtide.core.columns import (
    Cell,
    WireColumn,
    encode_column,
    encode_f64,
    encode_i64,
    escape_cell,
)
from runtide.core.events import (
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
    Status,
    Strings,
    SystemMeasured,
    TagsChanged,
    TextLogged,
    ViewSaved,
)
from runtide.core.life_events import RunDeleted, RunPurged, RunRestored
from runtide.core.model_events import ModelEdited, ModelRegistered
from runtide.core.names import experiment_key, model_key

_EDGES: Final = [
    sign * (edge + off)
    for edge in (2**53, 2**62, 2**63, 2**64, 10**18, 10**19, 10**20, 10**499)
    for off in (-1, 0, 1)
    for sign in (1, -1)
]

i64s: Final = st.integers(-(2**63), 2**63 - 1)
long_ints: Final = st.sampled_from(_EDGES) | st.integers(-(10**500), 10**500)
floats: Final = st.floats() | st.sampled_from([0.0, -0.0, 5e-324, 2.0**53, 1e22, math.nan])
texts: Final = st.text(max_size=20)

cells: Final[st.SearchStrategy[Cell]] = st.one_of(
    st.none(), st.booleans(), i64s, long_ints, floats, texts
)


def columns(*, n: int | None = None) -> st.SearchStrategy[list[Cell]]:
    """Draw the values of a column: all of one type as often as of several."""
    low, high = (0, 20) if n is None else (n, n)
    kinds: list[st.SearchStrategy[Any]] = [st.booleans(), i64s, long_ints, floats, texts, cells]
    return st.one_of([st.lists(kind, min_size=low, max_size=high) for kind in kinds])


def json_values(*, leaves_max: int = 12) -> st.SearchStrategy[Any]:
    """Draw any JSON document that orjson writes and reads back the same."""
    leaves = (
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**64 - 1)
        | st.floats(allow_nan=False, allow_infinity=False)
        | texts
    )
    return st.recursive(
        leaves,
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
        ),
        max_leaves=leaves_max,
    )


names: Final = st.sampled_from(["loss", "acc", "größe \"x\" 'y'\n", "naïve 🎈"])
runs: Final = st.sampled_from(["a", "b"])
writers: Final = st.sampled_from(["w1", "w2", "w3"])
# Small steps collide, and the large ones lie on both sides of a bucket's edge.
steps: Final = st.integers(-3, 3) | st.sampled_from(
    [1023, 1024, -1024, -1025, 65535, 65536, limits.STEP_MAX, -limits.STEP_MAX]
)
times_us: Final = st.integers(0, 5) | st.integers(0, limits.TIME_US_MAX)
optional_steps: Final = st.none() | steps
# Few values, so that extremes tie; zeros of both signs are equal and yet differ.
point_values: Final = (
    st.sampled_from([0.0, -0.0, 1.0, -1.0, math.nan, math.inf, -math.inf]) | floats
)

_sizes = st.integers(0, 2**63 - 1)
_sha256 = st.sampled_from(["0" * 64, "a" * 64])
_paths = st.sampled_from(["outputs/model.pkl", "logs/ä b.txt"])
_statuses = st.sampled_from(get_args(Status))
_optional_texts = st.none() | texts
_objects = st.dictionaries(st.text(max_size=8), json_values(leaves_max=4), max_size=3)
_tag_names = st.sampled_from(["t", "u", "ü\x00"])


def _n_values(kind: st.SearchStrategy[Any], n: int) -> st.SearchStrategy[list[Any]]:
    return st.lists(kind, min_size=n, max_size=n)


@st.composite
def integer_columns(draw: st.DrawFn, n: int, values: st.SearchStrategy[int]) -> WireColumn:
    """Draw `n` integers, packed or as plain JSON."""
    drawn = draw(_n_values(values, n))
    return encode_i64(drawn) if draw(st.booleans()) else list(drawn)


@st.composite
def scalars(draw: st.DrawFn, n_max: int = 8) -> Scalars:
    """Draw points of one metric: floats, ints, booleans, or a mixture."""
    n = draw(st.integers(0, n_max))
    value = draw(
        st.one_of(
            _n_values(point_values, n).map(encode_f64),
            _n_values(point_values | i64s | st.booleans(), n).map(encode_column),
            st.just({"range": [draw(st.integers(-5, 5)), draw(st.integers(-2, 2))]}),
        )
    )
    return Scalars(
        name=draw(names),
        n=n,
        value=value,
        step=draw(integer_columns(n, steps)),
        ts_us=draw(integer_columns(n, times_us)),
    )


@st.composite
def strings(draw: st.DrawFn) -> Strings:
    """Draw points that are texts, nulls or integers."""
    n = draw(st.integers(0, 4))
    return Strings(
        name=draw(names),
        n=n,
        value=[escape_cell(v) for v in draw(_n_values(texts | st.none() | long_ints, n))],
        step=draw(integer_columns(n, steps)),
        ts_us=draw(integer_columns(n, times_us)),
    )


@st.composite
def lists_logged(draw: st.DrawFn) -> ListLogged:
    """Draw one logged list."""
    values = draw(columns())
    return ListLogged(
        name=draw(names),
        n=len(values),
        value=encode_column(values),
        ts_us=draw(times_us),
        step=draw(optional_steps),
    )


@st.composite
def rows_logged(draw: st.DrawFn) -> RowsLogged:
    """Draw rows of up to four columns."""
    n = draw(st.integers(0, 3))
    column_names = draw(st.lists(names, unique=True, max_size=4))
    return RowsLogged(
        name=draw(names),
        n=n,
        columns=[{"name": c, "value": encode_column(draw(columns(n=n)))} for c in column_names],
        ts_us=draw(times_us),
        step=draw(optional_steps),
    )


@st.composite
def system_measured(draw: st.DrawFn) -> SystemMeasured:
    """Draw measurements of one quantity of one host."""
    n = draw(st.integers(0, 4))
    return SystemMeasured(
        name=draw(names),
        n=n,
        value=encode_column(draw(_n_values(st.floats(), n))),
        ts_us=draw(integer_columns(n, times_us)),
        host=draw(texts),
    )


run_events: Final[st.SearchStrategy[Event]] = st.one_of(
    st.builds(
        RunCreated,
        experiment=st.sampled_from(["ex", "why"]),
        name=texts,
        created_us=times_us,
        parent=st.none() | runs,
        run_type=_optional_texts,
        user=_optional_texts,
        host=_optional_texts,
        description=_optional_texts,
    ),
    st.builds(
        RunDescribed,
        ts_us=times_us,
        name=_optional_texts,
        description=_optional_texts,
        archived=st.none() | st.booleans(),
    ),
    st.builds(
        StateChanged,
        status=_statuses,
        ts_us=times_us,
        by=_optional_texts,
        reason=_optional_texts,
        error=st.none() | _objects,
    ),
    st.builds(Heartbeat, ts_us=times_us),
    st.builds(
        TagsChanged,
        ts_us=times_us,
        set=st.dictionaries(_tag_names, _optional_texts, max_size=2),
        remove=st.lists(_tag_names, max_size=2),
    ),
    st.builds(PropertiesAdded, ts_us=times_us, set=st.dictionaries(_tag_names, texts, max_size=2)),
    st.builds(ConfigSet, ts_us=times_us, set=_objects),
    st.builds(RunDeleted, ts_us=times_us, by=_optional_texts),
    st.builds(RunRestored, ts_us=times_us, by=_optional_texts),
    st.builds(RunPurged, ts_us=times_us, by=_optional_texts, is_erased=st.booleans()),
)

data_events: Final[st.SearchStrategy[Event]] = st.one_of(
    scalars(),
    strings(),
    lists_logged(),
    rows_logged(),
    system_measured(),
    st.builds(
        ImageLogged,
        name=names,
        path=_paths,
        sha256=_sha256,
        size_bytes=_sizes,
        media_type=st.just("image/png"),
        ts_us=times_us,
        step=optional_steps,
        width=st.none() | st.integers(0, limits.PIXELS_MAX),
        height=st.none() | st.integers(0, limits.PIXELS_MAX),
        description=_optional_texts,
    ),
    st.builds(
        ChartLogged,
        name=names,
        schema_type=texts,
        schema_version=texts,
        path=_paths,
        sha256=_sha256,
        size_bytes=_sizes,
        ts_us=times_us,
        step=optional_steps,
    ),
    st.builds(
        FileUploaded,
        path=_paths,
        sha256=_sha256,
        size_bytes=_sizes,
        ts_us=times_us,
        media_type=texts,
    ),
    st.builds(TextLogged, file=_paths, text=texts, ts_us=times_us),
    st.builds(
        SnapshotTaken,
        snapshot_id=_sha256,
        manifest_sha256=_sha256,
        file_count=_sizes,
        size_bytes=_sizes,
        ts_us=times_us,
    ),
    st.builds(
        JobSubmitted,
        command=st.lists(
            st.sampled_from(["python", "train.py", "", "ä b"]), min_size=1, max_size=3
        ),
        ts_us=times_us,
        target=names,
        priority=st.integers(-3, 3),
        environment=_objects,
        variables=st.dictionaries(_tag_names, texts, max_size=2),
        snapshot_id=st.none() | _sha256,
        source=_optional_texts,
        duration_s_max=st.none() | st.integers(1, 9) | st.floats(0.5, 1e9),
    ),
)

events: Final[st.SearchStrategy[Event]] = run_events | data_events

view_events: Final[st.SearchStrategy[Event]] = st.builds(
    ViewSaved, name=names, query=_optional_texts, ts_us=times_us
)
experiment_keys: Final = st.sampled_from(["ex", "warum größer?\n"]).map(experiment_key)

_registrations = st.sampled_from(["x", "y"])
_tags = st.dictionaries(_tag_names, _optional_texts, max_size=2)
_model_files = st.fixed_dictionaries({"path": _paths, "sha256": _sha256, "size_bytes": _sizes})

model_events: Final[st.SearchStrategy[Event]] = st.builds(
    ModelRegistered,
    registration=_registrations,
    files=st.lists(_model_files, min_size=1, max_size=2),
    ts_us=times_us,
    workspace=st.sampled_from(["default", "lab"]),
    run=st.none() | runs,
    path=st.none() | _paths,
    description=_optional_texts,
    framework=_optional_texts,
    framework_version=_optional_texts,
    tags=_tags,
    properties=st.dictionaries(_tag_names, texts, max_size=2),
    by=_optional_texts,
) | st.builds(
    ModelEdited,
    registration=_registrations,
    ts_us=times_us,
    description=_optional_texts,
    stage=st.none() | st.sampled_from(["", "production"]),
    set=_tags,
    remove=st.lists(_tag_names, max_size=2),
    deleted=st.none() | st.booleans(),
    by=_optional_texts,
)
model_keys: Final = st.sampled_from(["ridge", "Net_2.1"]).map(model_key)

unknown_events: Final[st.SearchStrategy[dict[str, Any]]] = st.builds(
    lambda kind, more: more | {"type": kind}, st.sampled_from(["dream", "wish"]), _objects
).filter(lambda document: "v" not in document)
