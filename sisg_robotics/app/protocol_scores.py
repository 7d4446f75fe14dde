"""Maps of real recordings measured against labelled scans, as a table, as JSON and as a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

import sisg_robotics as sisg

from .._theme import LIGHT, Theme
from ..errors import BadFile, BadValue
from ..evaluation.ground_truth import read_truth
from ..evaluation.protocols import find_protocol
from ..evaluation.protocols.measure import measure_scene, moved
from ..evaluation.protocols.opennerf import by_thirds
from ..evaluation.protocols.protocol import Protocol, ProtocolScores, SceneResult
from ..evaluation.scorecard import Section, json_of
from .configs import EvaluateMapConfig
from .evaluated import map_and_recording
from .scorecard_page import scorecard_page, write_report

COLUMNS = ("mIoU", "mAcc", "f-mIoU", "accuracy")


@dataclass(frozen=True, eq=False)
class MeasuredScenes:
    """What a protocol measured of the maps of some scenes."""

    protocol: Protocol
    encoder: str
    map_files: Sequence[Path]
    scenes: Sequence[tuple[str, SceneResult]]
    """Names of the recordings and their confusion matrices."""

    @property
    def scores(self) -> ProtocolScores:
        """Of all scenes, as the protocol puts them together."""
        return self.protocol.score([result for _, result in self.scenes])

    @property
    def sections(self) -> list[Section]:
        """A row a scene and one of all; and the classes."""
        rows = [(name, *self.protocol.score([result])[:4]) for name, result in self.scenes]
        scores = self.scores
        table = Section(
            f"{self.encoder}, measured as {self.protocol.paper}",
            ("scene", *COLUMNS),
            (*rows, ("all", *scores[:4])),
            "Compare with figures of the same protocol alone.",
        )
        classes = sorted(scores.iou_by_class.items(), key=lambda item: -item[1])
        sections = [table, Section("Classes", ("class", "IoU"), tuple(classes))]
        if self.protocol.name == "opennerf" and len(self.scenes[0][1].names) == 51:
            sections.insert(
                1, Section("Classes by frequency", ("third", "mIoU"), tuple(by_thirds(scores).items()))
            )
        return sections


def measured_scenes(config: EvaluateMapConfig) -> MeasuredScenes:
    """Measure the maps of the scenes that are named against their truth."""
    assert config.protocol is not None and config.truth is not None
    protocol = find_protocol(config.protocol)
    several = config.scene_id if isinstance(config.scene_id, list) else [config.scene_id]
    if not several or (len(several) > 1 and config.map is not None):
        raise BadValue("scene_id", several, "one scene or more, and map= of one alone")
    scenes, files, encoders = [], [], []
    for scene_id in several:
        path, folder = map_and_recording(replace(config, scene_id=scene_id))
        vmap = sisg.VoxelMap.load(path)
        name = folder.resolve().name
        scan = moved(read_truth(config.truth, name), _T_world_source(folder))
        scenes.append((name, measure_scene(protocol, vmap, scan)))
        files.append(path)
        encoders.append(vmap.encoder)
    return MeasuredScenes(protocol, " and ".join(dict.fromkeys(encoders)), files, scenes)


def write_protocol_scores(stem: Path, measured: MeasuredScenes, theme: Theme = LIGHT) -> None:
    """Write <stem>.json and <stem>.html."""
    kept = {
        "protocol": measured.protocol.name,
        "paper": measured.protocol.paper,
        "maps": [str(path) for path in measured.map_files],
        "sections": json_of(measured.sections),
    }
    verdict = f"mIoU {measured.scores.miou:.3f} as {measured.protocol.paper} measures it."
    page = scorecard_page(f"{measured.encoder} on labelled scans", verdict, measured.sections, theme)
    write_report(stem, kept, page)


def _T_world_source(folder: Path) -> np.ndarray:
    """How the importer turned the dataset's world, which is the scan's; not at all without an importer."""
    said = sisg.RgbdSequence.open(folder).made_by.get("T_world_source")
    if said is None:
        return np.eye(4)
    try:
        T = np.array(said, dtype=np.float64)
    except (TypeError, ValueError):
        T = np.zeros(0)
    if T.shape != (4, 4) or not np.all(np.isfinite(T)):
        raise BadFile(folder / "sequence.json", "has no 4 x 4 made_by.T_world_source", "Import it again.")
    return T
