"""Folders as one file. The same files give the same bytes: no times, no owners, names in the order given."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Iterable, Mapping

from ..errors import UnknownName
from .storage import checked_name

FORMATS = ("zip", "tar", "tar.gz", "files")
"""How a folder is kept; "files": as it is."""
_PACKED = (".png", ".jpg", ".exr", ".glb")
"""Compressed already."""


def archive_bytes(folder: str, files: Mapping[str, bytes], form: str) -> bytes:
    """The files in a folder of that name, as a zip, tar or tar.gz."""
    members = [(f"{folder}/{checked_name(name)}", data) for name, data in files.items()]
    if form == "zip":
        return _zip(members)
    if form == "tar":
        return tar_members(members) + TAR_END
    if form == "tar.gz":
        stream = io.BytesIO()
        with gzip.GzipFile(filename="", mode="wb", fileobj=stream, compresslevel=6, mtime=0) as packer:
            packer.write(tar_members(members) + TAR_END)
        return stream.getvalue()
    raise UnknownName("archive format", form, FORMATS[:3])


TAR_END = bytes(2 * tarfile.BLOCKSIZE)
"""What closes a tar file. Without it, tar files can be put one behind the other."""


def tar_members(members: Iterable[tuple[str, bytes]]) -> bytes:
    """The members of a tar file, without its end."""
    stream = io.BytesIO()
    for name, data in members:
        info = tarfile.TarInfo(name)
        info.size, info.mode = len(data), 0o644
        stream.write(info.tobuf(tarfile.PAX_FORMAT))
        stream.write(data)
        stream.write(bytes(-len(data) % tarfile.BLOCKSIZE))
    return stream.getvalue()


def _zip(members: Iterable[tuple[str, bytes]]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in members:
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr = 3, 0o644 << 16
            info.compress_type = zipfile.ZIP_STORED if name.endswith(_PACKED) else zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return stream.getvalue()
