"""Scenes: what is placed where."""

from .architecture import scene_instances as scene_instances
from .check import check_scene as check_scene
from .files import load_scene as load_scene
from .files import save_scene as save_scene
from .free_space import WalkableGrid as WalkableGrid
from .free_space import walkable as walkable
from .generate import generate_scene as generate_scene
from .rooms import room_kinds as room_kinds
from .scene import Instance as Instance
from .scene import Light as Light
from .scene import Opening as Opening
from .scene import PlacedObject as PlacedObject
from .scene import Room as Room
from .scene import Scene as Scene
from .scene import Unplaced as Unplaced
from .scene import Wall as Wall
