"""Keys of navigate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...errors import BadValue
from .keys import DataPathsConfig, check_at_least, key, theme_key
from .map_server import RobotConfig
from .maps import EncoderConfig


@dataclass(frozen=True)
class LlmConfig:
    """Who reads the sentence, where it is not the built-in grammar."""

    url: str | None = key(
        None, "OpenAI-compatible service: http://127.0.0.1:11434/v1; null: built-in grammar"
    )
    model: str = key("gpt-4o-mini", "which of its models")
    key_variable: str = key(
        "OPENAI_API_KEY", "environment variable that holds its key; unset: no key is sent"
    )
    timeout_s: float = key(20.0, "longest wait for its answer, seconds; the grammar reads what it doesn't")


@dataclass(frozen=True)
class NavigateConfig:
    """Keys of navigate."""

    say: Any = key(None, 'where to go: "go to the sofa, then face the window"; null: asks')
    start: list[float] | None = key(
        None, "where the robot is, [x,y] in metres; null: the roomiest free place"
    )
    start_yaw_deg: float = key(0.0, "which way it looks, counter-clockwise from +x")
    scene_id: Any = key(
        None, "scene folder: name, path, or position in the sorted list; null: the demo scene"
    )
    map: str | None = key(None, "map file; null: the scene's map of this encoder")
    robot: RobotConfig = key(RobotConfig, "for whom paths are planned")
    simulate: bool = key(False, "drive it, too, in a generated scene, and film what the robot sees")
    explore: bool = key(False, "drive without a map, and map while looking for what the sentence names")
    max_steps: int = key(
        4000, "simulate: most actions (5 cm forward, or a turn of 5 degrees) for one sentence"
    )
    out: str | None = key(None, "folder of the pictures; null: navigation/ beside the map")
    theme: str = theme_key()
    llm: LlmConfig = key(LlmConfig, "who reads the sentence")
    encoder: EncoderConfig = key(EncoderConfig, "which map of the scene")
    data_paths: DataPathsConfig = key(DataPathsConfig, "where data lies")
    debug: bool = key(False, "show the whole traceback of an error")

    def __post_init__(self) -> None:
        check_at_least("max_steps", self.max_steps, 1)
        if self.start is not None and len(self.start) != 2:
            raise BadValue("start", list(self.start), "two numbers, [x,y] in metres")
