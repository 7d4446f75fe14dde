"""USD files (.usd, .usda, .usdc, .usdz), read by `usd-core` in a process of its own.

A damaged binary USD file can end the process that opens it, so a child opens it, within `max_seconds` and
`max_memory_bytes`, and hands back a GLB of ours and its facts. See `usd_stage.py` for what is read.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import asdict, replace
from importlib.util import find_spec
from pathlib import Path

from ..._extras import install_command
from ...errors import MissingDependency
from .gltf import read_gltf
from .model import Counts, Read
from .source import Source

_CHILD = "sisg_robotics.assets.readers.usd_stage"


def read_usd(source: Source) -> Read:
    """Read the meshes of a stage, composed, at its first time, in metres and our axes."""
    if find_spec("pxr") is None:
        raise MissingDependency("usd-core", "Reading USD files", install_command("usd"))
    source.hash()
    if zipfile.is_zipfile(source.path):
        _check_archive(source)
    with tempfile.TemporaryDirectory(prefix="sisg_usd_") as folder:
        answer = _ask_child(source, Path(folder))
        if "reason" in answer:
            raise source.bad(answer["reason"], answer["problem"], answer["remedy"])
        source.linked |= dict.fromkeys(answer["linked"])
        source.missing_textures |= dict.fromkeys(answer["missing"])
        handed = Source(Path(folder) / "model.glb", replace(source.limits, max_file_bytes=1 << 40))
        handed.check()
        return Read(read_gltf(handed).nodes, Counts(**answer["counts"]))


def _ask_child(source: Source, folder: Path) -> dict:
    package = str(Path(__file__).resolve().parents[3])
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PXR_")}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH", "")]))
    arguments = [str(source.path.absolute()), str(folder), json.dumps(asdict(source.limits))]
    try:
        subprocess.run(
            [sys.executable, "-m", _CHILD, *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=source.limits.max_seconds,
            check=True,
        )
        return json.loads((folder / "answer.json").read_text(encoding="utf-8"))
    except subprocess.TimeoutExpired as error:
        raise source.bad("timed_out", f"is not read after {source.limits.max_seconds:g} s") from error
    except subprocess.CalledProcessError as error:
        lines = error.stderr.decode("utf-8", "replace").strip().splitlines() or ["no message"]
        raise source.bad(
            "damaged", f"ended its reader (status {error.returncode}: {lines[-1][:120]})"
        ) from error


def _check_archive(source: Source) -> None:
    """A .usdz keeps its files as they are: one that is compressed, or leaves its folder, is none."""
    with zipfile.ZipFile(source.path) as archive:
        for entry in archive.infolist():
            if entry.compress_type != zipfile.ZIP_STORED or entry.file_size > source.size:
                raise source.bad(
                    "damaged", f"is a zip with compressed files ({entry.filename!r:.60}), no usdz"
                )
            if entry.filename.startswith(("/", "\\")) or ".." in Path(entry.filename).parts:
                raise source.bad("outside_folder", f"holds {entry.filename!r:.60}, outside the archive")
