"""Models that a run registers."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from runtide.artifacts.port import Blob
from runtide.client.model import Model
from runtide.client.model_log import path_not_found, register_version
from runtide.client.run_core import RunCore
from runtide.core import names
from runtide.errors import NotFound, RuntideError

_log = logging.getLogger("runtide")


class ModelMethods(RunCore):
    """What becomes of a run's files."""

    def register_model(  # noqa: PLR0917  # the retired SDK's order
        self,
        model_name: str,
        model_path: str | None = None,
        tags: Mapping[str, object] | None = None,
        properties: Mapping[str, object] | None = None,
        model_framework: str | None = None,
        model_framework_version: str | None = None,
        description: str | None = None,
        datasets: object = None,  # noqa: ARG002  # kept for older scripts
        sample_input_dataset: object = None,  # noqa: ARG002  # kept for older scripts
        sample_output_dataset: object = None,  # noqa: ARG002  # kept for older scripts
        resource_configuration: object = None,  # noqa: ARG002  # kept for older scripts
        **_of_azure: Any,  # noqa: ANN401  # accepted, not used
    ) -> Model:
        """Keep files of the run as the next version of a model, and return that.

        The files are those that the run has now; what it uploads under the same names later is no
        part of the version. Its number is read when `version` is asked for.

        Args:
            model_name: 1 to 255 letters, digits, hyphens, underscores and dots.
            model_path: A file of the run, or a folder of files. Default: the model's name.
            tags: The version's first tags.
            properties: What stays as it is for ever.
            model_framework: What it was made with.
            model_framework_version: The version of that.
            description: What it is about.
            datasets: Accepted for the sake of older scripts, as is all that follows.
            sample_input_dataset: Accepted.
            sample_output_dataset: Accepted.
            resource_configuration: Accepted.

        Raises:
            ModelPathNotFound: The run has no such file or folder; the error lists what it has.
            UsageError: The name or a text is not what models can have.
            ServerUnavailable: No query API answers, and this process has uploaded no such file.
        """
        name = names.model_name(model_name)
        path = names.file_path(model_name if model_path is None else str(model_path))
        parent = PurePosixPath(path).parent
        registration = register_version(
            self._workspace,
            name,
            {
                str(PurePosixPath(file).relative_to(parent)): blob
                for file, blob in self._blobs_at(path).items()
            },
            run_id=self._id,
            run_path=path,
            tags=tags,
            properties=properties,
            description=description,
            framework=model_framework,
            framework_version=model_framework_version,
        )
        return Model.registered(self._workspace, name, registration)

    def _blobs_at(self, path: str) -> dict[str, Blob]:
        """Return the run's file at `path`, or its files below it, by path."""
        if (own := self._writer.uploaded.find(path)) is not None:
            return {path: own}
        try:
            found = self._listed(path)
            if not found:
                available = list(self._listed(""))
                raise path_not_found(path, of=f"run {self._id}", available=available)
        except NotFound:
            raise
        except RuntideError as exc:
            # A script that reaches the log and nothing else still knows what it has uploaded.
            found = self._writer.uploaded.below(path)
            if not found:
                raise
            _log.info("files below %r are those that this process uploaded: %s", path, exc)
        return found

    def _listed(self, path: str) -> dict[str, Blob]:
        self._deliver_first()
        files = self._reader.items(f"/runs/{self._quoted_id}/files", {"prefix": path or None})
        return {
            file["path"]: Blob(file["sha256"], file["size_bytes"])
            for file in files
            if not path or file["path"] == path or file["path"].startswith(f"{path}/")
        }
