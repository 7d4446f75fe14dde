"""Answers must not depend on the space that features live in, only on what they say."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from sisg_robotics.encoders import make_text_encoder
from sisg_robotics.maps import VoxelMap, vocabulary
from sisg_robotics.maps import query as query_module
from sisg_robotics.maps.calibration import calibrate
from sisg_robotics.maps.matching import match
from sisg_robotics.maps.reading import EVEN, NOISY, read
from sisg_robotics.maps.vocabulary import anchors

MINILM = "all-MiniLM-L6-v2"

THINGS = (
    ("sofa", "a low red fabric sofa with three seats"),
    ("armchair", "a blue leather armchair"),
    ("refrigerator", "a tall white lacquer refrigerator"),
    ("bed", "a white double bed with grey fabric bedding"),
    ("desk", "a light brown oak desk with four legs"),
    ("table lamp", "a small black metal table lamp"),
    ("bathtub", "a white acrylic bathtub"),
    ("toilet", "a white ceramic toilet"),
    ("bookshelf", "a tall brown walnut bookshelf"),
    ("potted plant", "a green plant in a yellow pot"),
    ("television", "a flat black television on a stand"),
    ("rug", "a round purple rug"),
    ("mirror", "a tall mirror in a grey metal frame"),
    ("washing machine", "a white washing machine with a round door"),
    ("kettle", "an orange plastic kettle"),
    ("bicycle", "a green bicycle"),
    ("guitar", "an acoustic guitar of brown wood"),
    ("wall clock", "a round red wall clock"),
    ("curtain", "a long turquoise curtain"),
    ("radiator", "a grey metal radiator"),
)
PRESENT = {
    "couch": "sofa",
    "the blue armchair": "armchair",
    "fridge": "refrigerator",
    "a place to sleep": "bed",
    "something that washes clothes": "washing machine",
    "the green bicycle": "bicycle",
    "musical instrument": "guitar",
    "bath": "bathtub",
    "something to see my reflection in": "mirror",
}
ABSENT = ("grand piano", "helicopter", "microwave", "the green sofa", "a pink kettle", "dishwasher", "horse")


@pytest.fixture(scope="module")
def stand_ins() -> ModuleType:
    path = Path(__file__).with_name("stand_ins.py")
    spec = importlib.util.spec_from_file_location("stand_ins", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def home(map_of: Callable[..., VoxelMap]) -> VoxelMap:
    """A box for each of THINGS on a floor, in four rows, 60 cm apart."""
    boxes = [
        (*thing, (x, y, 0.05), (x + 0.4, y + 0.3, 0.35))
        for thing, (x, y) in zip(THINGS, np.ndindex(5, 4), strict=True)
    ]
    floor = ("floor", "the oak parquet floor of the bedroom", (0, 0, 0), (5, 4, 0.05))
    return map_of(floor, *boxes)


def place_of(name: str) -> tuple[float, float, float]:
    x, y = list(np.ndindex(5, 4))[[thing for thing, _ in THINGS].index(name)]
    return x + 0.2, y + 0.15, 0.2


@pytest.fixture
def asked_of(
    home: VoxelMap, stand_ins: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., VoxelMap]:
    """The home as an encoder of that fault sees it, and words that go with it."""

    def spoil(**fault) -> VoxelMap:
        given = stand_ins.Fault(**fault)
        if given.dims == 384 and not given.text_cone:
            return stand_ins.spoiled(home, given)
        words = stand_ins.StandInWords(make_text_encoder(MINILM), given, name=f"words of {given}")
        for module in (vocabulary, query_module):
            monkeypatch.setattr(module, "make_text_encoder", lambda name: words)
        monkeypatch.setattr(vocabulary, "encode_once", lambda encoder, texts: encoder.encode(texts))
        return stand_ins.spoiled(home, given, words.name)

    return spoil


@pytest.mark.parametrize(
    "fault",
    [
        {},
        {"cone": 0.8},
        {"cone": 0.7, "text_cone": 0.5},
        {"cone": 0.8, "text_cone": 0.6, "dims": 512},
        {"noise": 0.3, "confusion": 0.2},
        {"noise": 0.3, "confusion": 0.2, "blur": True, "cone": 0.8, "text_cone": 0.6, "dims": 512},
    ],
    ids=str,
)
def test_answers_are_the_same_in_every_space(asked_of: Callable[..., VoxelMap], fault: dict) -> None:
    vmap = asked_of(**fault)
    wrong = [
        answer.text
        for answer, name in zip(vmap.query(list(PRESENT)), PRESENT.values(), strict=True)
        if not (answer.found and answer.objects[0].center_xyz_m == pytest.approx(place_of(name), abs=0.11))
    ]
    found = [answer.text for answer in vmap.query(ABSENT) if answer.found]
    allowed = int("noise" in fault)  # a thing that is confused with its sibling may be taken for it
    assert len(wrong) <= allowed and len(found) <= allowed, (wrong, found)


def test_scores_of_squeezed_features_are_those_of_the_exact(stand_ins: ModuleType) -> None:
    words = make_text_encoder(MINILM)
    exact = words.encode([name for name, _ in THINGS]) + words.encode([said for _, said in THINGS])
    exact /= np.linalg.norm(exact, axis=1, keepdims=True)
    texts = [*PRESENT, *ABSENT]
    plain = match(words, texts, exact).max(axis=1)
    squeezed = match(words, texts, stand_ins.squeeze(exact, stand_ins.direction(4, 0), 0.8)).max(axis=1)
    assert np.array_equal(plain > 0.5, squeezed > 0.5)
    assert np.median(np.abs(plain - squeezed)) < 0.03


def test_exact_features_keep_their_cosines() -> None:
    words = make_text_encoder(MINILM)
    features = words.encode([name for name, _ in THINGS]) + words.encode([said for _, said in THINGS])
    features /= np.linalg.norm(features, axis=1, keepdims=True)
    texts = words.encode(["sofa", "piano"])
    assert calibrate(features, anchors(MINILM)).similarity(texts) == pytest.approx(
        texts @ features.T, abs=1e-3
    )


def test_one_feature_tells_nothing_about_its_space() -> None:
    words = make_text_encoder(MINILM)
    sofa = words.encode(["sofa"])
    assert calibrate(sofa, anchors(MINILM)).similarity(sofa) == pytest.approx(1, abs=1e-3)
    assert calibrate(sofa[:0], anchors(MINILM)).similarity(sofa).shape == (1, 0)


def test_features_that_say_nothing_find_little_of_anything() -> None:
    """An encoder without weights gives random features; what it seems to see must not be believed."""
    random = np.random.default_rng(2).standard_normal((300, 384)).astype(np.float32)
    random /= np.linalg.norm(random, axis=1, keepdims=True)
    words = make_text_encoder(MINILM)
    texts = [thing.names[0] for thing in vocabulary.vocabulary()]
    assert read(random, anchors(MINILM)).even > EVEN
    found = match(words, texts, random).max(axis=1) > 0.5
    assert found.mean() < 0.1


def test_a_noisy_map_must_say_more_of_what_it_holds() -> None:
    things = make_text_encoder(MINILM).encode(["sofa", "kettle", "wall", "floor", "cup"])
    clear, noisy = (read(things, anchors(MINILM), noisy=noisy) for noisy in (False, True))
    assert noisy.even == pytest.approx(clear.even + NOISY)


@pytest.mark.parametrize("rate", [0.01, 0.05, 0.2])
def test_fewer_false_alarms_find_less(home: VoxelMap, rate: float) -> None:
    texts = [thing.names[0] for thing in vocabulary.vocabulary()[::6]]
    strict = [answer.found for answer in home.query(texts, false_alarms=rate / 2)]
    loose = [answer.found for answer in home.query(texts, false_alarms=rate)]
    assert np.all(np.array(strict) <= loose)
