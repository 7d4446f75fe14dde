"""Files anywhere: written whole or not at all, and never outside their folder."""

from __future__ import annotations

import errno
import importlib
import os
import shutil
import threading
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import fsspec
import pytest
from fsspec.implementations.local import LocalFileSystem

from sisg_robotics.errors import BadFile, BadValue, MissingDependency, RequestError
from sisg_robotics.jobs import Store, Unreachable
from sisg_robotics.jobs.file_systems import speaking
from sisg_robotics.jobs.reasons import reason_of
from sisg_robotics.jobs.storage import _aside


@pytest.fixture(params=["local", "file", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    kinds = {"local": str(tmp_path), "file": f"file://{tmp_path}", "memory": f"memory://{uuid.uuid4()}"}
    return Store(kinds[request.param])


def test_what_is_written_is_read_listed_and_removed(store: Store) -> None:
    assert list(store.names()) == [] and not store.exists("a.bin")
    store.write("a.bin", b"first")
    store.write("a.bin", b"second")
    store.write("deep/er/b.bin", b"")
    assert store.read("a.bin") == b"second" and store.read("deep/er/b.bin") == b""
    assert sorted(store.names()) == ["a.bin", "deep"]
    assert store.files() == ["a.bin", "deep/er/b.bin"]
    assert list((store / "deep").names()) == ["er"]
    with store.reading("a.bin") as stream:
        assert stream.read(3) == b"sec"
    store.remove("deep")
    store.remove("never there")
    assert sorted(store.names()) == ["a.bin"] and store.exists("a.bin") and not store.exists("deep/er/b.bin")


def test_a_folder_of_files_replaces_the_one_before(store: Store) -> None:
    store.write_folder("set", {"000.png": b"0", "metadata.json": b"{}"})
    store.write_folder("set", {"pose/000.npy": b"1", "metadata.json": b"[]"})
    assert store.read("set/metadata.json") == b"[]" and store.read("set/pose/000.npy") == b"1"
    if store.is_local:
        assert not store.exists("set/000.png")


def test_a_local_file_is_taken_over_and_fetched(store: Store, tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here/whole.tar").write_bytes(b"tar")
    store.upload("in/whole.tar", tmp_path / "here/whole.tar")
    assert store.read("in/whole.tar") == b"tar"
    path = store.download("in/whole.tar", tmp_path / "there/again.tar", most_bytes=3)
    assert path.read_bytes() == b"tar" and [p.name for p in path.parent.iterdir()] == ["again.tar"]


def test_what_is_too_large_is_refused_before_it_is_read(store: Store, tmp_path: Path) -> None:
    store.write("large", bytes(100))
    with pytest.raises(BadFile, match="large: is 100 bytes long, more than 99"):
        store.read("large", most_bytes=99)
    with pytest.raises(BadFile, match="more than 99"):
        store.download("large", tmp_path / "copy", most_bytes=99)
    assert not (tmp_path / "copy").exists()


def test_what_is_not_there_is_not_found(store: Store) -> None:
    with pytest.raises(FileNotFoundError):
        store.read("nothing")


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../../x", "", "a\\..\\x", "nul\0"])
def test_no_name_leads_out_of_its_folder(store: Store, name: str) -> None:
    for use in (store.read, store.exists, store.remove, lambda name: store.write(name, b"")):
        with pytest.raises(BadValue, match="below its folder"):
            use(name)
    with pytest.raises(BadValue, match="below its folder"):
        store.write_folder("set", {name: b""})


def test_a_disk_that_fills_up_leaves_the_last_whole_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(str(tmp_path))
    store.write("set.zip", b"last")
    store.write_folder("set", {"a": b"last"})
    write_bytes = Path.write_bytes

    def write_half(path: Path, data: bytes) -> int:
        write_bytes(path, data[: len(data) // 2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", write_half)
    with pytest.raises(OSError, match="No space left") as full:
        store.write("set.zip", b"new and longer")
    assert reason_of(full.value) == f"the disk is full: {tmp_path / 'set.zip'}"
    with pytest.raises(OSError, match="No space left"):
        store.write_folder("set", {"a": b"new", "b": b"new"})
    assert store.read("set.zip") == b"last" and store.files() == ["set.zip", "set/a"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["set", "set.zip"]  # also nothing hidden


def test_a_copy_that_breaks_off_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    far = Store(f"memory://{uuid.uuid4()}")
    far.write("a.bin", b"all of it")

    def copy_half(*places: object) -> None:
        Path(str(places[-1])).write_bytes(b"all o")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def to_another_disk(path: Path, target: Path) -> None:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    with monkeypatch.context() as broken:
        broken.setattr(type(fsspec.filesystem("memory")), "get_file", copy_half)
        with pytest.raises(OSError, match="No space left"):
            far.download("a.bin", tmp_path / "here/a.bin", most_bytes=100)
    (tmp_path / "a.bin").write_bytes(b"all of it")
    with monkeypatch.context() as broken:
        broken.setattr(Path, "replace", to_another_disk)
        broken.setattr(shutil, "copyfile", copy_half)
        with pytest.raises(OSError, match="No space left"):
            Store(str(tmp_path / "there")).upload("a.bin", tmp_path / "a.bin")
    assert not [path for name in ("here", "there") for path in (tmp_path / name).iterdir()]


def test_where_files_grow_they_are_written_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server's disk, played by one here: no folders made unasked, and what is begun is seen."""

    class Sftp(LocalFileSystem):
        protocol = "sftp"

        @classmethod
        def _strip_protocol(cls, path: str) -> str:
            return super()._strip_protocol(path.removeprefix("sftp://"))

        def pipe_file(self, path: str, value: bytes, *rest: object, **named: object) -> None:
            Path(path).write_bytes(value[:5])
            if value == b"too long":
                raise ConnectionResetError("lost")
            Path(path).write_bytes(value)

    registry = importlib.import_module("fsspec.registry")
    monkeypatch.setitem(registry._registry, "sftp", Sftp)
    store = Store(f"sftp://{tmp_path}/views")
    store.write("parts/a.tar", b"first")
    with pytest.raises(Unreachable, match="ConnectionResetError: lost"):
        store.write("parts/a.tar", b"too long")
    with pytest.raises(Unreachable):
        store.write("parts/b.tar", b"too long")
    assert store.read("parts/a.tar") == b"first" and not store.exists("parts/b.tar")
    assert list((store / "parts").names()) == ["a.tar"]
    (tmp_path / "whole.tar").write_bytes(b"whole")
    store.upload("parts/a.tar", tmp_path / "whole.tar")
    assert store.read("parts/a.tar") == b"whole"


def test_what_killed_processes_left_is_swept_and_nothing_else(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    ours = _aside(tmp_path / "ours.zip")
    dead = ours.with_name(ours.name.replace("ours", "dead").replace(f"-{os.getpid()}.", f"-{2**22 + 1}."))
    other = ours.with_name(".other.zip.some_other_host-1.part")
    (tmp_path / "deep").mkdir()
    for path in (ours, dead, other, tmp_path / "deep" / dead.name, tmp_path / "whole.zip"):
        path.touch()
    (tmp_path / dead.name.replace("dead", "folder")).mkdir()
    assert list(store.names()).count("whole.zip") == 1 and len(list(store.names())) == 2
    store.sweep()
    left = {path.name for path in tmp_path.rglob("*")}
    assert left == {ours.name, other.name, "deep", "whole.zip"}


def test_an_unknown_protocol_is_refused() -> None:
    with pytest.raises(BadValue, match="a path, or begin with s3://"):
        Store("nowhere://bucket")


def test_a_protocol_without_its_package_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    registry = importlib.import_module("fsspec.registry")
    monkeypatch.setitem(
        registry.known_implementations, "gs", {"class": "gcsfs_gone.FS", "err": "Install gcsfs"}
    )
    monkeypatch.delitem(registry._registry, "gs", raising=False)
    with pytest.raises(MissingDependency, match=r"gs:// needs 'gcsfs'.*pip install gcsfs"):
        Store("gs://bucket/folder")


def test_a_place_that_can_only_be_read_says_so() -> None:
    pytest.importorskip("aiohttp")
    with pytest.raises(RequestError, match=r"http://127.0.0.1:9/x can only be read"):
        Store("http://127.0.0.1:9/x").write("a", b"")


def test_what_a_far_place_says_is_passing_and_what_we_say_is_not() -> None:
    with pytest.raises(Unreachable, match="s3://bucket: ValueError: 503 Slow Down"), speaking("s3://bucket"):
        raise ValueError("503 Slow Down")
    with pytest.raises(FileNotFoundError), speaking("s3://bucket"):
        raise FileNotFoundError


class _Server(BaseHTTPRequestHandler):
    """Answers with the status that the path names."""

    def do_GET(self) -> None:
        self.send_response(int(self.path.rpartition("/")[2] or 200))
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_GET

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def server() -> Iterator[str]:
    pytest.importorskip("aiohttp")
    with ThreadingHTTPServer(("127.0.0.1", 0), _Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.mark.parametrize("use", ["read", "download"])
def test_what_a_server_does_not_have_is_not_what_it_cannot_give(
    server: str, use: str, tmp_path: Path
) -> None:
    def get(name: str) -> None:
        if use == "read":
            Store(server).read(name)
        else:
            Store(server).download(name, tmp_path / name, most_bytes=100)

    for status in ("404", "410", "403"):
        with pytest.raises(FileNotFoundError):
            get(status)
    for status in ("500", "503", "429"):
        with pytest.raises(Unreachable, match=status):
            get(status)
    assert not list(tmp_path.iterdir())


def test_a_server_that_is_down_is_not_an_empty_one() -> None:
    pytest.importorskip("aiohttp")
    nobody = Store("http://127.0.0.1:9")
    for use in (nobody.files, lambda: nobody.read("a.glb")):
        with pytest.raises(Unreachable, match=r"http://127.0.0.1:9: .*Cannot connect to host"):
            use()


def test_home_and_relative_places_are_the_same_for_other_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert Store("renders").absolute().url == str(tmp_path / "renders")
    assert Store("~/renders").url == str(tmp_path / "home/renders")
    assert Store("memory://x").absolute().url == "memory://x"
