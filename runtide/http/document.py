"""What the OpenAPI document says beyond what FastAPI derives from the routes."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from fastapi import FastAPI
from pydantic import BaseModel

from runtide.http.problems import Problem, documented

_NEVER_SENT: Final = ("HTTPValidationError", "ValidationError")
"""FastAPI's own errors; ours are problems."""

_BEFORE_ROUTES: Final = {
    str(status): answer for status, answer in documented(400, 401, 403, 413, 421).items()
}
"""What any request may be answered by `runtide.http.guard` and `runtide.http.access`."""


def describe(app: FastAPI, *, referenced: Sequence[type[BaseModel]] = ()) -> None:
    """Complete the OpenAPI document of `app`.

    Args:
        app: The application, with all of its routes.
        referenced: Bodies that routes name by reference, because they are not of the first media
            type.
    """
    original = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = original()
            schemas = document.setdefault("components", {}).setdefault("schemas", {})
            models: tuple[type[BaseModel], ...] = (Problem, *referenced)
            for model in models:
                schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
                schemas |= schema.pop("$defs", {}) | {model.__name__: schema}
            for name in _NEVER_SENT:
                schemas.pop(name, None)
            for methods in document["paths"].values():
                for operation in methods.values():
                    operation["responses"] = _BEFORE_ROUTES | operation["responses"]
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]  # FastAPI's documented extension point


def installed_version() -> str:
    """Return this distribution's version; "0" in a checkout that was not installed."""
    try:
        return version("runtide")
    except PackageNotFoundError:
        return "0"
