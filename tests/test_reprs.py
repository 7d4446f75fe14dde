"""What holds arrays says in one line what it is and how big."""

from __future__ import annotations

import numpy as np
import pytest

import sisg_robotics as sisg
from sisg_robotics.maps import QueryResult
from sisg_robotics.maps.objects import MapObject
from sisg_robotics.simulation import Drive


def made_map() -> sisg.VoxelMap:
    n = 500
    return sisg.VoxelMap(
        cells=np.stack([np.arange(n), 0 * np.arange(n), 0 * np.arange(n)], axis=1).astype(np.int32),
        features=np.ones((n, 8), np.float32),
        weights=np.ones(n, np.float32),
        rgb=np.zeros((n, 3), np.uint8),
        observations=np.ones(n, np.int32),
        pixels=np.ones(n, np.int64),
        cell_size_m=0.05,
        encoder="tiny",
        sequence="flat",
        frame_indices=np.arange(300),
    )


def made_frame() -> sisg.RgbdFrame:
    depth_m, mask = np.ones((240, 320), np.float32), np.ones((240, 320), bool)
    camera = sisg.Intrinsics.from_fov(640, 480, 1.0)
    return sisg.RgbdFrame(7, np.zeros((480, 640, 3), np.uint8), depth_m, np.eye(4), camera, mask=mask)


SOFA = MapObject(0.789, (1.0, 2.0, 0.456), (1.0, 1.0, 1.0), 99, "sofa")
WAY = np.stack([np.linspace(0, 3, 200), np.zeros(200)], axis=1)


@pytest.mark.parametrize(
    ("thing", "said"),
    [
        (made_map(), "<VoxelMap 'flat', 500 cells of 5 cm, 8 numbers each by tiny, 300 frames>"),
        (
            QueryResult("sofa", True, (SOFA,), np.zeros(500, np.float32)),
            "<QueryResult 'sofa', found 1 time, best 0.79 at (1.00, 2.00, 0.46) m, 500 scores>",
        ),
        (
            QueryResult("a piano", False, (), np.zeros(500, np.float32)),
            "<QueryResult 'a piano', not found, 500 scores>",
        ),
        (
            sisg.Costmap(np.eye(200, dtype=np.int8), (-1.0, 0.5), 0.05),
            "<Costmap 200 x 200 cells of 5 cm, from (-1.00, 0.50) m, 100 % free, robot radius 0.2 m>",
        ),
        (sisg.Path(WAY, (3.0, 0.0), 0.314), "<Path 3.00 m to (3.00, 0.00) m, 200 points, clearance 0.31 m>"),
        (
            sisg.Path(WAY, (4.0, 0.0), np.inf, reached=False),
            "<Path 3.00 m to (4.00, 0.00) m, not reached, 200 points, nothing near it>",
        ),
        (
            made_frame(),
            "<RgbdFrame 7, rgb 640 x 480, depth 320 x 240, mask, camera at (0.00, 0.00, 0.00) m>",
        ),
        (
            Drive(np.zeros((201, 3)), ("forward",) * 200, 1),
            "<Drive 0.00 m, 200 steps, 1 collision, not arrived>",
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_it_is_told_in_one_line(thing: object, said: str) -> None:
    assert repr(thing) == str(thing) == said
