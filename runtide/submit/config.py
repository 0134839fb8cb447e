"""`ScriptRunConfig` and `RunConfiguration`: what to run, where, and in which environment."""

from __future__ import annotations

import logging
import os
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from runtide.core import limits, names
from runtide.core.shown import shown
from runtide.errors import UsageError
from runtide.submit.conda import CondaDependencies
from runtide.submit.environment import LOCAL_TARGET, Environment

_PYTHON: Final = "python"
"""Stands for the environment's interpreter as the first word of a job's command."""

_DEFAULT_ENVIRONMENT: Final = "default-environment"
_SHELL: Final = ("/bin/sh", "-c")
_SHELL_WORDS: Final = frozenset({"&&", "||", "|", ";", "<", ">", ">>", "2>", "2>&1", "&"})

_log = logging.getLogger("runtide")


class Plan(NamedTuple):
    """All that a submit needs to know of a configuration; what is wrong with it is known by now."""

    source: Path
    command: list[str]
    script: str | None
    arguments: list[str]
    target: str
    environment: dict[str, Any]
    variables: dict[str, str]
    duration_s_max: float | None
    priority: int


class RunConfiguration:
    """Where and how a script runs, without the folder that it is in.

    Attributes:
        script: The script's path within the source folder.
        arguments: Its arguments.
        command: A command instead of a script.
        target: The compute target's name.
        environment: The Python that it runs in.
        environment_variables: Environment variables beside those of the environment.
        max_run_duration_seconds: When a run that is going on is ended; None is never.
        docker: Whether a container is asked for. It is warned of: there is none.
        framework, communicator, node_count: Accepted for the sake of older scripts.
    """

    def __init__(  # noqa: PLR0917  # the retired SDK's order
        self,
        script: str | None = None,
        arguments: Sequence[object] | str | None = None,
        framework: str | None = None,
        communicator: str | None = None,
        conda_dependencies: CondaDependencies | None = None,
        command: Sequence[object] | str | None = None,
    ) -> None:
        self.script = script
        self.arguments = arguments
        self.command = command
        self.framework = framework or "Python"
        self.communicator = communicator or "None"
        self.node_count = 1
        self.target: object = LOCAL_TARGET
        self.environment = Environment(_DEFAULT_ENVIRONMENT)
        if conda_dependencies is not None:
            self.environment.python.conda_dependencies = conda_dependencies
        self.environment_variables: dict[str, object] = {}
        self.max_run_duration_seconds: float | None = None
        self.docker: object = None


class ScriptRunConfig:
    """A script, or a command, in a folder: what `Experiment.submit` takes.

    Nothing is checked before it is submitted, so that what it names can be made in the meantime.

    Args:
        source_directory: The folder, whose code is kept with the run.
        script: The script's path in that folder.
        arguments: Its arguments: a list, each element of which becomes text, or a text as one
            would type it.
        run_config: A `RunConfiguration` to start from. Then `compute_target`, `environment`,
            `max_run_duration_seconds` and `docker` are its own, and those given here are ignored.
        compute_target: Where to run: a compute target's name, or an object that has it as `name`.
        environment: The Python to run in; default: this one.
        distributed_job_config: Refused; start processes in the command itself.
        resume_from: Refused; give the script what it needs as an argument.
        max_run_duration_seconds: When a run that is going on is ended; None is never.
        command: Instead of a script: a list of words, or a text for the shell.
        docker_runtime_config: What becomes `run_config.docker`.
        priority: Of several runs that wait, those with the largest are taken first.

    Attributes:
        run_config: The `RunConfiguration`, which may be changed between two submits.
    """

    def __init__(  # noqa: PLR0917  # the retired SDK's order
        self,
        source_directory: str | Path,
        script: str | None = None,
        arguments: Sequence[object] | str | None = None,
        run_config: RunConfiguration | None = None,
        compute_target: object = None,
        environment: Environment | None = None,
        distributed_job_config: object = None,
        resume_from: object = None,
        max_run_duration_seconds: float | None = None,
        command: Sequence[object] | str | None = None,
        docker_runtime_config: object = None,
        *,
        priority: int = 0,
    ) -> None:
        self.source_directory = source_directory
        self.script = script
        self.arguments = arguments
        self.command = command
        self.priority = priority
        _refuse_what_there_is_not(distributed_job_config, resume_from)
        given = {
            "compute_target": compute_target,
            "environment": environment,
            "max_run_duration_seconds": max_run_duration_seconds,
            "docker_runtime_config": docker_runtime_config,
        }
        if run_config is not None:
            ignored = [name for name, value in given.items() if value is not None]
            if ignored:
                _log.warning(
                    "runtide: %s ignored: the run_config that is given says it", ", ".join(ignored)
                )
            self.run_config = run_config
            return
        self.run_config = RunConfiguration()
        if compute_target is not None:
            self.run_config.target = compute_target
        if environment is not None:
            self.run_config.environment = environment
        self.run_config.max_run_duration_seconds = max_run_duration_seconds
        self.run_config.docker = docker_runtime_config

    def plan(self) -> Plan:
        """Return what this configuration comes to.

        Raises:
            UsageError: Something is missing, not there, or of the wrong type.
        """
        config = self.run_config
        source = Path(self.source_directory).absolute()
        if not source.is_dir():
            message = (
                f"source_directory is {str(self.source_directory)!r}, which is no folder: give the "
                f"folder that the script is in"
            )
            raise UsageError(message)
        script, command = self.script, self.command
        if script is None and command is None:
            script, command = config.script, config.command
        given = self.arguments if self.arguments is not None else config.arguments
        arguments = _words(given, what="arguments")
        if script is None and command is None:
            message = "neither script nor command is given: give one of them"
            raise UsageError(message)
        if script is not None and command is not None:
            message = "both script and command are given: give one of them"
            raise UsageError(message)
        if command is not None and arguments:
            message = "arguments are given beside a command: make them a part of the command"
            raise UsageError(message)
        path = None if script is None else _script_path(source, script)
        words = _command(command) if path is None else [_PYTHON, path, *arguments]
        if len(words) > limits.COMMAND_WORDS_MAX:
            message = (
                f"the command has {len(words):,} words, limit is {limits.COMMAND_WORDS_MAX:,}: "
                f"put them into a file"
            )
            raise UsageError(message)
        target = _target_name(config.target)
        return Plan(
            source=source,
            command=words,
            script=path,
            arguments=arguments,
            target=target,
            environment=_environment(config.environment, target, config.docker),
            variables=_variables(config),
            duration_s_max=_duration_s(config.max_run_duration_seconds),
            priority=_priority(self.priority),
        )


