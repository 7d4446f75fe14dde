"""Many objects at once: what is there, what is told, and that nothing depends on how often it was stopped."""

from __future__ import annotations

import csv
import errno
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import batches
import pytest
from batches import BAD, GOOD, SETTINGS, rendered, tree

from sisg_robotics.errors import BadValue, MissingPath, RequestError, UnknownName
from sisg_robotics.jobs import Outcome, Store
from sisg_robotics.jobs.log import CsvLog
from sisg_robotics.rendering.objects.shards import reopen_shard
from sisg_robotics.rendering.objects.sources import find_objects

COUNT = len(GOOD) + len(BAD)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def objects(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return batches.write_objects(tmp_path_factory.mktemp("objects") / "boxes")


@pytest.fixture(scope="module")
def zips(objects: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All of it as zips, by one process that nobody stopped."""
    folder = tmp_path_factory.mktemp("zips")
    report = rendered(objects, folder)
    assert (report.found, report.rendered, report.failed, report.present) == (COUNT, len(GOOD), len(BAD), 0)
    return folder


@pytest.fixture(scope="module")
def shards(objects: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All of it as shards of three, likewise."""
    folder = tmp_path_factory.mktemp("shards")
    rendered(objects, folder, layout="webdataset", scenes_per_chunk=3)
    return folder


def test_every_good_object_is_an_archive_of_its_uid(objects: Path, zips: Path) -> None:
    by_name = {source.name: source for source in find_objects(objects)}
    assert {path.stem for path in zips.glob("*.zip")} == {by_name[name].uid for name in GOOD}
    source = by_name[GOOD[0]]
    with zipfile.ZipFile(zips / f"{source.uid}.zip") as archive:
        names = [f"{source.uid}/{n}" for n in ("000.png", "000_depth.npy", "001.png", "001_depth.npy")]
        assert archive.namelist() == [*names, f"{source.uid}/metadata.json"]
        facts = json.loads(archive.read(archive.namelist()[-1]))
    assert facts["file_identifier"] == f"boxes/{GOOD[0]}" and facts["save_uid"] == source.uid


def test_the_logs_name_everybody_once_with_the_reason(objects: Path, zips: Path) -> None:
    succeeded, failed = (rows(zips / name) for name in batches.LOGS)
    assert {row["name"] for row in succeeded} == {f"boxes/{name}" for name in GOOD}
    assert all(row["reason"] == "" and float(row["seconds"]) > 0 for row in succeeded)
    assert {row["key"] for row in succeeded} == {path.stem for path in zips.glob("*.zip")}
    assert len(failed) == len(BAD)
    for row in failed:
        assert row["reason"].startswith(BAD[row["name"].removeprefix("boxes/")]), row
        assert row["attempts"] == "1" and str(objects) not in row["reason"]


def test_bytes_do_not_depend_on_the_number_of_processes(objects: Path, zips: Path, tmp_path: Path) -> None:
    rendered(objects, tmp_path, processes=2)
    assert tree(tmp_path) == tree(zips)


def test_only_what_is_missing_is_rendered_again(objects: Path, zips: Path, tmp_path: Path) -> None:
    shutil.copytree(zips, tmp_path / "copy")
    gone = sorted((tmp_path / "copy").glob("*.zip"))[2]
    gone.unlink()
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "copy").glob("*.zip")}
    report = rendered(objects, tmp_path / "copy")
    assert (report.present, report.rendered, report.failed, report.left) == (len(GOOD) - 1, 1, 0, len(BAD))
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    assert tree(tmp_path / "copy") == tree(zips)


def test_what_took_too_long_is_told_and_rendered_when_asked(
    objects: Path, zips: Path, tmp_path: Path
) -> None:
    report = rendered(objects, tmp_path, limit=2, retries=0, render_timeout=1e-4)
    assert report.reasons == {"took longer than 0.0001 s": 2}
    assert not list(tmp_path.glob("*.zip"))
    report = rendered(objects, tmp_path, limit=2)
    assert (report.rendered, report.failed, report.left) == (0, 0, 2)
    report = rendered(objects, tmp_path, limit=2, retry_failed=True)
    assert (report.rendered, report.failed, report.left) == (2, 0, 0)
    assert rows(tmp_path / "render-objects-failed.csv") == []
    written = tree(tmp_path)
    assert len(written) == 3 and written.items() <= tree(zips).items()


