"""The retired SDK's exceptions, which our errors become.

An `except` clause looks at an error's real bases, so each of our errors gets the classes by which
scripts for the retired SDK know what happened as further bases:

    try:
        run.wait_for_completion()        # raises RunFailed
    except ActivityFailedException:      # and this catches it

`RuntideError` itself gets none: no class whose base is built in can change its bases. Nothing
raises it but by its branches, which do.
"""

from __future__ import annotations

from typing import Final

from runtide import errors


class AzureMLException(Exception):
    """Anything that the retired SDK raised.

    Args:
        exception_message: What happened.
        inner_exception: What led to it.
    """

    def __init__(
        self,
        exception_message: str = "",
        inner_exception: BaseException | None = None,
        **_details: object,
    ) -> None:
        super().__init__(exception_message)
        self.inner_exception = inner_exception

    @property
    def message(self) -> str:
        """What happened."""
        return str(self)


class ActivityFailedException(AzureMLException):
    """A run failed."""


class AuthenticationException(AzureMLException):
    """Nobody knows who one is; not raised here."""


class AzureMLAggregatedException(AzureMLException):
    """Several things went wrong; not raised here."""


class ComputeTargetException(AzureMLException):
    """There is no such compute target."""


class DiscoveryUrlNotFoundException(AzureMLException):
    """The cloud was not found; not raised here."""


class ExperimentExecutionException(AzureMLException):
    """What is to run cannot be run."""


class ModelNotFoundException(AzureMLException):
    """There is no such model."""


class ModelPathNotFoundException(AzureMLException):
    """A run has no such files to register."""


class ProjectSystemException(AzureMLException):
    """A configuration cannot be read."""


class RunConfigurationException(AzureMLException):
    """A run's configuration is wrong."""


class RunEnvironmentException(AzureMLException):
    """The process was not submitted as a run."""


class ServiceException(AzureMLException):
    """A service refused, or did not answer."""


class SnapshotException(AzureMLException):
    """A run has its snapshot already."""


class TrainingException(AzureMLException):
    """A training cannot be started."""


class UserErrorException(AzureMLException):
    """The call is wrong."""


class WebserviceException(AzureMLException):
    """There is no such model, or its name is none."""


class WorkspaceException(AzureMLException):
    """A workspace cannot be had."""


_BASES_BY_ERROR: Final[dict[type[errors.RuntideError], tuple[type[AzureMLException], ...]]] = {
    errors.UsageError: (
        UserErrorException,
        ExperimentExecutionException,
        ProjectSystemException,
        RunConfigurationException,
        RunEnvironmentException,
        TrainingException,
        WorkspaceException,
    ),
    errors.NotFound: (ModelNotFoundException, ComputeTargetException, WebserviceException),
    errors.ModelPathNotFound: (ModelPathNotFoundException,),
    errors.RunFailed: (ActivityFailedException,),
    errors.RejectedError: (AzureMLException,),
    errors.Conflict: (ServiceException, SnapshotException),
    errors.UnavailableError: (ServiceException,),
    errors.CorruptionError: (AzureMLException,),
}


def extend_errors() -> None:
    """Let our errors be caught under the retired SDK's names. A second call changes nothing."""
    for error, bases in _BASES_BY_ERROR.items():
        error.__bases__ += tuple(base for base in bases if not issubclass(error, base))
