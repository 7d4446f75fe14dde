"""The keys of the applications: a type, a default and one line of meaning each. `--help` prints them.

A YAML file in config/ only selects and overrides. VLMaps' own names keep VLMaps' meaning.
"""

from __future__ import annotations

from .evaluation import EvaluateMapConfig as EvaluateMapConfig
from .evaluation import EvaluateNavigationConfig as EvaluateNavigationConfig
from .evaluation import ScorecardConfig as ScorecardConfig
from .keys import DataPathsConfig as DataPathsConfig
from .many import ObjectViewsConfig as ObjectViewsConfig
from .many import RenderObjectsConfig as RenderObjectsConfig
from .many import RenderScenesConfig as RenderScenesConfig
from .many import SceneListConfig as SceneListConfig
from .many import WorkersConfig as WorkersConfig
from .map_server import MapServerConfig as MapServerConfig
from .map_server import RobotConfig as RobotConfig
from .maps import CreateMapConfig as CreateMapConfig
from .maps import EncoderConfig as EncoderConfig
from .maps import IndexMapConfig as IndexMapConfig
from .maps import ParamsConfig as ParamsConfig
from .models import FetchModelsConfig as FetchModelsConfig
from .navigate import NavigateConfig as NavigateConfig
from .recordings import ImportDatasetConfig as ImportDatasetConfig
from .recordings import MapConfig as MapConfig
from .recordings import PoseInfoConfig as PoseInfoConfig
from .recordings import ReconstructConfig as ReconstructConfig
from .recordings import RosConfig as RosConfig
from .recordings import ValidateDatasetConfig as ValidateDatasetConfig
from .scenes import DEMO_PROMPT as DEMO_PROMPT
from .scenes import DEMO_SEED as DEMO_SEED
from .scenes import ChecksConfig as ChecksConfig
from .scenes import GenerateSceneConfig as GenerateSceneConfig
from .scenes import RenderConfig as RenderConfig
from .scenes import RenderDatasetConfig as RenderDatasetConfig
from .scenes import SceneConfig as SceneConfig
from .training import TrainEncoderConfig as TrainEncoderConfig
from .view_map import ViewMapConfig as ViewMapConfig

CONFIGS: dict[str, type] = {
    "generate_scene": GenerateSceneConfig,
    "render_dataset": RenderDatasetConfig,
    "import_dataset": ImportDatasetConfig,
    "validate_dataset": ValidateDatasetConfig,
    "reconstruct": ReconstructConfig,
    "create_map": CreateMapConfig,
    "index_map": IndexMapConfig,
    "view_map": ViewMapConfig,
    "navigate": NavigateConfig,
    "evaluate_map": EvaluateMapConfig,
    "evaluate_navigation": EvaluateNavigationConfig,
    "scorecard": ScorecardConfig,
    "render_objects": RenderObjectsConfig,
    "render_scenes": RenderScenesConfig,
    "fetch_models": FetchModelsConfig,
    "train_encoder": TrainEncoderConfig,
    "map_server": MapServerConfig,
}
"""The config class of each application."""
