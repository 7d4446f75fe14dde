"""Tiny recordings, written with nothing of ours, so that reading is tested against the format's words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

WIDTH, HEIGHT = 8, 6
CAM_CALIB_MAT = [8, 0, 4, 0, 8, 3, 0, 0, 1]


def picture(index: int, width: int = WIDTH, height: int = HEIGHT) -> np.ndarray:
    return np.random.default_rng(index).integers(0, 256, (height, width, 3), dtype=np.uint8)


@pytest.fixture
def plain(tmp_path: Path) -> Callable[..., Path]:
    """Writes a plain VLMaps scene: rgb/*.png, depth/*.npy (index + 1 metres) and poses.txt."""

    def write(
        frames: int = 3,
        *,
        poses: str | None = None,
        rgb_size: tuple[int, int] = (WIDTH, HEIGHT),
        depth_size: tuple[int, int] = (WIDTH, HEIGHT),
        name: str = "scene",
    ) -> Path:
        root = tmp_path / name
        (root / "rgb").mkdir(parents=True)
        (root / "depth").mkdir()
        for index in range(frames):
            Image.fromarray(picture(index, *rgb_size)).save(root / "rgb" / f"{index:06d}.png")
            depth_m = np.full(depth_size[::-1], index + 1, dtype=np.float32)
            np.save(root / "depth" / f"{index:06d}.npy", depth_m)
        lines = "".join(f"{index} 0 1 0 0 0 1\n" for index in range(frames))
        (root / "poses.txt").write_text(lines if poses is None else poses)
        return root

    return write
