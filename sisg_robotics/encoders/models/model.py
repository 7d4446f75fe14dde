"""A model that can be fetched, and its files."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...errors import BadValue


@dataclass(frozen=True)
class ModelFile:
    """A file by its name in the model's folder.

    It is in the model's repository on the hub under the same name, unless `urls` say where it is, the first
    that answers. Without what is not `required` a folder is complete all the same.
    """

    name: str
    size: int | None = None
    sha256: str | None = None
    urls: tuple[str, ...] = ()
    required: bool = True

    def __post_init__(self) -> None:
        if not re.fullmatch(r"\w[\w.-]*", self.name):
            raise BadValue("the name of a model's file", self.name, "a plain name without folders")
        if self.sha256 is not None and not re.fullmatch("[0-9a-f]{64}", self.sha256):
            raise BadValue(f"the sha256 of {self.name}", self.sha256, "64 hexadecimal digits")


@dataclass(frozen=True)
class Model:
    """A model's files. `repo` and `revision`, a commit, are set where they are on the hub."""

    name: str
    source: str
    files: tuple[ModelFile, ...]
    licence: str
    what: str
    used_by: str
    repo: str | None = None
    revision: str | None = None
    megabytes: int | None = None
    """About how many all its files are; None where nobody says."""

    def __post_init__(self) -> None:
        pinned = self.revision is not None and re.fullmatch("[0-9a-f]{40}", self.revision)
        if self.repo is not None and not pinned:
            raise BadValue(f"the revision of {self.name}", self.revision, "a commit of 40 hexadecimal digits")
