"""Frames and cameras. Transforms cancel by name: `p_world = T_world_cam @ p_cam`."""

from .axes import CAMERA_AXES as CAMERA_AXES
from .axes import WORLD_AXES as WORLD_AXES
from .axes import camera_pose_from_opencv as camera_pose_from_opencv
from .axes import camera_pose_to_opencv as camera_pose_to_opencv
from .axes import world_pose_from_z_up as world_pose_from_z_up
from .axes import world_pose_to_z_up as world_pose_to_z_up
from .distortion import Distortion as Distortion
from .intrinsics import Intrinsics as Intrinsics
from .rotations import matrix_from_quat_wxyz as matrix_from_quat_wxyz
from .rotations import matrix_from_quat_xyzw as matrix_from_quat_xyzw
from .rotations import quat_wxyz_from_matrix as quat_wxyz_from_matrix
from .rotations import quat_xyzw_from_matrix as quat_xyzw_from_matrix
from .rotations import rotation_about as rotation_about
from .rotations import rotation_angle_rad as rotation_angle_rad
from .rotations import rotation_z as rotation_z
from .se3 import as_se3 as as_se3
from .se3 import invert as invert
from .se3 import look_at as look_at
from .se3 import pose as pose
from .se3 import rigid_error as rigid_error
from .se3 import transform as transform
