"""FBX, Alembic and .blend files, and whatever else Blender reads, through GLB.

Blender runs in a process of its own, with a time limit and a memory limit, and without the file's scripts:
those that a .blend registers to run on loading, and drivers written in Python, stay text. A .blend's -y is
our +x (the front, in both); its z is ours. FBX and Alembic files say their axes and unit themselves, as far
as Blender heeds it.
"""

from __future__ import annotations

from pathlib import Path

from ..._blender.process import BlenderProcess, BlenderStopped
from ...errors import RequestError
from .gltf import read_gltf
from .limits import Limits
from .model import Counts, Model, Read
from .parts import PLAIN
from .read import finished
from .source import Source


def read_with_blender(path: Path | str, limits: Limits | None = None) -> Model:
    """The model, with Blender's own counts in its facts.

    Raises BadModel ("damaged", "timed_out", "outside_folder", "no_faces", ...), MissingPath, and
    MissingDependency naming what to install where there is no Blender.
    """
    source = Source(path, limits or Limits())
    source.check()
    source.hash()
    with BlenderProcess() as blender:
        return finished(source, _read(source, blender))


def _read(source: Source, blender: BlenderProcess) -> Read:
    glb = blender.folder / "model.glb"
    try:
        answer = blender.ask(
            "read_a_model",
            path=str(source.path.resolve()),
            glb=str(glb),
            max_memory_bytes=source.limits.max_memory_bytes,
            timeout_s=source.limits.max_seconds,
        )
    except BlenderStopped as error:
        reason = "timed_out" if error.timed_out else "damaged"
        raise source.bad(reason, f"cannot be read ({error})") from error
    except RequestError as error:
        raise source.bad("damaged", f"cannot be read ({error})") from error
    if answer["outside"]:
        raise source.bad("outside_folder", f"links to {answer['outside'][0]!r}, which is outside its folder")
    source.linked |= dict.fromkeys(answer["linked"])
    source.missing_textures |= dict.fromkeys(answer["missing_textures"])
    counts = Counts(**answer["counts"])
    if "glb" not in answer:
        return Read((), counts)
    converted = Source(glb, source.limits)
    converted.check()
    return Read(read_gltf(converted, PLAIN).nodes, counts)
