"""The demonstration from end to end: train, then read everything back and compare."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from runtide import Experiment, Workspace
from runtide.demo import network, ridge
from runtide.demo.comparison import Comparison
from runtide.demo.witness import Witness

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RIDGE_EXPERIMENT: Final = "diabetes-ridge"
NETWORK_EXPERIMENT: Final = "digits-network"


def sweep(home: Path, *, on_child: Callable[[int, int], None]) -> list[Witness]:
    """Run the ridge sweep and return its parent and children."""
    with _started(home, RIDGE_EXPERIMENT, "sweep over alpha") as (parent, folder):
        children = ridge.run_sweep(parent, folder, on_child=on_child)
    return [parent, *children]


def train(
    home: Path,
    *,
    duration_s: float,
    on_start: Callable[[Witness], None],
    on_progress: Callable[[float], None],
) -> Witness:
    """Train the network for about `duration_s`, and return its run."""
    with _started(home, NETWORK_EXPERIMENT, "perceptron on digits") as (witness, folder):
        on_start(witness)
        network.train(witness, folder, duration_s=duration_s, on_progress=on_progress)
    return witness


def compare(witness: Witness, comparison: Comparison) -> None:
    """Read a run back through the query API, and hold it against what the witness remembers."""
    run = witness.run
    where = run.id[:8]
    got = run.get_metrics(populate=True)
    fetched = {name: got.pop(name, None) for name in (*witness.charts, *witness.images)}
    comparison.check(where, logged=witness.metrics(), got=got)
    for name, document in witness.charts.items():
        artifact = fetched[name]
        comparison.check(
            f"{where}[{name!r}]", logged=document, got=artifact.json() if artifact else None
        )
    for name, content in witness.images.items():
        artifact = fetched[name]
        comparison.check(
            f"{where}[{name!r}]", logged=content, got=artifact.bytes if artifact else None
        )
    comparison.check(f"{where} tags", logged=witness.tags, got=dict(run.get_tags()))
    comparison.check(f"{where} config", logged=witness.config, got=run.config)
    comparison.check(f"{where} status", logged="Completed", got=run.get_status())
    with tempfile.TemporaryDirectory(prefix="runtide-demo-") as folder:
        for path, content in witness.files.items():
            copy = Path(folder) / "copy"
            run.download_file(path, str(copy))
            comparison.check(f"{where} file {path!r}", logged=content, got=copy.read_bytes())


@contextmanager
def _started(home: Path, experiment: str, name: str) -> Iterator[tuple[Witness, Path]]:
    """Yield a new run and a folder for what it uploads; the run ends with the block."""
    workspace = Workspace(home=home)
    # Without a folder to capture: the demonstration is no reason to upload what is lying about.
    run = Experiment(workspace, experiment).start_logging(display_name=name, outputs=False)
    try:
        with tempfile.TemporaryDirectory(prefix="runtide-demo-") as folder:
            yield Witness(run), Path(folder)
    except KeyboardInterrupt:
        run.cancel()
        raise
    except BaseException as exc:
        run.fail(exc)
        raise
    run.complete()
