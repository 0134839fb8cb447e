"""Four processes log to one run at once, as in data-parallel training; every point is kept."""

from multiprocessing import get_context

import runtide

STEPS = 1000
WORKERS = 4


def work(run_id: str, rank: int) -> None:
    """Log what one worker sees to the run of all."""
    run = runtide.Workspace().get_run(run_id)
    for step in range(STEPS):
        run.log(f"worker {rank}/loss", 1.0 / (step + 1 + rank), step=step)
    run.flush()


if __name__ == "__main__":
    with runtide.init(experiment="many-processes") as run:
        run.flush()
        processes = [
            get_context("spawn").Process(target=work, args=(run.id, rank))
            for rank in range(WORKERS)
        ]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
    counts = {name: len(values) for name, values in run.get_metrics().items()}
    print(counts)
