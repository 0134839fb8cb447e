"""The retired SDK's names: in which module each is, and what it stands for here.

A name means one thing in whichever module it is asked for: `Run` of `azureml.core` is that of
`azureml.core.run`. It has a target, or it exists only in the cloud and has something to use instead.
"""

from __future__ import annotations

from typing import Final

TARGETS: Final = {
    "AbstractAuthentication": "runtide.azureml.accepted:Authentication",
    "AzureCliAuthentication": "runtide.azureml.accepted:Authentication",
    "BanditPolicy": "runtide.azureml.hyperdrive:BanditPolicy",
    "ComputeTarget": "runtide.azureml.compute:ComputeTarget",
    "CondaDependencies": "runtide.submit.conda:CondaDependencies",
    "DEFAULT_CPU_IMAGE": "runtide.azureml.accepted:NO_IMAGE",
    "DEFAULT_GPU_IMAGE": "runtide.azureml.accepted:NO_IMAGE",
    "DockerConfiguration": "runtide.azureml.accepted:DockerConfiguration",
    "DockerSection": "runtide.submit.environment:DockerSection",
    "Environment": "runtide.submit.environment:Environment",
    "Experiment": "runtide.azureml.experiment:Experiment",
    "GridParameterSampling": "runtide.azureml.hyperdrive:GridParameterSampling",
    "HyperDriveConfig": "runtide.azureml.hyperdrive:HyperDriveConfig",
    "HyperDriveRun": "runtide.client.sweep_run:SweepRun",
    "InteractiveLoginAuthentication": "runtide.azureml.accepted:Authentication",
    "LocalTarget": "runtide.azureml.compute:LocalTarget",
    "MedianStoppingPolicy": "runtide.azureml.hyperdrive:MedianStoppingPolicy",
    "Model": "runtide.client.model:Model",
    "MsiAuthentication": "runtide.azureml.accepted:Authentication",
    "NoTerminationPolicy": "runtide.azureml.hyperdrive:NoTerminationPolicy",
    "Pipeline": "runtide.azureml.pipeline:Pipeline",
    "PipelineRun": "runtide.client.pipeline_run:PipelineRun",
    "PrimaryMetricGoal": "runtide.azureml.hyperdrive:PrimaryMetricGoal",
    "PythonScriptStep": "runtide.azureml.pipeline:PythonScriptStep",
    "PythonSection": "runtide.submit.environment:PythonSection",
    "RandomParameterSampling": "runtide.azureml.hyperdrive:RandomParameterSampling",
    "ResourceConfiguration": "runtide.azureml.accepted:ResourceConfiguration",
    "Run": "runtide.client.run:Run",
    "RunConfiguration": "runtide.submit.config:RunConfiguration",
    "RunDetails": "runtide.widget:RunDetails",
    "ScriptRun": "runtide.client.script_run:ScriptRun",
    "ScriptRunConfig": "runtide.azureml.script_run_config:ScriptRunConfig",
    "ServicePrincipalAuthentication": "runtide.azureml.accepted:Authentication",
    "StepSequence": "runtide.azureml.pipeline:StepSequence",
    "Tensorboard": "runtide.azureml.tensorboard:Tensorboard",
    "VERSION": "runtide.azureml.accepted:VERSION",
    "Workspace": "runtide.azureml.workspace:Workspace",
    "_OfflineRun": "runtide.azureml.accepted:OfflineRun",
    "__version__": "runtide.azureml.accepted:VERSION",
    "choice": "runtide.submit.distributions:choice",
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

_EXPRESSIONS: Final = (
    "lognormal",
    "loguniform",
    "normal",
    "qlognormal",
    "qloguniform",
    "qnormal",
    "quniform",
    "randint",
    "uniform",
)
TARGETS.update({name: f"runtide.azureml.distributions:{name}" for name in _EXPRESSIONS})

_MACHINES: Final = (
    "submit to the compute target `local`, or start `runtide agent --target NAME` on the machine "
    "that is to run it and submit to NAME"
)
_SERVING: Final = "download the model with `Model.download` and serve it where you like"
_DATA: Final = "read the files by their paths, or keep them with a run by `run.upload_folder`"
_ESTIMATORS: Final = "use `ScriptRunConfig` with an `Environment`"
_STEPS: Final = "make it a `PythonScriptStep`, or a run or sweep of its own by `run.submit_child`"
_PUBLISHED: Final = "keep the script that makes the pipeline, and run that when it is to run"
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
    **dict.fromkeys(("DataTransferStep", "EstimatorStep", "HyperDriveStep"), _STEPS),
    **dict.fromkeys(("ParallelRunConfig", "ParallelRunStep"), _STEPS),
    **dict.fromkeys(("PipelineEndpoint", "PublishedPipeline", "Schedule"), _PUBLISHED),
    "AutoMLConfig": "train the candidates as child runs and register the best one",
    "BayesianParameterSampling": "draw at random by `RandomParameterSampling`",
    "ContainerRegistry": "name an image where the container is started",
    "Keyvault": "give secrets to a script as environment variables",
    "PipelineData": (
        "let a step write to `./outputs`, and a later one download it by "
        "`Run.get_context().get_step_run(name).download_file(path)`"
    ),
    "PipelineParameter": "give its value to the step as an argument",
    "TruncationSelectionPolicy": "stop children by `BanditPolicy` or `MedianStoppingPolicy`",
}
"""What to use instead of each name that exists only in the cloud."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_COMPUTE: Final = _words(
    "AksCompute AmlCompute ComputeInstance ComputeTarget DatabricksCompute DataFactoryCompute "
    "HDInsightCompute LocalTarget RemoteCompute"
)

_POLICIES: Final = _words(
    "BanditPolicy MedianStoppingPolicy NoTerminationPolicy TruncationSelectionPolicy"
)
_SAMPLINGS: Final = _words(
    "BayesianParameterSampling GridParameterSampling RandomParameterSampling"
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
    "azureml.core.run": _words("Run _OfflineRun get_run"),
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
    "azureml.pipeline.core.graph": _words("PipelineData PipelineParameter"),
    "azureml.pipeline.core.run": _words("PipelineRun"),
    "azureml.pipeline.core.schedule": _words("Schedule"),
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
    "azureml.train.hyperdrive": (
        _SAMPLINGS
        | _POLICIES
        | _words("HyperDriveConfig HyperDriveRun PrimaryMetricGoal choice")
        | frozenset(_EXPRESSIONS)
    ),
    "azureml.train.hyperdrive.parameter_expressions": frozenset({"choice", *_EXPRESSIONS}),
    "azureml.train.hyperdrive.policy": _POLICIES,
    "azureml.train.hyperdrive.run": _words("HyperDriveRun PrimaryMetricGoal"),
    "azureml.train.hyperdrive.runconfig": _words("HyperDriveConfig"),
    "azureml.train.hyperdrive.sampling": _SAMPLINGS,
    "azureml.train.sklearn": _words("SKLearn"),
    "azureml.train.widgets": _words("RunDetails"),
    "azureml.widgets": _words("RunDetails"),
}
"""The names of each module."""
