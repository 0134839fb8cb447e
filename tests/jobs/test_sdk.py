"""A script submitted through the SDK, from `submit` to its last line."""

from pathlib import Path

import pytest

import runtide
from runtide.errors import RunFailed
from tests.waiting import wait_until

TRAIN = """
import sys
from pathlib import Path
from lib.model import name
from runtide import Run

run = Run.get_context(allow_offline=False)
run.log("loss", float(sys.argv[1]))
Path("outputs/model.txt").write_text(name)
run.complete()
print("trained", name, flush=True)
if sys.argv[2:]:
    raise SystemExit(int(sys.argv[2]))
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "model.py").write_text("name = 'ridge'\n")
    (tmp_path / "train.py").write_text(TRAIN)
    return tmp_path


def test_submitted_script_runs_with_its_code_and_is_followed_to_its_end(
    experiment: runtide.Experiment, source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = experiment.submit(runtide.ScriptRunConfig(source, "train.py", [0.25]), show_output=True)

    assert run.get_status() == "Completed"
    assert run.get_metrics() == {"loss": 0.25}
    assert run.get_file_names() == ["outputs/model.txt"]
    assert capsys.readouterr().out.count("trained ridge\n") == 1
    assert run.get_details()["endTimeUtc"]


def test_script_that_completes_its_run_and_then_fails_has_failed(
    experiment: runtide.Experiment, source: Path
) -> None:
    """The exit code is what counts: `complete()` in the script delivers alone."""
    run = experiment.submit(runtide.ScriptRunConfig(source, "train.py", [0.25, 3]))

    with pytest.raises(RunFailed, match=r"exit code 3[\s\S]*trained ridge$"):
        run.wait_for_completion()


def test_machine_of_a_submitted_script_and_its_origin_are_in_the_record(
    experiment: runtide.Experiment, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it logs or not. Where it was submitted its repository is known, and no more of it."""
    monkeypatch.setenv("RUNTIDE_CAPTURE_GIT", "1")
    monkeypatch.setenv("AZUREML_GIT_COMMIT", "3f2a91c")
    go = source / "go"
    waiting = f"import os, time\nwhile not os.path.exists({str(go)!r}): time.sleep(0.05)\n"
    (source / "wait.py").write_text(waiting)
    config = runtide.ScriptRunConfig(source, "wait.py")
    config.run_config.environment_variables = {"RUNTIDE_SYSTEM_INTERVAL_S": "0.1"}
    run = experiment.submit(config)

    def measured() -> set[str]:
        answer = experiment.workspace.reader.get(f"/runs/{run.id}/system")
        return {one["name"] for one in answer["series"]}

    wait_until(lambda: "process_memory_bytes" in measured(), what="its machine is measured")
    go.touch()
    run.wait_for_completion()

    properties = run.get_properties()
    assert properties["azureml.git.commit"] == properties["mlflow.source.git.commit"] == "3f2a91c"
