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
    except (SisgError, OSError, MemoryError):
        raise
    except NotImplementedError as error:
        raise RequestError(f"{url} can only be read. Choose another place to write to.") from error
    except Exception as error:
        raise Unreachable(f"{url}: {type(error).__name__}: {error}") from error
