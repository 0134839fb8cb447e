"""How a run ended, from how its script did."""

import signal

from runtide.jobs.core.outcome import LINE_CHARS_MAX, Output, after_exit, failed, signal_name


def output(*pieces: str) -> Output:
    found = Output()
    for piece in pieces:
        found.add(piece)
    return found


def test_lines_are_put_together_from_pieces_that_end_anywhere() -> None:
    assert output("on", "e\ntw", "o\nopen").last_lines() == ["one", "two", "open"]


def test_only_the_last_lines_are_kept() -> None:
    lines = output("".join(f"{i}\n" for i in range(99)), "open").last_lines()

    assert (len(lines), lines[0], lines[-1]) == (20, "80", "open")


def test_of_a_line_that_redraws_itself_the_last_state_is_kept() -> None:
    assert output("1%\r", "2%\r50%", "\r100%\nnext\r\n").last_lines() == ["100%", "next"]


def test_line_without_an_end_is_cut() -> None:
    (line,) = output("x" * 10 * LINE_CHARS_MAX, "y").last_lines()

    assert len(line) <= LINE_CHARS_MAX
    assert line.endswith("y")


def test_exit_code_is_told_with_the_last_lines() -> None:
    assert after_exit(3, output("a\nb\n"), oom_kill_count=0).error == {
        "code": "UserError",
        "message": "the script ended with exit code 3",
        "exit_code": 3,
        "output": "a\nb",
    }


def test_kill_is_for_want_of_memory_where_the_kernel_counted_one() -> None:
    killed = after_exit(-signal.SIGKILL, output("x\n"), oom_kill_count=1)

    assert killed.reason == "the script ran out of memory: the kernel ended it by SIGKILL"
    assert killed.error is not None
    assert killed.error["code"] == "OutOfMemory"


def test_other_signal_is_no_want_of_memory_whatever_the_kernel_counted() -> None:
    """Some other process of the machine may have been killed."""
    killed = after_exit(-signal.SIGTERM, output(), oom_kill_count=1)

    assert killed.error == {
        "code": "UserError",
        "message": "the script was ended by SIGTERM",
        "signal": "SIGTERM",
    }


def test_script_that_ends_well_has_nothing_to_say() -> None:
    assert after_exit(0, output("x"), oom_kill_count=0) == ("Completed", None, None)


def test_thread_that_failed_is_told_of() -> None:
    ended = after_exit(0, output("Exception in thread Thread-1 (f):\n"), oom_kill_count=0)

    assert ended.status == "Completed"
    assert ended.reason is not None


def test_failure_to_launch_has_no_output_where_there_was_none() -> None:
    assert failed("no") == ("Failed", "no", {"code": "LaunchFailed", "message": "no"})


def test_signal_without_a_name_has_its_number() -> None:
    assert signal_name(63) == "signal 63"
