"""Rendering, batches, steps, stopping and going on, on two tiny flats."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from sisg_robotics.encoders.minilm import MiniLM
from sisg_robotics.encoders.tiny.encoder import installed_weights, read_weights
from sisg_robotics.encoders.tiny.network import TinyShape
from sisg_robotics.errors import BadFile, MissingPath, RequestError
from sisg_robotics.training.augment import Augmentation, augmented
from sisg_robotics.training.batches import BESIDE, Batches, Phase, _draw_cells
from sisg_robotics.training.flats import FIRST_SEED, FlatOptions, render_flat, render_flats
from sisg_robotics.training.loop import Training, _coarser
from sisg_robotics.training.recipe import Recipe, train_legs, train_tiny
from sisg_robotics.training.schedule import TrainingOptions
from sisg_robotics.training.views import View, ViewFile

LOOK = FlatOptions(views=2, width=96, height=64)
SMALL = TinyShape(channels=(8, 8, 16, 16), blocks=(1, 1, 1, 1), heads=2, path=8, hidden=12)
CROPS = Augmentation(height=32, width=64)
SMALLER = replace(CROPS, height=32, width=32, zoom=(0.5, 0.8))
PHASES = (Phase(0.5, 3, SMALLER), Phase(0.5, 2, CROPS))
FEW = TrainingOptions(steps=4, warm_up=1, checkpoint_every=2, bfloat16=False)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[ViewFile]:
    folder = tmp_path_factory.mktemp("views")
    paths = render_flats(folder, range(FIRST_SEED, FIRST_SEED + 2), LOOK, progress=False)
    return [ViewFile(path) for path in paths]


def batches(files: list[ViewFile], minilm: MiniLM) -> Batches:
    return Batches(files, minilm, PHASES, steps=4, stride=4, seed=0)


def test_a_flat_is_drawn_from_its_seed_alone(files: list[ViewFile]) -> None:
    views, things = render_flat(FIRST_SEED, LOOK)
    assert things == files[0].things
    np.testing.assert_array_equal(views[1].ids, files[0][1].ids)
    assert set(np.unique(views[1].ids)) - {0} <= set(things)


def test_a_crop_keeps_ids_under_their_colours() -> None:
    ids = np.zeros((64, 96), np.uint16)
    ids[:, 48:] = 9
    rgb = np.where(ids[..., None] == 9, 200, 50).astype(np.uint8).repeat(3, axis=2)
    plain = replace(CROPS, exposure=0.0, white_balance=0.0, noise=0.0, blur_px=0.3)
    for seed in range(20):
        found = augmented(View(rgb, ids), plain, np.random.default_rng(seed))
        assert found.rgb.shape == (32, 64, 3) and found.ids.shape == (32, 64)
        bright = found.rgb[..., 0] > 125
        assert (bright == (found.ids == 9)).mean() > 0.95


def test_a_crop_shows_its_focus() -> None:
    ids = np.arange(64 * 96, dtype=np.uint16).reshape(64, 96)
    view = View(np.zeros((64, 96, 3), np.uint8), ids)
    close = replace(CROPS, zoom=(1.0, 2.0))
    for seed in range(30):
        rng = np.random.default_rng(seed)
        u, v = int(rng.integers(96)), int(rng.integers(64))
        shown = np.unravel_index(augmented(view, close, rng, (u, v)).ids, ids.shape)
        assert abs(shown[0] - v).min() <= 1 and abs(shown[1] - u).min() <= 1


def test_what_is_beside_a_small_thing_is_drawn_as_often_as_the_thing() -> None:
    ids = np.full((40, 40), 7, np.uint16)
    ids[20:23, 20:23] = 9
    ids[0, 0] = 0
    rng = np.random.default_rng(0)
    drawn = sum(np.bincount(_draw_cells(ids, 40, rng), minlength=ids.size) for _ in range(400))
    times = drawn.reshape(ids.shape)
    around = np.zeros(ids.shape, bool)
    around[20 - BESIDE : 23 + BESIDE, 20 - BESIDE : 23 + BESIDE] = True
    thing = ids == 9
    assert times[around & ~thing].mean() == pytest.approx(times[thing].mean(), rel=0.1)
    assert times[~around].mean() < 0.1 * times[thing].mean()
    assert times[0, 0] == 0


def test_phases_follow_each_other(files: list[ViewFile], minilm: MiniLM) -> None:
    drawn = batches(files, minilm)
    assert [drawn[number].rgb.shape for number in (1, 2)] == [(3, 32, 32, 3), (2, 32, 64, 3)]


def test_a_batch_is_drawn_by_its_number_alone(files: list[ViewFile], minilm: MiniLM) -> None:
    first, second = batches(files, minilm)[3], batches(files, minilm)[3]
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)
    assert len(first.cell) == len(first.thing_of_cell) > 0
    assert first.thing_of_cell.max() < len(first.targets)
    assert first.cell.max() < 2 * 8 * 16
    assert first.truth.shape == (len(first.phrases), len(first.targets))


def test_stopped_and_resumed_it_ends_with_the_same_weights(
    files: list[ViewFile],
    minilm: MiniLM,
    tmp_path: Path,
) -> None:
    whole = Training(tmp_path / "whole", SMALL, FEW)
    whole.run(batches(files, minilm), progress=False)

    class StopHereError(Exception):
        pass

    def stop(step: int) -> None:
        raise StopHereError

    with pytest.raises(StopHereError):
        Training(tmp_path / "parts", SMALL, FEW).run(batches(files, minilm), each=stop, progress=False)
    resumed = Training(tmp_path / "parts", SMALL, FEW)
    assert resumed.step == 2
    resumed.run(batches(files, minilm), progress=False)
    for name, value in whole.mean.state_dict().items():
        torch.testing.assert_close(resumed.mean.state_dict()[name], value, msg=name)


def test_a_cell_lies_in_the_coarser_cell_that_covers_it() -> None:
    fine, coarse = torch.arange(2 * 8 * 12), torch.arange(2 * 2 * 3).view(2, 2, 3)
    spread = coarse.repeat_interleave(4, dim=1).repeat_interleave(4, dim=2)
    torch.testing.assert_close(_coarser(fine, torch.Size((8, 12))), spread.flatten())


def test_a_checkpoint_of_something_else_is_refused(tmp_path: Path) -> None:
    torch.save({"network": {}}, tmp_path / "checkpoint.pt")
    with pytest.raises(BadFile, match="not a checkpoint of this training"):
        Training(tmp_path, SMALL, FEW)


def test_steps_bring_the_vectors_nearer_to_the_words(
    files: list[ViewFile], minilm: MiniLM, tmp_path: Path
) -> None:
    options = replace(FEW, steps=75, checkpoint_every=100, learning_rate=3e-3)
    Training(tmp_path, SMALL, options).run(batches(files, minilm), progress=False)
    rows = [line.split(",") for line in (tmp_path / "log.csv").read_text().splitlines()]
    assert rows[0] == ["step", "seconds", "learning_rate", "contrast", "distance", "choice", "right"]
    contrast = [float(row[3]) for row in rows[1:]]
    assert contrast[-1] < contrast[0] - 0.5


def test_the_recipe_writes_weights_with_their_card(tmp_path: Path) -> None:
    recipe = Recipe(flats=1, held_out_flats=1, look=LOOK, shape=SMALL, phases=PHASES, training=FEW)
    made = train_tiny(tmp_path, recipe, progress=False)
    assert made.weights.is_file() and 0 <= made.scores.miou <= 1
    again = train_tiny(tmp_path, recipe, progress=False)
    assert again.scores == made.scores  # nothing was left to do
    longer = replace(recipe, training=replace(FEW, steps=5))
    with pytest.raises(RequestError, match=r"a training with steps=4, not 5\. .* choose another folder"):
        train_tiny(tmp_path, longer, progress=False)
    with pytest.raises(RequestError, match="a training with views=2, not 3"):
        train_tiny(tmp_path, replace(recipe, look=replace(LOOK, views=3)), progress=False)
    (tmp_path / "recipe.json").write_text("[1]")
    with pytest.raises(BadFile, match=r"recipe\.json: no recipe"):
        train_tiny(tmp_path, recipe, progress=False)
    card, network = read_weights(made.weights)
    assert network.shape == SMALL and "before" not in card
    assert card["recipe"]["training"]["steps"] == 4
    assert card["scores_on_views_of_flats_never_seen"]["miou"] == round(made.scores.miou, 4)


def test_begun_with_weights_it_goes_on_from_what_they_know(
    files: list[ViewFile], minilm: MiniLM, tmp_path: Path
) -> None:
    longer = replace(FEW, steps=40, checkpoint_every=100, learning_rate=3e-3)
    recipe = Recipe(flats=1, held_out_flats=1, look=LOOK, shape=SMALL, phases=PHASES, training=longer)
    first = train_tiny(tmp_path / "first", recipe, progress=False)
    few_more = replace(longer, steps=25, learning_rate=1e-6)
    more = replace(recipe, shape=TinyShape(), start=first.weights, training=few_more)
    second = train_tiny(tmp_path / "second", more, progress=False)
    card, network = read_weights(second.weights)
    before, known = read_weights(first.weights)
    assert network.shape == SMALL  # the shape of the weights that it began with
    for name, weight in known.named_parameters():
        torch.testing.assert_close(network.get_parameter(name), weight, atol=1e-3, rtol=1e-2, msg=name)
    assert card["before"] == before
    steps = (tmp_path / "first" / "log.csv").read_text().splitlines()
    went_on = (tmp_path / "second" / "log.csv").read_text().splitlines()
    assert float(went_on[1].split(",")[3]) < float(steps[1].split(",")[3])
    with pytest.raises(RequestError, match="a training with start="):
        train_tiny(tmp_path / "second", replace(more, start=second.weights), progress=False)
    with pytest.raises(MissingPath, match="weights of the encoder 'tiny'"):
        train_tiny(tmp_path / "third", replace(more, start=tmp_path / "none"), progress=False)
    assert not (tmp_path / "third").exists()


def test_legs_are_trainings_one_after_the_other(tmp_path: Path) -> None:
    first = Recipe(flats=1, held_out_flats=1, look=LOOK, shape=SMALL, phases=PHASES, training=FEW)
    second = replace(first, flats=2, training=replace(FEW, steps=6))
    made = train_legs(tmp_path / "legs", [first, second], progress=False)
    one = train_tiny(tmp_path / "one", first, progress=False)
    two = train_tiny(tmp_path / "two", replace(second, start=one.weights), progress=False)
    (card, network), (alone, known) = read_weights(made.weights), read_weights(two.weights)
    for name, weight in known.named_parameters():
        torch.testing.assert_close(network.get_parameter(name), weight, atol=1e-3, rtol=1e-2, msg=name)
    assert card["before"]["recipe"] == alone["before"]["recipe"]
    assert not (tmp_path / "legs" / "leg_1" / "views").exists()  # the second's do for both
    again = train_legs(tmp_path / "legs", [first, second], progress=False)
    assert again == made  # nothing was left to do
    with pytest.raises(RequestError, match="leg_1 holds a training with steps=4, not 3"):
        train_legs(tmp_path / "legs", [replace(first, training=replace(FEW, steps=3)), second])


def test_a_share_of_the_weights_it_began_with_is_kept(
    files: list[ViewFile], minilm: MiniLM, tmp_path: Path
) -> None:
    recipe = Recipe(flats=1, held_out_flats=1, look=LOOK, shape=SMALL, phases=PHASES, training=FEW)
    first = train_tiny(tmp_path / "first", recipe, progress=False)
    more = replace(recipe, start=first.weights, training=replace(FEW, learning_rate=0.05))
    _, known = read_weights(first.weights)
    _, learned = read_weights(train_tiny(tmp_path / "more", more, progress=False).weights)
    _, mixed = read_weights(train_tiny(tmp_path / "more", replace(more, keep=0.25), progress=False).weights)
    moved = 0.0
    for name, _ in mixed.named_parameters():
        was, became, weight = (network.state_dict()[name] for network in (known, learned, mixed))
        torch.testing.assert_close(weight, 0.25 * was + 0.75 * became, atol=1e-3, rtol=1e-3, msg=name)
        moved = max(moved, float((became - was).abs().max()))
    assert moved > 0.05  # or any share would do


def test_words_at_stride_16_are_fitted_to_what_the_weights_know(
    files: list[ViewFile], minilm: MiniLM, tmp_path: Path
) -> None:
    _, network = read_weights(installed_weights())
    begun = Training(tmp_path, network.shape, FEW)
    drawn = batches(files, minilm)
    begun.go_on_from(network, drawn)
    batch = drawn[0]
    rgb = torch.from_numpy(batch.rgb).permute(0, 3, 1, 2).float() / 255
    with torch.no_grad():
        coarse, _, fine = network.grids(rgb)
        cell = _coarser(torch.from_numpy(batch.cell), fine.shape[2:])
        said = begun.coarse(coarse.permute(0, 2, 3, 1).reshape(-1, coarse.shape[1])[cell])
    wanted = torch.from_numpy(batch.targets)[torch.from_numpy(batch.thing_of_cell)]
    assert torch.cosine_similarity(said, wanted).mean() > 0.8
