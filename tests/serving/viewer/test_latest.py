"""Only the newest job is done, and none ends the others."""

from __future__ import annotations

import threading

import pytest

from sisg_robotics.serving.viewer.latest import Latest

LONG_S = 60.0


def test_what_was_overtaken_is_never_done() -> None:
    started, go_on, ended, done = threading.Event(), threading.Event(), threading.Event(), []
    latest = Latest()

    def first() -> None:
        started.set()
        go_on.wait(LONG_S)
        done.append("first")

    latest.give(first)
    assert started.wait(LONG_S)
    latest.give(lambda: done.append("second"))
    latest.give(lambda: (done.append("third"), ended.set()))
    go_on.set()
    assert ended.wait(LONG_S)
    latest.close()
    latest.join()
    assert done == ["first", "third"]


def test_the_last_is_always_done_and_none_twice_or_out_of_turn() -> None:
    ended, done = threading.Event(), []
    latest = Latest(quiet_s=0.01)
    for i in range(100):
        latest.give(lambda i=i: (done.append(i), ended.set() if i == 99 else None))
    assert ended.wait(LONG_S)
    latest.close()
    latest.join()
    assert done[-1] == 99 and done == sorted(set(done))


def test_a_job_that_fails_is_told_and_the_next_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    ended, failed = threading.Event(), threading.Event()
    latest = Latest()

    def fail() -> None:
        failed.set()
        raise ValueError("no good")

    latest.give(fail)
    assert failed.wait(LONG_S)
    latest.give(ended.set)
    assert ended.wait(LONG_S)
    latest.close()
    latest.join()
    assert "ValueError: no good" in capsys.readouterr().err


def test_nothing_is_done_after_the_end() -> None:
    latest, done = Latest(), []
    latest.close()
    latest.give(lambda: done.append(1))
    latest.join()
    assert done == []
