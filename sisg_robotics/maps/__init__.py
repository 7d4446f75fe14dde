"""Features in space: frames fused into a voxel map, stored, and asked in words."""

from .accumulate import VoxelFusion as VoxelFusion
from .fuse import build_map as build_map
from .merge import merge_maps as merge_maps
from .objects import MapObject as MapObject
from .query import QueryResult as QueryResult
from .voxel_map import VoxelMap as VoxelMap
