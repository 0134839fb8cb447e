"""What our classes gain while `azureml` is ours: names that only the retired SDK had.

They are added to the classes themselves rather than to subclasses, because runs, experiments and
workspaces come from many places, such as `Run.get_context()`, `run.parent` or `ws.experiments`, and
must be the same everywhere. Nothing that a class of ours has is ever replaced.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, cast

import runtide
from runtide.azureml.cloud import refused
from runtide.azureml.compute import ComputeTarget
from runtide.azureml.sweep_results import result_documents
from runtide.client.model import Model
from runtide.client.pipeline_run import PipelineRun
from runtide.client.sweep_run import SweepRun
from runtide.errors import UsageError
from runtide.submit.environment import Environment
from runtide.submit.pipeline import Pipeline

_NOBODYS_SUBSCRIPTION: Final = "00000000-0000-0000-0000-000000000000"
_FOLDERS: Final = "read the files by their paths, or keep them with a run by `run.upload_folder`"
_BUILT: Final = "a compute target builds it when a run needs it first"
_KEPT: Final = "runs are what is kept, so tag or archive those"
_SERVED: Final = "download the model with `Model.download` and serve it where you like"
_PUBLISHED: Final = "keep the script that makes it, and run that when the pipeline is to run"
_SECRETS: Final = "give secrets to a script as environment variables"


class WorkspaceNames(runtide.Workspace):
    """Of `Workspace`."""

    @property
    def subscription_id(self) -> str:
        """A subscription that is nobody's: there is none."""
        return _NOBODYS_SUBSCRIPTION

    @property
    def resource_group(self) -> str:
        """The workspace's name: there are no groups."""
        return self.name

    @property
    def location(self) -> str:
        """Where what is logged goes."""
        return self.place.label

    @property
    def sku(self) -> str:
        """What everybody has."""
        return "basic"

    @property
    def tags(self) -> dict[str, str]:
        """None: runs have tags, and workspaces do not."""
        return {}

    @property
    def compute_targets(self) -> dict[str, ComputeTarget]:
        """The compute targets, by name."""
        return ComputeTarget.all(self)

    @property
    def environments(self) -> dict[str, Environment]:
        """The latest version of each registered environment, by name."""
        return Environment.list(self)

    @property
    def datastores(self) -> dict[str, Any]:
        """None: files are where they are."""
        return {}

    @property
    def datasets(self) -> dict[str, Any]:
        """None: files are where they are."""
        return {}

    @property
    def webservices(self) -> dict[str, Any]:
        """None: nothing is served here."""
        return {}

    @property
    def images(self) -> dict[str, Any]:
        """None: nothing is served here."""
        return {}

    def get_details(self) -> dict[str, Any]:
        """Return what there is to know of the workspace."""
        return {"id": self.name, "name": self.name, "location": self.location, "sku": self.sku}

    get_default_datastore = refused("Workspace.get_default_datastore", _FOLDERS)
    get_default_keyvault = refused("Workspace.get_default_keyvault", _SECRETS)
    get_mlflow_tracking_uri = refused(
        "Workspace.get_mlflow_tracking_uri", "log with `run.log`, which takes the same values"
    )
    delete = refused("Workspace.delete", "delete the data folder that it is in")
    update = refused("Workspace.update", "write the workspace's description where it is used")


class ExperimentNames(runtide.Experiment):
    """Of `Experiment`."""

    @property
    def workspace_object(self) -> runtide.Workspace:
        """The workspace that the experiment is in; the same as `workspace`."""
        return self.workspace

    @property
    def id(self) -> str:
        """The experiment's name, which no other has in its workspace."""
        return self.name

    def refresh(self) -> None:
        """Do nothing: everything is read when it is asked for."""

    archive = refused("Experiment.archive", _KEPT)
    reactivate = refused("Experiment.reactivate", _KEPT)
    tag = refused("Experiment.tag", _KEPT)
    set_tags = refused("Experiment.set_tags", _KEPT)
    remove_tags = refused("Experiment.remove_tags", _KEPT)


class RunNames(runtide.Run):
    """Of `Run`."""

    @staticmethod
    def start_logging(experiment: runtide.Experiment, **options: Any) -> runtide.Run:  # noqa: ANN401  # those of `Experiment.start_logging`
        """Start a run; the same as `experiment.start_logging()`."""
        return experiment.start_logging(**options)

    @staticmethod
    def get_submitted_run(**_of_azure: object) -> runtide.Run:
        """Return the run that this process was submitted as.

        Raises:
            UsageError: Nobody submitted it.
        """
        return runtide.Run.get_context(allow_offline=False)

    def log_metric(
        self, name: str, value: object, description: str = "", step: int | None = None
    ) -> None:
        """Log one value of a metric; the same as `log`."""
        self.log(name, value, description, step)

    def get_environment(self) -> Environment:
        """Return the environment that the run was submitted with.

        Raises:
            UsageError: Nobody submitted it.
        """
        definition = self.get_details().get("runDefinition")
        if definition is None:
            message = f"run {self.id} was not submitted: it ran in the Python that started it"
            raise UsageError(message)
        return Environment.of_job(definition["environment"], definition["environmentVariables"])

    def clean(self) -> None:
        """Do nothing: what a run leaves behind is removed when it has ended."""

    get_secret = refused("Run.get_secret", _SECRETS)
    get_secrets = refused("Run.get_secrets", _SECRETS)


