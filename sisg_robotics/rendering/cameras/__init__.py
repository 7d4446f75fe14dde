"""Where cameras stand: trajectories through scenes, and whether their views are worth taking."""

from .camera_pose import camera_pose as camera_pose
from .look_around import look_around_trajectory as look_around_trajectory
from .orbit import orbit_object_trajectory as orbit_object_trajectory
from .orbit import orbit_trajectory as orbit_trajectory
from .plan import TrajectoryPlan as TrajectoryPlan
from .plan import plan_trajectory as plan_trajectory
from .pose_files import file_trajectory as file_trajectory
from .rig import Rig as Rig
from .rig import make_rig as make_rig
from .site import CAMERA_HEIGHT_M as CAMERA_HEIGHT_M
from .site import ROBOT_RADIUS_M as ROBOT_RADIUS_M
from .site import Site as Site
from .surface import Surface as Surface
from .trajectory import Trajectory as Trajectory
from .view_checks import ViewChecks as ViewChecks
from .walk import walk_trajectory as walk_trajectory
from .waypoints import waypoint_trajectory as waypoint_trajectory
