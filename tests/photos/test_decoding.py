"""The process that pictures are opened in: one for many, none of which sees it or another."""

from __future__ import annotations

import os
import resource
import signal
import time
from pathlib import Path

import pytest

from server.photos import decoding


@pytest.fixture
def script(monkeypatch, tmp_path):
    """``script(text)`` has a decoder of that text from now on."""

    def use(text: str) -> None:
        place = tmp_path / "decoder.py"
        place.write_text(text)
        monkeypatch.setattr(decoding, "DECODER", place)
        decoding.end()

    yield use
    decoding.end()


def say(*arguments: str, seconds: float = 20) -> decoding.Said:
    said = decoding.decode(list(arguments), seconds)
    assert said is not None
    return said


def test_each_picture_has_a_child_of_its_own_and_all_the_same_host(script):
    script("import os, sys; print(os.getpid(), os.getppid(), sys.argv[1:])")
    first, second = (say(name).said.split(" ", 2) for name in ("one", "two"))
    assert first[0] != second[0]
    assert first[1] == second[1]
    assert (first[2], second[2]) == ("['one']\n", "['two']\n")


def test_what_one_picture_changes_the_next_does_not_see(script):
    script("import PIL; print(hasattr(PIL, 'mark')); PIL.mark = True")
    assert [say().said for _ in range(2)] == ["False\n", "False\n"]


def test_a_picture_has_no_pipe_of_the_host_at_hand(script):
    script("import os; print(sorted(os.readlink(f'/proc/self/fd/{n}').split(':')[0] for n in (0, 1, 2)));"
           "print(len(os.listdir('/proc/self/fd')))")  # fmt: skip
    names, count = say().said.splitlines()
    assert names == "['/dev/null', '/dev/null', 'pipe']"
    assert int(count) == 4, "the three, and the folder that is being listed"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("raise SystemExit(75)", 75),
        ("raise ValueError('no')", 1),
        ("import os; os.abort()", -signal.SIGABRT),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", -signal.SIGTERM),
        ("import os, signal; os.kill(os.getpid(), signal.SIGINT)", -signal.SIGINT),
        ("x = 1", 0),
    ],
)
def test_how_a_child_ended_is_told(script, text, code):
    script(text)
    assert say() == decoding.Said(code, False, "")


def test_a_child_that_takes_too_long_is_ended_and_the_next_is_tried(script):
    script("import sys, time; time.sleep(float(sys.argv[1])); print('done')")
    began = time.monotonic()
    assert say("60", seconds=0.2).late
    assert time.monotonic() - began < 20
    assert say("0") == decoding.Said(0, False, "done\n")


def test_a_child_that_closes_its_output_and_lives_on_is_ended(script):
    script("import os, time; os.close(1); time.sleep(60)")
    began = time.monotonic()
    assert say(seconds=0.3).late
    assert time.monotonic() - began < 20


def test_an_answer_that_nobody_took_is_not_given_to_the_next(script, monkeypatch):
    script("import sys; print(sys.argv[1])")
    with monkeypatch.context() as patch:
        patch.setattr(decoding, "_line_from", interrupted)
        with pytest.raises(KeyboardInterrupt):
            decoding.decode(["first"], 20)
    assert say("second").said == "second\n"


def interrupted(_pipe, _seconds):
    raise KeyboardInterrupt


def test_descriptors_above_a_thousand_are_no_hindrance(script):
    script("print('done')")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    taken = [os.open(os.devnull, os.O_RDONLY) for _ in range(1100)]
    try:
        assert say().said == "done\n"
    finally:
        for each in taken:
            os.close(each)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_child_that_never_stops_talking_is_ended(script):
    script("while True: print('a' * 1000, flush=True)")
    said = say()
    assert said.late
    assert len(said.said) < 100_000


def test_a_host_that_has_gone_is_replaced(script):
    script("import os; print(os.getppid())")
    host = int(say().said)
    os.kill(host, signal.SIGKILL)
    while Path(f"/proc/{host}/stat").read_text("utf-8").rsplit(")", 1)[1].split()[0] != "Z":
        time.sleep(0.01)
    assert int(say().said) != host


def test_a_host_that_is_stopped_while_it_is_asked_says_nothing_of_the_picture(script):
    script("import os, signal; os.kill(os.getppid(), signal.SIGTERM)")
    assert decoding.decode([], 20) is None


def test_a_fork_starts_a_host_of_its_own(script):
    script("import os; print(os.getppid())")
    mine = say().said
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, say().said.encode())
        decoding.end()
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reading, 100).decode() != mine
    assert say().said == mine
    for end in (reading, writing):
        os.close(end)
