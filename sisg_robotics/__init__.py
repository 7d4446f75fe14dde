"""Visual-language maps for robots, and the data they are made from.

Names are loaded when first used: importing this package loads no torch, open3d, numba or cv2.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .assets import Asset as Asset
    from .assets import AssetSpec as AssetSpec
    from .assets import make_asset as make_asset
    from .datasets import Finding as Finding
    from .datasets import ImportOptions as ImportOptions
    from .datasets import PoseFormat as PoseFormat
    from .datasets import RgbdFrame as RgbdFrame
    from .datasets import RgbdSequence as RgbdSequence
    from .datasets import import_dataset as import_dataset
    from .datasets import import_seven_scenes as import_seven_scenes
    from .datasets import validate as validate
    from .datasets.mending import Mended as Mended
    from .datasets.mending import mend as mend
    from .encoders import make_encoder as make_encoder
    from .errors import SisgError as SisgError
    from .geometry import Intrinsics as Intrinsics
    from .maps import QueryResult as QueryResult
    from .maps import VoxelMap as VoxelMap
    from .maps import build_map as build_map
    from .maps import merge_maps as merge_maps
    from .navigation import Costmap as Costmap
    from .navigation import Goal as Goal
    from .navigation import Path as Path
    from .navigation import plan_path as plan_path
    from .navigation import replan as replan
    from .navigation import resolve_goal as resolve_goal
    from .navigation import resolve_goals as resolve_goals
    from .navigation.goals.llm import LlmParser as LlmParser
    from .reconstruction import Reconstruction as Reconstruction
    from .reconstruction import reconstruct as reconstruct
    from .rendering.objects.batch import render_objects as render_objects
    from .rendering.render import render as render
    from .scenes import Scene as Scene
    from .scenes import generate_scene as generate_scene
    from .scenes import load_scene as load_scene
    from .scenes import save_scene as save_scene
    from .simulation import Errand as Errand
    from .simulation import Robot as Robot
    from .simulation import run_errand as run_errand
    from .simulation.explore import Exploration as Exploration
    from .simulation.explore import explore as explore

__version__ = "0.1.0"

_HOME_OF = {
    "Asset": "assets",
    "AssetSpec": "assets",
    "make_asset": "assets",
    "Finding": "datasets",
    "PoseFormat": "datasets",
    "RgbdFrame": "datasets",
    "RgbdSequence": "datasets",
    "ImportOptions": "datasets",
    "import_dataset": "datasets",
    "import_seven_scenes": "datasets",
    "validate": "datasets",
    "Mended": "datasets.mending",
    "mend": "datasets.mending",
    "make_encoder": "encoders",
    "SisgError": "errors",
    "Intrinsics": "geometry",
    "QueryResult": "maps",
    "VoxelMap": "maps",
    "build_map": "maps",
    "merge_maps": "maps",
    "Costmap": "navigation",
    "Goal": "navigation",
    "Path": "navigation",
    "plan_path": "navigation",
    "replan": "navigation",
    "resolve_goal": "navigation",
    "resolve_goals": "navigation",
    "LlmParser": "navigation.goals.llm",
    "Reconstruction": "reconstruction",
    "reconstruct": "reconstruction",
    "render": "rendering.render",
    "render_objects": "rendering.objects.batch",
    "Scene": "scenes",
    "generate_scene": "scenes",
    "load_scene": "scenes",
    "save_scene": "scenes",
    "Errand": "simulation",
    "Exploration": "simulation.explore",
    "Robot": "simulation",
    "explore": "simulation.explore",
    "run_errand": "simulation",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_HOME_OF[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME_OF})
