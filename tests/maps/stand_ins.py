"""Maps as worse encoders would have made them: noisy, blurred, confused, squeezed, turned.

The exact features of a map are changed in steps, each of which may be left out:
confusion   each thing is mixed with another that means nearly the same
blur        each voxel takes part of its neighbours, so that things bleed over their borders
noise       each voxel has its own random part
cone        features are squeezed towards a common direction, so that all of them are alike
text cone   the same for texts, towards a direction of their own: cosines of features and texts are small
turned      another space: both sides are turned into more dimensions by one random rotation
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from jaxtyping import Float32

from sisg_robotics.encoders import encode_once
from sisg_robotics.maps import VoxelMap
from sisg_robotics.maps.neighbors import find_neighbors, smoothed, unit_rows


@dataclass(frozen=True)
class Fault:
    """How much of each step; the defaults change nothing."""

    confusion: float = 0.0
    """Largest share of another thing in a thing's features."""
    blur: bool = False
    noise: float = 0.0
    """Length of a voxel's random part, against a feature of length 1."""
    cone: float = 0.0
    """Share of the common direction in a feature."""
    text_cone: float = 0.0
    dims: int = 384
    seed: int = 0


@dataclass(frozen=True)
class StandInWords:
    """Texts of another encoder, squeezed and turned as the fault says."""

    words: Any
    fault: Fault
    name: str

    @property
    def dim(self) -> int:
        return self.fault.dims

    @property
    def weights_sha256(self) -> str:
        return repr(self.fault)

    def encode(self, texts: Sequence[str]) -> Float32[np.ndarray, "n d"]:
        many = len(texts) > 1000  # the vocabulary, which is likely on disk
        units = encode_once(self.words, texts) if many else self.words.encode(texts)
        squeezed = squeeze(units, direction(self.fault.seed, 1), self.fault.text_cone)
        return turn(squeezed, self.fault.dims)


def spoiled(vmap: VoxelMap, fault: Fault, text_encoder: str = "all-MiniLM-L6-v2") -> VoxelMap:
    """The map as an encoder with that fault would have made it."""
    rng = np.random.default_rng(fault.seed)
    things, thing_of = np.unique(vmap.unit_features().round(4), axis=0, return_inverse=True)
    units = confused(unit_rows(things), fault.confusion, rng)[thing_of.ravel()]
    if fault.blur:
        of_one_color = replace(vmap, rgb=np.zeros_like(vmap.rgb))
        units = smoothed(of_one_color, units, find_neighbors(vmap, units), noise=1.0, rounds=1)
    random = rng.standard_normal(units.shape, dtype=np.float32) / np.sqrt(np.float32(units.shape[1]))
    units = unit_rows(units + np.float32(fault.noise) * random)
    units = turn(squeeze(units, direction(fault.seed, 0), fault.cone), fault.dims)
    return replace(vmap, features=units * vmap.weights[:, None], text_encoder=text_encoder)


def confused(
    things: Float32[np.ndarray, "k d"], most: float, rng: np.random.Generator
) -> Float32[np.ndarray, "k d"]:
    """Each row mixed with one of the two most like it."""
    if not most:
        return things
    likeness = things @ things.T - 2 * np.eye(len(things), dtype=np.float32)
    nearest = np.argsort(-likeness, axis=1)[:, :2]
    other = nearest[np.arange(len(things)), rng.integers(0, 2, len(things))]
    share = np.float32(most) * rng.random((len(things), 1), dtype=np.float32)
    return unit_rows((1 - share) * things + share * things[other])


def direction(seed: int, which: int) -> Float32[np.ndarray, "384"]:
    """A unit vector that everything may be squeezed towards."""
    return unit_rows(np.random.default_rng([seed, which, 5]).standard_normal((1, 384)).astype(np.float32))[0]


def squeeze(
    units: Float32[np.ndarray, "n d"], towards: Float32[np.ndarray, " d"], share: float
) -> Float32[np.ndarray, "n d"]:
    """Unit rows, `share` of them the common direction."""
    return unit_rows(np.float32(1 - share) * units + np.float32(share) * towards) if share else units


def turn(units: Float32[np.ndarray, "n d"], dims: int) -> Float32[np.ndarray, "n e"]:
    """The rows in a space of `dims` dimensions, all angles kept."""
    if dims == units.shape[1]:
        return units
    square = np.random.default_rng([dims, 3]).standard_normal((dims, units.shape[1]))
    return units @ np.linalg.qr(square)[0].T.astype(np.float32)