def test_packing_a_shard_may_take_longer_than_an_object(objects: Path, shards: Path, tmp_path: Path) -> None:
    shutil.copytree(shards, tmp_path / "copy")
    for stem in ("000000", "000002"):
        reopen_shard(Store(str(tmp_path / "copy")), stem)
    options = {"layout": "webdataset", "scenes_per_chunk": 3, "render_timeout": 1e-6, "retries": 0}
    rendered(objects, tmp_path / "copy", **options)
    assert tree(tmp_path / "copy") == tree(shards)


KILLED_WHEN: dict[str, Callable[[Path], bool]] = {
    "the first object waits": lambda folder: any(folder.glob("parts/*/*.tar")),
    "a tar has no index yet": lambda folder: any(folder.glob("000*.tar")),
    "a shard is whole": lambda folder: any(folder.glob("000*.json")),
}


def test_killed_at_any_moment_it_goes_on_to_the_same_bytes(
    objects: Path, shards: Path, tmp_path: Path
) -> None:
    """Killed with all its workers at three moments one after the other, with another number of them."""
    options = {"layout": "webdataset", "scenes_per_chunk": 3}
    for processes, moment in zip((1, 2, 2), KILLED_WHEN.values(), strict=True):
        program = batches.start(objects, tmp_path, json.dumps({**options, "processes": processes}))
        deadline = time.monotonic() + 120
        while not moment(tmp_path) and program.poll() is None and time.monotonic() < deadline:
            time.sleep(0.0005)
        os.killpg(program.pid, signal.SIGKILL)
        program.wait()
    report = rendered(objects, tmp_path, processes=2, **options)
    assert report.found == report.present + report.rendered + report.failed + report.left
    assert tree(tmp_path) == tree(shards)
    for log, names in zip(batches.LOGS, (GOOD, BAD), strict=True):
        assert {row["name"].removeprefix("boxes/") for row in rows(tmp_path / log)} == set(names)


def test_a_full_disk_stops_the_run_which_goes_on_when_there_is_room(objects: Path, tmp_path: Path) -> None:
    """On a disk of 256 kB, in a name space of its own; then it is made larger."""
    if shutil.which("unshare") is None or subprocess.run(["unshare", "-rm", "true"]).returncode:
        pytest.skip("no name spaces here")
    run = f'{sys.executable} -c "$PROGRAM"'
    small, large = (
        f"mount -t tmpfs -o {option} none {tmp_path}" for option in ("size=256k", "remount,size=4m")
    )
    paths = os.pathsep.join([str(batches.ROOT), str(Path(batches.__file__).parent), *sys.path])
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", f"{small} && {run} && {large} && {run}"],
        env={**os.environ, "PYTHONPATH": paths, "PROGRAM": FILL_A_DISK.format(str(objects), str(tmp_path))},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said, left, counted, left_then = done.stdout.splitlines()
    told = re.fullmatch(
        r"the disk is full: (\S+), after [1-6] of 10 objects. Make room and run again; .*", said
    )
    assert told is not None and told[1].startswith(str(tmp_path))
    assert left == left_then == "[]"
    assert counted == f"{len(GOOD)} there, {len(BAD)} not"


FILL_A_DISK = """
from pathlib import Path
from batches import SETTINGS, render_objects
from dataclasses import replace
if __name__ == "__main__":
    try:
        large = replace(SETTINGS, resolution=(96, 96))
        report = render_objects({0!r}, {1!r}, settings=large, save_format="files", processes=1, retries=0)
        print(f"{{report.present + report.rendered}} there, {{report.failed + report.left}} not")
    except Exception as error:
        print(error)
    print([path.name for path in Path({1!r}).rglob("*.part")])
"""


def test_a_log_on_a_full_disk_is_said_too(
    objects: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: CsvLog, outcome: Outcome, name: str) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path))

    monkeypatch.setattr(CsvLog, "append", full)
    with pytest.raises(RequestError, match=r"the disk is full: .*\.csv, after [01] of 1 objects"):
        rendered(objects, tmp_path, limit=1)


