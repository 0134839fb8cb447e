"""Models through the SDK: registered, found again, edited, downloaded."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import runtide
from runtide import Model, Run, Workspace
from runtide.client import uploaded
from runtide.errors import ModelPathNotFound, NotFound, ServerUnavailable, UsageError
from tests.scripts import script_environment
from tests.system import System, running_system


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the data folder that scripts log to."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def system(home: Path) -> Iterator[System]:
    """Return a system over the data folder."""
    with running_system(home) as system:
        yield system


@pytest.fixture
def space(system: System, home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Workspace:
    """Return the folder's workspace, of a process in an empty folder."""
    monkeypatch.setenv("RUNTIDE_HOME", str(home))
    monkeypatch.setenv("RUNTIDE_QUERY_URL", system.url)
    monkeypatch.chdir(tmp_path)
    return Workspace()


@pytest.fixture
def run(space: Workspace, tmp_path: Path) -> Iterator[Run]:
    """Return a run with a file and a folder of files."""
    run = runtide.Experiment(space, "models").start_logging(outputs=False)
    for name in ("model.pkl", "net/a.bin", "net/deep/b.bin"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{name} of {run.id}")
        run.upload_file(f"outputs/{name}", file)
    yield run
    run.complete()


def test_registered_file_is_the_next_version_and_knows_its_run(run: Run, space: Workspace) -> None:
    first = run.register_model("ridge", "./outputs/model.pkl", tags={"area": 7})
    second = run.register_model(
        model_name="ridge",
        model_path="outputs/model.pkl",
        properties={"mse": 0.5},
        model_framework="ScikitLearn",
        model_framework_version=1.9,  # type: ignore[arg-type]  # as scripts give it
        description="better",
    )

    assert (first.id, second.id) == ("ridge:1", "ridge:2")
    assert (first.run_id, first.tags, first.description) == (run.id, {"area": "7"}, None)
    assert (second.properties, second.description) == ({"mse": "0.5"}, "better")
    assert (second.model_framework, second.model_framework_version) == ("ScikitLearn", "1.9")
    assert space.models["ridge"].version == 2


def test_download_gives_back_what_was_registered(run: Run, tmp_path: Path) -> None:
    """What the run uploads under the same name later is no part of the version."""
    file = run.register_model("file", "outputs/model.pkl")
    folder = run.register_model("folder", "outputs/net")
    run.upload_file("outputs/model.pkl", __file__)

    path = file.download(tmp_path / "there")
    assert path == str(tmp_path / "there/model.pkl")
    assert Path(path).read_text() == f"model.pkl of {run.id}"
    assert folder.download(tmp_path / "there") == str(tmp_path / "there/net")
    assert (tmp_path / "there/net/deep/b.bin").read_text() == f"net/deep/b.bin of {run.id}"
    with pytest.raises(UsageError, match="is there already"):
        file.download(tmp_path / "there")
    file.download(tmp_path / "there", exist_ok=True)


def test_path_that_the_run_does_not_have_is_refused_with_those_it_has(run: Run) -> None:
    with pytest.raises(ModelPathNotFound) as refused:
        run.register_model("ridge", "outputs/mode")

    assert refused.value.available == (
        "outputs/model.pkl",
        "outputs/net/a.bin",
        "outputs/net/deep/b.bin",
    )
    assert "outputs/net/a.bin" in str(refused.value)
    with pytest.raises(ModelPathNotFound, match="'ridge'"):
        run.register_model("ridge")
    with pytest.raises(UsageError, match="model name is"):
        run.register_model("a/b", "outputs/model.pkl")


def test_files_that_another_process_uploaded_can_be_registered(run: Run, space: Workspace) -> None:
    other = space.get_run(run.id)
    uploaded_here = other._writer.uploaded
    other._writer.uploaded = uploaded.Uploaded()

    model = other.register_model("others", "outputs/net")

    other._writer.uploaded = uploaded_here
    assert model.get_file_names() == ["net/a.bin", "net/deep/b.bin"]


def test_edits_are_read_back(run: Run) -> None:
    model = run.register_model("edited", "outputs/model.pkl", tags={"a": "1", "b": "2"})

    model.set_stage("production")
    model.add_tags({"c": None})
    model.remove_tags(["a"])
    assert (model.stage, model.tags) == ("production", {"b": "2", "c": None})

    model.update(tags={"d": "4"}, description="new")
    model.set_stage(None)
    assert (model.stage, model.tags, model.description) == (None, {"d": "4"}, "new")


def test_deleted_version_is_found_no_more_and_its_number_is_not_given_again(
    run: Run, space: Workspace
) -> None:
    gone = run.register_model("gone", "outputs/model.pkl")
    assert gone.version == 1

    gone.delete()

    with pytest.raises(NotFound):
        Model(space, "gone")
    with pytest.raises(NotFound):
        _ = gone.description
    assert run.register_model("gone", "outputs/model.pkl").version == 2


def test_versions_are_found_by_what_they_have(run: Run, space: Workspace) -> None:
    for number in ("1", "2", "3"):
        tags = {"n": number, "last": None} if number == "3" else {"n": number}
        run.register_model("found", "outputs/model.pkl", tags=tags, properties={"p": number})
    Model(space, id="found:1").set_stage("production")

    assert Model(space, "found").version == 3
    assert Model(space, "found", version=2).tags == {"n": "2"}
    assert Model(space, "found", tags=[["n", "1"]]).version == 1
    assert Model(space, "found", tags=["n"], properties={"p": "2"}, run_id=run.id).version == 2
    with pytest.raises(NotFound, match="no version of model 'found:4'"):
        Model(space, "found", version=4)
    listed = Model.list(space, "found")
    assert [model.version for model in listed] == [3, 2, 1]
    assert [m.version for m in Model.list(space, "found", stage="production")] == [1]
    assert [m.id for m in Model.list(space, tags="last", run_id=run.id, latest=True)] == ["found:3"]
    assert Model.list(space, "nothing") == []


def test_files_of_this_machine_are_registered_without_a_run(
    system: System, run: Run, tmp_path: Path
) -> None:
    """Over HTTP, where the bytes must arrive too."""
    space = Workspace("lab", url=system.url)

    model = Model.register(space, tmp_path / "net", "local", tags={"t": "1"})

    assert (model.id, model.run_id, model.tags) == ("local:1", None, {"t": "1"})
    root = Path(model.download(tmp_path / "there"))
    assert (root / "a.bin").read_text() == f"net/a.bin of {run.id}"
    with pytest.raises(ModelPathNotFound, match=r"model\.pkl"):
        Model.register(space, tmp_path / "none.pkl", "local")


def test_script_that_nobody_answers_can_register_what_it_uploaded(
    run: Run, monkeypatch: pytest.MonkeyPatch, space: Workspace
) -> None:
    """Many machines reach the log and nothing else."""
    monkeypatch.setenv("RUNTIDE_QUERY_URL", "http://127.0.0.1:1")
    alone = Workspace().experiment("models").start_logging(outputs=False)
    alone.upload_file("outputs/x/model.pkl", __file__)

    model = alone.register_model("alone", "outputs/x")

    alone.flush()
    with pytest.raises(ServerUnavailable):
        _ = model.version
    with pytest.raises(ServerUnavailable):
        alone.register_model("alone", "outputs/none")
    alone.complete()
    (found,) = Model.list(space, "alone")
    assert (found.version, found.run_id) == (1, alone.id)
    assert found.get_file_names() == ["x/model.pkl"]


SCRIPT = """
import runtide, sys
from pathlib import Path
run = runtide.init("models")
Path("m").write_text(run.id)
run.upload_file("m", "m")
print("ready", flush=True)
sys.stdin.readline()
models = [run.register_model("contended", "m", tags={"i": i}) for i in range(5)]
print(*(model.version for model in models))
"""


def test_versions_that_two_processes_register_at_once_are_all_kept(
    system: System, home: Path, space: Workspace, tmp_path: Path
) -> None:
    environment = script_environment(home, RUNTIDE_QUERY_URL=system.url)
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", SCRIPT],
            cwd=tmp_path,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"

    told = [set(process.communicate("\n", timeout=60)[0].split()) for process in processes]

    assert told[0] | told[1] == {str(number) for number in range(1, 11)}
    assert told[0] & told[1] == set()
    versions = Model.list(space, "contended")
    assert [model.version for model in versions] == list(range(10, 0, -1))
    assert len({(model.run_id, model.tags["i"]) for model in versions}) == 10
