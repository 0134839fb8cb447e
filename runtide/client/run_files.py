"""Files, images and charts of a run."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any, BinaryIO, Final, cast

from runtide.artifacts.port import Blob
from runtide.client.charts import chart
from runtide.client.images import picture
from runtide.client.run_core import RunCore
from runtide.client.storing import media_type, store_file
from runtide.client.values import step_number
from runtide.client.writer import now_us
from runtide.core import names
from runtide.core.events import ChartLogged, FileUploaded, ImageLogged
from runtide.core.shown import shown
from runtide.errors import NotFound, UsageError

_CHUNK_BYTES: Final = 1 << 20
_STREAM_IN_MEMORY_BYTES_MAX: Final = 8 << 20
_SLUG_CHARS_MAX: Final = 80

_log = logging.getLogger("runtide")


class FileMethods(RunCore):
    """The files of a run, and what is kept as a file: images and charts."""

    def upload_file(
        self,
        name: str,
        path_or_stream: str | Path | IO[Any],
        datastore_name: str | None = None,  # noqa: ARG002  # kept for older scripts
    ) -> None:
        """Upload one file. A name seen before is replaced.

        Args:
            name: The file's path within the run, such as `outputs/model.pkl`.
            path_or_stream: A path, or an open file of bytes or text.
            datastore_name: Accepted for the sake of older scripts; there is one store.

        Raises:
            NotFound: There is no such file.
            UsageError: It is neither a path nor a stream, or the name leads out of the run.
        """
        path = names.file_path(name)
        if isinstance(path_or_stream, str | Path):
            self._upload_path(path, Path(path_or_stream))
            return
        if not callable(getattr(path_or_stream, "read", None)):
            message = (
                f"path_or_stream is {shown(path_or_stream)} of type "
                f"{type(path_or_stream).__name__}: want a path or an open file"
            )
            raise UsageError(message)
        with SpooledTemporaryFile(max_size=_STREAM_IN_MEMORY_BYTES_MAX) as copy:
            while chunk := path_or_stream.read(_CHUNK_BYTES):
                copy.write(chunk.encode() if isinstance(chunk, str) else chunk)
            copy.seek(0)
            self._upload_stream(path, cast("BinaryIO", copy), media_type(path))

    def upload_files(
        self,
        names: Sequence[str],
        paths: Sequence[str | Path],
        datastore_name: str | None = None,
    ) -> None:
        """Upload several files: each path under the name at the same place.

        Raises:
            UsageError: There are not as many names as paths.
        """
        if len(names) != len(paths):
            message = f"names has {len(names)} entries, paths has {len(paths)}: give as many"
            raise UsageError(message)
        for name, path in zip(names, paths, strict=True):
            self.upload_file(name, path, datastore_name)

    def upload_folder(
        self,
        name: str,
        path: str | Path,
        datastore_name: str | None = None,
    ) -> None:
        """Upload every file below a folder under the prefix `name`.

        Raises:
            UsageError: `path` is no folder.
        """
        folder = Path(path)
        if not folder.is_dir():
            message = f"path is {str(path)!r}: want a folder"
            raise UsageError(message)
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                self.upload_file(
                    f"{name}/{file.relative_to(folder).as_posix()}", file, datastore_name
                )

    def log_image(
        self,
        name: str,
        path: object = None,
        plot: object = None,
        description: str = "",
        *,
        step: int | None = None,
    ) -> None:
        """Log an image under a metric's name.

        Args:
            name: The metric's name. Images under one name make a gallery.
            path: The path of an image file.
            plot: A matplotlib figure or the pyplot module, a PIL image, or an array of
                height × width (× channels). `path` takes these too.
            description: Shown with the image.
            step: Where in the run it belongs; images of one name make a sequence.

        Raises:
            NotFound: There is no such file.
            UsageError: `step` is no whole number, or both or neither of `path` and `plot` were given, or it is no image.
        """
        key = names.metric_name(name)
        if (path is None) == (plot is None):
            message = (
                f"image {key!r} has {'no' if path is None else 'both'} path and plot: want one"
            )
            raise UsageError(message)
        at = step_number(step)
        image = picture(plot if path is None else path, what=f"image {key!r}")
        self._writer.buffer.claim(key, "image")
        ts_us = now_us()
        target = f"images/{_slug(key)}_{ts_us}{image.suffix}"
        blob = self._upload_stream(target, BytesIO(image.data), image.media_type)
        self._record(
            ImageLogged(
                name=key,
                path=target,
                sha256=blob.sha256,
                size_bytes=blob.size_bytes,
                media_type=image.media_type,
                ts_us=ts_us,
                step=at,
                width=image.width,
                height=image.height,
                description=description or None,
            )
        )

    def log_confusion_matrix(self, name: str, value: object, description: str = "") -> None:  # noqa: ARG002  # kept for older scripts
        """Log a confusion matrix: a dict or JSON text of the published schema.

        Raises:
            UsageError: It breaks the schema; the message says where.
        """
        self._log_chart("confusion_matrix", name, value)

    def log_accuracy_table(self, name: str, value: object, description: str = "") -> None:  # noqa: ARG002  # kept for older scripts
        """Log an accuracy table: a dict or JSON text of the published schema.

        Raises:
            UsageError: It breaks the schema; the message says where.
        """
        self._log_chart("accuracy_table", name, value)

    def log_residuals(self, name: str, value: object, description: str = "") -> None:  # noqa: ARG002  # kept for older scripts
        """Log a histogram of residuals: a dict or JSON text of the published schema.

        Raises:
            UsageError: It breaks the schema; the message says where.
        """
        self._log_chart("residuals", name, value)

    def log_predictions(self, name: str, value: object, description: str = "") -> None:  # noqa: ARG002  # kept for older scripts
        """Log predictions against true values: a dict or JSON text of the published schema.

        Raises:
            UsageError: It breaks the schema; the message says where.
        """
        self._log_chart("predictions", name, value)

    def _log_chart(self, schema_type: str, name: str, value: object) -> None:
        key = names.metric_name(name)
        document = chart(schema_type, value, what=f"{schema_type} {key!r}")
        self._writer.buffer.claim(key, "chart")
        ts_us = now_us()
        target = f"charts/{_slug(key)}_{ts_us}.json"
        blob = self._upload_stream(target, BytesIO(document.data), "application/json")
        self._record(
            ChartLogged(
                name=key,
                schema_type=document.schema_type,
                schema_version=document.schema_version,
                path=target,
                sha256=blob.sha256,
                size_bytes=blob.size_bytes,
                ts_us=ts_us,
            )
        )

    def _upload_bytes(self, name: str, data: bytes, media_type: str) -> None:
        self._upload_stream(name, BytesIO(data), media_type)

    def _upload_path(self, name: str, path: Path) -> None:
        try:
            with path.open("rb") as source:
                self._upload_stream(name, source, media_type(name))
        except FileNotFoundError as exc:
            message = f"there is no file {str(path)!r} to upload as {name!r}"
            raise NotFound(message) from exc
        except OSError as exc:
            message = f"could not read {str(path)!r} ({exc}): give the path of a readable file"
            raise UsageError(message) from exc

    def _upload_stream(self, path: str, source: BinaryIO, kind: str) -> Blob:
        """Store a file's bytes, or keep them for later, and say so in the log."""
        self._enlist()
        blob = store_file(self._sender, self._id, path, source)
        self._writer.uploaded.note(path, blob)
        self._record(
            FileUploaded(
                path=path,
                sha256=blob.sha256,
                size_bytes=blob.size_bytes,
                ts_us=now_us(),
                media_type=kind,
            )
        )
        return blob


def _slug(name: str) -> str:
    """Return `name` with nothing in it that a file's name should not have."""
    return re.sub(r"[^\w.\-]+", "_", name).strip("._")[:_SLUG_CHARS_MAX] or "unnamed"
