"""Submitted runs from their queue to their end, each in the state that is true."""

import os
import signal
import textwrap
import time
from pathlib import Path

import psutil
import pytest

from runtide.address import find_address
from tests.jobs.running import Site, are_gone, processes_of
from tests.waiting import wait_until

FAMILY = """
import os, signal, subprocess, sys, time
stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
subprocess.Popen([sys.executable, "-c", stubborn])
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        # Its parent ends: nothing but adoption or its environment leads to it.
        print("away", os.getpid(), flush=True)
        time.sleep(600)
    os._exit(0)
time.sleep(600)
"""


def test_run_goes_through_its_states_and_leaves_what_it_made(site: Site) -> None:
    run_id = site.python(
        "open('outputs/model', 'w').write('m'); open('logs/more.txt', 'w').write('line\\n');"
        "print('out'); import sys; print('err', file=sys.stderr)"
    )

    run = site.ended(run_id)

    assert (run["status"], run["error"]) == ("Completed", None)
    assert site.states(run_id) == [
        *("Queued", "Preparing", "Starting", "Running", "Finalizing", "Completed"),
    ]
    assert site.text(run_id) == "out\nerr\n"
    assert site.text(run_id, "logs/more.txt") == "line\n"
    assert site.files(run_id) == ["outputs/model"]


def test_server_that_folds_and_answers_loads_no_pandas(site: Site) -> None:
    """Importing it takes a second, which the first run of a fresh server would wait for."""
    run_id = site.python("print('out')")
    site.ended(run_id)
    site.get(f"/runs/{run_id}/metrics")
    address = find_address(site.home)
    assert address is not None

    loaded = [each.path for each in psutil.Process(address.pid).memory_maps()]

    assert any("pyarrow" in path for path in loaded)
    assert [path for path in loaded if "pandas" in path] == []


