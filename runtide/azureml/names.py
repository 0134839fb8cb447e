"""The retired SDK's names: in which module each is, and what it stands for here.

A name means one thing in whichever module it is asked for: `Run` of `azureml.core` is that of
`azureml.core.run`. It has a target, or it exists only in the cloud and has something to use instead.
"""

from __future__ import annotations

from typing import Final

TARGETS: Final = {
    "AbstractAuthentication": "runtide.azureml.accepted:Authentication",
    "AzureCliAuthentication": "runtide.azureml.accepted:Authentication",
    "ComputeTarget": "runtide.azureml.compute:ComputeTarget",
    "CondaDependencies": "runtide.submit.conda:CondaDependencies",
    "DEFAULT_CPU_IMAGE": "runtide.azureml.accepted:NO_IMAGE",
    "DEFAULT_GPU_IMAGE": "runtide.azureml.accepted:NO_IMAGE",
    "DockerConfiguration": "runtide.azureml.accepted:DockerConfiguration",
    "DockerSection": "runtide.submit.environment:DockerSection",
    "Environment": "runtide.submit.environment:Environment",
    "Experiment": "runtide.azureml.experiment:Experiment",
    "InteractiveLoginAuthentication": "runtide.azureml.accepted:Authentication",
    "LocalTarget": "runtide.azureml.compute:LocalTarget",
    "Model": "runtide.client.model:Model",
    "MsiAuthentication": "runtide.azureml.accepted:Authentication",
    "PythonSection": "runtide.submit.environment:PythonSection",
    "ResourceConfiguration": "runtide.azureml.accepted:ResourceConfiguration",
    "Run": "runtide.client.run:Run",
    "RunConfiguration": "runtide.submit.config:RunConfiguration",
    "RunDetails": "runtide.widget:RunDetails",
    "ScriptRun": "runtide.client.script_run:ScriptRun",
    "ScriptRunConfig": "runtide.azureml.script_run_config:ScriptRunConfig",
    "ServicePrincipalAuthentication": "runtide.azureml.accepted:Authentication",
    "Tensorboard": "runtide.azureml.tensorboard:Tensorboard",
    "VERSION": "runtide.azureml.accepted:VERSION",
    "Workspace": "runtide.azureml.workspace:Workspace",
    "__version__": "runtide.azureml.accepted:VERSION",
    "export_to_tensorboard": "runtide.azureml.tensorboard:export_to_tensorboard",
    "get_run": "runtide.azureml.experiment:get_run",
    "set_diagnostics_collection": "runtide.azureml.accepted:set_diagnostics_collection",
}
"""`module:attribute` by name."""

_EXCEPTIONS: Final = (
    "ActivityFailedException",
    "AuthenticationException",
    "AzureMLAggregatedException",
    "AzureMLException",
    "ComputeTargetException",
    "DiscoveryUrlNotFoundException",
    "ExperimentExecutionException",
    "ModelNotFoundException",
    "ModelPathNotFoundException",
    "ProjectSystemException",
    "RunConfigurationException",
    "RunEnvironmentException",
    "ServiceException",
    "SnapshotException",
    "TrainingException",
    "UserErrorException",
    "WebserviceException",
    "WorkspaceException",
)
TARGETS.update({name: f"runtide.azureml.exceptions:{name}" for name in _EXCEPTIONS})

_MACHINES: Final = (
    "submit to the compute target `local`, or start `runtide agent --target NAME` on the machine "
    "that is to run it and submit to NAME"
)
_SERVING: Final = "download the model with `Model.download` and serve it where you like"
_DATA: Final = "read the files by their paths, or keep them with a run by `run.upload_folder`"
_ESTIMATORS: Final = "use `ScriptRunConfig` with an `Environment`"
_SWEEPS: Final = "start a child run for each set of parameters with `run.child_run` in a loop"
_STEPS: Final = "submit each step with `run.submit_child` and wait for those that it needs"
_ONE_COMMAND: Final = "start the processes in the command itself, such as with `torchrun`"

