"""The retired SDK's names: what each is here, and what is refused."""

import importlib
from collections.abc import Callable
from typing import Any

import pytest

import runtide
import runtide.azureml
from runtide import errors
from runtide.azureml.additions import ADDITIONS
from runtide.azureml.names import INSTEAD, NAMES_BY_MODULE, TARGETS
from runtide.azureml.refusals import CloudOnly

REFERENCE = {
    "azureml.core": (
        "Workspace Experiment Run get_run ScriptRun ScriptRunConfig RunConfiguration Environment "
        "Datastore ComputeTarget ContainerRegistry Model Image Webservice Dataset Keyvault VERSION"
    ),
    "azureml.core.run": "Run _OfflineRun",
    "azureml.core.experiment": "Experiment",
    "azureml.core.workspace": "Workspace",
    "azureml.core.script_run_config": "ScriptRunConfig",
    "azureml.core.environment": "Environment",
    "azureml.core.conda_dependencies": "CondaDependencies",
    "azureml.core.runconfig": "RunConfiguration DockerConfiguration",
    "azureml.core.model": "Model InferenceConfig",
    "azureml.core.webservice": "Webservice AciWebservice",
    "azureml.core.compute": "ComputeTarget AmlCompute RemoteCompute",
    "azureml.core.compute_target": "ComputeTargetException",
    "azureml.widgets": "RunDetails",
    "azureml.tensorboard": "Tensorboard",
    "azureml.tensorboard.export": "export_to_tensorboard",
    "azureml.pipeline.core": "Pipeline PipelineData PipelineRun StepSequence PublishedPipeline",
    "azureml.pipeline.core.graph": "PipelineParameter",
    "azureml.pipeline.core.run": "PipelineRun",
    "azureml.pipeline.steps": "PythonScriptStep HyperDriveStep",
    "azureml.telemetry": "set_diagnostics_collection",
    "azureml.train.dnn": "TensorFlow",
    "azureml.train.hyperdrive": (
        "HyperDriveConfig HyperDriveRun PrimaryMetricGoal GridParameterSampling "
        "RandomParameterSampling BayesianParameterSampling BanditPolicy MedianStoppingPolicy "
        "choice uniform loguniform normal randint quniform"
    ),
    "azureml.train.hyperdrive.parameter_expressions": "choice uniform",
    "azureml.train.hyperdrive.policy": "BanditPolicy",
    "azureml.train.hyperdrive.run": "PrimaryMetricGoal",
    "azureml.train.hyperdrive.sampling": "RandomParameterSampling",
    "azureml.train.widgets": "RunDetails",
}
"""What the public samples import."""


@pytest.mark.parametrize("module", REFERENCE)
def test_what_samples_import_is_there(module: str) -> None:
    assert set(REFERENCE[module].split()) <= set(importlib.import_module(module).__all__)


@pytest.mark.parametrize("module", NAMES_BY_MODULE)
def test_every_name_of_a_module_is_something(module: str) -> None:
    """Names are resolved when they are asked for, so a wrong target shows late."""
    found = importlib.import_module(module)

    assert {getattr(found, name) is not ... for name in NAMES_BY_MODULE[module]} <= {True}


def test_every_name_is_in_one_table() -> None:
    used = set().union(*NAMES_BY_MODULE.values())

    assert used == set(TARGETS) | set(INSTEAD)
    assert not set(TARGETS) & set(INSTEAD)


def test_name_means_one_thing_in_every_module() -> None:
    from azureml.core import Environment, Run
    from azureml.core.environment import Environment as SameEnvironment
    from azureml.core.run import Run as SameRun

    assert (Run, Environment) == (SameRun, SameEnvironment)
    assert (Run, Environment) == (runtide.Run, runtide.Environment)


def test_star_import_has_every_name() -> None:
    scope: dict[str, Any] = {}
    exec("from azureml.exceptions import *", scope)

    assert {"AzureMLException", "UserErrorException"} <= scope.keys()


def test_unknown_module_says_where_the_known_ones_are_listed() -> None:
    with pytest.raises(ModuleNotFoundError, match=r"migrate-from-azureml\.md") as caught:
        importlib.import_module("azureml.opendatasets")

    assert caught.value.name == "azureml.opendatasets"


