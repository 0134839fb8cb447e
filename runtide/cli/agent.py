"""`runtide agent`: the queue of a compute target, on a machine that executes runs or hands them on."""

from __future__ import annotations

import logging
import shlex
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import orjson
import typer

from runtide.agent_settings import AgentSettings
from runtide.cli.output import HomeOption, stdout
from runtide.client.options import Destination, destination, load_options
from runtide.errors import UsageError
from runtide.settings import load_settings

if TYPE_CHECKING:
    from types import FrameType

    from runtide.jobs.engine import Engine

LOOK_INTERVAL_S: Final = 0.5
"""How often the record is asked for runs that wait or are to be canceled."""

_ELSEWHERE: Final = frozenset({"ray", "kubernetes"})
"""The engines whose launchers do not see this machine's files."""


def agent(
    *,
    target: Annotated[
        str | None, typer.Option(help="The compute target to serve. Default: local.")
    ] = None,
    slots: Annotated[int | None, typer.Option(help="Runs at once. Default: 1.")] = None,
    engine: Annotated[
        str | None, typer.Option(help="local, slurm, ray or kubernetes. Default: local.")
    ] = None,
    slurm_arguments: Annotated[
        str | None, typer.Option(help="Further arguments of sbatch, in quotes.")
    ] = None,
    home: HomeOption = None,
) -> None:
    """Execute the runs that are submitted to a compute target, until Ctrl-C or SIGTERM.

    RUNTIDE_URL says where the record is. Runs that are being executed go on without the agent; it
    finds them when it is started again with the same data folder.

    Example: RUNTIDE_URL=http://server:8300 runtide agent --target gpu-box --slots 2
    """
    settings = load_settings(
        AgentSettings, target=target, slots=slots, engine=engine, slurm_arguments=slurm_arguments
    )
    place = _place(home)
    if settings.engine in _ELSEWHERE and place.url is None:
        message = (
            f"the engine is {settings.engine!r} and the record is the folder {place.home}: set "
            f"RUNTIDE_URL to a server that its machines reach"
        )
        raise UsageError(message)
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    _serve(settings, place)


def _serve(settings: AgentSettings, place: Destination) -> None:
    # Here and not above: no other command needs what watches processes.
    from runtide.jobs.opening import opened_queue  # noqa: PLC0415  # see above

    news, stopping = threading.Event(), threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()
        news.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    is_elsewhere = settings.engine in _ELSEWHERE
    with opened_queue(
        place,
        _engine(settings, place.home),
        target=settings.target,
        slot_count=settings.slots,
        python=settings.python or ("python" if is_elsewhere else sys.executable),
        shares_home=not is_elsewhere,
    ) as queue:
        if queue is None:
            message = (
                f"another process has the queue of target {settings.target!r} in {place.home}: use "
                f"that one, or choose another folder with `--home`"
            )
            raise UsageError(message)
        stdout.print(
            f"ready: target {settings.target} of {place.label}, {settings.slots} slots, "
            f"engine {settings.engine}",
            markup=False,
        )
        sys.stdout.flush()
        queue.run(news=news, stopping=stopping, interval_s=LOOK_INTERVAL_S)


def _place(home: str | None) -> Destination:
    options = load_options()
    if home is not None:
        return Destination(home=Path(home).expanduser().absolute(), token=options.token)
    return destination(
        home=options.home,
        url=options.url,
        query_url=options.query_url,
        artifacts_url=options.artifacts_url,
        token=options.token,
    )


def _engine(settings: AgentSettings, home: Path) -> Engine:
    """Return what executes launchers.

    Raises:
        UsageError: A setting that it needs is missing or wrong.
    """
    from runtide.jobs.engine_kubernetes import KubernetesEngine  # noqa: PLC0415  # see `_serve`
    from runtide.jobs.engine_local import LocalEngine  # noqa: PLC0415  # see `_serve`
    from runtide.jobs.engine_ray import RayEngine  # noqa: PLC0415  # see `_serve`
    from runtide.jobs.engine_slurm import SlurmEngine  # noqa: PLC0415  # see `_serve`
    from runtide.jobs.folders import JOBS_NAME  # noqa: PLC0415  # see `_serve`

    jobs = home / JOBS_NAME
    match settings.engine:
        case "local":
            return LocalEngine(jobs)
        case "slurm":
            return SlurmEngine(jobs, arguments=shlex.split(settings.slurm_arguments))
        case "ray":
            return RayEngine(settings.ray_address)
        case "kubernetes":
            if settings.kubernetes_image is None:
                message = (
                    "the engine is 'kubernetes' and has no image: set "
                    "RUNTIDE_AGENT_KUBERNETES_IMAGE to one whose Python has Runtide"
                )
                raise UsageError(message)
            return KubernetesEngine(
                namespace=settings.kubernetes_namespace,
                image=settings.kubernetes_image,
                pod=_pod(settings.kubernetes_pod),
            )


def _pod(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        document = orjson.loads(path.read_bytes())
    except (OSError, ValueError) as exc:
        message = f"could not read {path} ({exc}): want a JSON object of a pod's fields"
        raise UsageError(message) from exc
    if not isinstance(document, dict):
        message = f"{path} holds {type(document).__name__}: want a JSON object of a pod's fields"
        raise UsageError(message)
    return document