def _refuse_what_there_is_not(distributed: object, resume_from: object) -> None:
    if distributed is not None:
        message = (
            "distributed_job_config is given: a run has one command here, so start its processes "
            "by it, such as with `torchrun`"
        )
        raise UsageError(message)
    if resume_from is not None:
        message = "resume_from is given: give the script what it resumes from as an argument"
        raise UsageError(message)


def _words(given: Sequence[object] | str | None, *, what: str) -> list[str]:
    """Return arguments as texts: what is no text becomes its text."""
    if given is None:
        return []
    if isinstance(given, str):
        try:
            return shlex.split(given)
        except ValueError as exc:
            message = f"{what} is {given!r} ({exc}): give a list, or quote it as for a shell"
            raise UsageError(message) from exc
    if not isinstance(given, list | tuple):
        message = f"{what} is {shown(given)} of type {type(given).__name__}: want a list or a text"
        raise UsageError(message)
    words = [names.valid_text(str(word), what=f"a word of {what}") for word in given]
    if any("\x00" in word for word in words):
        message = f"{what} has a word with a NUL in it: no program takes one"
        raise UsageError(message)
    return words


def _command(command: Sequence[object] | str | None) -> list[str]:
    if isinstance(command, str):
        words = [*_SHELL, command] if command.strip() else []
    else:
        words = _words(command, what="command")
        if _SHELL_WORDS & set(words):
            # As in the retired SDK, a list is joined by blanks; only a shell understands it then.
            words = [*_SHELL, " ".join(words)]
    if not words:
        message = "command is empty: give a program and its arguments"
        raise UsageError(message)
    return words


def _script_path(source: Path, script: object) -> str:
    """Return the script's path within the source folder."""
    text = names.valid_text(str(script), what="script")
    path = source / text
    if not path.is_file():
        message = (
            f"script is {text!r}, and {str(path)!r} is no file: it must be in source_directory"
        )
        raise UsageError(message)
    inside = os.path.relpath(path, source)
    if inside.startswith(os.pardir):
        message = f"script {str(path)!r} is not in {str(source)!r}: it must be in source_directory"
        raise UsageError(message)
    return inside


def _target_name(target: object) -> str:
    name = target if isinstance(target, str) else getattr(target, "name", None)
    if not isinstance(name, str):
        message = f"compute target is {shown(target)}: want its name, such as {LOCAL_TARGET!r}"
        raise UsageError(message)
    return names.metric_name(name)


def _environment(environment: object, target: str, docker: object) -> dict[str, Any]:
    if not isinstance(environment, Environment):
        message = (
            f"environment is {shown(environment)} of type {type(environment).__name__}: want an "
            f"`Environment`"
        )
        raise UsageError(message)
    if environment.docker.enabled or getattr(docker, "use_docker", False):
        _log.warning(
            "runtide: environment %s asks for a container: it runs without one", environment.name
        )
    return environment.job_environment(target=target)


def _variables(config: RunConfiguration) -> dict[str, str]:
    found: dict[str, str] = {}
    for given in (config.environment.environment_variables, config.environment_variables):
        if not isinstance(given, Mapping):
            message = f"environment_variables is {shown(given)}: want a dict"
            raise UsageError(message)
        for name, value in given.items():
            text = names.valid_text(str(value), what=f"environment variable {name!r}")
            if {"=", "\x00"} & set(names.metric_name(name)) or "\x00" in text:
                message = f"environment variable {name!r} is {text!r}: want a name without `=`, and no NUL"
                raise UsageError(message)
            found[name] = text
    return found


def _duration_s(seconds: object) -> float | None:
    if seconds is None:
        return None
    is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    if not is_number or not 0 < seconds <= limits.DURATION_S_MAX:  # type: ignore[operator]  # a number
        message = f"max_run_duration_seconds is {seconds!r}: want seconds, more than 0"
        raise UsageError(message)
    return float(seconds)  # type: ignore[arg-type]  # a number


def _priority(priority: object) -> int:
    if type(priority) is not int or abs(priority) > limits.PRIORITY_MAX:
        most = limits.PRIORITY_MAX
        message = f"priority is {priority!r}: want a whole number from {-most:,} to {most:,}"
        raise UsageError(message)
    return priority
