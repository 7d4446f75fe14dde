"""A room whose every depth is known by hand: six rectangles, seen from a walk round its middle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sisg_robotics.datasets import RgbdFrame, RgbdSequence, SequenceWriter
from sisg_robotics.geometry import Intrinsics, look_at
from sisg_robotics.reconstruction.looks import Look

COLORS = np.array(
    [[200, 60, 60], [60, 200, 60], [60, 60, 200], [200, 200, 60], [90, 90, 90], [240, 240, 240]]
)


CAMERA = Intrinsics(80.0, 80.0, 80.0, 60.0, 160, 120)


@dataclass(frozen=True)
class BoxRoom:
    """From the origin to `size_m`; its walls are coloured -x, +x, -y, +y, -z (floor), +z (ceiling)."""

    size_m: tuple[float, float, float] = (4.0, 3.0, 2.5)
    camera: Intrinsics = CAMERA
    boards: tuple[tuple[tuple[float, float, float], tuple[float, float, float]], ...] = ()
    """Boxes in it, by two corners; they have the colours of the walls behind them."""

    @property
    def colors(self) -> np.ndarray:
        """Of the walls, in their order."""
        return COLORS

    def walk(self, count: int, turns: float = 1.0) -> np.ndarray:
        """Poses on a circle of 60 cm round the middle, looking across it and a little up and down."""
        angle = np.arange(count) * 2 * np.pi * turns / count
        poses = []
        for i, a in enumerate(angle):
            eye = np.array([2 + 0.6 * np.cos(a), 1.5 + 0.6 * np.sin(a), 1.3 + 0.1 * np.sin(3 * a)])
            ahead = [np.cos(a + 2.6), np.sin(a + 2.6), 0.35 * np.sin(i * 2.4)]
            poses.append(look_at(eye, eye + np.array(ahead)))
        return np.stack(poses)

    def pictures(self, T_world_cam: np.ndarray, camera: Intrinsics) -> tuple[np.ndarray, np.ndarray]:
        """Exact depth and colour."""
        rays, eye = camera.pixel_rays() @ T_world_cam[:3, :3].T, T_world_cam[:3, 3]
        walls = np.where(rays > 0, np.array(self.size_m), 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            reached = np.where(rays != 0, (walls - eye) / rays, np.inf)
        axis = reached.argmin(axis=-1)
        face = 2 * axis + (np.take_along_axis(rays, axis[..., None], -1)[..., 0] > 0)
        depth_m = reached.min(axis=-1)
        for low, high in self.boards:
            with np.errstate(divide="ignore", invalid="ignore"):
                one, other = (np.array(low) - eye) / rays, (np.array(high) - eye) / rays
            near, far = np.minimum(one, other).max(axis=-1), np.maximum(one, other).min(axis=-1)
            depth_m = np.where((near < far) & (near > 0) & (near < depth_m), near, depth_m)
        return depth_m.astype(np.float32), COLORS[face].astype(np.uint8)

    def frame(
        self,
        index: int,
        T_world_cam: np.ndarray,
        *,
        camera: Intrinsics | None = None,
        rgb_size: tuple[int, int] | None = None,
        said: np.ndarray | None = None,
    ) -> RgbdFrame:
        """What is seen from a pose; the frame says `said` instead, where that is given."""
        camera = camera or self.camera
        depth_m, rgb = self.pictures(T_world_cam, camera)
        if rgb_size is not None:
            camera = camera.resized(*rgb_size)
            rgb = self.pictures(T_world_cam, camera)[1]
        return RgbdFrame(index, rgb, depth_m, T_world_cam if said is None else said, camera)

    def looks(self, T_world_cam: np.ndarray, said: np.ndarray | None = None) -> list[Look]:
        """Looks at frames seen from these poses, which say others."""
        said = T_world_cam if said is None else said
        frames = (self.frame(i, T, said=S) for i, (T, S) in enumerate(zip(T_world_cam, said, strict=True)))
        return [Look.of(frame, 0.1, 10.0) for frame in frames]

    def recording(
        self, root: Path, T_world_cam: np.ndarray, said: np.ndarray | None = None, **more: Any
    ) -> RgbdSequence:
        """The same on disk."""
        said = T_world_cam if said is None else said
        cameras: Sequence[Intrinsics] = more.pop("cameras", [self.camera] * len(said))
        frames = [
            self.frame(i, T, said=S, camera=camera, **more)
            for i, (T, S, camera) in enumerate(zip(T_world_cam, said, cameras, strict=True))
        ]
        writer = SequenceWriter(root, T_world_cam=said, intrinsics=[frame.intrinsics for frame in frames])
        for frame in frames:
            writer.write(frame)
        return RgbdSequence.open(root)


@pytest.fixture(scope="session")
def room() -> BoxRoom:
    return BoxRoom()
