"""What each route of the OpenAPI documents needs, and a request to it that concerns workspace `a`.

A route that is not here is a defect. `{run}`, `{model}` and so on stand for what `a` has; whoever
is in another workspace gets the answer that they would get of something that does not exist.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple


class Row(NamedTuple):
    """One operation: the least that a caller must be, and how it is asked for.

    Attributes:
        subject: The name in `path` of what only `a` has; None where the route names nothing.
    """

    needs: str
    path: str
    subject: str | None = None
    body: Any = None
    content: bytes | None = None


RUN: Final = "zq-run"
MODEL: Final = "zq-model"
TARGET: Final = "zq-target"
VIEW: Final = "zq-view"
FILE: Final = "zq-file.txt"
LOG: Final = "zq-log.txt"
TABLE: Final = "zq-table"
SHA256: Final = "a" * 64

_R: Final = f"/api/v1/runs/{RUN}"
_M: Final = f"/api/v1/models/{MODEL}"

QUERY_API: Final[dict[tuple[str, str], Row]] = {
    ("get", "/api/v1/health"): Row("nothing", "/api/v1/health"),
    ("get", "/api/v1/ready"): Row("nothing", "/api/v1/ready"),
    ("get", "/api/v1/metrics"): Row("operator", "/api/v1/metrics"),
    ("get", "/api/v1/experiments"): Row("reader", "/api/v1/experiments"),
    ("get", "/api/v1/runs"): Row("reader", "/api/v1/runs?metrics=*&include_children=true"),
    ("get", "/api/v1/runs/{run_id}"): Row("reader", f"{_R}?metrics=*", RUN),
    ("get", "/api/v1/runs/{run_id}/children"): Row("reader", f"{_R}/children", RUN),
    ("patch", "/api/v1/runs/{run_id}"): Row("writer", _R, RUN, {"tags": {"zq": "1"}}),
    ("post", "/api/v1/runs/{run_id}/cancel"): Row("writer", f"{_R}/cancel", RUN),
    ("delete", "/api/v1/runs/{run_id}"): Row("writer", "/api/v1/runs/zq-dies", "zq-dies"),
    ("post", "/api/v1/runs/{run_id}/restore"): Row(
        "writer", "/api/v1/runs/zq-binned/restore", "zq-binned"
    ),
    ("delete", "/api/v1/experiments/{experiment}"): Row(
        "writer", "/api/v1/experiments/zq-dying", "zq-dying"
    ),
    ("post", "/api/v1/experiments/{experiment}/restore"): Row(
        "writer", "/api/v1/experiments/zq-bin/restore", "zq-bin"
    ),
    ("get", "/api/v1/purges"): Row("admin", f"/api/v1/purges?runs={RUN}"),
    ("post", "/api/v1/purges"): Row("admin", "/api/v1/purges", None, {"runs": ["zq-purged"]}),
    ("get", "/api/v1/runs/{run_id}/job"): Row("reader", f"{_R}/job", RUN),
    ("get", "/api/v1/runs/{run_id}/states"): Row("reader", f"{_R}/states", RUN),
    ("get", "/api/v1/targets"): Row("reader", "/api/v1/targets"),
    ("get", "/api/v1/targets/{name}"): Row("reader", f"/api/v1/targets/{TARGET}", TARGET),
    ("get", "/api/v1/runs/{run_id}/snapshot"): Row("reader", f"{_R}/snapshot", RUN),
    ("get", "/api/v1/runs/{run_id}/snapshot/files/{path}"): Row(
        "reader", f"{_R}/snapshot/files/zq.py", RUN
    ),
    ("get", "/api/v1/runs/{run_id}/snapshot.zip"): Row("reader", f"{_R}/snapshot.zip", RUN),
    ("get", "/api/v1/experiments/{experiment}/views"): Row(
        "reader", "/api/v1/experiments/shared/views"
    ),
    ("get", "/api/v1/experiments/{experiment}/views/{view}"): Row(
        "reader", f"/api/v1/experiments/shared/views/{VIEW}", VIEW
    ),
    ("put", "/api/v1/experiments/{experiment}/views/{view}"): Row(
        "writer", "/api/v1/experiments/zq-exp/views/v", "zq-exp", {"query": "sort=name"}
    ),
    ("delete", "/api/v1/experiments/{experiment}/views/{view}"): Row(
        "writer", f"/api/v1/experiments/shared/views/{VIEW}", VIEW
    ),
    ("get", "/api/v1/fields"): Row("reader", "/api/v1/fields"),
    ("get", "/api/v1/runs/{run_id}/metrics"): Row("reader", f"{_R}/metrics?recursive=true", RUN),
    ("get", "/api/v1/runs/{run_id}/metrics/summary"): Row("reader", f"{_R}/metrics/summary", RUN),
    ("post", "/api/v1/series"): Row(
        "reader", "/api/v1/series", None, {"runs": [RUN], "metrics": ["zq-loss"]}
    ),
    ("get", "/api/v1/runs/{run_id}/system"): Row("reader", f"{_R}/system", RUN),
    ("get", "/api/v1/runs/{run_id}/tables"): Row("reader", f"{_R}/tables", RUN),
    ("get", "/api/v1/runs/{run_id}/tables/{name}"): Row("reader", f"{_R}/tables/{TABLE}", RUN),
    ("get", "/api/v1/runs/{run_id}/table-export/{name}"): Row(
        "reader", f"{_R}/table-export/{TABLE}", RUN
    ),
    ("get", "/api/v1/runs/{run_id}/images"): Row("reader", f"{_R}/images", RUN),
    ("get", "/api/v1/runs/{run_id}/charts"): Row("reader", f"{_R}/charts", RUN),
    ("get", "/api/v1/runs/{run_id}/files"): Row("reader", f"{_R}/files", RUN),
    ("get", "/api/v1/runs/{run_id}/files/{path}"): Row("reader", f"{_R}/files/{FILE}", RUN),
    ("head", "/api/v1/runs/{run_id}/files/{path}"): Row("reader", f"{_R}/files/{FILE}", RUN),
    ("get", "/api/v1/runs/{run_id}/logs"): Row("reader", f"{_R}/logs", RUN),
    ("get", "/api/v1/runs/{run_id}/logs/{file}"): Row("reader", f"{_R}/logs/{LOG}", RUN),
    ("get", "/api/v1/runs/{run_id}/log-lines/{file}"): Row("reader", f"{_R}/log-lines/{LOG}", RUN),
    ("get", "/api/v1/runs/{run_id}/log-matches/{file}"): Row(
        "reader", f"{_R}/log-matches/{LOG}?pattern=x", RUN
    ),
    ("get", "/api/v1/runs/{run_id}/log-text/{file}"): Row("reader", f"{_R}/log-text/{LOG}", RUN),
    ("get", "/api/v1/models"): Row("reader", "/api/v1/models?every=true"),
    ("get", "/api/v1/models/{name}"): Row("reader", f"{_M}?workspace=a", MODEL),
    ("get", "/api/v1/models/{name}/versions/{version}"): Row(
        "reader", f"{_M}/versions/1?workspace=a", MODEL
    ),
    ("patch", "/api/v1/models/{name}/versions/{version}"): Row(
        "writer", f"{_M}/versions/1?workspace=a", MODEL, {"stage": "zq"}
    ),
    ("get", "/api/v1/models/{name}/versions/{version}/files"): Row(
        "reader", f"{_M}/versions/1/files?workspace=a", MODEL
    ),
    ("get", "/api/v1/models/{name}/versions/{version}/files/{path}"): Row(
        "reader", f"{_M}/versions/1/files/{FILE}?workspace=a", MODEL
    ),
    ("head", "/api/v1/models/{name}/versions/{version}/files/{path}"): Row(
        "reader", f"{_M}/versions/1/files/{FILE}?workspace=a", MODEL
    ),
    ("delete", "/api/v1/models/{name}/versions/{version}"): Row(
        "writer", f"{_M}/versions/1?workspace=a", MODEL
    ),
    ("get", "/api/v1/dead-letters"): Row("operator", "/api/v1/dead-letters"),
    ("get", "/api/v1/dead-letters/{partition}/{offset}"): Row(
        "operator", "/api/v1/dead-letters/0/{letter}"
    ),
    ("post", "/api/v1/dead-letters/{partition}/{offset}/redrive"): Row(
        "operator", "/api/v1/dead-letters/0/{letter}/redrive"
    ),
    ("get", "/api/v1/live"): Row("reader", "/api/v1/live"),
    ("get", "/api/v1/session"): Row("reader", "/api/v1/session"),
    ("post", "/api/v1/session"): Row("nothing", "/api/v1/session", None, {"token": "rt_x"}),
    ("delete", "/api/v1/session"): Row("nothing", "/api/v1/session"),
    ("get", "/api/v1/session/ways"): Row("nothing", "/api/v1/session/ways"),
    ("get", "/api/v1/session/oidc"): Row("nothing", "/api/v1/session/oidc"),
    ("get", "/api/v1/session/oidc/callback"): Row("nothing", "/api/v1/session/oidc/callback"),
    ("get", "/api/v1/tokens"): Row("admin", "/api/v1/tokens"),
    ("post", "/api/v1/tokens"): Row(
        "admin", "/api/v1/tokens", None, {"workspace": "{own}", "role": "reader"}
    ),
    ("delete", "/api/v1/tokens/{token_id}"): Row("admin", "/api/v1/tokens/{spare}", "{spare}"),
    ("post", "/api/v1/sql"): Row("reader", "/api/v1/sql", None, {"query": "SELECT * FROM runs"}),
    ("delete", "/api/v1/sql/{query_id}"): Row("reader", "/api/v1/sql/statement-1"),
    ("get", "/api/v1/sql/tables"): Row("reader", "/api/v1/sql/tables"),
    ("get", "/api/v1/audit"): Row("admin", "/api/v1/audit"),
}

INGEST: Final[dict[tuple[str, str], Row]] = {
    ("get", "/health"): Row("nothing", "/health"),
    ("get", "/ready"): Row("nothing", "/ready"),
    ("get", "/metrics"): Row("operator", "/metrics"),
    ("post", "/ingest/v1/envelopes"): Row("writer", "/ingest/v1/envelopes", None, None, b"[]"),
    ("head", "/ingest/v1/blobs/{sha256}"): Row("writer", f"/ingest/v1/blobs/{SHA256}"),
    ("put", "/ingest/v1/runs/{run_id}/files/{path}"): Row(
        "writer", "/ingest/v1/runs/nobodys/files/x", None, None, b"x"
    ),
    ("put", "/ingest/v1/models/{name}/files/{path}"): Row(
        "writer", "/ingest/v1/models/nobodys/files/x", None, None, b"x"
    ),
}