def test_script_runs_in_a_copy_of_the_folder_that_was_submitted(site: Site, tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/words.py").write_text("WORD = 'copied'")
    (tmp_path / "train.py").write_text(
        "import sys; from lib.words import WORD; print(WORD, sys.argv[1:])"
    )

    run_id = site.submit_folder(tmp_path, "python", "train.py", "--rate", "0.1")

    assert site.ended(run_id)["status"] == "Completed"
    assert site.text(run_id) == "copied ['--rate', '0.1']\n"


def test_run_leaves_no_folder_behind(site: Site) -> None:
    run_id = site.python("open('large', 'w').write('x')")

    site.ended(run_id)

    wait_until(
        lambda: not (site.home / "jobs" / run_id).exists(), what="the folder of the run is gone"
    )


def test_output_is_seen_while_the_script_runs(site: Site) -> None:
    run_id = site.python(
        "import time, pathlib; print('first');\n"
        "while not pathlib.Path('go').exists(): time.sleep(0.05)\n"
        "print('last')"
    )

    site.wait_for_text(run_id, "first\n")
    status = site.status(run_id)
    (site.home / "jobs" / run_id / "code" / "go").touch()

    assert status == "Running"
    assert site.ended(run_id)["status"] == "Completed"
    assert site.text(run_id) == "first\nlast\n"


def test_script_knows_its_run_and_logs_to_it(site: Site) -> None:
    run_id = site.python(
        textwrap.dedent("""
            import os, runtide
            run = runtide.Run.get_context(allow_offline=False)
            run.log("loss", 0.5)
            print(run.id, run.experiment.name, os.environ["AZUREML_RUN_ID"], os.environ["OF_JOB"])
        """),
        variables={"OF_JOB": "given"},
    )

    site.ended(run_id)

    assert site.text(run_id) == f"{run_id} exp {run_id} given\n"
    assert site.get(f"/runs/{run_id}/metrics") == {"loss": 0.5}


DEATHS: dict[str, tuple[str, dict[str, object]]] = {
    "import sys; sys.exit(3)": ("the script ended with exit code 3", {"exit_code": 3}),
    "import os; print('x'); os._exit(3)": ("the script ended with exit code 3", {"exit_code": 3}),
    "1 / 0": ("the script ended with exit code 1", {"exit_code": 1}),
    "import os; os.kill(os.getpid(), 9)": (
        "the script was ended by SIGKILL",
        {"signal": "SIGKILL"},
    ),
    "import os; os.kill(os.getpid(), 11)": (
        "the script was ended by SIGSEGV",
        {"signal": "SIGSEGV"},
    ),
}


def test_script_that_dies_leaves_a_failed_run_that_says_how(site: Site) -> None:
    # All at once: they need nothing of each other.
    run_ids = [site.python(source) for source in DEATHS]

    runs = [site.ended(run_id) for run_id in run_ids]

    for run, (reason, error) in zip(runs, DEATHS.values(), strict=True):
        assert (run["status"], run["status_reason"]) == ("Failed", reason)
        assert run["error"].items() >= {"code": "UserError", "message": reason, **error}.items()


def test_error_holds_the_last_lines_of_the_output(site: Site) -> None:
    run = site.ended(site.python("for i in range(50): print(i)\nraise ValueError('at the end')"))

    lines = run["error"]["output"].splitlines()
    assert (len(lines), lines[-1]) == (20, "ValueError: at the end")


def test_exception_in_a_thread_is_no_failure_and_is_told(site: Site) -> None:
    """Python ends such a script with exit code 0."""
    run = site.ended(
        site.python("import threading; t = threading.Thread(target=lambda: 1 / 0); t.start()")
    )

    assert run["status"] == "Completed"
    assert "a thread of the script ended by an exception" in run["status_reason"]


def test_run_that_cannot_be_launched_fails_with_what_is_missing(site: Site) -> None:
    absent = {"kind": "interpreter", "python": "/no/such/python"}
    reason_by_run = {
        site.submit("python", "train.py"): "there is no script 'train.py'",
        site.submit("no-such-program"): "there is no program 'no-such-program'",
        site.python("1", environment=absent): "there is no interpreter '/no/such/python'",
        site.python("1", environment={"kind": "docker"}): "the environment's kind is 'docker'",
    }

    runs = {run_id: site.ended(run_id) for run_id in reason_by_run}

    for run_id, reason in reason_by_run.items():
        assert runs[run_id]["status"] == "Failed"
        assert runs[run_id]["status_reason"].startswith(reason)
        assert runs[run_id]["error"]["code"] == "LaunchFailed"


def test_run_that_takes_too_long_is_canceled_with_the_reason(site: Site) -> None:
    run_id = site.python("import time; print('on'); time.sleep(600)", duration_s_max=0.5)

    run = site.ended(run_id)

    assert run["status"] == "Canceled"
    assert run["status_reason"] == "it ran for longer than its limit of 0.5 s"
    assert not processes_of(run_id)


def test_cancel_ends_every_process_of_the_run(site: Site) -> None:
    """Also one that left its session and lost its parent, and one that ignores SIGTERM."""
    run_id = site.python(FAMILY)
    site.wait_for_text(run_id, "deaf")
    site.wait_for_text(run_id, "away")
    pids = [process.pid for process in processes_of(run_id)]
    asked_s = time.monotonic()

    site.cancel(run_id)

    wait_until(lambda: are_gone(pids), what="the tree is gone", deadline_s=10)
    run = site.ended(run_id)
    assert len(pids) == 3, pids
    assert (run["status"], run["status_reason"]) == (
        "Canceled",
        "canceled while its script was running",
    )
    assert time.monotonic() - asked_s < 15


def test_what_a_script_leaves_running_ends_with_its_run(site: Site) -> None:
    """It would go on for ever otherwise, in nobody's name."""
    run_id = site.python(
        "import subprocess, sys; print('left', subprocess.Popen("
        "[sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True).pid)"
    )

    run = site.ended(run_id)

    left = int(site.text(run_id).split()[1])
    assert run["status"] == "Completed"
    assert are_gone([left])


@pytest.mark.faults
def test_run_whose_launcher_is_killed_fails_and_leaves_no_process(site: Site) -> None:
    run_id = site.python(FAMILY)
    site.wait_for_text(run_id, "deaf")
    site.wait_for_text(run_id, "away")
    pids = [process.pid for process in processes_of(run_id)]

    os.kill(site.launcher_pid(run_id), signal.SIGKILL)

    run = site.ended(run_id)
    assert (run["status"], run["status_reason"]) == ("Failed", "the launcher died")
    assert run["error"]["code"] == "LauncherDied"
    wait_until(lambda: are_gone(pids), what="the tree is gone", deadline_s=10)


def test_file_larger_than_the_memory_of_a_launcher_is_uploaded(site: Site) -> None:
    """In pieces: the launcher's memory grows by no more than a few of them."""
    size = 300 << 20
    run_id = site.python(
        "import pathlib, time\n"
        f"f = open('outputs/large', 'wb'); f.truncate({size}); f.close()\n"
        "print('made')\n"
        "while not pathlib.Path('go').exists(): time.sleep(0.05)"
    )
    site.wait_for_text(run_id, "made")
    launcher = site.launcher_pid(run_id)
    before = peak_bytes(launcher)
    (site.home / "jobs" / run_id / "code" / "go").touch()
    peaks = [before]

    def is_over() -> bool:
        peaks.append(peak_bytes(launcher))
        return site.status(run_id) == "Completed"

    wait_until(is_over, what="the run has ended")

    assert site.files(run_id) == ["outputs/large"]
    assert max(peaks) - before < 50 << 20


def test_output_that_comes_fast_is_all_there_and_bounded_in_memory(site: Site) -> None:
    """Forty megabytes, which the script writes faster than they are delivered."""
    line = "x" * 79
    run_id = site.python(
        f"import sys\nfor _ in range(500): sys.stdout.write('{line}\\n' * 1000)\nprint('end')"
    )
    launcher = site.launcher_pid(run_id)
    peaks = [0]

    def is_over() -> bool:
        peaks.append(peak_bytes(launcher))
        return site.status(run_id) == "Completed"

    wait_until(is_over, what="the run has ended")

    (stream,) = site.get(f"/runs/{run_id}/logs")["items"]
    assert stream["size_chars"] == 500 * 1000 * 80 + 4
    assert max(peaks) < 200 << 20


def peak_bytes(pid: int) -> int:
    """Return the most memory that a process ever had, or 0 once it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return next(
        (int(line.split()[1]) << 10 for line in status.splitlines() if line[:6] == "VmHWM:"), 0
    )
