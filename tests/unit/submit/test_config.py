"""What a configuration comes to, and what is wrong with one."""

import logging
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import runtide
from runtide.errors import NotFound, UsageError
from runtide.submit.conda import CondaDependencies
from runtide.submit.config import RunConfiguration, ScriptRunConfig
from runtide.submit.environment import Environment

HERE = {"kind": "interpreter", "name": "default-environment", "python": sys.executable}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "train.py").touch()
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "eval.py").touch()
    return tmp_path


@pytest.fixture
def workspace(tmp_path: Path) -> runtide.Workspace:
    return runtide.Workspace(home=tmp_path / "home")


def test_script_runs_in_this_python_on_this_machine(source: Path) -> None:
    plan = ScriptRunConfig(source, "train.py").plan()

    assert plan.command == ["python", "train.py"]
    assert (plan.source, plan.target, plan.environment) == (source, "local", HERE)
    assert (plan.variables, plan.duration_s_max, plan.priority) == ({}, None, 0)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--lr", 0.1, 3, True, None], ["--lr", "0.1", "3", "True", "None"]),
        ("--name 'a b' --lr 0.1", ["--name", "a b", "--lr", "0.1"]),
        ([], []),
    ],
)
def test_arguments_become_texts(source: Path, arguments: Any, words: list[str]) -> None:
    plan = ScriptRunConfig(source, "train.py", arguments=arguments).plan()

    assert plan.command[2:] == words == plan.arguments


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["python", "-m", "pkg", 1], ["python", "-m", "pkg", "1"]),
        ("echo a && echo $B", ["/bin/sh", "-c", "echo a && echo $B"]),
        (["pip", "list", "&&", "python", "x.py"], ["/bin/sh", "-c", "pip list && python x.py"]),
    ],
)
def test_command_is_words_or_a_text_for_the_shell(
    source: Path, command: Any, words: list[str]
) -> None:
    assert ScriptRunConfig(source, command=command).plan().command == words


def test_script_is_named_from_its_folder(source: Path) -> None:
    for given in ("sub/eval.py", "./sub/../sub/eval.py", str(source / "sub" / "eval.py")):
        assert ScriptRunConfig(source, given).plan().script == "sub/eval.py"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "neither script nor command"),
        ({"script": "train.py", "command": "x"}, "both script and command"),
        ({"script": "gone.py"}, "gone.py' is no file"),
        ({"script": "../out.py"}, "it must be in source_directory"),
        ({"script": "train.py", "arguments": 3}, "want a list or a text"),
        ({"script": "train.py", "arguments": "'open"}, "No closing quotation"),
        ({"script": "train.py", "arguments": ["a\0"]}, "with a NUL in it"),
        ({"command": "x", "arguments": ["y"]}, "make them a part of the command"),
        ({"command": []}, "command is empty"),
        ({"command": " "}, "command is empty"),
        ({"script": "train.py", "compute_target": 3}, "compute target is 3: want its name"),
        ({"script": "train.py", "environment": "env"}, "want an `Environment`"),
        ({"script": "train.py", "max_run_duration_seconds": 0}, "want seconds, more than 0"),
        ({"script": "train.py", "max_run_duration_seconds": True}, "want seconds, more than 0"),
        ({"script": "train.py", "priority": 0.5}, "want a whole number"),
    ],
)
def test_what_cannot_run_is_refused_with_the_remedy(
    source: Path, options: dict[str, Any], words: str
) -> None:
    (source.parent / "out.py").touch()

    with pytest.raises(UsageError, match=words):
        ScriptRunConfig(source, **options).plan()


