"""A robot in a generated scene: it drives, looks, maps what it sees, and explores."""

from .errand import Errand as Errand
from .errand import run_errand as run_errand
from .explore import Exploration as Exploration
from .explore import explore as explore
from .follow import Drive as Drive
from .follow import follow as follow
from .robot import Robot as Robot