class SweepRunNames(SweepRun):
    """Of `SweepRun`, which is the retired SDK's `HyperDriveRun`."""

    def get_children_sorted_by_primary_metric(
        self, top: int = 0, reverse: bool = False, discard_no_metric: bool = False
    ) -> list[dict[str, Any]]:
        """Return what came of each child, the best first.

        Each is a dict of `run_id`, `hyperparameters` as JSON, `best_primary_metric` and `status`.

        Args:
            top: The most to return; 0 is all.
            reverse: The worst first.
            discard_no_metric: Leave out those that have logged no value; otherwise they are last.
        """
        return result_documents(
            self.results(), top=top, reverse=reverse, discard_no_metric=discard_no_metric
        )

    def get_hyperparameters(self) -> dict[str, str]:
        """Return the draw of each child as JSON, by the child's id."""
        return {
            child["run_id"]: child["hyperparameters"]
            for child in self.get_children_sorted_by_primary_metric()
        }


class PipelineNames(Pipeline):
    """Of `Pipeline`."""

    def validate(self) -> list[Any]:
        """Return the empty list.

        Raises:
            UsageError: The steps cannot be put in order.
        """
        self.check()
        return []

    publish = refused("Pipeline.publish", _PUBLISHED)


class PipelineRunNames(PipelineRun):
    """Of `PipelineRun`."""

    def find_step_run(self, name: str) -> list[runtide.Run]:
        """Return the run of the step `name` in a list, which is empty while there is none."""
        return [run for step, run in self.steps().items() if step == name]

    def get_steps(self) -> Iterator[runtide.Run]:
        """Yield the runs of the steps that are in the record by now."""
        yield from self.steps().values()

    publish_pipeline = refused("PipelineRun.publish_pipeline", _PUBLISHED)


class ModelFrameworks:
    """The names of what models are made with, as `Model.Framework` has them."""

    CUSTOM: Final = "Custom"
    TENSORFLOW: Final = "TensorFlow"
    SCIKITLEARN: Final = "ScikitLearn"
    ONNX: Final = "Onnx"


class ModelNames(Model):
    """Of `Model`."""

    Framework = ModelFrameworks

    @staticmethod
    def get_model_path(
        model_name: str, version: int | None = None, _workspace: runtide.Workspace | None = None
    ) -> str:
        """Download a version of a model below `azureml-models`, and return its path.

        Raises:
            NotFound: There is no such version.
        """
        model = Model(_workspace or runtide.Workspace(), model_name, version=version)
        folder = f"azureml-models/{model.name}/{model.version}"
        return model.download(folder, exist_ok=True)

    deploy = staticmethod(refused("Model.deploy", _SERVED))
    package = staticmethod(refused("Model.package", _SERVED))
    profile = staticmethod(refused("Model.profile", _SERVED))


class EnvironmentNames(Environment):
    """Of `Environment`."""

    build = refused("Environment.build", _BUILT)
    build_local = refused("Environment.build_local", _BUILT)
    from_docker_image = staticmethod(
        refused("Environment.from_docker_image", "describe its packages by a conda or pip file")
    )
    from_dockerfile = staticmethod(
        refused("Environment.from_dockerfile", "describe its packages by a conda or pip file")
    )
    from_existing_conda_environment = staticmethod(
        refused(
            "Environment.from_existing_conda_environment",
            "set `python.user_managed_dependencies` and the path of its interpreter as "
            "`python.interpreter_path`",
        )
    )


ADDITIONS: Final = (
    WorkspaceNames,
    ExperimentNames,
    RunNames,
    SweepRunNames,
    PipelineNames,
    PipelineRunNames,
    ModelNames,
    EnvironmentNames,
)
"""Each is derived from the class that gains what it defines."""


def extend_classes() -> None:
    """Give our classes what `ADDITIONS` define. A second call changes nothing."""
    for names in ADDITIONS:
        cls = cast("type", names.__base__)
        for name, member in vars(names).items():
            if not name.startswith("_") and not hasattr(cls, name):
                setattr(cls, name, member)
