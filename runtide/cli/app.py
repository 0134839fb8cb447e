"""The `runtide` command, put together."""

from __future__ import annotations

import typer

from runtide.cli import dead_letters, models, token
from runtide.cli.agent import agent
from runtide.cli.audit import audit
from runtide.cli.backup import backup, recover
from runtide.cli.cancel import cancel
from runtide.cli.children import children
from runtide.cli.compare import compare
from runtide.cli.delete import delete, erase, purge, restore
from runtide.cli.deliver import deliver
from runtide.cli.demo import demo
from runtide.cli.doctor import doctor
from runtide.cli.download import download
from runtide.cli.due import due
from runtide.cli.export import export
from runtide.cli.logs import logs
from runtide.cli.migrate import migrate
from runtide.cli.output import EXIT_CODES, errors_as_exit_codes
from runtide.cli.replay import replay
from runtide.cli.runs import runs, show
from runtide.cli.serve import serve
from runtide.cli.sql import sql
from runtide.cli.submit import REST_GOES_TO_THE_SCRIPT, submit
from runtide.cli.sweep import sweep
from runtide.cli.tail import tail
from runtide.cli.up import up

_EPILOG = "Exit codes: " + "; ".join(f"{code} {text}" for code, text in EXIT_CODES.items()) + "."

app = typer.Typer(
    name="runtide",
    help="Record what training runs do, and answer questions about them.",
    epilog=_EPILOG,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (
    up,
    agent,
    demo,
    runs,
    show,
    children,
    compare,
    tail,
    logs,
    cancel,
    delete,
    restore,
    purge,
    erase,
    due,
    backup,
    recover,
    download,
    export,
    sql,
    deliver,
    migrate,
    replay,
    audit,
    doctor,
):
    app.command()(command)
app.add_typer(models.app)
app.command(context_settings=REST_GOES_TO_THE_SCRIPT)(submit)
app.command(context_settings=REST_GOES_TO_THE_SCRIPT)(sweep)
app.add_typer(serve, name="serve")
app.add_typer(dead_letters.app)
app.add_typer(token.app)


def run() -> None:
    """Parse the command line, run the command, and exit with its code."""
    with errors_as_exit_codes():
        app(prog_name="runtide")
