"""From nothing to weights: flats rendered, a network trained and scored on flats never seen, a model card."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any

import torch

from ..encoders import TextEncoder, encode_once, make_text_encoder
from ..encoders.minilm import NAME, MiniLM
from ..encoders.tiny.encoder import TinyEncoder, read_weights, write_weights
from ..encoders.tiny.network import STRIDE, TinyNetwork, TinyShape
from ..errors import BadFile, RequestError
from .augment import Augmentation
from .batches import Batches, Phase, target_vectors
from .evaluate import ViewScores, score_views
from .flats import FlatOptions, render_flats
from .loop import Training
from .schedule import TrainingOptions
from .views import ViewFile

HELD_OUT_SEED = 90_000
"""Flats from this seed on are for scores; training begins at `flats.FIRST_SEED`."""

WEIGHTS_FILE = "tiny.safetensors"
RECIPE_FILE = "recipe.json"

LATER_PHASES = (
    Phase(0.4, 16, Augmentation()),
    Phase(0.3, 8, Augmentation(height=320, width=416, zoom=(0.67, 1.5))),
    Phase(0.3, 6, Augmentation(height=384, width=480, zoom=(0.8, 1.5))),
)
"""At the end things are as large as in the picture of a depth camera, which sees less of a room and has more
pixels."""

PHASES = (
    Phase(0.5, 32, Augmentation(height=160, width=192, zoom=(0.34, 0.63))),
    *(replace(phase, share=phase.share / 2) for phase in LATER_PHASES),
)
"""Small pictures first: they show whole rooms, and twice as many in the same time."""

LEGS = ((700, 12_000), (700, 16_000), (1400, 16_000))
"""Flats and steps of the trainings that made the weights in the package, one after the other."""


@dataclass(frozen=True)
class Recipe:
    """Everything that decides the weights."""

    flats: int = 700
    first_seed: int = 100_300
    """Of the flats to learn from, one after the other."""
    held_out_flats: int = 10
    look: FlatOptions = field(default_factory=FlatOptions)
    shape: TinyShape = field(default_factory=TinyShape)
    phases: tuple[Phase, ...] | None = None
    """None: PHASES from nothing, LATER_PHASES from weights."""
    training: TrainingOptions = field(default_factory=TrainingOptions)
    start: Path | None = None
    """Weights to begin with, whose shape the network takes; None begins with none."""
    keep: float = 0.0
    """Share of those in the mean with the learned ones that is written. What either forgot the other knows
    (Wortsman et al., "Robust fine-tuning of zero-shot models", CVPR 2022)."""


@dataclass(frozen=True)
class Trained:
    """The weights' file, and what they reach on flats never seen."""

    weights: Path
    scores: ViewScores
    hours: float
    """Of training, all legs together."""


def train_legs(
    folder: Path, recipes: Sequence[Recipe], *, workers: int = 1, progress: bool = True
) -> Trained:
    """Follow the recipes one after the other, each from the weights that the one before made.

    The last one's files are left in `folder`, those of the others in leg_1/, leg_2/, ... in it; a flat is
    rendered once for all of them. Raises what `train_tiny` raises.
    """
    *earlier, last = recipes
    start, hours = recipes[0].start, 0.0
    for number, recipe in enumerate(earlier, 1):
        begun = replace(recipe, start=start)
        made = train_tiny(
            folder / f"leg_{number}", begun, pictures=folder, workers=workers, progress=progress
        )
        start, hours = made.weights, hours + made.hours
    made = train_tiny(folder, replace(last, start=start), workers=workers, progress=progress)
    return replace(made, hours=hours + made.hours)


def train_tiny(
    folder: Path, recipe: Recipe, *, pictures: Path | None = None, workers: int = 1, progress: bool = True
) -> Trained:
    """Follow the recipe in `folder`.

    There it leaves recipe.json, checkpoint.pt, log.csv and tiny.safetensors, and in `pictures`, None for the
    same folder, views/ and held_out/. What is there already is not made again, so that a second call goes on
    where the first one was stopped. Raises RequestError where another recipe was followed in `folder`, and
    MissingPath or BadFile where `start` is no file of weights.
    """
    known, begun = ({}, None) if recipe.start is None else read_weights(recipe.start)
    if begun is not None:
        recipe = replace(recipe, shape=begun.shape)
    phases = recipe.phases or (PHASES if begun is None else LATER_PHASES)
    recipe = replace(recipe, phases=phases)
    _begin(folder, recipe)
    flats = range(recipe.first_seed, recipe.first_seed + recipe.flats)
    held_out = range(HELD_OUT_SEED, HELD_OUT_SEED + recipe.held_out_flats)
    render = partial(render_flats, options=recipe.look, workers=workers, progress=progress)
    pictures = pictures or folder
    files = [ViewFile(path) for path in render(pictures / "views", flats)]
    unseen = [ViewFile(path) for path in render(pictures / "held_out", held_out)]
    texts = _texts(files)
    steps, seed = recipe.training.steps, recipe.training.seed
    batches = Batches(files, texts, phases, steps=steps, stride=STRIDE, seed=seed)
    training = Training(folder, recipe.shape, recipe.training)
    if training.step == 0 and begun is not None:
        training.go_on_from(begun, batches)
    elif training.step == 0:
        training.start_from(*_words_space(files, texts, recipe.shape.hidden))
    training.run(batches, progress=progress)
    made = training.mean if begun is None else _mixed(training.mean, begun, recipe.keep)
    weights = folder / WEIGHTS_FILE
    write_weights(weights, made, {})
    scores = score_views(TinyEncoder(weights, device=recipe.training.device, texts=texts), unseen, texts)
    hours = training.seconds / 3600
    write_weights(weights, made, _card(recipe, made, scores, len(files), hours, known))
    return Trained(weights, scores, hours)


