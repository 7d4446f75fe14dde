"""Which files a multi-view set consists of: ours, or those that a published protocol's loaders read.

Published files have their poses in the world that Blender gives the same glTF file, with the object's front
towards -y: (x, y, z) here is (y, -x, z) there. `metadata.json` is the same in every layout.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float32, Float64

from ...errors import BadValue
from ...geometry import camera_pose_from_opencv, invert, pose
from .camera_sampling import ViewCamera
from .files import exr_bytes, json_bytes, npy_bytes
from .settings import ObjectViewSettings

R_BLENDER_WORLD = np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
Files = dict[str, bytes]


class Seen(NamedTuple):
    """What a layout may write of a view beside its picture."""

    camera: ViewCamera
    depth: Float32[np.ndarray, "h w"] | None
    """Planar, normalised units."""
    normal: Float32[np.ndarray, "h w 3"] | None
    """Unit, in the world."""


class FileLayout(NamedTuple):
    """Names and extra files of a set."""

    image: str
    """Name of a view's picture; its depth, normal and mask begin like it."""
    of_view: Callable[[int, Seen], Files] = lambda index, seen: {}
    of_set: Callable[[Sequence[ViewCamera]], Files] = lambda cameras: {}
    channels: tuple[str, ...] = ()
    """What `of_view` needs."""

    def image_name(self, index: int) -> str:
        """Of the view's picture, with / between folders."""
        return self.image.format(index)

    def modality_name(self, index: int, modality: str) -> str:
        """Of the view's depth, normal or mask."""
        return f"{self.image_name(index).removesuffix('.png')}_{modality}.npy"


def layout_of(settings: ObjectViewSettings) -> FileLayout:
    """The files that the settings ask for; ours where the preset's authors published no format.

    Raises BadValue for views of several fields of view in published files, which cannot say so.
    """
    if settings.layout == "sisg" or settings.preset not in PUBLISHED:
        return SISG
    least, most = settings.fov_range_deg
    if least != most:
        accepted = f"one value twice: {settings.preset}'s own files have no field of view of each view"
        raise BadValue("fov_range_deg", (least, most), accepted)
    return PUBLISHED[settings.preset]


def _blender_pose(camera: ViewCamera) -> Float64[np.ndarray, "4 4"]:
    """T_world_cam with Blender's world, and OpenCV's camera axes."""
    return pose(R_BLENDER_WORLD, np.zeros(3)) @ camera.T_world_cam


def _objaverse_xl(index: int, seen: Seen) -> Files:
    """World to camera, 3x4, camera axes right, up, backward."""
    T_world_cam = camera_pose_from_opencv(_blender_pose(seen.camera), "opengl")
    return {f"{index:03d}.npy": npy_bytes(invert(T_world_cam)[:3])}


def _openlrm(index: int, seen: Seen) -> Files:
    """Camera to world, 3x4, camera axes right, up, backward."""
    T_world_cam = camera_pose_from_opencv(_blender_pose(seen.camera), "opengl")
    return {f"pose/{index:03d}.npy": npy_bytes(T_world_cam[:3])}


def _openlrm_intrinsics(cameras: Sequence[ViewCamera]) -> Files:
    lens = cameras[0].intrinsics
    rows = [[lens.fx, lens.fy], [lens.cx, lens.cy], [lens.width, lens.height]]
    return {"intrinsics.npy": npy_bytes(np.array(rows, dtype=np.float64))}


def _lgm(index: int, seen: Seen) -> Files:
    """Camera to world, 16 numbers row by row, camera axes right, down, forward."""
    numbers = " ".join(repr(float(v)) for v in _blender_pose(seen.camera).ravel())
    return {f"pose/{index:03d}.txt": (numbers + "\n").encode()}


def _g_objaverse(index: int, seen: Seen) -> Files:
    """The camera's axes right, down, forward and its place; normals in Unity's axes with depth as alpha."""
    stem = f"campos_512_v4/{index:05d}/{index:05d}"
    T_world_cam = _blender_pose(seen.camera)
    columns = zip(("x", "y", "z", "origin"), T_world_cam[:3].T.tolist(), strict=True)
    assert seen.normal is not None and seen.depth is not None
    x, y, z = np.moveaxis(seen.normal @ R_BLENDER_WORLD.T.astype(np.float32), -1, 0)
    planes: Mapping[str, np.ndarray] = {"R": -x, "G": z, "B": -y, "A": seen.depth}
    return {f"{stem}.json": json_bytes(dict(columns)), f"{stem}_nd.exr": exr_bytes(planes)}


SISG = FileLayout("{:03d}.png")
PUBLISHED: Mapping[str, FileLayout] = {
    "objaverse_xl": FileLayout("{:03d}.png", _objaverse_xl),
    "openlrm": FileLayout("rgba/{:03d}.png", _openlrm, _openlrm_intrinsics),
    "lgm": FileLayout("rgb/{:03d}.png", _lgm),
    "g_objaverse": FileLayout(
        "campos_512_v4/{0:05d}/{0:05d}.png", _g_objaverse, channels=("depth", "normal")
    ),
}
