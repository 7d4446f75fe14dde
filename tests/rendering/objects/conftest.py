"""Models built by hand, and what was written of them."""

from __future__ import annotations

import io
import json
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from sisg_robotics.assets.gltf import Node
from sisg_robotics.assets.readers import Model, ModelFacts
from sisg_robotics.rendering.objects import make_settings, render_object

FACTS = ModelFacts(
    file_name="thing.glb",
    file_size=1234,
    sha256="ab" * 32,
    object_count=3,
    mesh_count=2,
    vert_count=8,
    edge_count=12,
    poly_count=6,
    material_count=1,
    lamp_count=4,
    animation_count=5,
    armature_count=6,
    shape_key_count=7,
    linked_files=("wood.png",),
    missing_textures=("gone.png",),
    bbox_min=(-1.0, -2.0, -3.0),
    bbox_max=(1.0, 2.0, 3.0),
)


def model_of(*parts, T_world_node=None) -> Model:
    """A model with one node of hand-made parts."""
    T = np.eye(4) if T_world_node is None else T_world_node
    return Model((Node("thing", parts, T, {}),), FACTS)


class ViewSet:
    """The files of one set, opened."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.metadata = json.loads(files["metadata.json"])
        self.views = self.metadata["views"]

    def image(self, index: int) -> np.ndarray:
        return np.array(Image.open(io.BytesIO(self.files[self.views[index]["image"]])))

    def array(self, index: int, modality: str) -> np.ndarray:
        return np.load(io.BytesIO(self.files[self.views[index][modality]]), allow_pickle=False)


def view_set(
    model: Model, *, seed: int = 0, uid: str = "thing", preset: str = "gs_lrm", **overrides
) -> ViewSet:
    return ViewSet(render_object(model, settings=make_settings(preset, **overrides), seed=seed, uid=uid))


@pytest.fixture
def make() -> SimpleNamespace:
    """Makers of models and of their opened multi-view sets."""
    return SimpleNamespace(facts=FACTS, model_of=model_of, view_set=view_set, ViewSet=ViewSet)


@pytest.fixture
def ball(build) -> Model:
    """A unit sphere, fine enough to be one to 1e-4."""
    return model_of(build.sphere((0, 0, 0), 1.0, 180))


@pytest.fixture
def block(build) -> Model:
    """A box of 4 x 2 x 1, off the origin."""
    return model_of(build.box((1, 1, 1), (5, 3, 2)))
