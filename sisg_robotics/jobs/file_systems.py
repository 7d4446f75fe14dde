"""The file systems behind fsspec: which one a URL means, and their errors as ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..errors import BadValue, MissingDependency, RequestError, SisgError

PACKAGES = {
    "s3": "s3fs", "s3a": "s3fs", "gs": "gcsfs", "gcs": "gcsfs", "hf": "huggingface_hub", "http": "aiohttp",
    "https": "aiohttp", "abfs": "adlfs", "az": "adlfs", "ssh": "paramiko", "sftp": "paramiko",
    "hdfs": "pyarrow",
}  # fmt: skip
"""What to install for each protocol."""
READ_ONLY = ("http", "https")
GROWING = ("arrow_hdfs", "ftp", "hdfs", "sftp", "smb", "ssh", "webhdfs")
"""Where a file is seen while it is being written, as on a local disk."""
_REFUSED_STATUS = range(400, 500)
_BUSY_STATUS = (408, 425, 429)
"""HTTP's, for what is not there or not for us; and those among them that pass."""


class Unreachable(RequestError):
    """A place that did not answer as it should; another time it may."""


def protocol_of(url: str) -> str:
    """The protocol of a URL; "file" for a path. Raises BadValue for one that fsspec does not know."""
    from fsspec.registry import known_implementations

    protocol, separator, _ = url.partition("://")
    if not separator:
        return "file"
    if protocol not in {*known_implementations, "file", "memory"}:
        raise BadValue("the URL", url, "a path, or begin with s3://, gs://, hf://, http:// or the like")
    return "file" if protocol == "local" else protocol


def opened(url: str) -> tuple[Any, str]:
    """fsspec's file system of a URL and the path in it."""
    import fsspec

    try:
        fs, root = fsspec.core.url_to_fs(url)
    except ImportError as error:
        protocol = protocol_of(url)
        package = PACKAGES.get(protocol, protocol)
        raise MissingDependency(package, f"{protocol}://", f"pip install {package}") from error
    return fs, root.rstrip("/")


@contextmanager
def speaking(url: str) -> Iterator[None]:
    """Errors of the many packages behind fsspec as one of ours or the system's."""
    try:
        yield
    except (SisgError, MemoryError):
        raise
    except OSError as error:
        passing = _passing(url, error)
        if passing is None:
            raise
        raise Unreachable(f"{url}: {_named(passing)}") from error
    except NotImplementedError as error:
        raise RequestError(f"{url} can only be read. Choose another place to write to.") from error
    except Exception as error:
        raise Unreachable(f"{url}: {_named(error)}") from error


def _passing(url: str, error: OSError) -> BaseException | None:
    """What a server is to blame for, if it is. fsspec calls "not found" whatever HTTP does not give."""
    if not isinstance(error, FileNotFoundError):
        theirs = isinstance(error, (ConnectionError, TimeoutError)) or type(error).__module__ != "builtins"
        return error if theirs else None
    cause = error.__cause__
    if protocol_of(url) not in READ_ONLY or cause is None or isinstance(cause, FileNotFoundError):
        return None
    status = getattr(cause, "status", None)
    return None if status in _REFUSED_STATUS and status not in _BUSY_STATUS else cause


def _named(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
