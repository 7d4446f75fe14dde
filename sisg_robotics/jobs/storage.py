"""Folders here or anywhere that fsspec reaches (s3://, gs://, hf://, http://, ...), files written whole.

On a disk a file is written under a hidden name and renamed; an object store shows an object only when all of
it is there. So a name stands for a whole file, whenever the program was stopped.
"""

from __future__ import annotations

import errno
import os
import shutil
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from ..errors import BadFile, BadValue
from .file_systems import GROWING, READ_ONLY, opened, protocol_of, speaking

_PART = ".part"


@dataclass(frozen=True)
class Store:
    """The folder at `url`; its files go by their names in it, with / between folders.

    Raises MissingDependency when the protocol's package is not installed, BadValue for an unknown protocol.
    """

    url: str

    def __post_init__(self) -> None:
        url = os.fspath(self.url).rstrip("/") or "/"
        object.__setattr__(self, "url", str(Path(url).expanduser()) if url.startswith("~") else url)
        protocol_of(self.url)
        if not self.is_local:
            opened(self.url)

    @property
    def is_local(self) -> bool:
        """Whether it is on this machine's disks."""
        return protocol_of(self.url) == "file"

    @property
    def folder(self) -> Path:
        """The local folder."""
        return Path(self.url.removeprefix("file://"))

    def absolute(self) -> Store:
        """The same for a process with another current folder."""
        return Store(str(self.folder.absolute())) if self.is_local else self

    def __truediv__(self, name: str) -> Store:
        return Store(f"{self.url}/{checked_name(name)}")

    def write(self, name: str, data: bytes) -> None:
        """Write a file whole or not at all, over one of the same name."""
        if self.is_local:
            with _whole(self.folder / checked_name(name)) as aside:
                aside.write_bytes(data)
            return
        with self._whole_there(name) as (fs, full):
            fs.pipe_file(full, data)

    def write_folder(self, name: str, files: Mapping[str, bytes]) -> None:
        """Write a folder of files. It counts as there when its last file is, which is written last."""
        for inner in files:
            checked_name(inner)
        if not self.is_local:
            for inner, data in files.items():
                self.write(f"{name}/{inner}", data)
            return
        target = self.folder / checked_name(name)
        aside = _aside(target)
        shutil.rmtree(aside, ignore_errors=True)
        try:
            for inner, data in files.items():
                (aside / inner).parent.mkdir(parents=True, exist_ok=True)
                (aside / inner).write_bytes(data)
            shutil.rmtree(target, ignore_errors=True)
            aside.rename(target)
        except BaseException as error:
            shutil.rmtree(aside, ignore_errors=True)
            _name_place(error, target)
            raise

    def upload(self, name: str, path: Path) -> None:
        """Take over a local file, which is gone from its place afterwards if that is on the same disk."""
        if self.is_local:
            target = self.folder / checked_name(name)
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                path.replace(target)
            except OSError as error:
                if error.errno != errno.EXDEV:
                    raise
                with _whole(target) as aside:
                    shutil.copyfile(path, aside)
            return
        with self._whole_there(name) as (fs, full):
            fs.put_file(str(path), full)

    def download(self, name: str, path: Path, *, most_bytes: int) -> Path:
        """Copy a file to a local path, made whole. Raises BadFile when it is larger than `most_bytes`."""
        with _whole(path) as aside, speaking(self.url):
            fs, full = self._located(name)
            _check_size(f"{self.url}/{name}", fs.info(full).get("size"), most_bytes)
            fs.get_file(full, str(aside))
            _check_size(f"{self.url}/{name}", aside.stat().st_size, most_bytes)
        return path

    def read(self, name: str, *, most_bytes: int = 2**30) -> bytes:
        """A file's bytes. Raises FileNotFoundError, and BadFile when it is larger than `most_bytes`."""
        with speaking(self.url):
            fs, full = self._located(name)
            _check_size(f"{self.url}/{name}", fs.info(full).get("size"), most_bytes)
            data: bytes = fs.cat_file(full)
        return data

    @contextmanager
    def reading(self, name: str) -> Iterator[IO[bytes]]:
        """A file, open to be read from its start on, bit by bit."""
        with speaking(self.url):
            fs, full = self._located(name)
            with fs.open(full, "rb") as stream:
                yield stream

    def exists(self, name: str) -> bool:
        """Whether there is such a file or folder."""
        if self.is_local:
            return (self.folder / checked_name(name)).exists()
        with speaking(self.url):
            fs, full = self._located(name)
            fs.invalidate_cache()
            return bool(fs.exists(full))

    def names(self) -> Iterator[str]:
        """Names of what lies directly in it, in no order, unfinished things left out."""
        if self.is_local:
            try:
                with os.scandir(self.folder) as entries:
                    yield from (entry.name for entry in entries if not entry.name.endswith(_PART))
            except FileNotFoundError:
                return
            return
        with speaking(self.url):
            fs, root = opened(self.url)
            fs.invalidate_cache()
            try:
                found = fs.ls(root, detail=False)
            except FileNotFoundError:
                return
        names = {PurePosixPath(path).name for path in found} - {PurePosixPath(root).name}
        yield from (name for name in names if not name.endswith(_PART))

    def files(self) -> list[str]:
        """Names of all files in it and in its folders, sorted. Raises FileNotFoundError without it."""
        if self.is_local and not self.folder.exists():
            raise FileNotFoundError(errno.ENOENT, "No such folder", self.url)
        with speaking(self.url):
            fs, root = opened(self.url)
            found = fs.find(root)
            if not found and protocol_of(self.url) in READ_ONLY:
                with suppress(FileNotFoundError):
                    fs.ls(root)  # find() takes a server that does not answer for an empty folder
        return sorted(str(PurePosixPath(path).relative_to(root)) for path in found)

    def remove(self, name: str) -> None:
        """Remove a file, or a folder with all that is in it. One that is not there is no error."""
        if self.is_local:
            path = self.folder / checked_name(name)
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
            return
        with speaking(self.url):
            fs, full = self._located(name)
            fs.invalidate_cache()
            if fs.exists(full):
                fs.rm(full, recursive=True)

    def sweep(self) -> None:
        """Remove what killed processes of this machine left unfinished in a local folder."""
        if not self.is_local or not self.folder.is_dir():
            return
        for path in self.folder.rglob(f".*{_PART}"):
            host, _, pid = path.name.removesuffix(_PART).rpartition(".")[2].rpartition("-")
            if host == _host() and pid.isdigit() and not _runs(int(pid)):
                self.remove(path.relative_to(self.folder).as_posix())

    @contextmanager
    def _whole_there(self, name: str) -> Iterator[tuple[Any, str]]:
        """The file system, and a path in it that takes the file's name when all of it is written."""
        with speaking(self.url):
            if protocol_of(self.url) in READ_ONLY:
                raise NotImplementedError
            fs, full = self._located(name)
            if protocol_of(self.url) not in GROWING:
                yield fs, full
                return
            folder, _, base = full.rpartition("/")
            fs.makedirs(folder, exist_ok=True)
            aside = f"{folder}/{_hidden(base)}"
            yield fs, aside
            fs.mv(aside, full)

    def _located(self, name: str) -> tuple[Any, str]:
        fs, root = opened(self.url)
        return fs, f"{root}/{checked_name(name)}"