def _begin(folder: Path, recipe: Recipe) -> None:
    """Leave the recipe in the folder, or find the same one there."""
    asked = json.loads(json.dumps(_plain(recipe)))
    del asked["keep"]  # another share is tried without training again
    for name in ("device", "bfloat16", "checkpoint_every"):  # these change how, not what
        del asked["training"][name]
    path = folder / RECIPE_FILE
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asked, indent=2) + "\n")
        return
    try:
        known = json.loads(path.read_text())
    except ValueError:
        known = None
    if not isinstance(known, dict):
        raise BadFile(path, "no recipe", "Choose another folder to begin anew.")
    begun, wanted = _flat(known), _flat(asked)
    differing = [name for name in wanted if begun.get(name) != wanted[name]]
    if differing:
        name = differing[0]
        raise RequestError(
            f"{folder} holds a training with {name}={begun.get(name)}, not {wanted[name]}. "
            f"Go on as it began, or choose another folder."
        )


def _plain(recipe: Recipe) -> dict[str, Any]:
    """As JSON has it. Weights that it begins with are told by their values."""
    return {**asdict(recipe), "start": "" if recipe.start is None else _digest(recipe.start)}


def _digest(weights: Path) -> str:
    digest = sha256()
    for name, value in read_weights(weights)[1].state_dict().items():
        digest.update(name.encode() + value.numpy().tobytes())
    return digest.hexdigest()[:12]


def _flat(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without sections: the last names are unique."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        found |= _flat(value) if isinstance(value, dict) else {name: value}
    return found


def _texts(files: Sequence[ViewFile]) -> MiniLM:
    """The text encoder, which has heard all descriptions before training asks for them one by one."""
    texts = make_text_encoder(NAME)
    assert isinstance(texts, MiniLM)
    things = chain.from_iterable(file.things.values() for file in files)
    words = sorted({word for thing in things for word in (thing.class_name, thing.description)})
    texts.remember(words, encode_once(texts, words))
    return texts


def _words_space(
    files: Sequence[ViewFile], texts: TextEncoder, hidden: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean of the vectors of all things, and the directions in which they differ most, each as long as their
    standard deviation along it: (d,), (d, hidden)."""
    things = list(dict.fromkeys(thing for file in files for thing in file.things.values()))
    vectors = torch.from_numpy(target_vectors(things, texts))
    mean = vectors.mean(dim=0)
    _, lengths, directions = torch.linalg.svd(vectors - mean, full_matrices=False)
    scaled = (lengths[:, None] / len(vectors) ** 0.5 * directions)[:hidden].T
    full = torch.zeros(len(mean), hidden)
    full[:, : scaled.shape[1]] = scaled
    return mean, full


@torch.no_grad()
def _mixed(learned: TinyNetwork, begun: TinyNetwork, share: float) -> TinyNetwork:
    """A network with the mean of both's weights, of which `share` are those of `begun`."""
    mean = deepcopy(learned)
    there = begun.state_dict()
    for name, value in mean.state_dict().items():
        if value.dtype.is_floating_point:
            value.lerp_(there[name].to(value.device), share)
    return mean


def _card(
    recipe: Recipe,
    network: TinyNetwork,
    scores: ViewScores,
    flats: int,
    hours: float,
    before: Mapping[str, Any],
) -> dict[str, Any]:
    """What the weights are, for whoever holds the file; `before` is the card of those it began with."""
    return {
        "encoder": "tiny",
        "text_encoder": NAME,
        "parameters": sum(weight.numel() for weight in network.parameters()),
        "data": f"{flats} generated flats, {recipe.look.views} views each",
        "hours": round(hours, 2),
        "recipe": _plain(replace(recipe, shape=network.shape)),
        "scores_on_views_of_flats_never_seen": {
            "miou": round(scores.miou, 4),
            "held_out_words": round(scores.held_out_words, 4),
            "colors": round(scores.colors, 4),
        },
        "limits": "Rendered rooms only: on photographs it is weak. See docs/tiny.md.",
        **({"before": dict(before)} if before else {}),
    }
