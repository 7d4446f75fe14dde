"""Recordings of other layouts, one file a format, brought into ours by one driver (importing.py)."""

from .importing import import_dataset as import_dataset
from .importing import import_seven_scenes as import_seven_scenes
from .recording import ImportOptions as ImportOptions
from .ros_options import RosOptions as RosOptions
