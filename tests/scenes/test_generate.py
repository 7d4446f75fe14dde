from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from collections import Counter

import pytest

from sisg_robotics.errors import SisgError
from sisg_robotics.scenes import check_scene, generate_scene, walkable

SMALL = [
    ("a living room", 1),
    ("a living room", 2),
    ("a bedroom", 3),
    ("a bedroom and a bathroom", 4),
    ("a kitchen", 5),
    ("a kitchen", 6),
    ("a bathroom", 7),
    ("an office", 8),
    ("a dining room", 9),
    ("a hallway and a kids room", 10),
    ("a kids room", 11),
    ("two bedrooms", 12),
    ("a small kitchen and a small bathroom", 13),
    ("a large living room", 14),
]
FLATS = [("", seed) for seed in range(6)]


@pytest.mark.parametrize(("prompt", "seed"), SMALL + FLATS)
def test_a_scene_has_no_faults_and_every_room_is_furnished_and_reachable(scene_of, prompt, seed) -> None:
    scene = scene_of(prompt, seed)
    assert check_scene(scene) == []
    centers = walkable(scene, robot_radius_m=0.25).centers_xy_m()
    for room in scene.rooms:
        assert sum(item.room == room.name for item in scene.objects) >= 3
        assert any(room.contains((float(x), float(y))) for x, y in centers)
    assert len(scene.lights) == len(scene.rooms)


def test_flats_differ(scene_of) -> None:
    scenes = [scene_of(*flat) for flat in FLATS]
    assert len({len(scene.rooms) for scene in scenes}) >= 3
    kinds = {room.kind for scene in scenes for room in scene.rooms}
    assert len(kinds) >= 6
    assert len({item.asset.category for scene in scenes for item in scene.objects}) >= 45


def _counts(scene) -> Counter:
    return Counter(item.asset.category for item in scene.objects)


def test_the_prompt_gets_its_rooms_things_and_colours(scene_of) -> None:
    scene = scene_of("two bedrooms, a kitchen with a blue fridge", 3)
    assert sorted(room.name for room in scene.rooms) == ["bedroom 1", "bedroom 2", "kitchen"]
    fridges = [item for item in scene.objects if item.asset.category == "refrigerator"]
    assert [(item.room, item.asset.color) for item in fridges] == [("kitchen", "blue")]
    assert "blue" in fridges[0].description


def test_counts_are_exact_or_reported(scene_of) -> None:
    scene = scene_of("an office with 3 desks and a green plant in the living room, no rug", 5)
    refused = sum(item.what.startswith("desk in") for item in scene.unplaced)
    assert _counts(scene)["desk"] + refused == 3
    assert _counts(scene)["desk"] >= 2
    assert _counts(scene)["rug"] == 0
    plants = [(i.room, i.asset.color) for i in scene.objects if i.asset.category == "potted plant"]
    assert ("living room", "green") in plants


def test_what_does_not_fit_is_reported_with_the_reason(scene_of) -> None:
    scene = scene_of("a small bathroom with 12 wardrobes", 1)
    placed, refused = _counts(scene)["wardrobe"], [u for u in scene.unplaced if "wardrobe" in u.what]
    assert placed + len(refused) == 12 and refused
    assert all(len(item.reason) > 10 for item in refused)
    assert check_scene(scene) == []


def test_more_than_is_sensible_is_reported() -> None:
    scene = generate_scene("a hallway with 500 chairs", seed=0)
    said = [item for item in scene.unplaced if "476 more" in item.what]
    assert len(said) == 1 and "24" in said[0].reason


def test_a_seventh_room_is_reported(scene_of) -> None:
    scene = scene_of("9 hallways", 1)
    assert len(scene.rooms) == 6
    assert sum("six rooms" in item.reason or "6 rooms" in item.reason for item in scene.unplaced) == 3


def test_unknown_words_are_reported(scene_of) -> None:
    scene = scene_of("a bathroom with a flumph", 1)
    assert [item.what for item in scene.unplaced if "no word for a room" in item.reason] == ["flumph"]


def test_a_negative_seed_is_refused() -> None:
    with pytest.raises(SisgError, match="seed"):
        generate_scene(seed=-1)


def test_the_same_seed_gives_the_same_scene_in_a_process_with_other_hashes(scene_of) -> None:
    prompt, seed = "a bedroom and a bathroom", 4
    code = (
        "import dataclasses, json; from sisg_robotics.scenes import generate_scene;"
        f"print(json.dumps(dataclasses.asdict(generate_scene({prompt!r}, seed={seed}))))"
    )
    env = {**os.environ, "PYTHONHASHSEED": "4321", "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == json.dumps(dataclasses.asdict(scene_of(prompt, seed)))
