"""A scorecard over generated flats: rendered, mapped by an encoder and the oracle, measured part by part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import cached_property, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import sisg_robotics as sisg

from .._progress import progress_bar
from .._theme import LIGHT, Theme
from .._wording import counted
from ..evaluation.driven_flats import NAVIGATION
from ..evaluation.flats import CELL_SIZE_M, Flat, MappedFlat, recorded_flat, with_another_map, with_truth
from ..evaluation.map_scores import MAPS, ORACLE, MapScores, figures, losses
from ..evaluation.scorecard import Part, Section, json_of
from ..evaluation.segmentation import mean_iou
from .configs import EncoderConfig, ScorecardConfig
from .scenes import default_map_file
from .scorecard_page import block, scorecard_page, write_report
from .scorecard_pictures import CHARTS_NOTE, class_bars, score_chart, top_k_chart

PARTS: tuple[Part, ...] = (MAPS, NAVIGATION)
"""What is measured, in the order of the tables. Another part joins by standing here."""

CLASSES_NOTE = "IoU of each class, the mean over the flats that have it, the worst first, structure last."


@dataclass(frozen=True, eq=False)
class Measured:
    """What each part measured of each flat."""

    config: ScorecardConfig
    flats: Sequence[Mapping[str, Any]]
    """By the part's name."""

    @cached_property
    def sections(self) -> list[Section]:
        """The tables of all parts."""
        return [
            section for part in PARTS for section in part.sections([flat[part.name] for flat in self.flats])
        ]

    @property
    def maps(self) -> dict[str, list[MapScores]]:
        """The scores of maps, by encoder."""
        of_flats = [flat[MAPS.name] for flat in self.flats]
        return {encoder: [flat[encoder] for flat in of_flats] for encoder in of_flats[0]}


def measured_parts(config: ScorecardConfig) -> Measured:
    """Measure every flat, several at a time where the config says so. What is there is not made again."""
    seeds = range(config.first_seed, config.first_seed + config.flats)
    work = partial(measure_flat, config=config)
    if config.workers == 1:
        return Measured(config, [work(seed) for seed in seeds])
    with ProcessPoolExecutor(config.workers, mp_context=get_context("spawn")) as pool:
        flats = progress_bar(pool.map(work, seeds), "flats", shown=True, total=config.flats, unit="flat")
        return Measured(config, list(flats))


def measure_flat(seed: int, config: ScorecardConfig) -> dict[str, Any]:
    """What each part measures of the flat of one seed."""
    flat = recorded_flat(seed, Path(config.out), frames=config.frames, sensor=config.sensor)
    maps: dict[str, MappedFlat] = {}
    for encoder in dict.fromkeys([config.encoder, EncoderConfig(ORACLE)]):
        vmap = _map_of(flat, encoder)
        known = next(iter(maps.values()), None)
        maps[vmap.encoder] = with_truth(flat, vmap) if known is None else with_another_map(known, vmap)
    return {part.name: part.measure(maps) for part in PARTS}


def write_scorecard(stem: Path, measured: Measured, theme: Theme = LIGHT) -> None:
    """Write <stem>.json and <stem>.html."""
    config = measured.config
    said = {
        "flats": config.flats,
        "first_seed": config.first_seed,
        "frames": config.frames,
        "sensor": config.sensor,
    }
    kept = {**said, "encoder": asdict(config.encoder), "sections": json_of(measured.sections)}
    write_report(stem, kept, _page(measured, theme))


def _map_of(flat: Flat, encoder: EncoderConfig) -> sisg.VoxelMap:
    """The map that was kept, or one that is built now and kept."""
    path = default_map_file(flat.sequence.root, encoder.map_name)
    if path.is_file():
        vmap = sisg.VoxelMap.load(path)
        if vmap.frame_indices.tolist() == list(range(len(flat.sequence))):
            return vmap
    made = sisg.make_encoder(encoder.name, sequence=flat.sequence, **encoder.options())
    vmap = sisg.build_map(flat.sequence, made, cell_size_m=CELL_SIZE_M, progress=True)
    return sisg.VoxelMap.load(vmap.save(path))  # as a file has it, in half precision, so that runs agree


def _page(measured: Measured, theme: Theme) -> str:
    maps, config = measured.maps, measured.config
    first = next(iter(maps))
    asked = [one for scores in maps[first] for one in scores.asked]
    curve = top_k_chart({name: [one.objects for one in scores] for name, scores in maps.items()})
    charts = f'<div class="charts"><div>{score_chart(asked)}</div><div>{curve}</div></div>'
    iou = {name: _class_means(scores) for name, scores in maps.items()}
    blocks = [
        block("Classes", class_bars(iou, theme), CLASSES_NOTE),
        block("Scores", charts, CHARTS_NOTE),
    ]
    got = figures(maps[first])
    verdict = f"{counted(config.flats, 'flat')}: cells are named with mIoU {got['miou']:.2f}."
    if first != ORACLE:
        mapping, encoder = losses(got, figures(maps[ORACLE]))["miou"]
        verdict += f" Of the mIoU, mapping loses {mapping + 0.0:.2f} and the encoder {encoder:.2f}."
    return scorecard_page(f"Scorecard of {first}", verdict, [*measured.sections, *blocks], theme)


def _class_means(scores: Sequence[MapScores]) -> dict[str, float]:
    named = [one.segmentation for one in scores]
    return {name: mean_iou(named, [name]) for one in named for name in one.iou_by_class}
