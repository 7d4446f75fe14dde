"""docs/gallery.md shows the pictures that docs/images/make.py makes, and the script still makes them."""

from __future__ import annotations

import importlib
import importlib.util
import io
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from sisg_robotics.errors import MissingDependency

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGE = (DOCS / "gallery.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"!\[[^\]]+\]\(images/(\w+)\.jpg\)", PAGE)
TINY = 0.05
WITHOUT_BLENDER = [name for name in SHOWN if name != "path_traced"]


@pytest.fixture(scope="module")
def make():
    """The script, as a module; what it imports from its folder is `pictures`."""
    before = list(sys.path)
    sys.path.insert(0, str(DOCS / "images"))
    try:
        spec = importlib.util.spec_from_file_location("make_pictures", DOCS / "images" / "make.py")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        sys.path[:] = before
    return module


@pytest.fixture
def little(make, monkeypatch):
    """Every photograph is of one small room, there is one object, balls are coarse: the same code on less."""
    balls, channels, flats, objects, path_traced, rooms, samples, sensors = (
        importlib.import_module(f"pictures.{name}")
        for name in ("balls", "channels", "flats", "objects", "path_traced", "rooms", "samples", "sensors")
    )
    view = flats.RoomView("a small bathroom", 0, "bathroom", (0.9, 0.9, 1.3), (0.4, 0.4, 0.8))
    monkeypatch.setattr(balls, "_RINGS", 6)
    monkeypatch.setattr(channels, "PROMPT", view.prompt)
    monkeypatch.setattr(channels, "SEED", view.seed)
    monkeypatch.setattr(rooms, "VIEWS", (view, view))
    monkeypatch.setattr(path_traced, "VIEWS", (view,))
    monkeypatch.setattr(samples, "DINING_ROOM", view)
    monkeypatch.setattr(sensors, "VIEW", view)
    monkeypatch.setattr(objects, "THINGS", dict(list(objects.THINGS.items())[:1]))


def test_the_page_shows_the_gallery_and_nothing_else(make) -> None:
    assert list(make.GALLERY) == SHOWN
    sizes = [(DOCS / "images" / f"{name}.jpg").stat().st_size for name in SHOWN]
    assert max(sizes) <= 250_000 and sum(sizes) <= 2_000_000


def test_every_picture_is_shown_somewhere(make) -> None:
    pages = "".join(
        path.read_text(encoding="utf-8") for path in [DOCS.parent / "README.md", *DOCS.glob("*.md")]
    )
    there = {path.stem for path in (DOCS / "images").glob("*.jpg")}
    assert set(make.NAMES) <= there
    assert not [name for name in there if f"images/{name}.jpg" not in pages]


@pytest.mark.parametrize("name", WITHOUT_BLENDER)
def test_a_picture_is_drawn(make, little, name: str) -> None:
    picture = make.GALLERY[name](TINY)
    with Image.open(DOCS / "images" / f"{name}.jpg") as shown:
        width, height = shown.size
    assert picture.mode == "RGB" and picture.width < width / 4 and picture.height < height
    assert np.asarray(picture).std() > 10


def test_the_path_traced_picture_has_ours_beside_blenders(make, little, monkeypatch) -> None:
    asked = []

    class Blue:
        def __init__(self, instances, lights) -> None:
            pass

        def __enter__(self):
            return self

        def __exit__(self, *error) -> None:
            pass

        def render(self, intrinsics, T_world_cam, *, channels, samples):
            asked.append(samples)
            blue = np.zeros((intrinsics.height, intrinsics.width, 3), dtype=np.uint8) + np.uint8([0, 0, 255])
            return importlib.import_module("sisg_robotics.rendering").RenderedChannels(rgb=blue)

    monkeypatch.setattr(importlib.import_module("pictures.path_traced"), "BlenderRenderer", Blue)
    picture = np.asarray(make.GALLERY["path_traced"](TINY))
    width = 20
    assert asked == [128]
    assert (picture[:15, -width:] == [0, 0, 255]).all()
    assert not (picture[:15, :width] == [0, 0, 255]).all(axis=-1).any()


