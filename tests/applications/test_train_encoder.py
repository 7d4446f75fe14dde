"""train_encoder from nothing, from weights, and keys that it has no use for."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from sisg_robotics.app.configs import TrainEncoderConfig
from sisg_robotics.encoders import make_encoder
from sisg_robotics.encoders.tiny.encoder import installed_weights, read_weights
from sisg_robotics.training.recipe import LATER_PHASES, LEGS, PHASES, Recipe

LITTLE = ("flats=1", "views=1", "held_out_flats=1", "steps=1", "workers=1", "device=cpu")


def test_it_begins_with_the_weights_in_the_package_or_with_none(
    sisg: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = sisg("train_encoder", *LITTLE, "steps=[1,1]", "folder=new")
    assert ended.status == 0, ended.err
    assert ended.last_line.startswith("Wrote new/tiny.safetensors after ")
    ended = sisg("train_encoder", *LITTLE, "folder=more", "start=package", "learning_rate=1e-9")
    assert ended.status == 0, ended.err
    scores = [
        read_weights(Path(folder, "tiny.safetensors"))[0]["scores_on_views_of_flats_never_seen"]["miou"]
        for folder in ("new", "more")
    ]
    assert scores[0] < 0.1 < 0.3 < scores[1]
    card, _ = read_weights(tmp_path / "more" / "tiny.safetensors")
    assert card["before"] == read_weights(installed_weights())[0]
    two_legs, _ = read_weights(tmp_path / "new" / "tiny.safetensors")
    assert two_legs["before"] == read_weights(tmp_path / "new" / "leg_1" / "tiny.safetensors")[0]
    assert make_encoder("tiny", weights="more/tiny.safetensors").encode_text(["chair"]).shape == (1, 384)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("rank=8", "rank has no effect with adapter=false"),
        ("sequences=[data/a]", "sequences has no effect with adapter=false"),
        ("encoder.weights=mine.safetensors", "start= names weights to begin with"),
        ("encoder=clip", "Only the encoder 'tiny' is trained anew"),
        ("start=mine.safetensors", "mine.safetensors"),
        ("first_seed=1000", "first_seed"),
        ("steps=[10,0]", "several in brackets: [12000,16000]"),
        ("steps=many", "a number of steps"),
        ("flats=0", "a number of flats"),
        ("flats=[2,0,1]", "a number of flats"),
        ("flats=[1,2] steps=10", "one for each training that steps= names"),
        ("keep=0.5 steps=10", "keep has no effect without start="),
        ("keep=1", "a share from 0 to below 1"),
    ],
)
def test_a_key_without_effect_or_a_wrong_one_is_refused_before_any_work(
    sisg: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = sisg("train_encoder", *given.split())
    assert ended.status == 2 and said in ended.err and ended.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_its_defaults_are_the_recipe() -> None:
    keys, recipe = TrainEncoderConfig(), Recipe()
    assert (keys.first_seed, keys.held_out_flats) == (recipe.first_seed, recipe.held_out_flats)
    assert keys.views == recipe.look.views
    training = recipe.training
    assert keys.legs == list(LEGS)
    assert TrainEncoderConfig(steps=20).legs == [(700, 20)]
    assert TrainEncoderConfig(flats=3).legs == [(3, steps) for _, steps in LEGS]
    assert (keys.learning_rate, keys.seed) == (training.learning_rate, training.seed)


def test_the_weights_in_the_package_say_that_the_recipe_made_them() -> None:
    card, network = read_weights(installed_weights())
    assert network is not None and card["parameters"] <= 6_000_000
    made = [card["recipe"]]
    while "before" in card:
        card = card["before"]
        made.append(card["recipe"])
    for number, (begun, (flats, steps)) in enumerate(zip(made[::-1], LEGS, strict=True)):
        recipe = Recipe(flats=flats, phases=LATER_PHASES if number else PHASES)
        recipe = replace(recipe, training=replace(recipe.training, steps=steps, device="cpu"))
        assert begun == json.loads(json.dumps({**asdict(recipe), "start": begun["start"]}))
        assert (begun["start"] == "") == (number == 0)
