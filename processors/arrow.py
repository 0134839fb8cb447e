"""The rows of a fold as Arrow tables, in the types of the read model's columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

if TYPE_CHECKING:
    from processors.core.rows import TableRows

_TEXT: Final = pa.string()
_TIME: Final = pa.timestamp("us", "UTC")
_IDENTITY: Final = {
    "writer": pa.uint64(),
    "seq": pa.uint64(),
    "idx": pa.uint32(),
    "pos": pa.uint64(),
}
_METRIC: Final = {"run_id": _TEXT, "name": _TEXT}
_CODED: Final = pa.dictionary(pa.int32(), _TEXT)
_BY_STEP: Final = pa.struct(
    {
        "step": pa.int64(),
        "pos": pa.uint64(),
        "idx": pa.uint32(),
        "ts_us": pa.int64(),
        "value": pa.float64(),
    }
)
_BY_VALUE: Final = pa.struct({"value": pa.float64(), "step": pa.int64(), "ts_us": pa.int64()})
_SUMMARY: Final = {
    "first": _BY_STEP,
    "last": _BY_STEP,
    "low": _BY_VALUE,
    "high": _BY_VALUE,
    "nonfinite": pa.uint8(),
}
_STORED: Final = {"path": _TEXT, "sha256": _TEXT, "size_bytes": pa.uint64()}

TYPES_BY_TABLE: Final[dict[str, dict[str, pa.DataType]]] = {
    "runs": {
        **dict.fromkeys(
            (
                "run_id workspace experiment name description parent_id run_type target user host "
                "status status_by status_reason error config"
            ).split(),
            _TEXT,
        ),
        **dict.fromkeys("created_us started_us ended_us seen_us".split(), pa.int64()),
        "archived": pa.bool_(),
        "tags": pa.map_(_TEXT, _TEXT),
        "properties": pa.map_(_TEXT, _TEXT),
        "pos": pa.uint64(),
        "deleted_us": pa.int64(),
        "deleted_by": _TEXT,
    },
    "purged_runs": {
        "run_id": _TEXT,
        "partition": pa.uint32(),
        "ts": _TIME,
        "by": _TEXT,
        "is_erased": pa.bool_(),
        "pos": pa.uint64(),
    },
    "scalars": {
        "run_id": _CODED,
        "name": _CODED,
        "step": pa.int64(),
        "ts": _TIME,
        "kind": pa.int8(),
        "value": pa.float64(),
        "int_value": pa.int64(),
        **_IDENTITY,
    },
    "strings": {
        **_METRIC,
        "step": pa.int64(),
        "ts": _TIME,
        "kind": pa.int8(),
        "text": _TEXT,
        **_IDENTITY,
    },
    "vectors": {
        **_METRIC,
        "step": pa.int64(),
        "ts": _TIME,
        "kind": _TEXT,
        "numbers": pa.list_(pa.float64()),
        "texts": pa.list_(_TEXT),
        **_IDENTITY,
    },
    "tables": {
        **_METRIC,
        "step": pa.int64(),
        "ts": _TIME,
        "row_count": pa.uint32(),
        "column_names": pa.list_(_TEXT),
        "column_kinds": pa.list_(_TEXT),
        "column_numbers": pa.list_(pa.list_(pa.float64())),
        "column_texts": pa.list_(pa.list_(_TEXT)),
        **_IDENTITY,
    },
    "images": {
        **_METRIC,
        "step": pa.int64(),
        "ts": _TIME,
        **_STORED,
        "media_type": _TEXT,
        "width": pa.uint32(),
        "height": pa.uint32(),
        "description": _TEXT,
        **_IDENTITY,
    },
    "charts": {
        **_METRIC,
        "step": pa.int64(),
        "ts": _TIME,
        "schema_type": _TEXT,
        "schema_version": _TEXT,
        **_STORED,
        **_IDENTITY,
    },
    "files": {"run_id": _TEXT, **_STORED, "media_type": _TEXT, "ts": _TIME, "pos": pa.uint64()},
    "saved_views": {
        "run_id": _TEXT,
        "experiment": _TEXT,
        "name": _TEXT,
        "query": _TEXT,
        "is_deleted": pa.bool_(),
        "ts": _TIME,
        "pos": pa.uint64(),
    },
    "models": {
        **dict.fromkeys(("run_id", "workspace", "name", "registration"), _TEXT),
        **dict.fromkeys(("source_run_id", "source_path", "description"), _TEXT),
        **dict.fromkeys(("framework", "framework_version", "by"), _TEXT),
        "tags": pa.map_(_TEXT, _TEXT),
        "properties": pa.map_(_TEXT, _TEXT),
        "file_paths": pa.list_(_TEXT),
        "file_sha256s": pa.list_(_TEXT),
        "file_sizes": pa.list_(pa.uint64()),
        "ts": _TIME,
        **_IDENTITY,
    },
    "model_edits": {
        **dict.fromkeys(("run_id", "registration", "field", "name", "value", "by"), _TEXT),
        "is_removed": pa.bool_(),
        "ts": _TIME,
        "pos": pa.uint64(),
    },
    "tokens": {
        **dict.fromkeys(("run_id", "name", "secret_sha256", "workspace", "role", "by"), _TEXT),
        **dict.fromkeys(("created_us", "expires_us", "revoked_us", "used_us"), pa.int64()),
    },
    "audit": {
        **dict.fromkeys(("run_id", "workspace", "actor", "action", "subject", "origin"), _TEXT),
        "ts": _TIME,
        **_IDENTITY,
    },
    "jobs": {
        "run_id": _TEXT,
        "target": _TEXT,
        "priority": pa.int64(),
        "spec": _TEXT,
        "ts": _TIME,
        "pos": pa.uint64(),
    },
    "snapshots": {
        "run_id": _TEXT,
        "snapshot_id": _TEXT,
        "manifest_sha256": _TEXT,
        "file_count": pa.uint64(),
        "size_bytes": pa.uint64(),
        "ts": _TIME,
        "pos": pa.uint64(),
    },
    "states": {
        **dict.fromkeys(("run_id", "status", "by", "reason", "error"), _TEXT),
        "ts": _TIME,
        **_IDENTITY,
    },
    "system": {
        **dict.fromkeys(("run_id", "host", "name"), _TEXT),
        "ts": _TIME,
        "value": pa.float64(),
        **_IDENTITY,
    },
    "logs": {"run_id": _TEXT, "file": _TEXT, "ts": _TIME, "text": _TEXT, **_IDENTITY},
    "metrics": {
        **_METRIC,
        "first_seen": pa.struct({"pos": pa.uint64(), "idx": pa.uint32(), "kind": _TEXT}),
        **_SUMMARY,
    },
    "rollups": {**_METRIC, "width": pa.uint32(), "bucket": pa.int64(), **_SUMMARY},
    "parked": {
        "run_id": _TEXT,
        **_IDENTITY,
        "type": _TEXT,
        "version": pa.uint32(),
        "data": _TEXT,
    },
    "dead_letters": {
        "partition": pa.uint32(),
        "pos": pa.uint64(),
        "run_id": _TEXT,
        "code": _TEXT,
        "reason": _TEXT,
        "value": pa.binary(),
    },
    "ingest_writers": {
        "run_id": _TEXT,
        "writer": _TEXT,
        "seq": pa.uint64(),
        "gap_count": pa.uint64(),
        "missing": pa.list_(pa.struct({"first": pa.uint64(), "last": pa.uint64()})),
        "pos": pa.uint64(),
    },
    "archive": {
        "partition": pa.uint32(),
        "pos": pa.uint64(),
        "run_id": _TEXT,
        "archived_us": pa.int64(),
        "value": pa.binary(),
    },
    "ingest_progress": {"partition": pa.uint32(), "next_offset": pa.uint64()},
}


def arrow_table(table: str, rows: TableRows) -> pa.Table:
    """Return `rows` of the read model's `table` as Arrow."""
    types = TYPES_BY_TABLE[table]
    assert rows.keys() == types.keys(), (table, rows.keys() ^ types.keys())
    return pa.table({name: _arrow_column(rows[name], kind) for name, kind in types.items()})


def _arrow_column(values: Any, kind: pa.DataType) -> pa.Array:  # noqa: ANN401  # see TableRows
    if pa.types.is_struct(kind):
        fields = [kind.field(i) for i in range(kind.num_fields)]
        columns = [pa.array(v, f.type) for v, f in zip(values, fields, strict=True)]
        return pa.StructArray.from_arrays(columns, fields=fields)
    if pa.types.is_dictionary(kind):
        codes, texts = values
        return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32()), pa.array(texts, _TEXT))
    if pa.types.is_map(kind):
        return pa.array([list(mapping.items()) for mapping in values], kind)
    if pa.types.is_timestamp(kind):
        return pa.array(values, pa.int64()).cast(kind)
    return pa.array(values, kind)