def test_without_blender_its_picture_stays_and_the_script_says_so(make, tmp_path, monkeypatch) -> None:
    def missing(scale):
        raise MissingDependency("bpy", "Blender", "pip install 'sisg-robotics[blender]'")

    monkeypatch.setattr(make, "GALLERY", {"path_traced": missing})
    path = tmp_path / "path_traced.jpg"
    path.write_bytes(b"as it was")
    said = make.make("path_traced", path, tmp_path)
    assert said.startswith("left as it is") and "pip install" in said
    assert path.read_bytes() == b"as it was"


def test_without_the_demo_the_first_look_stays(make, tmp_path) -> None:
    assert "make demo" in make.make("first_look", tmp_path / "first_look.jpg", tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_jpeg_is_as_good_as_fits(make) -> None:
    sheet = importlib.import_module("pictures.sheet")
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8))
    large, small = sheet.jpeg_bytes(noise, 100_000), sheet.jpeg_bytes(noise, 4_000)
    assert len(small) <= 4_000 < len(large)
    with Image.open(io.BytesIO(small)) as opened:
        assert opened.size == (64, 64)
    with pytest.raises(ValueError, match="64 x 64 pixels do not fit into 100 bytes"):
        sheet.jpeg_bytes(noise, 100)


def test_captions_stand_under_their_pictures(make) -> None:
    sheet = importlib.import_module("pictures.sheet")
    red, green, blue = (np.full((20, 40, 3), color, dtype=np.uint8) for color in np.eye(3) * 255)
    page = np.asarray(sheet.sheet([red, green, blue], ["a", "b", "c"], columns=2, text_px=10))
    assert page.shape == (2 * (20 + 16 + 8) - 8, 88, 3)
    assert (
        (page[:20, :40] == red).all() and (page[:20, 48:] == green).all() and (page[44:64, :40] == blue).all()
    )
    under = [(page[20:36, :40] < 128).any(), (page[20:36, 48:] < 128).any(), (page[64:, :40] < 128).any()]
    assert under == [True] * 3 and (page[64:, 48:] == 255).all()


def test_flow_has_the_colours_of_the_usual_wheel(make) -> None:
    colors = importlib.import_module("pictures.colors")
    still, right, down, left, unknown = (0, 0), (1, 0), (0, 1), (-1, 0), (np.nan, np.nan)
    seen = colors.flow_colors(np.array([[still, right, down, left, unknown]], dtype=np.float32), 1.0)[0]
    assert seen[0].tolist() == [255, 255, 255] and seen[4].tolist() == [0, 0, 0]
    assert seen[1].tolist() == [255, 0, 0]
    assert seen[2, 0] == 255 and seen[2, 1] > 225 and seen[2, 2] == 0  # yellow
    assert seen[3, 0] == 0 and min(seen[3, 1:]) > 190  # cyan


def test_depth_grows_darker_and_what_is_missing_stands_out(make) -> None:
    colors = importlib.import_module("pictures.colors")
    depth_m = np.array([[1.0, 1.5, 2.0, 2.5, 3.0, 9.0, 0.0]], dtype=np.float32)
    seen = colors.depth_colors(depth_m, 1.0, 3.0)[0]
    light = seen[:5] @ np.array([0.299, 0.587, 0.114])
    assert (np.diff(light) < -10).all()
    assert seen[5].tolist() == seen[4].tolist() == [68, 1, 84] and seen[6].tolist() == [0, 0, 0]


def test_ids_have_colours_of_their_own(make) -> None:
    colors = importlib.import_module("pictures.colors")
    seen = colors.id_colors(np.arange(120, dtype=np.int32).reshape(8, 15)).reshape(-1, 3)
    assert len(np.unique(seen, axis=0)) == 120 and seen[0].tolist() == [255, 255, 255]
    steps = np.abs(np.diff(seen[1:].astype(int), axis=0)).sum(axis=1)
    assert steps.min() > 100  # neighbours are far apart
