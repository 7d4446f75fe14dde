"""What is evaluated: a map, the recording with its truth, and the oracle's map beside."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import sisg_robotics as sisg

from ..errors import RequestError
from ..evaluation.flats import Flat, MappedFlat, opened_flat, with_another_map, with_truth
from ..maps.query import check_has_features
from .configs import EvaluateMapConfig, EvaluateNavigationConfig, IndexMapConfig, SceneConfig
from .scenes import default_map_file, find_map, find_scene


def map_and_recording(config: EvaluateMapConfig | EvaluateNavigationConfig) -> tuple[Path, Path]:
    """The map file, and the folder of the recording that it is measured against."""
    wanted = IndexMapConfig(
        scene_id=config.scene_id, map=config.map, encoder=config.encoder, data_paths=config.data_paths
    )
    path = find_map(wanted)
    if config.scene_id is None and config.map is not None:
        folder = path.resolve().parent.parent
        if not (folder / "sequence.json").is_file():
            raise RequestError(
                f"{path} does not lie in the map/ folder of a recording. Say which it is of, with scene_id=."
            )
        return path, folder
    scene_id = SceneConfig().name if config.scene_id is None else config.scene_id
    return path, find_scene(scene_id, config.data_paths)


def mapped_beside(config: EvaluateMapConfig | EvaluateNavigationConfig) -> tuple[Path, list[MappedFlat]]:
    """The map file, the map with its truth and, where the config says so, the oracle's map beside."""
    path, folder = map_and_recording(config)
    flat = opened_flat(folder)
    vmap = sisg.VoxelMap.load(path)
    check_has_features(vmap)
    mapped = [with_truth(flat, vmap)]
    if config.oracle and vmap.encoder != "oracle":
        mapped.append(with_another_map(mapped[0], oracle_beside(flat, vmap, path)))
    return path, mapped


def oracle_beside(flat: Flat, vmap: sisg.VoxelMap, map_file: Path) -> sisg.VoxelMap:
    """The oracle's map of the recording on the grid and of the frames of another map.

    The one that lies in the recording is taken where it fits; else one is built and kept, as oracle.h5 or,
    where that is of another grid, as oracle_<map>.h5.
    """
    usual = default_map_file(flat.sequence.root, "oracle")
    for path in (usual, usual.with_name(f"oracle_{map_file.stem}.h5")):
        if not path.is_file():
            break
        beside = sisg.VoxelMap.load(path)
        if _same_grid(beside, vmap):
            return beside
    oracle = sisg.make_encoder("oracle", sequence=flat.sequence)
    built = sisg.build_map(
        flat.sequence,
        oracle,
        cell_size_m=vmap.cell_size_m,
        origin_xyz_m=vmap.origin_xyz_m.tolist(),
        frames=vmap.frame_indices.tolist() or None,
        progress=True,
    )
    return sisg.VoxelMap.load(built.save(path))  # as a file has it, in half precision, so that runs agree


def _same_grid(a: sisg.VoxelMap, b: sisg.VoxelMap) -> bool:
    return (
        a.encoder == "oracle"
        and a.cell_size_m == b.cell_size_m
        and np.array_equal(a.origin_xyz_m, b.origin_xyz_m)
        and np.array_equal(a.frame_indices, b.frame_indices)
    )
