"""From a scene to frames: where a robot walks, and what its camera sees there."""

from .overview import render_overview as render_overview
from .raycaster import Raycaster as Raycaster
from .raycaster import RenderedChannels as RenderedChannels
from .render import render as render
from .trajectory import walk_trajectory as walk_trajectory
