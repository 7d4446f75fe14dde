"""Configs written for VLMaps: which of its keys are read here, and which have nothing to act on."""

from __future__ import annotations

import sys
from collections.abc import Collection
from typing import Any

_WITHOUT_EFFECT: dict[str, Any] = {
    "nav": None,
    "decay_rate": None,
    "index_2d": None,
    "init_categories": None,
    "scene_names": None,
    "data_cfg": None,
    "data_paths": {"habitat_scene_dir": None},
    "params": {
        "camera_height": None,
        "map_type": None,
        "forward_dist": None,
        "turn_angle": None,
        "sim_setting": None,
        "sound_map_config": None,
        "controller_config": None,
    },
    "map_config": {
        "map_type": None,
        "grid_size": None,
        "dilate_iter": None,
        "gaussian_sigma": None,
        "customize_obstacle_map": None,
        "potential_obstacle_names": None,
        "obstacle_names": None,
        "categories": None,
    },
}
"""VLMaps' keys that belong to its simulator, its navigation or its obstacle maps."""


_GROUPS = ("params", "map_config")
"""VLMaps' groups that all of its configs bring along, also to applications that need none of their keys."""


def without_effect(values: Any, keys: Collection[str]) -> dict[str, Any]:
    """The values without those of VLMaps' keys that have no effect here. Says once which they were.

    `keys` are the application's own, without dots.
    """
    idle = _WITHOUT_EFFECT | {group: None for group in _GROUPS if group not in keys}
    kept, dropped = _split(values, idle, "")
    if dropped:
        print(f"VLMaps keys without effect here: {', '.join(dropped)}.", file=sys.stderr)
    return kept


def _split(values: dict[str, Any], idle: dict[str, Any], prefix: str) -> tuple[dict[str, Any], list[str]]:
    kept: dict[str, Any] = {}
    dropped: list[str] = []
    for name, value in values.items():
        if name in idle and idle[name] is None:
            dropped.append(prefix + name)
        elif name in idle and isinstance(value, dict):
            kept[name], below = _split(value, idle[name], f"{prefix}{name}.")
            dropped += below
        else:
            kept[name] = value
    return kept, dropped
