"""Pictures of a surface: what is cut so that one sees into a room."""

from __future__ import annotations

import numpy as np
import pytest
from jaxtyping import Float

from sisg_robotics.geometry import look_at
from sisg_robotics.reconstruction import Reconstruction
from sisg_robotics.reconstruction.cloud import PointCloud
from sisg_robotics.reconstruction.mesh import Mesh
from sisg_robotics.reconstruction.pictures import perspective_picture, top_down_picture
from sisg_robotics.reconstruction.shading import ShadedMesh

FLOOR, LAMP, CEILING = (60, 160, 60), (230, 20, 20), (240, 240, 240)


def level(z_m: float, low: float, high: float, up: float, rgb: tuple[int, int, int]) -> tuple:
    """A square of 5 cm corners: corners, normals, colours, triangles."""
    side = np.arange(low, high + 1e-6, 0.05)
    x, y = np.meshgrid(side, side, indexing="ij")
    n = len(side)
    corners = np.stack([x, y, np.full_like(x, z_m)], axis=-1).reshape(-1, 3).astype(np.float32)
    a = (np.arange(n - 1)[:, None] * n + np.arange(n - 1)).ravel()
    triangles = np.concatenate([np.stack([a, a + n, a + 1], 1), np.stack([a + 1, a + n, a + n + 1], 1)])
    if up < 0:
        triangles = triangles[:, ::-1]
    normals = np.tile(np.array([0, 0, up], np.float32), (len(corners), 1))
    return corners, normals, np.tile(np.array(rgb, np.uint8), (len(corners), 1)), triangles


@pytest.fixture(scope="module")
def room() -> Reconstruction:
    """4 m of floor at -1 m, a ceiling 2.6 m above it, and a lamp whose top is 2.1 m above it."""
    squares = [
        level(-1.0, 0, 4, 1, FLOOR),
        level(1.1, 1, 3, 1, LAMP),
        level(1.08, 1, 3, -1, LAMP),
        level(1.6, 0, 4, -1, CEILING),
    ]
    starts = np.cumsum([0, *(len(square[0]) for square in squares)])
    corners, normals, rgb = (np.concatenate([square[i] for square in squares]) for i in range(3))
    triangles = [square[3] + start for square, start in zip(squares, starts, strict=False)]
    mesh = Mesh(corners, normals, rgb, np.concatenate(triangles).astype(np.int32), 0.05)
    cloud = PointCloud(corners, rgb, np.ones(len(corners), np.int64), 0.05)
    T_world_cam = np.stack([look_at(np.array([0.5, 0.5, 0.0]), np.array([3.0, 3.0, 0.0]))] * 2)
    return Reconstruction("room", 2, cloud, mesh, (), (), None, {}, T_world_cam)


def reds(rgb: Float[np.ndarray, "h w 3"]) -> float:
    return float(((rgb[..., 0] > 120) & (rgb[..., 1] < 60)).mean())


def greens(rgb: Float[np.ndarray, "h w 3"]) -> float:
    return float((rgb[..., 1] > rgb[..., 0] + 40).mean())


def test_a_lamp_under_the_ceiling_hides_nothing(room: Reconstruction) -> None:
    shaded = ShadedMesh(room.mesh)
    for picture in (
        top_down_picture(room, shaded, size_px=200),
        perspective_picture(room, shaded, width=160, height=100),
    ):
        rgb = np.asarray(picture).astype(float)
        assert reds(rgb) == 0 and greens(rgb) > 0.1
