"""One view as different depth cameras measure it, and through a lens."""

from __future__ import annotations

import numpy as np
from PIL import Image

from sisg_robotics.geometry import Distortion
from sisg_robotics.rendering.sensors import make_sensor

from .colors import depth_colors
from .flats import camera
from .rooms import KIDS_ROOM
from .sheet import sheet, text_size

VIEW = KIDS_ROOM
SPAN_M = (0.8, 4.5)
NAMES = ("ideal", "kinect_v1", "kinect_v2", "realsense_d435")
LENS = Distortion(k1=-0.3, k2=0.08)


def sensors(scale: float = 1.0) -> Image.Image:
    """Four depths, and the colours without and with a lens."""
    lens, T, caster = camera(640, 480, scale), VIEW.T_world_cam, VIEW.flat.raycaster
    pictures, captions = [], []
    for name in NAMES:
        rng = np.random.default_rng(0)
        captured = make_sensor(name).capture(caster, lens, T, channels=("depth",), rng=rng)
        pictures.append(depth_colors(captured.seen.depth_m, *SPAN_M))
        captions.append(f"depth, {name}")
    captions[0] += ": yellow at {} m, violet at {} m".format(*SPAN_M)
    pictures += [
        caster.render(lens, T, channels=("rgb",), samples=4, distortion=bent).rgb for bent in (None, LENS)
    ]
    captions += ["rgb, a pinhole", f"rgb, a lens with k1 = {LENS.k1}, k2 = {LENS.k2}"]
    return sheet(pictures, captions, columns=2, text_px=text_size(scale))
