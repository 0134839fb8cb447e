"""The four published chart schemas."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import orjson
import pytest

from runtide.client.charts import chart
from runtide.errors import UsageError

DOCUMENTS: dict[str, dict[str, Any]] = {
    "confusion_matrix": {
        "schema_type": "confusion_matrix",
        "schema_version": "1.0.0",
        "data": {"class_labels": ["a", "b"], "matrix": [[1, 2], [3, 4]]},
    },
    "accuracy_table": {
        "schema_type": "accuracy_table",
        "schema_version": "1.0.1",
        "data": {
            "class_labels": ["a", "b"],
            "probability_tables": [[[1, 2, 3, 4]], [[1, 2, 3, 4]]],
            "percentile_tables": [[[1, 2, 3, 4]], [[1, 2, 3, 4]]],
            "probability_thresholds": [0.5],
            "percentile_thresholds": [0.1],
        },
    },
    "residuals": {
        "schema_type": "residuals",
        "schema_version": "1.0.0",
        "data": {"bin_edges": [0, 1, 2], "bin_counts": [3, 4]},
    },
    "predictions": {
        "schema_type": "predictions",
        "schema_version": "1.0.0",
        "data": {
            "bin_averages": [0.5, None],
            "bin_errors": [0.1, 0.2],
            "bin_counts": [3, 0],
            "bin_edges": [0, 1, 2],
        },
    },
}


@pytest.mark.parametrize("kind", DOCUMENTS)
@pytest.mark.parametrize("form", ["dict", "text"])
def test_chart_of_the_schema_is_taken(kind: str, form: str) -> None:
    """As a dict or as JSON text."""
    document = DOCUMENTS[kind]

    got = chart(kind, document if form == "dict" else orjson.dumps(document).decode(), what="x")

    assert (got.schema_type, got.schema_version) == (kind, document["schema_version"])
    assert orjson.loads(got.data) == document


def test_arrays_are_taken_as_lists() -> None:
    """Confusion matrices come from scikit-learn."""
    document = copy.deepcopy(DOCUMENTS["confusion_matrix"])
    document["data"]["matrix"] = np.array([[1, 2], [3, 4]])

    got = chart("confusion_matrix", document, what="x")

    assert orjson.loads(got.data) == DOCUMENTS["confusion_matrix"]


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_every_field_is_required_and_checked(kind: str) -> None:
    """A chart that cannot be drawn is found out when it is logged."""
    for name in DOCUMENTS[kind]["data"]:
        for wrong in (None, "text", [["x"]]):
            document = copy.deepcopy(DOCUMENTS[kind])
            document["data"][name] = wrong
            with pytest.raises(UsageError):
                chart(kind, document, what="x")
        document = copy.deepcopy(DOCUMENTS[kind])
        del document["data"][name]
        with pytest.raises(UsageError, match=f"lacks `{name}`"):
            chart(kind, document, what="x")


@pytest.mark.parametrize(
    ("value", "match"),
    [
        ("{", "is not JSON"),
        ("[1]", "want a JSON object"),
        (5, "want a dict or JSON text"),
        ({"schema_type": "residuals"}, "want 'confusion_matrix'"),
        ({"schema_version": 1}, "schema_version"),
        ({"schema_version": "1.0.0"}, "`data`"),
        ({"data": object()}, "no JSON"),
    ],
)
def test_what_is_no_chart_is_refused(value: object, match: str) -> None:
    """The message says where it breaks the schema."""
    with pytest.raises(UsageError, match=match):
        chart("confusion_matrix", value, what="x")
