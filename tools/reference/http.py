"""The HTTP interfaces as OpenAPI documents, for clients and for those who review a change of them."""

import json
from typing import Any

import ingest.app
import query_api.app


def pages() -> dict[str, str]:
    """Return the documents that the services serve: `/api/openapi.json` and `/openapi.json`."""
    return {
        "openapi.json": _text(query_api.app.openapi_document()),
        "openapi-ingest.json": _text(ingest.app.openapi_document()),
    }


def _text(document: dict[str, Any]) -> str:
    return f"{json.dumps(document, indent=2, ensure_ascii=False)}\n"
