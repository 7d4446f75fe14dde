"""Replicator's camera_params_0000.json as a pose, a camera, a lens and the stage's unit.

cameraViewTransform      4x4 row by row for row vectors, p_cam = p_world @ V: world to camera, in USD's camera
                         axes (x right, y up, z backward) and stage units; all 0 before the first picture
cameraProjection         4x4 likewise, clip = p_cam @ P; fx = P[0, 0] W / 2, fy = P[1, 1] H / 2
renderProductResolution  [W, H]
metersPerSceneUnit       metres in a stage unit, of positions and of depth
cameraModel              pinhole, pinholeOpenCV, or a fisheye
cameraAperture, cameraFocalLength, cameraApertureOffset: not used, since the renderer makes pixels square and
                         takes neither the vertical aperture nor the offsets; P is what it does

Pixel centres are at +0.5, as ours, and the principal point of a centred camera is (W/2, H/2).

For pinholeOpenCV P is not what is drawn. The numbers are those of a picture of cameraFisheyeNominalWidth x
cameraFisheyeNominalHeight (0: the picture's own size): focal lengths cameraOpenCVFx and cameraOpenCVFy,
principal point cameraFisheyeOpticalCentre (0: the middle), lens k1 ... k6 cameraFisheyePolynomial, p1 p2
cameraFisheyeLensP, thin prism s1 ... s4 cameraFisheyeLensS (refused unless 0).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float64

from ...errors import BadFile, SisgError
from ...geometry import Distortion, Intrinsics, camera_pose_to_opencv, invert
from .reading import LARGEST_NUMBER, MAX_PIXELS, number_of, rigid
from .recording import ImportOptions

SAY_THEM = "Say them: cam_calib_mat, and distortion if the lens bends."
OFF_PINHOLE = 1e-6
"""Largest entry of a projection that has none to be."""


@dataclass(frozen=True, eq=False)
class CameraParams:
    """What one camera_params file says; `T_source_cam` in OpenCV axes and metres, None where it is all 0."""

    T_source_cam: Float64[np.ndarray, "4 4"] | None
    intrinsics: Intrinsics
    lens: Distortion | None
    unit_m: float


def read_camera_params(path: Path, values: Mapping[str, Any], options: ImportOptions) -> CameraParams:
    """The contents of a camera_params file. Raises BadFile naming it and the key that is wrong."""
    width, height = resolution(path, values, "renderProductResolution")
    unit_m = stage_unit_m(path, values, "metersPerSceneUnit", options)
    V = numbers(path, values, "cameraViewTransform", 16).reshape(4, 4)
    camera, lens = _camera(path, values, width, height, options)
    return CameraParams(pose_of_view(path, "cameraViewTransform", V, unit_m), camera, lens, unit_m)


def pose_of_view(
    path: Path, key: str, V: Float64[np.ndarray, "4 4"], unit_m: float
) -> Float64[np.ndarray, "4 4"] | None:
    """T_source_cam of a view matrix for row vectors; None where it is all 0: nothing was drawn yet."""
    if not V.any():
        return None
    T_usd_source = V.T.copy()
    T_usd_source[:3, 3] *= unit_m
    T_source_cam: np.ndarray = camera_pose_to_opencv(invert(rigid(path, key, T_usd_source)), "usd")
    return T_source_cam


def pinhole_of_projection(
    path: Path, key: str, P: Float64[np.ndarray, "4 4"], width: int, height: int
) -> Intrinsics:
    """The pinhole of a projection for row vectors: u = W/2 (1 + clip_x / clip_w), v downwards likewise."""
    if not (abs(P[2, 3] + 1) < OFF_PINHOLE and P[0, 0] > 0 and P[1, 1] > 0):
        raise BadFile(path, f"{key} is no perspective projection", SAY_THEM)
    if np.abs(P[[0, 1, 3, 3], [1, 0, 0, 1]]).max() > OFF_PINHOLE:
        raise BadFile(path, f"{key} is skewed, so no pinhole's", SAY_THEM)
    return intrinsics(
        path,
        fx=P[0, 0] * width / 2,
        fy=P[1, 1] * height / 2,
        cx=(1 - P[2, 0]) * width / 2,
        cy=(1 + P[2, 1]) * height / 2,
        width=width,
        height=height,
    )


def intrinsics(
    path: Path, *, fx: float, fy: float, cx: float, cy: float, width: int, height: int
) -> Intrinsics:
    """`Intrinsics`, whose complaints name the file."""
    try:
        return Intrinsics(float(fx), float(fy), float(cx), float(cy), width, height)
    except SisgError as error:
        raise BadFile(path, str(error).rstrip("."), SAY_THEM) from error


def resolution(path: Path, values: Mapping[str, Any], key: str) -> tuple[int, int]:
    """(width, height), of no more pixels than are read."""
    width, height = numbers(path, values, key, 2).tolist()
    if not (width >= 1 and height >= 1 and width * height <= MAX_PIXELS):
        raise BadFile(path, f"has {[width, height]} as '{key}', where width and height are expected")
    return int(width), int(height)


def stage_unit_m(path: Path, values: Mapping[str, Any], key: str, options: ImportOptions) -> float:
    """Metres in a stage unit: what was asked, else what the file says.

    Files say it in 32 bits, so that 0.01 became 0.009999999776; the shortest decimal is meant.
    """
    if options.depth_unit_m is not None:
        return options.depth_unit_m
    if not values.get(key):
        raise BadFile(path, f"does not say '{key}', the stage's unit", "Say depth_unit_m, its metres.")
    return float(str(np.float32(number_of(path, values, key, above=0.0))))


def numbers(path: Path, values: Mapping[str, Any], key: str, count: int) -> Float64[np.ndarray, "n"]:
    """So many finite numbers under a key: a list, or a list of lists that is read row by row."""
    found = values.get(key)
    if isinstance(found, list) and any(isinstance(row, list) for row in found):
        found = [number for row in found for number in (row if isinstance(row, list) else [row])]
    if not isinstance(found, list) or len(found) != count:
        raise BadFile(path, f"has no {count} numbers '{key}'", "Record it again with camera_params=True.")
    for value in found:
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < LARGEST_NUMBER:
            raise BadFile(path, f"has {str(value)[:40]!r} in '{key}', where a number is expected")
    return np.array(found, dtype=np.float64)


def _camera(
    path: Path, values: Mapping[str, Any], width: int, height: int, options: ImportOptions
) -> tuple[Intrinsics, Distortion | None]:
    model = str(values.get("cameraModel", "pinhole"))
    named = "".join(letter for letter in model.lower() if letter.isalnum())
    if named not in ("pinhole", "pinholeopencv", "opencvpinhole"):
        problem = f"has the cameraModel {model[:40]!r}; read are pinhole and pinholeOpenCV"
        raise BadFile(path, problem, "Record with one of these.")
    asked = options.camera(width, height)
    if named == "pinhole" and asked is not None:
        return asked, options.lens
    if named == "pinhole":
        P = numbers(path, values, "cameraProjection", 16).reshape(4, 4)
        return pinhole_of_projection(path, "cameraProjection", P, width, height), options.lens
    return asked or _opencv_camera(path, values, width, height), options.lens or _opencv_lens(path, values)


def _opencv_camera(path: Path, values: Mapping[str, Any], width: int, height: int) -> Intrinsics:
    nominal_width = number_of(path, values, "cameraFisheyeNominalWidth", default=0.0) or width
    nominal_height = number_of(path, values, "cameraFisheyeNominalHeight", default=0.0) or height
    if "cameraOpenCVFx" not in values:
        raise BadFile(path, "is of the model pinholeOpenCV, but lacks 'cameraOpenCVFx'", SAY_THEM)
    fx, fy = (number_of(path, values, f"cameraOpenCVF{axis}", above=0.0) for axis in "xy")
    cx, cy = numbers(path, values, "cameraFisheyeOpticalCentre", 2)
    nominal = intrinsics(
        path,
        fx=fx,
        fy=fy,
        cx=float(cx) or nominal_width / 2,
        cy=float(cy) or nominal_height / 2,
        width=int(nominal_width),
        height=int(nominal_height),
    )
    return nominal.resized(width, height)


def _opencv_lens(path: Path, values: Mapping[str, Any]) -> Distortion | None:
    """The lens; None where it bends nothing."""
    k = _coefficients(path, values, "cameraFisheyePolynomial", 6)
    p = _coefficients(path, values, "cameraFisheyeLensP", 2)
    if any(_coefficients(path, values, "cameraFisheyeLensS", 4)):
        raise BadFile(path, "has a thin prism, cameraFisheyeLensS, which is not read", "Record without it.")
    lens = Distortion(k[0], k[1], p[0], p[1], k[2], k[3], k[4], k[5])
    return None if lens == Distortion() else lens


def _coefficients(path: Path, values: Mapping[str, Any], key: str, most: int) -> list[float]:
    """So many coefficients, 0 for those that are missing; more may follow if they are 0."""
    found = values.get(key, [])
    if not isinstance(found, list) or len(found) > 100:
        raise BadFile(path, f"has no list of numbers '{key}'", "Record it again.")
    known = numbers(path, values, key, len(found)).tolist() if found else []
    if any(known[most:]):
        raise BadFile(path, f"has {len(known)} numbers '{key}', where {most} are expected")
    return [*known[:most], *([0.0] * (most - len(known)))]
