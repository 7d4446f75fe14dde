"""A folder as Isaac Sim's BasicWriter writes it, in every layout, with nothing of ours."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from made_up import HEIGHT, WIDTH, View, make_views
from PIL import Image

from sisg_robotics.datasets import ImportOptions, RgbdSequence, import_dataset
from sisg_robotics.geometry import Intrinsics

FX = FY = 20.0
CAMERA = Intrinsics(FX, FY, WIDTH / 2, HEIGHT / 2, WIDTH, HEIGHT)
VIEWS = make_views()
PLANAR, RADIAL = "distance_to_image_plane", "distance_to_camera"


def camera_params(view: View, unit_m: float = 1.0) -> dict[str, Any]:
    """As Replicator writes it: row vectors, USD camera axes, reversed depth in the projection."""
    T_world_usd = view.T_world_cam * [1, -1, -1, 1]
    T_world_usd[:3, 3] /= unit_m
    return {
        "cameraAperture": [20.955, 15.2908],
        "cameraApertureOffset": [0.0, 0.0],
        "cameraFisheyeLensP": [],
        "cameraFisheyeLensS": [],
        "cameraFisheyeMaxFOV": 0.0,
        "cameraFisheyeNominalHeight": 0,
        "cameraFisheyeNominalWidth": 0,
        "cameraFisheyeOpticalCentre": [0.0, 0.0],
        "cameraFisheyePolynomial": [0.0] * 5,
        "cameraFocalLength": 24.0,
        "cameraModel": "pinhole",
        "cameraNearFar": [0.01, 1e6],
        "cameraProjection": [
            2 * FX / WIDTH,
            0,
            0,
            0,
            0,
            2 * FY / HEIGHT,
            0,
            0,
            0,
            0,
            1e-8,
            -1,
            0,
            0,
            0.01,
            0,
        ],
        "cameraViewTransform": np.linalg.inv(T_world_usd).T.ravel().tolist(),
        "metersPerSceneUnit": float(np.float32(unit_m)),
        "renderProductResolution": [WIDTH, HEIGHT],
    }


def ray_length() -> np.ndarray:
    u, v = np.meshgrid(np.arange(WIDTH) + 0.5, np.arange(HEIGHT) + 0.5)
    return np.sqrt(((u - WIDTH / 2) / FX) ** 2 + ((v - HEIGHT / 2) / FY) ** 2 + 1)


def place(root: Path, layout: str, camera: str) -> Callable[[str, str], Path]:
    """The path of (annotator, what stands after the camera in the file's name)."""

    def at(annotator: str, name: str) -> Path:
        path = {
            "flat": root / name,
            "folders": root / camera / annotator / name,
            "common": root / annotator / f"{camera}_{name}",
            "own folder": root / annotator / name,
            "own writers": root / camera / name,
        }[layout]
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    return at


def write_basic(
    root: Path,
    views: list[View] = VIEWS,
    *,
    layout: str = "flat",
    camera: str = "",
    numbers: list[str] | None = None,
    unit_m: float = 1.0,
    kinds: tuple[str, ...] = (PLANAR,),
    change: Callable[[dict], object] = lambda params: None,
    extra: Callable[[Callable[[str, str], Path], int, str], object] = lambda at, index, number: None,
) -> Path:
    """One camera. `change` changes every camera_params; `extra(at, index, number)` adds what it will."""
    at = place(root, layout, camera)
    for index, view in enumerate(views):
        number = numbers[index] if numbers else f"{index:04d}"
        alpha = np.full((HEIGHT, WIDTH, 1), 255, np.uint8)
        Image.fromarray(np.concatenate([view.rgb, alpha], axis=-1)).save(at("rgb", f"rgb_{number}.png"))
        planar = np.where(view.units > 0, view.units / 1000 / unit_m, np.inf)
        for kind in kinds:
            depth = planar if kind == PLANAR else planar * ray_length()
            np.save(at(kind, f"{kind}_{number}.npy"), depth.astype(np.float32))
        params = camera_params(view, unit_m)
        change(params)
        at("camera_params", f"camera_params_{number}.json").write_text(json.dumps(params))
        extra(at, index, number)
    return root


def write_labelled(root: Path) -> Path:
    """With all that the writer can add."""
    text = json.dumps({"name": "BasicWriter", "version": "0.0.2", "replicator_global_seed:": 7})
    root = write_basic(root, extra=labelled())
    (root / "metadata.txt").write_text(text)
    return root


NAMES = ("chair", "Table", "sofa,furniture", "lamp")


def class_picture(index: int) -> np.ndarray:
    """1 ... 4 for the names, 0 where nothing is; the first frame shows two of them."""
    rng = np.random.default_rng([3, index])
    return rng.integers(0, 3 if index == 0 else 5, (HEIGHT, WIDTH))


def coded(picture: np.ndarray, index: int, colorize: bool) -> tuple[np.ndarray, list[str]]:
    """The picture in codes of that frame alone, and the keys of 0, 1, 2 ... in its labels."""
    rng = np.random.default_rng([4, index])
    if colorize:
        colors = np.concatenate([rng.permutation(200)[:15].reshape(5, 3) + 20, np.full((5, 1), 255)], axis=1)
        colors[0] = 0
        keys = [f"({', '.join(map(str, color))})" for color in colors.tolist()]
        return colors[picture].astype(np.uint8), keys
    codes = np.concatenate([[0], rng.permutation(60000)[:4] + 2])
    return codes[picture].astype(np.uint16), [str(code) for code in codes]


def labelled(
    *, colorize: bool = True, kind: str = "instance_segmentation", spell: Callable = str
) -> Callable:
    """Adds the pictures above as classes and as prims, and a floor's normals."""

    def extra(at: Callable[[str, str], Path], index: int, number: str) -> None:
        picture = class_picture(index)
        pixels, keys = coded(picture, index, colorize)
        shown = [(key, NAMES[i - 1]) for i, key in enumerate(keys) if i in picture and i > 0]
        semantic = {keys[0]: {"class": "BACKGROUND"}, **{key: {"class": spell(name)} for key, name in shown}}
        prims = {keys[0]: "BACKGROUND", **{key: f"/World/{name[:4]}_0" for key, name in shown}}
        for annotator in ("semantic_segmentation", kind):
            Image.fromarray(pixels).save(at(annotator, f"{annotator}_{number}.png"))
        texts = {("semantic_segmentation", "labels"): semantic, (kind, "mapping"): prims}
        if kind == "instance_segmentation":
            texts[kind, "semantics_mapping"] = semantic
        for (annotator, what), labels in texts.items():
            at(annotator, f"{annotator}_{what}_{number}.json").write_text(json.dumps(labels))
        normal = np.tile(np.array([0.0, 0.6, 0.8, 1.0]), (HEIGHT, WIDTH, 1))
        normal[0] = 0
        pixels = ((normal * 0.5 + 0.5) * 255).astype(np.uint8)
        Image.fromarray(pixels).save(at("normals", f"normals_{number}.png"))

    return extra


def imported(root: Path, out: Path, **options: Any) -> RgbdSequence:
    (sequence,) = import_dataset(root, out, options=ImportOptions(**options))
    return sequence


def check(sequence: RgbdSequence, views: list[View]) -> None:
    assert sequence.made_by["importer"] == "isaac_basic_writer" and len(sequence) == len(views)
    assert set(sequence.intrinsics) == {CAMERA} and sequence.distortion is None
    for frame, view in zip(sequence, views, strict=True):
        np.testing.assert_array_equal(frame.rgb, view.rgb)
        np.testing.assert_array_equal(frame.depth_m, (view.units / 1000).astype(np.float32))
        np.testing.assert_allclose(frame.T_world_cam, view.T_world_cam, atol=1e-14)