def test_folder_that_is_not_there_is_refused(source: Path) -> None:
    with pytest.raises(UsageError, match="which is no folder"):
        ScriptRunConfig(source / "gone", "train.py").plan()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"distributed_job_config": object()}, "torchrun"),
        ({"resume_from": object()}, "as an argument"),
    ],
)
def test_what_there_is_not_is_refused_at_once(options: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        ScriptRunConfig(".", "train.py", **options)


def test_run_config_says_where_and_how(source: Path, caplog: pytest.LogCaptureFixture) -> None:
    config = RunConfiguration("train.py", ["a"])
    config.target = SimpleNamespace(name="gpu")
    config.max_run_duration_seconds = 60
    config.environment_variables = {"A": 1}

    with caplog.at_level(logging.WARNING, "runtide"):
        plan = ScriptRunConfig(
            source, arguments=["b"], run_config=config, compute_target="other"
        ).plan()

    assert plan.command == ["python", "train.py", "b"]
    assert (plan.target, plan.duration_s_max, plan.variables) == ("gpu", 60.0, {"A": "1"})
    assert "compute_target ignored" in caplog.text


def test_environment_can_be_another_one_for_the_next_submit(source: Path) -> None:
    config = ScriptRunConfig(source, "train.py")
    environment = Environment("mine")
    environment.python.user_managed_dependencies = True
    environment.python.interpreter_path = "/opt/python"
    environment.environment_variables = {"A": "1", "B": "2"}
    config.run_config.environment = environment
    config.run_config.environment_variables = {"B": "3"}

    plan = config.plan()

    assert plan.environment == {"kind": "interpreter", "name": "mine", "python": "/opt/python"}
    assert plan.variables == {"A": "1", "B": "3"}


@pytest.mark.parametrize("variables", [{"A=B": "1"}, {"": "1"}, {"A": "\0"}, ["A"]])
def test_variable_that_no_process_can_have_is_refused(source: Path, variables: Any) -> None:
    config = ScriptRunConfig(source, "train.py")
    config.run_config.environment_variables = variables

    with pytest.raises(UsageError):
        config.plan()


def test_this_python_is_not_on_another_machine(source: Path) -> None:
    plan = ScriptRunConfig(source, "train.py", compute_target="gpu").plan()

    assert plan.environment == {"kind": "current", "name": "default-environment"}


def _in_a_container() -> Environment:
    environment = Environment("mine")
    environment.docker.enabled = True
    return environment


@pytest.mark.parametrize(
    "options",
    [
        {"environment": _in_a_container()},
        {"docker_runtime_config": SimpleNamespace(use_docker=True)},
    ],
    ids=",".join,
)
def test_container_is_warned_of(
    source: Path, caplog: pytest.LogCaptureFixture, options: dict[str, Any]
) -> None:
    with caplog.at_level(logging.WARNING, "runtide"):
        ScriptRunConfig(source, "train.py", **options).plan()

    assert "it runs without one" in caplog.text


def test_requirements_are_a_virtual_environment(tmp_path: Path) -> None:
    """Packages of the retired SDK are left out: Runtide is in every environment."""
    file = tmp_path / "requirements.txt"
    file.write_text("numpy>=2\nazureml-defaults==1.61\nazureml_core\nazureml-corelike\n")

    environment = Environment.from_pip_requirements("mine", file)

    assert environment.job_environment(target="local") == {
        "kind": "venv",
        "name": "mine",
        "requirements": ["numpy>=2", "azureml-corelike"],
    }


def test_conda_file_is_a_conda_environment(tmp_path: Path) -> None:
    file = tmp_path / "env.yml"
    file.write_text("name: x\ndependencies:\n- python=3.12\n- pip:\n  - azureml-sdk\n  - numpy\n")

    environment = Environment.from_conda_specification("mine", file)

    assert environment.job_environment(target="local") == {
        "kind": "conda",
        "name": "mine",
        "conda": {
            "channels": ["conda-forge"],
            "dependencies": ["python=3.12", "pip", {"pip": ["numpy"]}],
        },
    }


def test_packages_can_be_added_to_any_environment() -> None:
    environment = Environment("mine")
    assert environment.job_environment(target="local")["kind"] == "interpreter"

    environment.python.conda_dependencies.add_pip_package("numpy")

    assert environment.job_environment(target="local")["kind"] == "conda"


def _mine(**python: object) -> Environment:
    environment = Environment("mine")
    vars(environment.python).update(python)
    return environment


@pytest.mark.parametrize("target", ["local", "gpu"])
def test_environment_of_a_job_is_the_one_that_was_submitted(target: str, tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("numpy>=2\n")
    conda = CondaDependencies.create(pip_packages=["numpy"])

    for submitted in (
        _mine(),
        _mine(user_managed_dependencies=True, interpreter_path="/opt/python"),
        _mine(conda_dependencies=conda),
        Environment.from_pip_requirements("mine", file),
    ):
        document = submitted.job_environment(target=target)
        found = Environment.of_job(document, {"A": "1"})

        assert found.job_environment(target=target) == document
        assert found.environment_variables == {"A": "1"}


def test_registered_environment_is_got_as_it_was(
    workspace: runtide.Workspace, tmp_path: Path
) -> None:
    made = Environment("mine / its name")
    made.python.conda_dependencies = CondaDependencies.create(pip_packages=["numpy"])
    made.environment_variables = {"A": "1"}

    first = made.register(workspace)
    again = made.register(workspace)
    made.python.conda_dependencies.add_pip_package("pandas")
    second = made.register(workspace)

    assert [one.version for one in (first, again, second)] == ["1", "1", "2"]
    got = Environment.get(workspace, "mine / its name", version="1")
    assert list(got.python.conda_dependencies.pip_packages) == ["numpy"]
    assert got.environment_variables == {"A": "1"}
    assert Environment.get(workspace, "mine / its name").version == "2"
    assert list(Environment.list(workspace)) == ["mine / its name"]
    assert got.clone("other").job_environment(target="local")["name"] == "other"


@pytest.mark.parametrize("version", [None, "2"])
def test_environment_that_is_not_registered_is_not_found(
    workspace: runtide.Workspace, version: str | None
) -> None:
    Environment("known").register(workspace)
    name = "known" if version else "AzureML-Minimal"

    with pytest.raises(NotFound, match="there is known"):
        Environment.get(workspace, name, version)
