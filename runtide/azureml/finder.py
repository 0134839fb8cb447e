"""The modules named `azureml…`, made from tables of names when they are imported."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module, metadata
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Final

from runtide.azureml.cloud import cloud_class
from runtide.azureml.names import INSTEAD, NAMES_BY_MODULE, TARGETS
from runtide.azureml.refusals import AzuremlInstalled
from runtide.client.environments import AZUREML_DOOR
from runtide.client.options import load_options

_ROOT: Final = "azureml"
_FORCE: Final = "force"
_DISTRIBUTION: Final = "azureml-core"


class _Finder(MetaPathFinder, Loader):
    """Finds what the tables have, below `azureml`, and makes modules of it."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002  # the protocol's
        target: ModuleType | None = None,  # noqa: ARG002  # the protocol's
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] != _ROOT:
            return None
        if fullname not in NAMES_BY_MODULE:
            message = (
                f"no module named {fullname!r}: Runtide stands for `azureml` here and has no such "
                f"module; docs/how-to/migrate-from-azureml.md lists those it has"
            )
            raise ModuleNotFoundError(message, name=fullname)
        is_package = any(name.startswith(f"{fullname}.") for name in NAMES_BY_MODULE)
        return ModuleSpec(fullname, self, origin=__package__, is_package=is_package)

    def exec_module(self, module: ModuleType) -> None:
        names = NAMES_BY_MODULE[module.__name__]

        # Resolved when it is asked for: most scripts need few of the names.
        def resolve(name: str) -> object:
            if name not in names:
                message = f"module {module.__name__!r} has no attribute {name!r}"
                raise AttributeError(message)
            value = resolved(name)
            setattr(module, name, value)
            return value

        module.__doc__ = f"`{module.__name__}`, on Runtide."
        module.__dict__.update(__getattr__=resolve, __all__=sorted(names))


def resolved(name: str) -> object:
    """Return what a name of the retired SDK stands for here."""
    if name in INSTEAD:
        return cloud_class(name)
    place, _, attribute = TARGETS[name].partition(":")
    return getattr(import_module(place), attribute)


def install() -> None:
    """Answer for `azureml` in this process, from now on.

    Raises:
        AzuremlInstalled: The retired SDK is installed, and nobody asked to hide it.
    """
    if any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return
    found = _find_installed()
    if found is not None and load_options().azureml != _FORCE:
        raise AzuremlInstalled(version=_version(), place=found)
    if found is not None:
        _forget_modules()
    sys.meta_path.insert(0, _Finder())


def _find_installed() -> str | None:
    """Return where an `azureml` that is not ours is, or None."""
    spec = PathFinder.find_spec(_ROOT, [place for place in sys.path if Path(place) != AZUREML_DOOR])
    places = [] if spec is None else list(spec.submodule_search_locations or ())
    # A folder that merely has the name, such as one of notebooks, is no package.
    found = [place for place in places if (Path(place) / "core/__init__.py").is_file()]
    return found[0] if found else None


def _forget_modules() -> None:
    """Have what was imported of an installed `azureml` imported again."""
    for name, module in list(sys.modules.items()):
        is_below = name.partition(".")[0] == _ROOT
        # The door itself may be what imports us.
        if is_below and not str(getattr(module, "__file__", "")).startswith(str(AZUREML_DOOR)):
            del sys.modules[name]


def _version() -> str | None:
    try:
        return metadata.version(_DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return None
