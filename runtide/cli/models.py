"""`runtide models`: versions of models, listed, registered, staged and downloaded."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from runtide.cli.formats import ago_text, size_text, time_text
from runtide.cli.groups import LIST, ListingGroup
from runtide.cli.output import HomeOption, JsonOption, print_json, stdout
from runtide.cli.record import first_items, get_run_id
from runtide.cli.runs import bare_table
from runtide.client.model import Model, parse_model_id
from runtide.client.workspace import Workspace
from runtide.errors import UsageError

ModelArgument = Annotated[
    str, typer.Argument(metavar="NAME[:VERSION]", help="A model; without a version, the newest.")
]

app = typer.Typer(
    name="models",
    cls=ListingGroup,
    help="List, register, stage and download models. Without a command, list them."
    "\n\nExample: runtide models --stage production",
)


@app.command(LIST)
def list_models(
    *,
    home: HomeOption = None,
    stage: Annotated[str | None, typer.Option(help="Only versions in this stage.")] = None,
    tag: Annotated[
        list[str] | None,
        typer.Option(help="Only versions with this tag, as `name` or `name:value`."),
    ] = None,
    run: Annotated[str | None, typer.Option(help="Only versions that come from this run.")] = None,
    every: Annotated[
        bool, typer.Option("--all", help="All versions, and not the newest of each model alone.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List models by name, each with its newest version. `list` may be left out.

    Example: runtide models --stage production --json
    """
    space = Workspace(home=home)
    question = {
        "workspace": space.name,
        "stage": stage,
        "tag": tag,
        "run": None if run is None else get_run_id(space.reader, run),
        "every": "true" if every else None,
    }
    found = first_items(space.reader.items("/models", question), limit)
    if as_json:
        print_json({"models": found})
        return
    table = bare_table("model", "stage", "run", "files", "size", "registered", "tags")
    now_us = time.time_ns() // 1_000
    for version in found:
        table.add_row(
            version["id"],
            Text(version["stage"] or ""),
            version["run_id"],
            f"{version['file_count']:,}",
            size_text(version["size_bytes"]),
            ago_text(version["created_us"], now_us=now_us),
            Text(_pairs_text(version["tags"])),
        )
    stdout.print(table)
    if len(found) == limit:
        stdout.print(f"The first {limit} are shown; `--limit` shows more.", style="bright_black")


@app.command()
def show(model: ModelArgument, *, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Show one version: where it comes from, its stage, tags and files.

    Example: runtide models show ridge:2
    """
    version = _read(Workspace(home=home), model)
    if as_json:
        print_json({"model": version})
        return
    facts = Table(box=None, show_header=False, pad_edge=False)
    facts.add_column(style="bright_black")
    facts.add_column(overflow="fold")
    for name, text in (
        ("model", version["id"]),
        ("stage", version["stage"]),
        ("run", version["run_id"]),
        ("path", version["path"]),
        ("registered", time_text(version["created_us"])),
        ("by", version["user"]),
        ("framework", _joined(version["framework"], version["framework_version"])),
        ("description", version["description"]),
        ("tags", _pairs_text(version["tags"])),
        ("properties", _pairs_text(version["properties"])),
    ):
        if text:
            facts.add_row(name, Text(text))
    stdout.print(facts)
    files = bare_table("path", "size", "sha256")
    for file in version["files"]:
        files.add_row(Text(file["path"]), size_text(file["size_bytes"]), file["sha256"])
    stdout.print()
    stdout.print(files)


@app.command()
def register(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The model's name.")],
    *,
    path: Annotated[str, typer.Option("--path", help="A file or folder: of the run, or of here.")],
    run: Annotated[
        str | None, typer.Option("--run", help="The run whose file it is. Default: a local file.")
    ] = None,
    tag: Annotated[list[str] | None, typer.Option(help="A tag, as `name` or `name:value`.")] = None,
    description: Annotated[str | None, typer.Option(help="What it is about.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Register a file or folder as the next version of a model.

    Example: runtide models register ridge --run 3f2a --path outputs/ridge.pkl
    """
    space = Workspace(home=home)
    tags = dict(_parsed_tag(text) for text in tag or [])
    if run is None:
        model = Model.register(space, path, name, tags=tags, description=description)
    else:
        source = space.get_run(get_run_id(space.reader, run))
        model = source.register_model(name, path, tags=tags, description=description)
    if as_json:
        print_json({"model": _read(space, model.id)})
        return
    stdout.print(model.id)


@app.command()
def stage(
    model: ModelArgument,
    stage: Annotated[
        str, typer.Argument(metavar="STAGE", help="A word of your own; empty text takes it out.")
    ],
    *,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put a version into a stage, or with an empty text into none.

    Example: runtide models stage ridge:2 production
    """
    space = Workspace(home=home)
    name, number = parse_model_id(model)
    version = Model(space, name, version=number)
    version.set_stage(stage)
    if as_json:
        print_json({"model": _read(space, version.id)})
        return
    stdout.print(f"{version.id} is in {version.stage or 'no stage'}", markup=False)


@app.command()
def download(
    model: ModelArgument,
    *,
    to: Annotated[Path, typer.Option("--to", help="Folder; it is made.")] = Path(),
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Download the files of a version, and print the path of the file or folder.

    Example: runtide models download ridge:2 --to models
    """
    name, number = parse_model_id(model)
    version = Model(Workspace(home=home), name, version=number)
    try:
        path = version.download(to, exist_ok=force)
    except OSError as exc:
        message = f"could not write to {to} ({exc}): choose another `--to`"
        raise UsageError(message) from exc
    if as_json:
        print_json({"model": version.id, "path": path})
        return
    stdout.print(path, markup=False)


def _read(space: Workspace, model: str) -> dict[str, Any]:
    name, number = parse_model_id(model)
    question = {"workspace": space.name}
    return space.reader.get(f"/models/{name}/versions/{number or 'latest'}", question)


def _parsed_tag(text: str) -> tuple[str, str | None]:
    name, colon, value = text.partition(":")
    return name, value if colon else None


def _pairs_text(pairs: dict[str, str | None]) -> str:
    return ", ".join(name if value is None else f"{name}:{value}" for name, value in pairs.items())


def _joined(*texts: str | None) -> str:
    return " ".join(text for text in texts if text)