INSTEAD: Final = {
    **dict.fromkeys(
        ("AksCompute", "AmlCompute", "ComputeInstance", "DataFactoryCompute", "DatabricksCompute"),
        _MACHINES,
    ),
    **dict.fromkeys(("HDInsightCompute", "RemoteCompute"), _MACHINES),
    **dict.fromkeys(
        ("AciWebservice", "AksWebservice", "InferenceConfig", "LocalWebservice", "Webservice"),
        _SERVING,
    ),
    **dict.fromkeys(("ContainerImage", "Image", "AksEndpoint"), _SERVING),
    **dict.fromkeys(
        ("DataReference", "Dataset", "Datastore", "FileDataset", "OutputFileDatasetConfig"), _DATA
    ),
    **dict.fromkeys(("TabularDataset",), _DATA),
    **dict.fromkeys(("Chainer", "Estimator", "PyTorch", "SKLearn", "TensorFlow"), _ESTIMATORS),
    **dict.fromkeys(
        (
            "MpiConfiguration",
            "ParallelTaskConfiguration",
            "PyTorchConfiguration",
            "TensorflowConfiguration",
        ),
        _ONE_COMMAND,
    ),
    **dict.fromkeys(
        (
            "BanditPolicy",
            "BayesianParameterSampling",
            "GridParameterSampling",
            "HyperDriveConfig",
            "HyperDriveRun",
            "MedianStoppingPolicy",
            "NoTerminationPolicy",
            "PrimaryMetricGoal",
            "RandomParameterSampling",
            "TruncationSelectionPolicy",
            "choice",
            "lognormal",
            "loguniform",
            "normal",
            "qlognormal",
            "qloguniform",
            "qnormal",
            "quniform",
            "randint",
            "uniform",
        ),
        _SWEEPS,
    ),
    **dict.fromkeys(
        (
            "DataTransferStep",
            "EstimatorStep",
            "HyperDriveStep",
            "ParallelRunConfig",
            "ParallelRunStep",
            "Pipeline",
            "PipelineData",
            "PipelineEndpoint",
            "PipelineParameter",
            "PipelineRun",
            "PublishedPipeline",
            "PythonScriptStep",
            "Schedule",
            "StepSequence",
        ),
        _STEPS,
    ),
    "AutoMLConfig": "train the candidates as child runs and register the best one",
    "ContainerRegistry": "name an image where the container is started",
    "Keyvault": "give secrets to a script as environment variables",
}
"""What to use instead of each name that exists only in the cloud."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_COMPUTE: Final = _words(
    "AksCompute AmlCompute ComputeInstance ComputeTarget DatabricksCompute DataFactoryCompute "
    "HDInsightCompute LocalTarget RemoteCompute"
)

NAMES_BY_MODULE: Final = {
    "azureml": frozenset[str](),
    "azureml.core": _words(
        "ComputeTarget ContainerRegistry Dataset Datastore Environment Experiment Image Keyvault "
        "Model Run RunConfiguration ScriptRun ScriptRunConfig VERSION Webservice Workspace "
        "__version__ get_run"
    ),
    "azureml.core.authentication": _words(
        "AbstractAuthentication AzureCliAuthentication InteractiveLoginAuthentication "
        "MsiAuthentication ServicePrincipalAuthentication"
    ),
    "azureml.core.compute": _COMPUTE,
    "azureml.core.compute_target": _COMPUTE | {"ComputeTargetException"},
    "azureml.core.conda_dependencies": _words("CondaDependencies"),
    "azureml.core.container_registry": _words("ContainerRegistry"),
    "azureml.core.dataset": _words("Dataset FileDataset TabularDataset"),
    "azureml.core.datastore": _words("Datastore"),
    "azureml.core.environment": _words(
        "CondaDependencies DEFAULT_CPU_IMAGE DEFAULT_GPU_IMAGE DockerSection Environment "
        "PythonSection"
    ),
    "azureml.core.experiment": _words("Experiment"),
    "azureml.core.image": _words("ContainerImage Image"),
    "azureml.core.keyvault": _words("Keyvault"),
    "azureml.core.model": _words("InferenceConfig Model"),
    "azureml.core.resource_configuration": _words("ResourceConfiguration"),
    "azureml.core.run": _words("Run get_run"),
    "azureml.core.runconfig": _words(
        "CondaDependencies DEFAULT_CPU_IMAGE DEFAULT_GPU_IMAGE DataReference DockerConfiguration "
        "Environment MpiConfiguration ParallelTaskConfiguration PyTorchConfiguration "
        "RunConfiguration TensorflowConfiguration"
    ),
    "azureml.core.script_run": _words("ScriptRun"),
    "azureml.core.script_run_config": _words("ScriptRunConfig"),
    "azureml.core.webservice": _words(
        "AciWebservice AksEndpoint AksWebservice LocalWebservice Webservice"
    ),
    "azureml.core.workspace": _words("Workspace"),
    "azureml.data": _words("FileDataset OutputFileDatasetConfig TabularDataset"),
    "azureml.data.data_reference": _words("DataReference"),
    "azureml.exceptions": frozenset(_EXCEPTIONS),
    "azureml.pipeline": frozenset[str](),
    "azureml.pipeline.core": _words(
        "Pipeline PipelineData PipelineEndpoint PipelineParameter PipelineRun PublishedPipeline "
        "Schedule StepSequence"
    ),
    "azureml.pipeline.steps": _words(
        "DataTransferStep EstimatorStep HyperDriveStep ParallelRunConfig ParallelRunStep "
        "PythonScriptStep"
    ),
    "azureml.telemetry": _words("set_diagnostics_collection"),
    "azureml.tensorboard": _words("Tensorboard"),
    "azureml.tensorboard.export": _words("export_to_tensorboard"),
    "azureml.train": frozenset[str](),
    "azureml.train.automl": _words("AutoMLConfig"),
    "azureml.train.dnn": _words("Chainer PyTorch TensorFlow"),
    "azureml.train.estimator": _words("Estimator"),
    "azureml.train.hyperdrive": _words(
        "BanditPolicy BayesianParameterSampling GridParameterSampling HyperDriveConfig "
        "HyperDriveRun MedianStoppingPolicy NoTerminationPolicy PrimaryMetricGoal "
        "RandomParameterSampling TruncationSelectionPolicy choice lognormal loguniform normal "
        "qlognormal qloguniform qnormal quniform randint uniform"
    ),
    "azureml.train.sklearn": _words("SKLearn"),
    "azureml.train.widgets": _words("RunDetails"),
    "azureml.widgets": _words("RunDetails"),
}
"""The names of each module."""