def checked_name(name: str) -> str:
    """The name, unless it leads out of its folder."""
    parts = PurePosixPath(name).parts
    if not parts or ".." in parts or parts[0] == "/" or "\\" in name or "\0" in name:
        raise BadValue("the name of a file", name, "below its folder")
    return name


def _check_size(what: str, size: int | None, most_bytes: int) -> None:
    if size is not None and size > most_bytes:
        raise BadFile(what, f"is {size} bytes long, more than {most_bytes}", "Split it or raise the limit.")


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """A hidden place to write to, which takes the path's name when all went well and is gone when not."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = _aside(path)
    try:
        yield aside
        aside.replace(path)
    except BaseException as error:
        aside.unlink(missing_ok=True)
        _name_place(error, path)
        raise


def _name_place(error: BaseException, path: Path) -> None:
    """Have an error of the system say where it was, as it does not when a disk is full."""
    if isinstance(error, OSError) and error.errno is not None and error.filename is None:
        error.filename = str(path)


def _aside(path: Path) -> Path:
    return path.with_name(_hidden(path.name))


def _hidden(name: str) -> str:
    """The name of what is unfinished. It says whose it is, so that `sweep` knows when it is nobody's."""
    return f".{name}.{_host()}-{os.getpid()}{_PART}"


def _host() -> str:
    return socket.gethostname().replace("-", "_").replace(".", "_")


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True
