"""Foreign model files: Blender opens them, counts, and writes what would be seen as GLB. No script runs."""

from __future__ import annotations

import contextlib
import resource
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from .._bpy import import_bpy
from ..errors import RequestError


def convert(path: str, glb: str, max_memory_bytes: int) -> dict[str, Any]:
    """Open a model and write it as GLB. Gives `counts`, what it links to, and what of it is missing.

    A texture outside the model's folder is as good as missing. Raises RequestError for a file that Blender
    cannot open, and for an unknown ending.
    """
    bpy = import_bpy()
    resource.setrlimit(resource.RLIMIT_AS, (max_memory_bytes, max_memory_bytes))
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.context.preferences.filepaths.use_scripts_auto_execute = False
    source = Path(path).resolve()
    _open(source)
    linked, outside, missing = _files(source)
    answer = {"counts": _counts(), "linked": linked, "outside": outside, "missing_textures": missing}
    if not outside and any(thing.type in _SOLID for thing in bpy.context.scene.objects):
        _write(glb)
        answer["glb"] = glb
    return answer


_SOLID = {"MESH", "CURVE", "SURFACE", "META", "FONT", "EMPTY"}


def _open(source: Path) -> None:
    ops = import_bpy().ops
    file = str(source)
    readers: dict[str, Callable[[], Any]] = {
        ".blend": lambda: ops.wm.open_mainfile(filepath=file, load_ui=False, use_scripts=False),
        ".fbx": lambda: ops.import_scene.fbx(filepath=file, use_image_search=False),
        ".abc": lambda: ops.wm.alembic_import(filepath=file, as_background_job=False),
        ".dae": lambda: ops.wm.collada_import(filepath=file),
        ".glb": lambda: ops.import_scene.gltf(filepath=file),
        ".gltf": lambda: ops.import_scene.gltf(filepath=file),
        ".obj": lambda: ops.wm.obj_import(filepath=file, forward_axis="NEGATIVE_Z", up_axis="Y"),
        ".ply": lambda: ops.wm.ply_import(filepath=file),
        ".stl": lambda: ops.wm.stl_import(filepath=file),
        ".usd": lambda: ops.wm.usd_import(filepath=file),
        ".usda": lambda: ops.wm.usd_import(filepath=file),
        ".usdc": lambda: ops.wm.usd_import(filepath=file),
        ".usdz": lambda: ops.wm.usd_import(filepath=file),
    }
    if source.suffix.lower() not in readers:
        raise RequestError(f"Blender reads {', '.join(readers)}, not {source.suffix!r}.")
    try:
        done = readers[source.suffix.lower()]()
    except RuntimeError as error:  # Blender's own words, over several lines
        raise RequestError(" ".join(str(error).split())) from error
    if "FINISHED" not in done:
        raise RequestError("Blender did not finish reading it.")


def _files(source: Path) -> tuple[list[str], list[str], list[str]]:
    """Names of files that were read beside the model, of such outside its folder, and of missing textures."""
    bpy = import_bpy()
    linked: list[str] = []
    outside: list[str] = []
    missing: list[str] = []
    for kept in (*bpy.data.libraries, *bpy.data.cache_files):
        path = Path(bpy.path.abspath(kept.filepath)).resolve()
        if path != source:
            (linked if path.is_relative_to(source.parent) else outside).append(kept.filepath)
    for image in list(bpy.data.images):
        if image.packed_file is not None or image.source not in ("FILE", "TILED", "SEQUENCE"):
            continue
        path = Path(bpy.path.abspath(image.filepath, library=image.library)).resolve()
        inside = path.is_relative_to(source.parent)
        if inside and path.is_file() and all(image.size):
            linked.append(image.filepath)
        else:
            missing.append(image.filepath or image.name)
            bpy.data.images.remove(image)
    return sorted(set(linked)), sorted(set(outside)), sorted(set(missing))


def _counts() -> dict[str, int]:
    bpy = import_bpy()
    things = list(bpy.context.scene.objects)
    meshes = [thing.data for thing in things if thing.type == "MESH"]
    keys = [key for key in bpy.data.shape_keys if key.user]
    return {
        "object_count": len(things),
        "mesh_count": len(meshes),
        "vert_count": sum(len(mesh.vertices) for mesh in meshes),
        "edge_count": sum(len(mesh.edges) for mesh in meshes),
        "poly_count": sum(len(mesh.polygons) for mesh in meshes),
        "material_count": len(set(_worn(meshes))),
        "lamp_count": sum(thing.type == "LIGHT" for thing in things),
        "animation_count": len(bpy.data.actions),
        "armature_count": sum(thing.type == "ARMATURE" for thing in things),
        "shape_key_count": sum(len(key.key_blocks) - 1 for key in keys),
    }


def _worn(meshes: list[Any]) -> Iterator[str]:
    """Names of the materials that some face wears."""
    for mesh in meshes:
        slots = {polygon.material_index for polygon in mesh.polygons}
        for slot, material in enumerate(mesh.materials):
            if material is not None and slot in slots:
                yield material.name_full


def _write(glb: str) -> None:
    """Everything that would be rendered, as it stands in the current frame: modifiers and poses applied."""
    bpy = import_bpy()
    with contextlib.suppress(RuntimeError):
        bpy.ops.object.mode_set(mode="OBJECT")
    bpy.ops.export_scene.gltf(
        filepath=glb,
        export_format="GLB",
        export_apply=True,
        export_yup=True,
        export_animations=False,
        export_skins=False,
        export_morph=False,
        export_cameras=False,
        export_lights=False,
        use_renderable=True,
    )
