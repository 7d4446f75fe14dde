"""One file from elsewhere to disk: it goes on where it was cut off, and counts only once its hash is right.

huggingface_hub speaks HTTP for all, with its retries and its bar, and gdown to Google Drive.
"""

from __future__ import annotations

import errno
import hashlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..._extras import install_command
from ...errors import BadFile, MissingDependency, RequestError
from .manifest import digest_of
from .servers import CannotFetch, NotGiven, cut_off, speaking
from .table import DRIVE

_TIMEOUT_S = 30
_TORCH_FILE = (b"PK\x03\x04", b"\x80")
"""How a file by torch.save begins: a zip, or a pickle."""
_FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True)
class Published:
    """A file as its publisher describes it: where it is, its length in bytes, and a hash by which to know it.

    `git_sha1` is git's, for small files of the hub. Without either hash it must be what torch.save writes.
    """

    name: str
    urls: tuple[str, ...]
    size: int | None
    sha256: str | None = None
    git_sha1: str | None = None


def download(file: Published, folder: Path) -> Path:
    """Bring the file into `folder`, going on with what an earlier attempt left there.

    Raises CannotFetch, or BadFile when something else arrives than was published; that is deleted.
    """
    target = folder / file.name
    if target.is_file():
        if _problem(file, target) is None:
            return target
        target.unlink()
    for index, url in enumerate(file.urls):
        part = folder / f".{file.name}.{index}.part"  # bytes of two places are never mixed
        try:
            _bring(url, file, part)
        except NotGiven:
            if url == file.urls[-1]:
                raise
            continue
        finally:
            if part.is_file() and part.stat().st_size == 0:
                part.unlink()
        problem = _problem(file, part)
        if problem is not None:
            part.unlink()
            raise BadFile(url, f"{problem}. What arrived was deleted", "Run it again.")
        part.replace(target)
        break
    return target


def describe_repo(repo: str, revision: str | None) -> Any:
    """What the hub says of a repository at a commit, or now: `sha`, `card_data` and `siblings`, its files."""
    from huggingface_hub import HfApi

    with speaking(_hub(), f"{repo} on the Hugging Face hub"):
        api = HfApi(endpoint=_hub())
        return api.model_info(repo, revision=revision, files_metadata=True, timeout=_TIMEOUT_S)


def hub_url(repo: str, revision: str, name: str) -> str:
    """Where the hub, or its mirror in HF_ENDPOINT, gives a file."""
    from huggingface_hub import hf_hub_url

    return str(hf_hub_url(repo, name, revision=revision, endpoint=_hub()))


def _hub() -> str:
    return os.environ.get("HF_ENDPOINT", "").rstrip("/") or "https://huggingface.co"


def _bring(url: str, file: Published, part: Path) -> None:
    try:
        if url.startswith(DRIVE):
            _from_drive(url, file.name, part)
        else:
            _over_http(url, file, part)
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise RequestError(
            f"The disk of {part.parent.parent} is full. What has arrived is kept: free room, or give another "
            f"folder=, and run it again."
        ) from error


def _over_http(url: str, file: Published, part: Path) -> None:
    """Append what is not there yet; a connection that breaks is taken up again a few times."""
    from huggingface_hub import get_token
    from huggingface_hub.file_download import http_get

    if part.is_file() and file.size is not None and part.stat().st_size > file.size:
        part.unlink()
    headers = {"Accept-Encoding": "identity"}  # offsets must mean the file's own bytes
    if url.startswith(f"{_hub()}/") and (token := get_token()):
        headers["Authorization"] = f"Bearer {token}"
    with speaking(url, file.name), part.open("ab") as stream:
        http_get(
            url,
            stream,
            resume_size=stream.tell(),
            headers=headers,
            expected_size=file.size,
            displayed_filename=file.name,
        )


def _from_drive(url: str, name: str, part: Path) -> None:
    try:
        import gdown
        from gdown.exceptions import DownloadError, FileURLRetrievalError
    except ImportError as error:
        raise MissingDependency("gdown", "Google Drive", install_command("lseg")) from error
    try:
        with speaking(url, name):
            gdown.download(
                url,
                str(part),
                quiet=not sys.stderr.isatty(),
                resume=True,
                use_cookies=False,
                timeout=_TIMEOUT_S,
                retries=5,
            )
    except FileURLRetrievalError as error:
        home = part.parent.name.removeprefix(".").removesuffix(".part")
        raise NotGiven(
            f"Google Drive does not give {name} to a program, often because too many asked for it today. "
            f"Open {url} in a browser, save it as {part.parent.with_name(home) / name} and run it again."
        ) from error
    except DownloadError as error:
        raise CannotFetch(cut_off(name)) from error


def _problem(file: Published, path: Path) -> str | None:
    """What is wrong with the bytes at `path`; None when nothing is."""
    size = path.stat().st_size
    if file.size is not None and size != file.size:
        return f"it is {size} bytes long, but {file.size} were published"
    if file.sha256 is not None:
        return _differs("sha256", digest_of(path, hashlib.sha256()), file.sha256)
    if file.git_sha1 is not None:
        return _differs("git hash", digest_of(path, hashlib.sha1(b"blob %d\0" % size)), file.git_sha1)
    with path.open("rb") as stream:
        return None if stream.read(4).startswith(_TORCH_FILE) else "it is not what torch.save writes"


def _differs(kind: str, found: str, published: str) -> str | None:
    return None if found == published else f"its {kind} is {found}, but {published} was published"
