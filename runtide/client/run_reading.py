"""Reading a run back: metrics, status, details, files."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple, cast
from urllib.parse import quote

import orjson

from runtide.client.downloading import download_to
from runtide.client.run_metadata import MetadataMethods
from runtide.core import names
from runtide.core.shapes import metric_value
from runtide.errors import NotFound

_US_PER_S: Final = 1_000_000


class Artifact(NamedTuple):
    """An image or a chart that `get_metrics(populate=True)` has fetched."""

    path: str
    bytes: bytes

    def json(self) -> Any:  # noqa: ANN401  # a chart's document
        """Return the document that the bytes hold.

        Raises:
            ValueError: They are no JSON.
        """
        return orjson.loads(self.bytes)


class ReadingMethods(MetadataMethods):
    """What has been recorded. Everything logged before a call by this process is in its answer."""

    def get_metrics(
        self,
        name: str | None = None,
        recursive: bool = False,
        run_type: str | None = None,
        populate: bool = False,
    ) -> dict[str, Any]:
        """Return everything logged, by name, in the order of first logging.

        One value is the value itself, several are a list in the order of logging. A table of one
        row is a dict of values, of several rows a dict of lists. An image or chart is the path of
        the first one.

        Args:
            name: Only this metric; an unknown one gives an empty dict.
            recursive: Return `{run_id: metrics}` of this run and all below it that have any.
            run_type: With `recursive`, only runs of this type.
            populate: Fetch images and charts: each is an `Artifact`.

        Raises:
            NotDelivered: What this process logged is not in the log yet.
            ServerUnavailable: No query API answers.
        """
        self._deliver_first()
        question = {"name": name, "recursive": "true" if recursive else None}
        answer = self._reader.columns(f"/runs/{self._quoted_id}/metrics", question)
        runs = {
            run_id: {
                entry["name"]: self._shape(run_id, entry, populate=populate) for entry in entries
            }
            for run_id, entries in answer["runs"].items()
        }
        if not recursive:
            return runs.get(self._id, {})
        types = self._types_below() if run_type is not None else {}
        return {
            run_id: metrics
            for run_id, metrics in runs.items()
            if metrics and (run_type is None or types.get(run_id) == run_type)
        }

    def get_status(self) -> str:
        """Return the run's status now."""
        return cast("str", self.refreshed()["status"])

    @property
    def status(self) -> str:
        """The run's status as this object last saw it; `get_status()` looks again."""
        return cast("str", self._detail("status"))

    def get_details(self) -> dict[str, Any]:
        """Return the run's details under the names that the retired SDK gave them.

        `endTimeUtc` is absent while the run goes on, and `runDefinition` of a run that nobody
        submitted. The `script` of one that was submitted as another command is None.
        """
        run = self.refreshed()
        details = {
            "runId": run["run_id"],
            "runNumber": run["number"],
            "displayName": run["name"],
            "description": run["description"],
            "experimentName": run["experiment"],
            "parentRunId": run["parent_id"],
            "runType": run["run_type"],
            "target": run["target"],
            "status": run["status"],
            "createdUtc": _utc(run["created_us"]),
            "startTimeUtc": _utc(run["started_us"]),
            "error": run["error"],
            "warnings": [],
            "tags": run["tags"],
            "properties": run["properties"],
            "config": run["config"],
            "submittedBy": run["user"],
            "logFiles": {
                log["file"]: f"{self._reader.url()}/api/v1{self._log_path(log['file'])}"
                for log in self._reader.items(f"/runs/{self._quoted_id}/logs")
            },
        }
        if run["ended_us"] is not None:
            details["endTimeUtc"] = _utc(run["ended_us"])
        job = self._find_job()
        if job is not None:
            details["runDefinition"] = {
                **_script_of(job["command"]),
                "command": job["command"],
                "target": job["target"],
                "environment": job["environment"],
                "environmentVariables": job["variables"],
                "maxRunDurationSeconds": job["duration_s_max"],
                "sourceDirectory": job["source"],
                "snapshotId": job["snapshot_id"],
            }
        return details

    def _find_job(self) -> dict[str, Any] | None:
        try:
            return self._reader.get(f"/runs/{self._quoted_id}/job")
        except NotFound:
            return None

    def get_file_names(self) -> list[str]:
        """Return the paths of the run's files."""
        self._deliver_first()
        return [item["path"] for item in self._reader.items(f"/runs/{self._quoted_id}/files")]

    def download_file(self, name: str, output_file_path: str | Path | None = None) -> None:
        """Download one file.

        Args:
            name: The file's path within the run.
            output_file_path: Where to; a folder takes the file under its own name. Default: its
                own name in the current folder.

        Raises:
            NotFound: The run has no such file.
        """
        path = names.file_path(name)
        target = Path(path).name if output_file_path is None else output_file_path
        is_folder = Path(target).is_dir() or str(target).endswith("/")
        self._deliver_first()
        self._download(path, Path(target) / Path(path).name if is_folder else Path(target))

    def download_files(  # noqa: PLR0917  # the retired SDK's order
        self,
        prefix: str | None = None,
        output_directory: str | Path | None = None,
        output_paths: Sequence[str | Path] | None = None,
        batch_size: int = 100,  # noqa: ARG002  # kept for older scripts
        append_prefix: bool = True,
        timeout_seconds: float | None = None,  # noqa: ARG002  # kept for older scripts
    ) -> None:
        """Download every file below a prefix.

        Args:
            prefix: A folder within the run; None is everything.
            output_directory: Where to; default: the current folder.
            output_paths: Where to, one path a file in the order of `get_file_names`, instead.
            batch_size: Accepted for the sake of older scripts.
            append_prefix: Whether the prefix becomes a folder of the output.
            timeout_seconds: Accepted for the sake of older scripts.
        """
        folder = "" if prefix is None else names.file_path(prefix) + "/"
        found = [path for path in self.get_file_names() if path.startswith(folder)]
        root = Path(output_directory or ".")
        targets: Iterable[str | Path] = output_paths or [
            root / (path if append_prefix else path.removeprefix(folder)) for path in found
        ]
        for path, target in zip(found, targets, strict=True):
            self._download(path, Path(target))

    def export_tensorboard(self, logdir: str | Path, recursive: bool = False) -> list[Path]:
        """Write what the run logged as an event file that TensorBoard shows, and return the files.

        Numbers are in single precision there; charts, and files, are left out.

        Args:
            logdir: The folder to show TensorBoard; each run has a folder with its id in it.
            recursive: The runs below it too.

        Raises:
            ServerUnavailable: No query API answers.
        """
        # Here and not above: few scripts export, and every script pays for what is imported.
        from runtide.client.tensorboard import export_tensorboard  # noqa: PLC0415  # see above

        self._deliver_first()
        run_ids = [self._id]
        if recursive:
            below = self._reader.items(f"/runs/{self._quoted_id}/children", {"recursive": "true"})
            run_ids += [run["run_id"] for run in below]
        return export_tensorboard(self._reader, run_ids, Path(logdir))

    def get_portal_url(self) -> str:
        """Return the address of the run's page; a server is started if none answers."""
        return self._reader.page_url(self._id)

    def _repr_html_(self) -> str:
        url = self._reader.find_url()
        link = "start <code>runtide up</code> to see it"
        if url is not None:
            address = html.escape(f"{url}/runs/{self._quoted_id}")
            link = f'<a href="{address}" target="_blank" rel="noopener">Link to the run</a>'
        cells = [
            self.experiment.name,
            self._id,
            self._details.get("run_type"),
            self._details.get("status"),
        ]
        row = "".join(f"<td>{html.escape(str(cell or ''))}</td>" for cell in cells)
        heads = "".join(
            f"<th>{head}</th>" for head in ("Experiment", "Id", "Type", "Status", "Details Page")
        )
        return f"<table><tr>{heads}</tr><tr>{row}<td>{link}</td></tr></table>"

    def __repr__(self) -> str:
        status = self._details.get("status")
        return f"Run(Experiment: {self.experiment.name},\nId: {self._id},\nStatus: {status})"

    def _shape(self, run_id: str, entry: dict[str, Any], *, populate: bool) -> object:
        value = metric_value(entry)
        if populate and entry["kind"] in {"image", "chart"} and isinstance(value, str):
            return Artifact(value, self._reader.content(_file_path(run_id, value)))
        return value

    def _types_below(self) -> dict[str, str | None]:
        question = {"recursive": "true"}
        below = self._reader.items(f"/runs/{self._quoted_id}/children", question)
        types = {run["run_id"]: run["run_type"] for run in below}
        return types | {self._id: self.type}

    def _download(self, path: str, target: Path) -> None:
        try:
            download_to(target, self._reader, _file_path(self._id, path))
        except NotFound as exc:
            available = ", ".join(self.get_file_names())
            message = f"run {self._id} has no file {path!r}: it has {available or 'none'}"
            raise NotFound(message) from exc

    def _log_path(self, file: str) -> str:
        return f"/runs/{self._quoted_id}/logs/{quote(file)}"


def _file_path(run_id: str, path: str) -> str:
    return f"/runs/{quote(run_id, safe='')}/files/{quote(path)}"


def _script_of(command: Sequence[str]) -> dict[str, Any]:
    """Return a command as the retired SDK's runs have it: a script and its arguments."""
    match command:
        case ["python", script, *arguments] if not script.startswith("-"):
            return {"script": script, "arguments": arguments}
        case _:
            return {"script": None, "arguments": []}


def _utc(time_us: int | None) -> str | None:
    if time_us is None:
        return None
    return datetime.fromtimestamp(time_us / _US_PER_S, UTC).isoformat()
