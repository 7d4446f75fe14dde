"""Small analytic worlds to fuse, and the slow obvious fusion that the benchmark times."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from sisg_robotics.assets import COLORS
from sisg_robotics.datasets.frame import RgbdFrame
from sisg_robotics.encoders.protocol import FrameFeatures, Grid, Segments
from sisg_robotics.geometry import Intrinsics, look_at
from sisg_robotics.maps import VoxelFusion, VoxelMap


@dataclass(frozen=True)
class TableEncoder:
    """Gives, for a frame, the features that a test made for its index."""

    feature_dim: int
    features: tuple[FrameFeatures, ...] = ()
    name: str = "table"
    text_encoder: str = "words"

    def encode(self, frame: RgbdFrame) -> FrameFeatures:
        return self.features[frame.index]

    def encode_text(self, texts: Iterable[str]) -> np.ndarray:
        return np.zeros((len(list(texts)), self.feature_dim), np.float32)


def random_frame(seed: int, *, index: int = 0, depth_size=(9, 13), rgb_size=(9, 13)) -> RgbdFrame:
    """A frame of random colours and depths from 0 to 3 m, a quarter of them 0, somewhere around zero."""
    rng = np.random.default_rng([seed, index])
    depth_m = rng.uniform(0, 3, depth_size) * (rng.random(depth_size) > 0.25)
    camera = Intrinsics(
        *rng.uniform(0.5, 2, 2) * rgb_size[1], *rng.uniform(0.2, 0.8, 2) * rgb_size[::-1], *rgb_size[::-1]
    )
    return RgbdFrame(
        index=index,
        rgb=rng.integers(0, 256, (*rgb_size, 3), dtype=np.uint8),
        depth_m=depth_m.astype(np.float32),
        T_world_cam=look_at(rng.uniform(-1, 1, 3), rng.uniform(-1, 1, 3)),
        intrinsics=camera,
    )


def random_features(kind: str, frame: RgbdFrame, *, dims: int = 5, seed: int = 0) -> FrameFeatures | None:
    """Unit features of a kind ("grid", "segments", "none"), one row of them zero, some pixels without any."""
    if kind == "none":
        return None
    rng = np.random.default_rng([seed, frame.index, 7])
    rows, columns = (3, 4) if kind == "grid" else (1, 6)
    table = rng.standard_normal((rows * columns, dims)).astype(np.float32)
    table /= np.linalg.norm(table, axis=1, keepdims=True)
    table[2] = 0
    if kind == "grid":
        return Grid(table, rows, columns)
    return Segments(table, rng.integers(-1, len(table), frame.depth_m.shape, dtype=np.int32))


def fuse(frames: Iterable[RgbdFrame], features: Iterable[FrameFeatures | None], *, dims: int = 5, **options):
    """The map of frames and what was made for them."""
    fusion = VoxelFusion(TableEncoder(dims), **options)
    for frame, given in zip(frames, features, strict=True):
        fusion.add(frame, given)
    return fusion.to_map()


def same_map(a: VoxelMap, b: VoxelMap, *, tolerance: float = 1e-6, levels: int = 0) -> bool:
    """Equal cells and counts, and features within `tolerance` of their weight, colours within `levels`."""
    exact = ("cells", "observations", "pixels", "frame_indices", "origin_xyz_m", "cell_size_m", "encoder")
    weight = np.maximum(a.weights, 1e-3)[:, None]
    return (
        all(np.array_equal(getattr(a, name), getattr(b, name)) for name in exact)
        and np.allclose(a.weights, b.weights, rtol=1e-6)
        and np.allclose(a.features / weight, b.features / weight, atol=tolerance)
        and np.abs(a.rgb.astype(int) - b.rgb).max(initial=0) <= levels
    )


@pytest.fixture(scope="session")
def small() -> ModuleType:
    """What the functions above are, for the tests of this folder."""
    return sys.modules[__name__]


@pytest.fixture(scope="session")
def benchmark_fusion() -> ModuleType:
    """benchmarks/fusion.py, whose plain loop over points is the reference."""
    path = Path(__file__).resolve().parents[2] / "benchmarks" / "fusion.py"
    spec = importlib.util.spec_from_file_location("benchmark_fusion", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def make_map(small: ModuleType) -> Callable[..., VoxelMap]:
    """A small map of random frames: `make_map(seed, kind="segments", frames=3)`."""

    def make(seed: int = 0, *, kind: str = "segments", frames: int = 3, **options) -> VoxelMap:
        views = [random_frame(seed, index=index) for index in range(frames)]
        dims = 0 if kind == "none" else 5
        return fuse(views, [random_features(kind, view) for view in views], dims=dims, **options)

    return make


Thing = tuple[str, str, tuple[float, float, float], tuple[float, float, float]]


def map_of_things(*things: Thing, cell_size_m: float = 0.05) -> VoxelMap:
    """A map of boxes (class, description, lower corner, upper corner), as the oracle would see them.

    Corners are rounded to cells. A cell that several boxes claim holds the blend of their features. A box has
    the colour that its description names first, and is grey where it names none.
    """
    from sisg_robotics.encoders import make_text_encoder

    words = make_text_encoder("all-MiniLM-L6-v2")
    features: dict[tuple[int, ...], list[np.ndarray]] = {}
    rgb: dict[tuple[int, ...], np.ndarray] = {}
    for name, description, lower, upper in things:
        feature = words.encode([name, description]).sum(axis=0)
        named = [word for word in description.split() if word in COLORS]
        color = np.round(255 * np.array(COLORS[named[0] if named else "grey"])).astype(np.uint8)
        first, end = np.rint(np.array([lower, upper]) / cell_size_m).astype(int)
        for offset in np.ndindex(*(end - first)):
            cell = tuple(int(c) for c in first + offset)
            features.setdefault(cell, []).append(feature / np.linalg.norm(feature))
            rgb[cell] = color
    cells = sorted(features)
    n = len(cells)
    return VoxelMap(
        cells=np.array(cells, dtype=np.int32).reshape(n, 3),
        features=np.stack([4 * np.mean(features[cell], axis=0) for cell in cells]).astype(np.float32),
        weights=np.full(n, 4, np.float32),
        rgb=np.array([rgb[cell] for cell in cells], dtype=np.uint8).reshape(n, 3),
        observations=np.ones(n, np.int32),
        pixels=np.full(n, 4, np.int64),
        cell_size_m=cell_size_m,
        encoder="oracle",
        text_encoder="all-MiniLM-L6-v2",
    )


@pytest.fixture(scope="session")
def map_of() -> Callable[..., VoxelMap]:
    return map_of_things


@pytest.fixture(scope="session")
def flat() -> VoxelMap:
    """A small flat: two sofas of different colour, a red refrigerator, a bed, a lamp on a desk."""
    return map_of_things(
        ("floor", "the oak parquet floor of the bedroom", (0, 0, 0), (5, 4, 0.05)),
        ("wall", "the white plaster walls of the bedroom", (0, 0, 0), (0.05, 4, 1.5)),
        ("sofa", "a low red fabric sofa with three seats", (0.5, 0.5, 0.05), (2.0, 1.2, 0.7)),
        ("sofa", "a low blue fabric sofa with two seats", (0.5, 2.5, 0.05), (2.0, 3.2, 0.7)),
        ("refrigerator", "a tall red lacquer refrigerator", (4.2, 3.3, 0.05), (4.8, 3.9, 1.4)),
        ("bed", "a white double bed with grey fabric bedding", (3.0, 0.3, 0.05), (4.8, 1.8, 0.5)),
        ("desk", "a light brown oak desk with four legs", (3.0, 3.0, 0.6), (3.6, 3.6, 0.7)),
        ("table lamp", "a small black metal table lamp", (3.2, 3.2, 0.7), (3.4, 3.4, 1.0)),
    )
