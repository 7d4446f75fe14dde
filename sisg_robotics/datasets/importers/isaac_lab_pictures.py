"""The pictures of one of Isaac Lab's cameras, read from its arrays a frame at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from jaxtyping import Float16, Float32, Int32, Shaped, UInt8

from ...errors import BadFile
from ...geometry import Distortion, Intrinsics
from .array_files import ArrayFile
from .id_labels import renumbered
from .isaac_lab_arrays import picture_index
from .isaac_lab_cameras import Group
from .isaac_pictures import ray_lengths
from .label_codes import packed
from .recording import Pictures

MIN_NORMAL = 0.5
"""A shorter one is none."""


class PictureReader:
    """Reads the frames of camera number `camera` of a group, and of each nothing else."""

    def __init__(
        self,
        group: Group,
        camera: int,
        *,
        intrinsics: tuple[Intrinsics, ...],
        lens: Distortion | None,
        unit_m: float | None,
        by_id: Mapping[str, Mapping[int, str]],
        has_normals: bool,
    ) -> None:
        self._group, self._camera = group, camera
        self._intrinsics, self._lens, self._unit_m = intrinsics, lens, unit_m
        self._by_id, self._has_normals = by_id, has_normals

    def read(self, frame: int) -> Pictures:
        """All pictures of a frame."""
        with self._group.source.opened(frame) as file:
            info = self._group.info(file) if self._by_id else None
            instance = self._ids(file, info, frame, "instance")
            return Pictures(
                rgb=self._colors(file, frame),
                depth_m=self._depth(file, frame),
                semantic=self._ids(file, info, frame, "semantic"),
                instance=None if instance is None else instance.astype(np.uint16),
                normal=self._normals(file, frame) if self._has_normals else None,
            )

    def read_depth(self, frame: int) -> Float32[np.ndarray, "h w"]:
        """The depth of a frame alone."""
        with self._group.source.opened(frame) as file:
            return self._depth(file, frame)

    def _colors(self, file: ArrayFile, frame: int) -> UInt8[np.ndarray, "h w 3"]:
        colors = self._picture(file, frame, "rgb", "u")
        if colors.dtype != np.uint8:
            self._refuse(file, "rgb", f"as {colors.dtype}", "Save colours as uint8, not normalised.")
        return np.ascontiguousarray(colors[..., :3])

    def _depth(self, file: ArrayFile, frame: int) -> Float32[np.ndarray, "h w"]:
        """Metres along z, 0 where nothing was seen."""
        field = "depth" if "depth" in self._group.fields else "range"
        units = self._picture(file, frame, field, "fui")
        if units.dtype.kind != "f" and self._unit_m is None:
            self._refuse(file, field, f"as {units.dtype}", "Say the metres of one unit: depth_unit_m.")
        with np.errstate(over="ignore", invalid="ignore"):
            depth_m = units.astype(np.float64) * (self._unit_m or 1.0)
            if field == "range":
                depth_m /= ray_lengths(self._intrinsics[frame], self._lens)
            depth_m = depth_m.astype(np.float32)
        depth_m[~np.isfinite(depth_m) | (depth_m < 0)] = 0
        return depth_m

    def _ids(self, file: ArrayFile, info: Any, frame: int, channel: str) -> Int32[np.ndarray, "h w"] | None:
        if channel not in self._by_id:
            return None
        names = self._group.labels(file, info, channel, self._camera) or {}
        codes = self._picture(file, frame, channel, "ui")
        codes = packed(codes) if codes.ndim == 3 else codes.astype(np.uint32)
        return renumbered(file.path, codes, names, self._by_id[channel])

    def _normals(self, file: ArrayFile, frame: int) -> Float16[np.ndarray, "h w 3"]:
        normals = self._picture(file, frame, "normal", "f")[..., :3].astype(np.float32)
        with np.errstate(over="ignore", invalid="ignore"):
            length = np.linalg.norm(normals, axis=-1, keepdims=True)
        seen = np.isfinite(length) & (length > MIN_NORMAL)
        return np.divide(normals, length, out=np.zeros_like(normals), where=seen).astype(np.float16)

    def _picture(self, file: ArrayFile, frame: int, field: str, kinds: str) -> Shaped[np.ndarray, "..."]:
        """The part of an array that is a frame's: (h, w), or (h, w, channels)."""
        name, held = self._group.held(file, field)
        place = self._group.place(frame, self._camera)
        index = picture_index(file.path, name, field, held, self._group.lead, place)
        width, height = self._group.size
        shape = held.shape[len(index) :]
        if shape[:2] != (height, width):
            self._refuse(file, field, f"of shape {shape}, and colours of {width}x{height}", "Save one size.")
        if held.dtype.kind not in kinds:
            self._refuse(file, field, f"as {held.dtype}", "Save it as camera.data has it.")
        picture = file.read(name, index)
        return picture[..., 0] if picture.shape[2:] == (1,) else picture

    def _refuse(self, file: ArrayFile, field: str, problem: str, remedy: str) -> None:
        raise BadFile(file.path, f"has {self._group.fields[field]!r} {problem}", remedy)
