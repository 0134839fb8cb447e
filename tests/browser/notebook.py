"""A real JupyterLab with a notebook of its own, and what a person does in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from playwright.sync_api import expect

from tests.waiting import DEADLINE_S, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Locator, Page

NAME = "run.ipynb"


class Lab(NamedTuple):
    """A running JupyterLab."""

    url: str
    folder: Path

    def write(self, *cells: str) -> None:
        """Write the notebook with these cells of code, none of them executed."""
        document = {"cells": [_cell(i, code) for i, code in enumerate(cells)], **_FORMAT}
        (self.folder / NAME).write_text(json.dumps(document))

    def open(self, page: Page) -> None:
        """Start the notebook's kernel and open it."""
        session = {"path": NAME, "name": NAME, "type": "notebook", "kernel": {"name": "python3"}}
        answer = page.request.post(f"{self.url}api/sessions", data=session)
        assert answer.ok, answer.text()
        page.goto(f"{self.url}doc/tree/{NAME}")
        expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()

    def saved_html(self) -> str:
        """Return the HTML of all outputs that the file has; none while it is being written."""
        cells = _document(self.folder / NAME).get("cells", ())
        outputs = [output for cell in cells for output in cell["outputs"]]
        return "".join(line for one in outputs for line in one["data"].get("text/html", ()))

    def restart_kernel(self, page: Page) -> None:
        """End the kernel's process and start another one, as the menu does."""
        (kernel,) = page.request.get(f"{self.url}api/kernels").json()
        answer = page.request.post(f"{self.url}api/kernels/{kernel['id']}/restart")
        assert answer.ok, answer.text()


@contextmanager
def jupyter_lab(folder: Path, *, home: Path) -> Iterator[Lab]:
    """Start JupyterLab over `folder`, whose kernels record to the data folder `home`."""
    places = {
        f"JUPYTER_{name}_DIR": str(folder / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")
    }
    bare = {name: value for name, value in os.environ.items() if not name.startswith("RUNTIDE_")}
    notebooks = folder / "notebooks"
    notebooks.mkdir()
    # The question whether one wants to hear of Jupyter's news would cover the notebook.
    lab_settings = folder / "config" / "labconfig"
    lab_settings.mkdir(parents=True)
    (lab_settings / "page_config.json").write_text(
        json.dumps({"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}})
    )
    options = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": "0",
        "ServerApp.root_dir": str(notebooks),
        "ServerApp.disable_check_xsrf": "True",
        "IdentityProvider.token": "",
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [f"--{name}={value}" for name, value in options.items()]
    environment = {
        **bare,
        **places,
        "RUNTIDE_HOME": str(home),
        "IPYTHONDIR": str(folder / "ipython"),
    }
    with (folder / "jupyter.log").open("w") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        yield Lab(_url_of(process, folder), notebooks)
    finally:
        process.terminate()
        process.wait(timeout=DEADLINE_S)


def run_next_cell(page: Page) -> None:
    """Execute the selected cell, and select the next one."""
    page.locator('[data-command="notebook:run-cell-and-select-next"]').first.click()


def save(page: Page) -> None:
    """Save the notebook."""
    page.locator('[data-command="docmanager:save"]').first.click()


def widget(page: Page) -> Locator:
    """Return the live widget."""
    return page.locator(".runtide-widget")


def still(page: Page) -> Locator:
    """Return the picture that the notebook keeps."""
    return page.locator(".runtide-still")


_FORMAT = {
    "metadata": {
        "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
    },
    "nbformat": 4,
    "nbformat_minor": 5,
}


def _cell(number: int, code: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "id": f"cell-{number}",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": code,
    }


def _document(file: Path) -> dict[str, Any]:
    """Return what a file of JSON says; nothing while it is being written."""
    try:
        document: dict[str, Any] = json.loads(file.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return document


def _url_of(process: subprocess.Popen[bytes], folder: Path) -> str:
    file = folder / "runtime" / f"jpserver-{process.pid}.json"
    said = folder / "jupyter.log"

    def is_up() -> bool:
        assert process.poll() is None, said.read_text()
        return "url" in _document(file) and "is running at" in said.read_text()

    wait_until(is_up, what="JupyterLab is up")
    url: str = _document(file)["url"]
    return url
