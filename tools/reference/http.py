"""The HTTP interface as an OpenAPI document, for clients and for those who review a change of it."""

import json

from query_api.app import openapi_document


def pages() -> dict[str, str]:
    """Return the document that the query API serves at `/api/openapi.json`."""
    text = json.dumps(openapi_document(), indent=2, ensure_ascii=False)
    return {"openapi.json": f"{text}\n"}
