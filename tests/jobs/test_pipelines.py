"""Pipelines of real processes: in order, with a step that fails, and resumed."""

from pathlib import Path

import runtide
from runtide.core.parents import REUSED_PROPERTY
from tests.jobs.running import Site, script

PREPARING = """
import pathlib
pathlib.Path("outputs/data.txt").write_text("41")
"""

TRAINING = """
import runtide
prepared = runtide.Run.get_context().get_step_run("prepare")
prepared.download_file("outputs/data.txt", "data.txt")
print("answer", int(open("data.txt").read()) + 1)
"""


def test_pipeline_goes_on_where_it_failed_once_its_code_is_mended(
    site: Site, experiment: runtide.Experiment, tmp_path: Path
) -> None:
    for name in ("prepare", "train", "other"):
        (tmp_path / name).mkdir()
    pipeline = runtide.Pipeline(
        [
            runtide.Step("publish", script(tmp_path / "other", "1"), after=["train"]),
            runtide.Step("train", script(tmp_path / "train", "raise ValueError"), after="prepare"),
            runtide.Step("prepare", script(tmp_path / "prepare", PREPARING)),
            runtide.Step("alone", script(tmp_path / "other", "1")),
        ]
    )

    run = experiment.submit(pipeline)
    failed = site.ended(run.id)
    (tmp_path / "train/source/train.py").write_text(TRAINING)
    again = experiment.submit(pipeline, resume=run)
    resumed = site.ended(again.id)

    assert (failed["status"], failed["run_type"]) == ("Failed", "pipeline")
    assert failed["status_reason"] == ("4 steps: 2 completed, 1 failed, 1 canceled; failed: train")
    before = {child["name"]: child for child in site.get(f"/runs/{run.id}/children")["items"]}
    assert before["publish"]["status"] == "Canceled"
    assert before["publish"]["status_reason"] == "it comes after train, which is Failed"
    assert before["publish"]["properties"]["runtide.step.after"] == "train"
    assert "runtide.step.after" not in before["prepare"]["properties"]
    assert (resumed["status"], resumed["status_reason"]) == ("Completed", "4 steps: 4 completed")
    assert resumed["properties"]["runtide.pipeline.resumed"] == run.id
    after = {child["name"]: child for child in site.get(f"/runs/{again.id}/children")["items"]}
    reused = {name for name, c in after.items() if REUSED_PROPERTY in c["properties"]}
    assert reused == {"prepare", "alone"}
    steps = again.steps()
    assert steps["prepare"].id == before["prepare"]["run_id"]
    assert site.text(steps["train"].id) == "answer 42\n"


def test_pipeline_that_is_canceled_is_resumed_with_its_own_code(
    site: Site, experiment: runtide.Experiment, tmp_path: Path
) -> None:
    """A step of what was submitted then is run, though the folder holds something else now."""
    waiting = "import time; print('waiting', flush=True); time.sleep(600)"
    pipeline = runtide.Pipeline(
        [
            runtide.Step("a", script(tmp_path, waiting)),
            runtide.Step("b", script(tmp_path, waiting), "a"),
        ]
    )
    run = experiment.submit(pipeline)
    site.wait_for_text(f"{run.id}_0", "waiting")
    script(tmp_path, "1")
    run.cancel()
    canceled = site.ended(run.id)

    again = run.resume()
    site.wait_for_text(f"{again.id}_0", "waiting")
    again.cancel()

    assert canceled["status"] == "Canceled"
    assert canceled["status_reason"] == "the pipeline was canceled; 2 steps: 2 canceled"
    assert site.run(f"{run.id}_1")["status_reason"] == "the pipeline was canceled"
    assert site.ended(again.id)["status"] == "Canceled"
