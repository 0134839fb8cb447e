"""`runtide.init`: the short way to a run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from runtide.client.experiment import Experiment
from runtide.client.options import load_options
from runtide.client.run import Run
from runtide.client.workspace import Workspace
from runtide.errors import UsageError


def init(
    experiment: str | None = None,
    name: str | None = None,
    *,
    config: object = None,
    tags: Mapping[str, object] | None = None,
    description: str | None = None,
    resume: str | None = None,
    workspace: Workspace | str | None = None,
    home: str | Path | None = None,
    url: str | None = None,
) -> Run:
    """Start a run, or take one up again, and return it.

    The run ends with `complete()`, at the end of a `with` block, or with the process.

    Args:
        experiment: The experiment's name; default `RUNTIDE_EXPERIMENT`, or `default`.
        name: The run's display name.
        config: Its configuration: a dict, a dataclass, or parsed arguments.
        tags: Its first tags.
        description: What it is about.
        resume: The id of a run to take up again, instead of starting one.
        workspace: A workspace or its name.
        home: The data folder; default `RUNTIDE_HOME`.
        url: `file:///folder`, `http(s)://host:port` or `kafka://host:port[/topic]`; default
            `RUNTIDE_URL`.

    Raises:
        NotFound: The run to resume is not in the record.
        UsageError: An argument or the environment is wrong.
    """
    if isinstance(workspace, Workspace):
        if home is not None or url is not None:
            message = "home or url is set beside a workspace, which has its own: leave them out"
            raise UsageError(message)
        space = workspace
    else:
        space = Workspace(workspace, home=home, url=url)
    if resume is not None:
        run = space.get_run(resume)
        run.resume()
        if name is not None:
            run.name = name
        if description is not None:
            run.description = description
    else:
        run = Run.create(
            Experiment(space, experiment or load_options().experiment),
            name=name,
            description=description,
            outputs="./outputs" if Path("outputs").is_dir() else None,
        )
    if config is not None:
        run.set_config(config)
    if tags:
        run.set_tags(tags)
    return run
