"""Parents and children of a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, cast, overload

from runtide.client.options import load_options
from runtide.client.run_core import RunCore
from runtide.client.run_query import RunFilter
from runtide.errors import NotFound, UsageError

if TYPE_CHECKING:
    from runtide.client.pipeline_run import PipelineRun
    from runtide.client.run import Run
    from runtide.client.script_run import ScriptRun
    from runtide.client.sweep_run import SweepRun
    from runtide.submit.config import ScriptRunConfig
    from runtide.submit.pipeline import Pipeline
    from runtide.submit.sweep import Sweep

CHILDREN_PER_CALL_MAX: Final = 100
"""As many children as one `create_children` makes."""

_NAME_SEPARATOR: Final = ">"
_NUMBER_TAG: Final = "azureml.batch_child_number"
# The name under which scripts written for the retired SDK look for a child's place.


class HierarchyMethods(RunCore):
    """The runs above and below a run."""

    @property
    def parent(self) -> Run | None:
        """The run that this one is part of, or None."""
        parent_id = cast("str | None", self._detail("parent_id"))
        return None if parent_id is None else self._sibling(parent_id)

    def child_run(
        self,
        name: str | None = None,
        run_id: str | None = None,
        outputs: str | None = None,
    ) -> Run:
        """Start a run below this one.

        Args:
            name: The child's name, which follows the parent's and a `>`.
            run_id: The child's id; default: a random one.
            outputs: A folder to upload when the child ends; default: none.
        """
        full_name = None
        if name is not None:
            full_name = f"{self._detail('name')}{_NAME_SEPARATOR}{name}"
        return self._created(
            full_name, run_id=run_id, parent_id=self._id, outputs=outputs, is_executed_here=True
        )

    def create_children(
        self,
        count: int | None = None,
        tag_key: str | None = None,
        tag_values: Sequence[str] | None = None,
    ) -> list[Run]:
        """Start several runs below this one.

        Args:
            count: How many; each gets its place as a tag.
            tag_key: A tag that tells the children apart, with `tag_values` instead of `count`.
            tag_values: That tag's value for each child.

        Raises:
            UsageError: Neither or both forms were used, or there are more than 100 children.
        """
        tags = _tags_of_children(count, tag_key, tag_values)
        children = [
            self._created(
                None, run_id=None, parent_id=self._id, outputs=None, is_executed_here=False
            )
            for _ in tags
        ]
        for child, (key, value) in zip(children, tags, strict=True):
            child.tag(key, value)
        return children

    @overload
    def submit_child(
        self,
        config: Sweep,
        tags: Mapping[str, object] | None = None,
        **options: Any,  # noqa: ANN401  # those of `Experiment.submit`
    ) -> SweepRun: ...

    @overload
    def submit_child(
        self,
        config: Pipeline,
        tags: Mapping[str, object] | None = None,
        **options: Any,  # noqa: ANN401  # those of `Experiment.submit`
    ) -> PipelineRun: ...

    @overload
    def submit_child(
        self,
        config: ScriptRunConfig,
        tags: Mapping[str, object] | None = None,
        **options: Any,  # noqa: ANN401  # those of `Experiment.submit`
    ) -> ScriptRun: ...

    def submit_child(
        self,
        config: ScriptRunConfig | Sweep | Pipeline,
        tags: Mapping[str, object] | None = None,
        **options: Any,  # those of `Experiment.submit`
    ) -> ScriptRun:
        """Submit a script, a sweep or a pipeline below this run; see `Experiment.submit`."""
        return self._experiment.submit(config, tags, _parent_run_id=self._id, **options)

    def get_children(
        self,
        recursive: bool = False,
        tags: str | Mapping[str, str | None] | None = None,
        properties: str | Mapping[str, str] | None = None,
        type: str | None = None,  # noqa: A002  # the retired SDK's name
        status: str | None = None,
    ) -> Iterator[Run]:
        """Yield the runs below this one, newest first.

        Args:
            recursive: Whether to go below the children too.
            tags: Only runs with this tag, or with all of these tags and values.
            properties: Only runs with this property, or with all of these and their values.
            type: Only runs of this type.
            status: Only runs in this status.
        """
        wanted = RunFilter(tags=tags, properties=properties, type=type, status=status)
        question = {"recursive": "true" if recursive else None, "sort": "-created"}
        self._deliver_first()
        for details in self._reader.items(f"/runs/{self._quoted_id}/children", question):
            if wanted.matches(details):
                yield self._sibling(details["run_id"], details)

    def get_step_run(self, name: str) -> Run:
        """Return the run of a pipeline's step that this process's step comes after.

        Its files are to be had by `download_file`, its metrics by `get_metrics`.

        Raises:
            NotFound: This process is no step, or does not come after one of that name.
        """
        known = load_options().step_runs
        if name not in known:
            message = (
                f"this process does not come after a step {name!r}: it comes after "
                f"{', '.join(known) or 'none'}"
            )
            raise NotFound(message)
        return self._sibling(known[name])

    def _created(
        self,
        name: str | None,
        *,
        run_id: str | None,
        parent_id: str,
        outputs: str | None,
        is_executed_here: bool,
    ) -> Run:
        """Overridden by `Run`, which knows how to start one."""
        raise AssertionError(name, run_id, parent_id, outputs, is_executed_here)

    def _sibling(self, run_id: str, details: dict[str, object] | None = None) -> Run:
        """Overridden by `Run`, which knows how to attach to one."""
        raise AssertionError(run_id, details)


def _tags_of_children(
    count: int | None, tag_key: str | None, tag_values: Sequence[str] | None
) -> list[tuple[str, str]]:
    if count is None and tag_values is None:
        message = "neither count nor tag_key and tag_values are set: set one of them"
        raise UsageError(message)
    if count is not None and (tag_key is not None or tag_values is not None):
        message = "count is set beside tag_key or tag_values: set one of them"
        raise UsageError(message)
    if tag_values is not None and tag_key is None:
        message = "tag_values is set without tag_key: set both"
        raise UsageError(message)
    if count is not None:
        tags = [(_NUMBER_TAG, str(place)) for place in range(count)]
    else:
        tags = [(tag_key or "", value) for value in tag_values or ()]
    if len(tags) > CHILDREN_PER_CALL_MAX:
        message = (
            f"{len(tags)} children asked for, limit is {CHILDREN_PER_CALL_MAX} a call: "
            f"call several times"
        )
        raise UsageError(message)
    return tags
