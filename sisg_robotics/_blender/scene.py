"""The scene in Blender, built once, and its pictures, drawn again and again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from .._bpy import import_bpy
from .devices import choose_device
from .materials import DATA, FACE_NORMAL, LOOKS, make_material, use_output
from .meshes import make_mesh
from .world import make_light, make_world

CENTRE_WIDTH_PX = 1e-4
"""Width of the pixel filter that sends a ray through the pixel's centre. Blender's own smallest is 0.01."""
FAR_M = 1e5
NEAR_M = 1e-3


def build(folder: Path) -> dict[str, Any]:
    """Build what `scene.json` and `arrays.npz` in a folder say."""
    bpy = import_bpy()
    bpy.ops.wm.read_factory_settings(use_empty=True)
    document = json.loads((folder / "scene.json").read_text(encoding="utf-8"))
    with np.load(folder / "arrays.npz", allow_pickle=False) as arrays:
        scene = bpy.context.scene
        make_world(scene, arrays["surroundings"])
        materials = [
            make_material(
                entry | {"finish": document["finish"]},
                {key: arrays[name] for key, name in entry["textures"].items()},
            )
            for entry in document["materials"]
        ]
        meshes = [
            make_mesh(
                f"mesh {row}",
                {key: arrays[name] for key, name in entry["arrays"].items()},
                [materials[slot] for slot in entry["materials"]],
            )
            for row, entry in enumerate(document["meshes"])
        ]
    origin = bpy.data.objects.new("origin", None)
    scene.collection.objects.link(origin)
    for row, entry in enumerate(document["objects"]):
        thing = bpy.data.objects.new(f"object {row}", meshes[entry["mesh"]])
        thing.parent = origin
        _place(thing, np.array(entry["T_world_object"]).reshape(4, 4))
        thing.pass_index = row + 1
        thing.visible_shadow = entry["casts_shadow"]
        scene.collection.objects.link(thing)
    for entry in document["lights"]:
        make_light(scene, entry)
    _settings(scene, document)
    scene.camera.parent = origin
    return {"device": choose_device(scene, document["device"])}


def _settings(scene: Any, document: dict[str, Any]) -> None:
    scene.camera = import_bpy().data.objects.new("camera", import_bpy().data.cameras.new("camera"))
    scene.collection.objects.link(scene.camera)
    scene.camera.data.clip_start, scene.camera.data.clip_end = NEAR_M, FAR_M
    scene.camera.data.sensor_fit = "HORIZONTAL"
    render, cycles, layer = scene.render, scene.cycles, scene.view_layers[0]
    render.engine = "CYCLES"
    render.use_persistent_data = True
    render.image_settings.file_format = "OPEN_EXR_MULTILAYER"
    render.image_settings.color_depth = "32"
    render.image_settings.exr_codec = "NONE"
    render.use_compositing = render.use_sequencer = False
    if document["threads"]:
        render.threads_mode, render.threads = "FIXED", document["threads"]
    cycles.use_adaptive_sampling = False
    cycles.seed = document["seed"]
    cycles.use_animated_seed = False
    cycles.transparent_max_bounces = 256
    cycles.denoiser = "OPENIMAGEDENOISE"
    layer.use_pass_z = layer.use_pass_normal = layer.use_pass_object_index = True
    layer.use_pass_diffuse_color = True
    layer.aovs.add().name = FACE_NORMAL


def render(
    path: str,
    camera: dict[str, float],
    T_world_cam: list[list[float]],
    kind: str,
    samples: int,
    bounces: int,
    denoise: bool,
    transparent: bool,
) -> dict[str, Any]:
    """Draw what the camera (fx, fy, cx, cy, width, height; pose in OpenCV axes) sees, into an EXR file.

    `kind` "data" sends one ray through each pixel's centre and bounces no light; "looks" makes a picture.
    """
    bpy = import_bpy()
    scene = bpy.context.scene
    _set_camera(scene, camera, T_world_cam)
    is_data = kind == DATA
    use_output(DATA if is_data else LOOKS)
    cycles = scene.cycles
    cycles.samples = 1 if is_data else samples
    cycles.max_bounces = 0 if is_data else bounces
    cycles.use_denoising = denoise and not is_data
    cycles.pixel_filter_type = "BLACKMAN_HARRIS"
    cycles["filter_width"] = CENTRE_WIDTH_PX if is_data else 1.5  # so set, Blender does not clamp it
    scene.render.film_transparent = is_data or transparent
    scene.render.filepath = path
    scene.update_tag()
    bpy.ops.render.render(write_still=True)
    return {}


def _set_camera(scene: Any, camera: dict[str, float], T_world_cam: list[list[float]]) -> None:
    """Blender's lens: focal length over the sensor's width, centre shifted in widths, pixels maybe oblong."""
    width, height = int(camera["width"]), int(camera["height"])
    data, render = scene.camera.data, scene.render
    oblong = camera["fx"] / camera["fy"]  # a pixel's height over its width
    render.resolution_x, render.resolution_y, render.resolution_percentage = width, height, 100
    render.pixel_aspect_x, render.pixel_aspect_y = max(1.0, 1.0 / oblong), max(1.0, oblong)
    data.sensor_width = 36.0
    data.lens = 36.0 * camera["fx"] / width
    data.shift_x = (0.5 * width - camera["cx"]) / width
    data.shift_y = oblong * (camera["cy"] - 0.5 * height) / width
    blender_from_opencv = np.diag([1.0, -1.0, -1.0, 1.0])  # y up, z backwards
    _place(scene.camera, np.array(T_world_cam) @ blender_from_opencv)


def _place(thing: Any, T_world_thing: np.ndarray) -> None:
    """Put a child of the origin somewhere. Its own pose would be taken apart into angles and scales first,
    which costs digits and cannot hold a shear; this matrix is used as it is.
    """
    from mathutils import Matrix  # part of Blender

    thing.matrix_parent_inverse = Matrix(T_world_thing.tolist())