def test_unknown_name_is_an_import_error() -> None:
    with pytest.raises(ImportError, match="NoSuchName"):
        from azureml.core import NoSuchName  # noqa: F401  # it raises


def used(*path: str) -> Callable[[], object]:
    """Return a use of a name: an import, then attributes, then a call."""

    def use() -> object:
        module, name, *attributes = path
        found = getattr(importlib.import_module(module), name)
        for attribute in attributes:
            found = getattr(found, attribute)
        return found()

    return use


@pytest.mark.parametrize(
    "path",
    [
        ("azureml.core.compute", "AmlCompute"),
        ("azureml.core.compute", "AmlCompute", "provisioning_configuration"),
        ("azureml.core.compute", "ComputeTarget", "create"),
        ("azureml.core", "Datastore", "get"),
        ("azureml.core", "Dataset", "Tabular"),
        ("azureml.core.webservice", "AciWebservice", "deploy_configuration"),
        ("azureml.core.model", "Model", "deploy"),
        ("azureml.train.hyperdrive", "BayesianParameterSampling"),
        ("azureml.train.hyperdrive", "TruncationSelectionPolicy"),
        ("azureml.pipeline.core", "PipelineData"),
        ("azureml.pipeline.core", "PipelineEndpoint"),
        ("azureml.pipeline.core", "PublishedPipeline", "list"),
    ],
    ids=".".join,
)
def test_what_only_the_cloud_has_is_refused_with_one_sentence(path: tuple[str, ...]) -> None:
    with pytest.raises(CloudOnly) as caught:
        used(*path)()

    name, _, instead = str(caught.value).partition(": ")
    assert path[1] in name
    assert "exists only in the cloud" in name
    assert instead
    assert "\n" not in instead


def test_tools_that_look_at_a_refused_class_are_not_refused() -> None:
    """A notebook's completion looks for attributes with underscores."""
    from azureml.core import Datastore

    assert not hasattr(Datastore, "_repr_html_")
    assert Datastore.__name__ == "Datastore"


@pytest.mark.parametrize("names", ADDITIONS, ids=lambda names: str(names.__name__))
def test_addition_replaces_nothing_of_ours(names: type) -> None:
    """What a class of ours brings by itself later has no addition any more."""
    cls = names.__base__
    assert cls is not None
    added = [name for name in vars(names) if not name.startswith("_")]

    assert [name for name in added if vars(cls).get(name) is not vars(names)[name]] == []


@pytest.mark.parametrize(
    ("raised", "name"),
    [
        (errors.RunFailed(run_id="r", error=None), "ActivityFailedException"),
        (errors.UsageError("wrong"), "UserErrorException"),
        (errors.UsageError("wrong"), "ExperimentExecutionException"),
        (errors.NotFound("none"), "UserErrorException"),
        (errors.NotFound("none"), "ComputeTargetException"),
        (errors.ModelPathNotFound("none", available=[]), "ModelPathNotFoundException"),
        (errors.Conflict("other"), "ServiceException"),
        (errors.Conflict("other"), "SnapshotException"),
        (errors.ServerUnavailable("away"), "ServiceException"),
        (errors.MalformedEvent("bad"), "AzureMLException"),
        (errors.LogDamaged("bad"), "AzureMLException"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_except_clause_of_the_retired_sdk_catches_ours(
    raised: errors.RuntideError, name: str
) -> None:
    """Such a clause looks at real bases; no hook of `isinstance` is asked."""
    wanted = getattr(importlib.import_module("azureml.exceptions"), name)

    try:
        raise raised
    except wanted as caught:
        assert caught.message == str(raised)  # noqa: PT017  # the clause itself is what is tested


def test_except_clause_catches_nothing_else_of_ours() -> None:
    from azureml.exceptions import ActivityFailedException, ServiceException

    assert not isinstance(errors.UsageError("wrong"), ActivityFailedException | ServiceException)
    assert not isinstance(errors.RunFailed(run_id="r", error=None), ServiceException)


def test_exception_of_the_retired_sdk_can_be_raised() -> None:
    from azureml.exceptions import UserErrorException

    error = UserErrorException("wrong", inner_exception=ValueError("x"))

    assert (error.message, str(error)) == ("wrong", "wrong")
