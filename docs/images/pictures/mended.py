"""A recording with two faults, and mended: doll's houses of what `reconstruct` finds."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

import sisg_robotics as sisg
from sisg_robotics.app.configs import DEMO_PROMPT, DEMO_SEED
from sisg_robotics.datasets.poses import PoseFormat, poses_text
from sisg_robotics.geometry import invert, pose, rotation_z

from .sheet import sheet

FRAMES, SIZE_PX = 100, (640, 400)


def mended() -> Image.Image:
    """Two rows: with the fault, and the copy that `mend` writes."""
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        scene = sisg.generate_scene(DEMO_PROMPT, seed=DEMO_SEED)
        clean = sisg.render(scene, root / "clean", frames=FRAMES, width=320, height=240, channels=())
        faults = {
            "world-to-camera poses": invert(clean.T_world_cam),
            "a loop closed badly": _jumping(clean.T_world_cam),
        }
        wrong, right = [], []
        for name, T_world_cam in faults.items():
            copy = Path(shutil.copytree(clean.root, root / name))
            (copy / "scene.json").unlink(missing_ok=True)
            (copy / "poses.txt").write_text(poses_text(T_world_cam, PoseFormat()))
            found = sisg.mend(copy, root / f"{name} mended")
            wrong.append((_view(copy, root), f"{name}: validate says {found.found[0].code}"))
            right.append((_view(root / f"{name} mended", root), "the copy that mend wrote"))
        pictures, captions = zip(*wrong, *right, strict=True)
    return sheet(pictures, captions, columns=2, text_px=18)


def _jumping(T_world_cam: np.ndarray) -> np.ndarray:
    """From the middle on, everything is 0.4 m and 3 degrees elsewhere."""
    half, off = len(T_world_cam) // 2, pose(rotation_z(0.06), np.array([0.35, 0.2, 0.0]))
    return np.concatenate([T_world_cam[:half], off @ T_world_cam[half:]])


def _view(recording: Path, root: Path) -> Image.Image:
    report = sisg.reconstruct(recording).write(root / "report" / recording.name)
    return Image.open(report.with_name("view.png")).resize(SIZE_PX, Image.Resampling.LANCZOS)
