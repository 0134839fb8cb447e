"""`runtide doctor`: what is wrong with this installation and its data folder, and the remedy."""

from __future__ import annotations

import logging
from itertools import chain
from typing import Final

import typer

from runtide.cli.checks import Finding, Verdict, findings
from runtide.cli.fold_checks import fold_findings
from runtide.cli.kafka_checks import kafka_findings
from runtide.cli.oidc_checks import oidc_findings
from runtide.cli.output import FAILED, HomeOption, JsonOption, print_json, stdout
from runtide.cli.service_checks import service_findings
from runtide.cli.store_checks import store_findings
from runtide.embedded_settings import EmbeddedSettings
from runtide.settings import load_settings

_MARK: Final[dict[Verdict, str]] = {
    "ok": "[green]ok[/]      ",
    "warning": "[yellow]warning[/] ",
    "failed": "[red]failed[/]  ",
}


def doctor(*, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Check everything that this machine is configured for. Exits with 1 when a check failed.

    That is what an embedded Runtide needs, and each part of a cluster that a setting names:
    RUNTIDE_URL or RUNTIDE_KAFKA_BOOTSTRAP, RUNTIDE_CLICKHOUSE_URL, RUNTIDE_ARTIFACTS_URL,
    RUNTIDE_QUERY_URL, RUNTIDE_OIDC_FILE.

    Example: runtide doctor --home ./runs
    """
    settings = load_settings(EmbeddedSettings, home=home)
    # What engines warn of on their way is what the findings say, with a remedy.
    logging.disable(logging.ERROR)
    seen = []
    for finding in chain(
        findings(settings.home),
        kafka_findings(),
        store_findings(),
        fold_findings(),
        service_findings(),
        oidc_findings(settings),
    ):
        seen.append(finding)
        if not as_json:
            _print(finding)
    if as_json:
        print_json({"home": str(settings.home), "checks": [f.document() for f in seen]})
    if any(finding.verdict == "failed" for finding in seen):
        raise typer.Exit(FAILED)


def _print(finding: Finding) -> None:
    stdout.print(_MARK[finding.verdict], end="")
    stdout.print(f"{finding.check:<12} {finding.detail}", markup=False)
    if finding.remedy:
        stdout.print(f"{'':>21} {finding.remedy}", markup=False, style="bold")
