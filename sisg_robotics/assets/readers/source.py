"""The one place where a model's files are opened: only the file itself and what lies in its folder.

A link that leaves the folder, by name or through a symbolic link, and a link to a URL are never followed.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from ...errors import MissingPath
from .limits import Limits
from .model import BadModel


class Source:
    """A model's file, what it linked to so far, and what of its limits is used up."""

    def __init__(self, path: Path | str, limits: Limits) -> None:
        self.path, self.limits = Path(path), limits
        self.linked: dict[str, None] = {}
        self.missing_textures: dict[str, None] = {}
        self.bytes_read = 0
        self.pixels_read = 0
        self.vertices_made = 0
        self.triangles_made = 0
        self.sha256 = ""
        self.size = 0

    def bad(self, reason: str, problem: str, remedy: str = "Leave it out.") -> BadModel:
        """The error for this file."""
        return BadModel(self.path, reason, problem, remedy)

    def check(self) -> None:
        """Is it a file, with something in it, and not too much?"""
        if self.path.is_dir():
            raise self.bad("not_a_file", "is a folder", "Name a file in it.")
        if not self.path.exists():
            raise MissingPath("model", self.path)
        if not self.path.is_file():
            raise self.bad("not_a_file", "is not a regular file")
        self.size = self.path.stat().st_size
        if self.size == 0:
            raise self.bad("empty_file", "is empty")
        self.take_bytes(self.size)

    def hash(self) -> None:
        """Fill `sha256` without keeping the file in memory."""
        digest = hashlib.sha256()
        with self.path.open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
        self.sha256 = digest.hexdigest()

    def read(self) -> bytes:
        """The whole file, after `check`."""
        data = self.path.read_bytes()
        self.sha256 = hashlib.sha256(data).hexdigest()
        return data

    def read_linked(self, name: str) -> bytes | None:
        """A file that the model names, or None when there is none.

        Raises `BadModel` with the reason "outside_folder" or "remote_link".
        """
        if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]+:", name):  # one letter is a Windows drive
            raise self.bad("remote_link", f"links to {_short(name)}, and URLs are never followed")
        path = self._inside(unquote(name)) or (self._inside(name) if "%" in name else None)
        if path is None:
            return None
        self.take_bytes(path.stat().st_size)
        self.linked[name] = None
        return path.read_bytes()

    def read_texture_near(self, name: str) -> bytes | None:
        """A texture as programs of long ago wrote it: `C:\\art\\wood.png` is sought as `wood.png` beside."""
        tidy = name.strip().replace("\\", "/")
        for candidate in (tidy, PurePosixPath(tidy).name):
            try:
                data = self.read_linked(candidate)
            except BadModel as error:
                if error.reason == "too_large":
                    raise
                continue
            if data is not None:
                return data
        return None

    def take_pixels(self, width: int, height: int, name: str) -> None:
        """Book a texture before it is decoded."""
        pixels = width * height
        if pixels > self.limits.max_texture_pixels:
            raise self.bad(
                "texture_too_large",
                f"texture {_short(name)} claims {width} x {height} pixels, "
                f"more than {self.limits.max_texture_pixels}",
                "Shrink it, or raise Limits.max_texture_pixels.",
            )
        self.pixels_read += pixels
        if self.pixels_read > self.limits.max_all_texture_pixels:
            raise self.bad(
                "texture_too_large",
                f"its textures have more than {self.limits.max_all_texture_pixels} pixels together",
                "Shrink them, or raise Limits.max_all_texture_pixels.",
            )

    def _inside(self, name: str) -> Path | None:
        folder = self.path.parent.resolve()
        if "\0" in name:
            raise self.bad("outside_folder", f"links to {_short(name)}, which is no file name")
        try:
            path = (folder / name).resolve()
            if not path.is_relative_to(folder):
                raise self.bad("outside_folder", f"links to {_short(name)}, which is outside its folder")
            return path if path.is_file() else None
        except (OSError, RuntimeError):  # a name too long for the disk; a loop of symbolic links
            return None

    def take_bytes(self, count: int) -> None:
        """Book bytes before they are read."""
        self.bytes_read += count
        if self.bytes_read > self.limits.max_file_bytes:
            raise self.bad(
                "too_large",
                f"is larger than {self.limits.max_file_bytes} bytes with what it links to",
                "Make it smaller, or raise Limits.max_file_bytes.",
            )


def _short(name: str) -> str:
    return repr(name if len(name) <= 80 else name[:77] + "...")
