"""The built dashboard: its files, and its one page for every address that it routes itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles

if TYPE_CHECKING:
    from os import PathLike, stat_result

    from starlette.types import Receive, Scope, Send

STATIC_FOLDER: Final = Path(__file__).parent / "static"

_NOT_PAGES: Final = ("/api/", "/ingest/", "/assets/")
_HASHED_FOLDER: Final = "assets"
_FOR_A_YEAR: Final = "public, max-age=31536000, immutable"
_ASK_AGAIN: Final = "no-cache"
_NOT_BUILT: Final = (
    "<!doctype html><title>Runtide</title><p>The dashboard is not built: run "
    "<code>make dashboard</code>. The API is at <a href='/api/docs'>/api/docs</a>.</p>"
)


class DashboardFiles(StaticFiles):
    """Static files, of which those with a hash in their name never change."""

    def file_response(
        self,
        full_path: str | PathLike[str],
        stat_result: stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """Return the file, with how long it may be kept."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        is_hashed = Path(full_path).parent.name == _HASHED_FOLDER
        response.headers["Cache-Control"] = _FOR_A_YEAR if is_hashed else _ASK_AGAIN
        return response


class Dashboard:
    """An ASGI application for every path that no route of the API has."""

    def __init__(self, folder: Path = STATIC_FOLDER) -> None:
        self._folder = folder
        self._files = DashboardFiles(directory=folder, check_dir=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        response = await self._response(scope)
        await response(scope, receive, send)

    async def _response(self, scope: Scope) -> Response:
        path = scope["path"]
        if scope["method"] not in {"GET", "HEAD"}:
            raise HTTPException(404, _nothing_at(path))
        if path != "/":
            try:
                return await self._files.get_response(path.lstrip("/"), scope)
            except HTTPException as exc:
                if exc.status_code != 404 or path.startswith(_NOT_PAGES):  # noqa: PLR2004  # not found
                    raise HTTPException(exc.status_code, _nothing_at(path)) from exc
            except ValueError as exc:
                # A NUL byte cannot be in the name of a file.
                raise HTTPException(404, _nothing_at(path)) from exc
        if not (self._folder / "index.html").is_file():
            return HTMLResponse(_NOT_BUILT)
        return await self._files.get_response("index.html", scope)


def _nothing_at(path: str) -> str:
    return f"nothing is at {path[:200]!r}: see /api/docs for what there is"
