"""sisg_model.json: what a model's folder holds, where that came from, and under which licence.

    {"format_version": 1, "name": "clip_vit_b32", "source": "openai/clip-vit-base-patch32",
     "revision": "b33cedfd...", "licence": "MIT, OpenAI", "fetched": "2026-11-22",
     "files": {"model.safetensors": {"size": 605157884, "sha256": "99d28a65..."}, ...}}

`revision` is the commit on the hub, or null; `fetched` the day in UTC; sizes are in bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ...errors import BadFile

MANIFEST = "sisg_model.json"
FORMAT_VERSION = 1
_MOST_BYTES = 2**20
_AGAIN = "Fetch the model again."


@dataclass(frozen=True)
class Manifest:
    """What a model's folder holds, and where it came from. `sizes` in bytes and `sha256` by file name."""

    name: str
    source: str
    revision: str | None
    licence: str
    fetched: str
    sizes: Mapping[str, int]
    sha256: Mapping[str, str]


def read_manifest(folder: Path) -> Manifest | None:
    """What sisg_model.json says, or None without one. Raises BadFile when it says something else."""
    path = folder / MANIFEST
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise BadFile(path, "is too long to be what fetch_models writes", _AGAIN)
        entries = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (ValueError, RecursionError) as error:
        raise BadFile(path, f"is not JSON ({error})", _AGAIN) from error
    try:
        if entries["format_version"] != FORMAT_VERSION:
            raise BadFile(path, f"has format_version {entries['format_version']!r}", _AGAIN)
        files = entries["files"]
        sizes = {_plain(name): int(file["size"]) for name, file in files.items()}
        sha256 = {name: str(file["sha256"]) for name, file in files.items()}
        texts = {key: str(entries[key]) for key in ("name", "source", "licence", "fetched")}
        return Manifest(**texts, revision=entries["revision"], sizes=sizes, sha256=sha256)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadFile(path, "is not what fetch_models writes", _AGAIN) from error


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write sisg_model.json, whole or not at all."""
    entries = {"format_version": FORMAT_VERSION, **asdict(manifest)}
    sizes, sha256 = entries.pop("sizes"), entries.pop("sha256")
    entries["files"] = {name: {"size": sizes[name], "sha256": sha256[name]} for name in sorted(sizes)}
    aside = folder / f".{MANIFEST}.part"
    aside.write_text(json.dumps(entries, indent=1) + "\n", encoding="utf-8")
    aside.replace(folder / MANIFEST)


def sha256_of(path: Path) -> str:
    """The hash of a file."""
    return digest_of(path, hashlib.sha256())


def digest_of(path: Path, digest: Any) -> str:
    """Feed a file bit by bit to a digest of hashlib and give the outcome in hexadecimal."""
    with path.open("rb") as stream:
        while block := stream.read(2**20):
            digest.update(block)
    return digest.hexdigest()


def verify_folder(folder: Path) -> None:
    """Read every file that sisg_model.json names and compare its sha256. Raises BadFile."""
    manifest = read_manifest(folder)
    if manifest is None:
        raise BadFile(folder, f"there is no {MANIFEST} to compare with", "Fetch the model into it.")
    for name, sha256 in manifest.sha256.items():
        found = sha256_of(folder / name)
        if found != sha256:
            raise BadFile(
                folder / name,
                f"its sha256 is {found}, but it was {sha256} when it was fetched",
                f"Run: python applications/fetch_models.py model={manifest.name}",
            )


def _plain(name: str) -> str:
    """A file name that stays in its folder."""
    if not re.fullmatch(r"\w[\w.-]*", name):
        raise ValueError(name)
    return name
