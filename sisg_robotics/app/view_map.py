"""What view_map shows, found from its config, and how long."""

from __future__ import annotations

import threading
from functools import partial

from ..serving.viewer.scene_maps import SceneMaps, maps_beside, recording_of
from .configs import IndexMapConfig, ViewMapConfig
from .scenes import find_map, open_recording


def scene_maps(config: ViewMapConfig) -> tuple[SceneMaps, str]:
    """The map of the config, those beside it, their recording where it is still there; and the map's name."""
    asked = IndexMapConfig(
        scene_id=config.scene_id, map=config.map, encoder=config.encoder, data_paths=config.data_paths
    )
    path = find_map(asked)
    opened = partial(open_recording, map_config=config.map_config)
    recording, why_none = recording_of(path.resolve().parent.parent, opened)
    return SceneMaps(maps_beside(path), recording, why_none, config.robot_radius_m), path.stem


def until_ctrl_c() -> None:
    """Wait until somebody presses Ctrl-C."""
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        print()
