"""`runtide cancel`: end a run from outside."""

from __future__ import annotations

from urllib.parse import quote

from runtide.cli.formats import STYLE_BY_STATUS
from runtide.cli.output import HomeOption, JsonOption, print_json, stdout
from runtide.cli.record import RunArgument, get_run_id, open_reader


def cancel(run: RunArgument, *, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Cancel a run that has not ended. Exits with 1 if it has.

    Example: runtide cancel 3f2a
    """
    reader = open_reader(home)
    run_id = get_run_id(reader, run)
    record = reader.post(f"/runs/{quote(run_id, safe='')}/cancel")
    if as_json:
        print_json({"run": record})
        return
    status = record["status"]
    stdout.print(f"{record['name']} is {status}", style=STYLE_BY_STATUS.get(status), markup=False)
