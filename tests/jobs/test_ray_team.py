"""The same on a Ray cluster of this machine."""

from __future__ import annotations

import socket
import warnings
from collections.abc import Iterator
from pathlib import Path

import cases
import deeds
import pytest

from sisg_robotics.errors import MissingDependency, RequestError
from sisg_robotics.jobs import Job, check_options, run_jobs

ray = pytest.importorskip("ray")
pytestmark = pytest.mark.filterwarnings("ignore")  # Ray's own, about itself


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
        yield
        ray.shutdown()


@pytest.mark.usefixtures("cluster")
def test_no_bad_job_stops_the_others() -> None:
    cases.check_that_no_bad_job_stops_the_others(executor="ray", workers=2)
    assert ray.is_initialized()  # who has made the cluster ends it


@pytest.mark.usefixtures("cluster")
def test_what_dies_is_tried_again_and_a_lost_guard_is_replaced(tmp_path: Path) -> None:
    cases.check_that_attempts_are_counted(tmp_path, executor="ray", workers=1)
    jobs = [Job("guard", deeds.kill_parent_once, (tmp_path / "note",)), Job("square", deeds.square, (3,))]
    outcomes = cases.outcomes_of(jobs, executor="ray", workers=1)
    assert outcomes["guard"].ok and outcomes["guard"].attempts == 2
    assert outcomes["square"].value == 9


def test_no_ray_is_said_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    with pytest.raises(MissingDependency, match=r"executor=ray needs 'ray'.*pip install"):
        run_jobs([], executor="ray")
    with pytest.raises(MissingDependency, match="executor=ray needs 'ray'"):
        check_options("ray", None, None, None, 0)  # before anything is written


def test_a_cluster_that_is_not_there_is_one_sentence() -> None:
    if ray.is_initialized():
        ray.shutdown()
    with pytest.raises(RequestError, match="No Ray cluster at 'auto'"):
        run_jobs([], executor="ray", address="auto")


@pytest.mark.parametrize("form", ["127.0.0.1:{}", "ray://127.0.0.1:{}"])
def test_an_address_where_nobody_listens_is_said_at_once(form: str) -> None:
    if ray.is_initialized():
        ray.shutdown()
    with socket.socket() as taken:  # bound, so nobody else's; not listening, so nobody answers
        taken.bind(("127.0.0.1", 0))
        address = form.format(taken.getsockname()[1])
        with pytest.raises(RequestError, match=f"No Ray cluster at '{address}': .*refused"):
            run_jobs([], executor="ray", address=address)
