"""What the names of the retired SDK do not do here."""

from __future__ import annotations

from runtide.errors import UsageError


class AzuremlInstalled(UsageError):
    """The retired Azure ML SDK is installed, and `azureml` stays that until somebody asks.

    Attributes:
        version: The installed version, or None if it is not known.
        place: The folder that it is in.
    """

    code = "azureml-installed"

    def __init__(self, *, version: str | None, place: str) -> None:
        self.version = version
        self.place = place
        called = f"azureml-core {version}" if version else "azureml-core"
        super().__init__(
            f"{called} is installed in {place}, so `import azureml` stays that one: uninstall it, "
            f"or set RUNTIDE_AZUREML=force before `import runtide.azureml` to have Runtide instead"
        )


class CloudOnly(UsageError):
    """What the retired Azure ML SDK has a name for exists only in its cloud.

    Attributes:
        name: The name.
        instead: What to do without it.
    """

    code = "cloud-only"

    def __init__(self, *, name: str, instead: str) -> None:
        self.name = name
        self.instead = instead
        super().__init__(f"`{name}` exists only in the cloud of the retired SDK: {instead}")