def test_a_ray_cluster_gives_the_same_bytes(objects: Path, zips: Path, tmp_path: Path) -> None:
    ray = pytest.importorskip("ray")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Ray's own, about itself
        ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
        try:
            report = rendered(objects, tmp_path, executor="ray", processes=2)
        finally:
            ray.shutdown()
    assert (report.rendered, report.failed) == (len(GOOD), len(BAD))
    assert tree(tmp_path) == tree(zips)


def test_a_folder_of_other_renders_is_refused(objects: Path, zips: Path) -> None:
    before = tree(zips)
    with pytest.raises(RequestError, match=r"was begun with seed 0, not 1. Choose another render_dir"):
        rendered(objects, zips, seed=1)
    with pytest.raises(RequestError, match=r"was begun with save_format zip, not tar"):
        rendered(objects, zips, save_format="tar")
    assert tree(zips) == before


def test_shards_of_other_objects_are_refused(objects: Path, shards: Path) -> None:
    with pytest.raises(RequestError, match="was begun with objects 10, sha256"):
        rendered(objects, shards, layout="webdataset", scenes_per_chunk=3, limit=5)


@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        ({"save_format": "rar"}, UnknownName, "Unknown save format 'rar'"),
        ({"layout": "heap"}, UnknownName, "Unknown layout 'heap'"),
        ({"scenes_per_chunk": 0}, BadValue, "scenes_per_chunk is 0"),
        ({"seed": -1}, BadValue, "seed is -1"),
        ({"limit": 0}, BadValue, "limit is 0"),
        ({"executor": "slurm"}, UnknownName, "Unknown executor 'slurm'"),
    ],
)
def test_a_wrong_request_is_refused(
    objects: Path, tmp_path: Path, options: dict, error: type[Exception], sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        rendered(objects, tmp_path, **options)


@pytest.mark.parametrize("place", ["objects", "render_dir", "download_dir"])
def test_memory_of_one_process_is_no_place_for_others(objects: Path, tmp_path: Path, place: str) -> None:
    Store("memory://models").write("a.stl", b"")
    places = {"objects": objects, "render_dir": tmp_path, place: "memory://models"}
    with pytest.raises(RequestError, match="memory://models is in one process only"):
        batches.render_objects(**places, settings=SETTINGS)
    assert not list(tmp_path.iterdir())


def test_nothing_to_render_is_said(tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    for nothing in (tmp_path / "none", []):
        with pytest.raises(RequestError, match=r"No objects in .*\. Their files end in \.abc, "):
            find_objects(nothing)
    with pytest.raises(MissingPath, match="No folder of objects at"):
        find_objects(tmp_path / "nowhere")


def test_s3_to_s3_in_shards_and_again(objects: Path, shards: Path, tmp_path: Path, bucket: str) -> None:
    """From a bucket to a bucket, the downloads kept in a third place."""
    source = Store(f"{bucket}/boxes")
    for path in objects.iterdir():
        source.write(path.name, path.read_bytes())
    options = {
        "layout": "webdataset", "scenes_per_chunk": 3, "log_dir": tmp_path / "logs",
        "download_dir": str(tmp_path / "kept"), "settings": SETTINGS, "processes": 2,
    }  # fmt: skip
    report = batches.render_objects(source.url, f"{bucket}/views", **options)
    assert (report.rendered, report.failed) == (len(GOOD), len(BAD))
    target = Store(f"{bucket}/views")
    assert set(target.files()) == {*tree(shards), *batches.LOGS}
    assert (
        target.read("render-objects-failed.csv") == (tmp_path / "logs/render-objects-failed.csv").read_bytes()
    )
    assert {path.name for path in (tmp_path / "kept").rglob("*.*")} == {*GOOD, *BAD}
    report = batches.render_objects(source.url, target.url, **options)
    assert (report.present, report.rendered, report.failed, report.left) == (len(GOOD), 0, 0, len(BAD))


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An S3 bucket on this machine."""
    moto = pytest.importorskip("moto.server")
    s3fs = pytest.importorskip("s3fs")
    server = moto.ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    s3fs.S3FileSystem.clear_instance_cache()
    s3fs.S3FileSystem().mkdir("bucket")
    yield "s3://bucket"
    server.stop()
    s3fs.S3FileSystem.clear_instance_cache()
