"""The event contract as JSON Schema, for clients in any language."""

import json

from runtide.core.envelope import ENVELOPE_VERSION
from runtide.core.schema import envelope_schema


def pages() -> dict[str, str]:
    """Return the schema of the envelope's present version."""
    text = json.dumps(envelope_schema(), indent=2, ensure_ascii=False)
    return {f"events/envelope-v{ENVELOPE_VERSION}.json": f"{text}\n"}
