"""From a map to where a robot goes: costmap, goals in words, paths."""

from .costmap import Costmap as Costmap
from .floors import floor_layers as floor_layers
from .goals import Goal as Goal
from .goals import resolve_goal as resolve_goal
from .goals import resolve_goals as resolve_goals
from .planner import Path as Path
from .planner import plan_path as plan_path
from .planner import replan as replan
