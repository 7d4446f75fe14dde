"""From a scene to frames: where a robot walks, and what its camera sees there."""

from .cameras import walk_trajectory as walk_trajectory
from .channels import RenderedChannels as RenderedChannels
from .overview import render_overview as render_overview
from .raycaster import Raycaster as Raycaster
from .render import render as render
