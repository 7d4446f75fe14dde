"""`metadata.json` of a multi-view set: what the object is, how it was drawn, and each view's camera.

The fields up to each view's `pose` are those of objaverse-xl's script and of the GS-LRM re-implementations
that extend it; the rest says what theirs leaves open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from ... import __version__
from ...assets.readers import ModelFacts
from ...geometry import camera_pose_from_opencv
from .camera_sampling import ViewCamera
from .normalization import Normalization
from .presets import PRESETS
from .settings import ObjectViewSettings

FORMAT_VERSION = 1
ENGINE_NAMES = {"raycaster": "SISG_RAYCASTER", "blender": "BLENDER_CYCLES"}
_ENGINE_PACKAGES = {"raycaster": ("open3d", "numba"), "blender": ("bpy",)}

CONVENTIONS = {
    "world": "right-handed, z up, the object's front towards +x; Blender's world after importing the same "
    "glTF file is (x, y, z)_blender = (y, -x, z)",
    "normalization": "p_normalized = scale * p_file + translation, p_file in metres, z up",
    "camera_to_world": "p_world = M p_camera in normalised units; camera axes x right, y up, z backward "
    "(OpenGL, Blender)",
    "camera_to_world_opencv": "the same pose; camera axes x right, y down, z forward",
    "intrinsics": "pixel (i, j) covers [i, i+1) x [j, j+1): its centre is at +0.5",
    "pose": "of the camera's place: azimuth counter-clockwise from +x, elevation above the horizon",
    "depth": "float32, along the camera's viewing axis (planar), through the pixel's centre; 0 = background",
    "normal": "float16, unit, towards the camera, axes of camera_to_world (x right, y up, z towards the "
    "camera), through the pixel's centre; 0 = background",
    "mask": "bool, whether the ray through the pixel's centre hits; equals depth > 0",
    "crop_share": "share of the object's silhouette that lies outside the picture, 0 to 1",
}


def object_facts(facts: ModelFacts, *, uid: str, file_identifier: str) -> dict[str, Any]:
    """What is known of the file, under objaverse-xl's names."""
    return {
        "animation_count": facts.animation_count,
        "armature_count": facts.armature_count,
        "edge_count": facts.edge_count,
        "file_identifier": file_identifier,
        "file_size": facts.file_size,
        "lamp_count": facts.lamp_count,
        "linked_files": list(facts.linked_files),
        "material_count": facts.material_count,
        "mesh_count": facts.mesh_count,
        "missing_textures": {
            "count": len(facts.missing_textures),
            "file_path_to_color": {},
            "files": list(facts.missing_textures),
        },
        "object_count": facts.object_count,
        "poly_count": facts.poly_count,
        "random_color": None,
        "save_uid": uid,
        "scene_size": {
            "bbox_max": [float(v) for v in facts.bbox_max],
            "bbox_min": [float(v) for v in facts.bbox_min],
        },
        "sha256": facts.sha256,
        "shape_key_count": facts.shape_key_count,
        "vert_count": facts.vert_count,
    }


def render_facts(
    settings: ObjectViewSettings, normalization: Normalization, *, seed: int, device: str
) -> dict[str, Any]:
    """How the views were made."""
    preset = PRESETS.get(settings.preset)
    return {
        "normalization": {
            "kind": settings.normalize,
            "scale": normalization.scale,
            "translation": list(normalization.translation),
        },
        "render_settings": {
            "camera_radius_range": list(settings.radius_range),
            "depth_pass": "Z",
            "elevation_range_degrees": _listed(settings.elevation_range_deg),
            "engine": ENGINE_NAMES[settings.engine],
            "device": device,
            "modalities": ["rgb", *settings.modalities],
            "fov_degrees_range": list(settings.fov_range_deg),
            "num_views": settings.num_views,
            "resolution": list(settings.resolution),
            "preset": settings.preset,
            "preset_source": preset.source if preset else None,
            "preset_unknown": preset.unknown if preset else None,
            "camera_sampling": settings.cameras,
            "z_range": _listed(settings.z_range),
            "first_frontal": settings.first_frontal,
            "only_northern_hemisphere": settings.only_northern_hemisphere,
            "frame": settings.frame,
            "light": settings.light,
            "background": settings.background,
            "alpha": "straight" if settings.background == "transparent" else None,
            "samples": settings.samples,
            "depth_unit": settings.depth_unit,
            "layout": settings.layout,
        },
        "camera_axes": "opengl",
        "conventions": CONVENTIONS,
        "format_version": FORMAT_VERSION,
        "seed": seed,
        "versions": versions(settings.engine),
    }


def view_facts(camera: ViewCamera, *, files: Mapping[str, str], crop_share: float) -> dict[str, Any]:
    """One view's camera and the names of its files (`image`, and a name for each modality)."""
    lens = camera.intrinsics
    return {
        "camera_to_world": camera_pose_from_opencv(camera.T_world_cam, "opengl").tolist(),
        "camera_to_world_opencv": camera.T_world_cam.tolist(),
        **files,
        "focal_length_px": lens.fx,
        "fov_degrees": float(np.rad2deg(lens.fov_x_rad)),
        "intrinsics": lens.matrix.tolist(),
        "pose": {
            "azimuth_degrees": float(np.rad2deg(camera.azimuth_rad)),
            "elevation_degrees": float(np.rad2deg(camera.elevation_rad)),
            "radius": camera.radius,
        },
        "crop_share": crop_share,
    }


def versions(engine: str) -> dict[str, str]:
    """Versions of what the pixels depend on, as far as it is installed."""
    found = {"sisg_robotics": __version__, "numpy": np.__version__}
    for package in _ENGINE_PACKAGES[engine]:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "unknown"
    return found


def _listed(values: Sequence[float] | None) -> list[float] | None:
    return None if values is None else list(values)
