"""A ROS 2 node that offers a map: as grid and as coloured points, with goals in words and paths.

It runs in ROS 2's Python, with sisg_robotics installed beside rclpy:

python3 exporters/ros2_map_node.py --ros-args -p map:=data/demo/map/tiny.h5

    topic or service   type                          what
    ~/map              nav_msgs/OccupancyGrid        out, latched: free 0, occupied 100, unknown -1
    ~/points           sensor_msgs/PointCloud2       out, latched: centres of the cells, in colour
    ~/question         std_msgs/String               in: "somewhere to sit"
    ~/answer           std_msgs/String               out: what `query` answers, as JSON
    ~/objects          geometry_msgs/PoseArray       out: centres of the objects found
    ~/go               std_msgs/String               in: "left of the sofa, then face the window"
    ~/goal             geometry_msgs/PoseStamped     out: where to go first
    ~/goals            geometry_msgs/PoseArray       out: all goals, in order
    ~/path             nav_msgs/Path                 out: the way through all of them
    ~/reading          std_msgs/String               out: what was understood, or why nothing came of it
    ~/get_map          nav_msgs/srv/GetMap           the grid
    ~/plan             nav_msgs/srv/GetPlan          a path from start to goal

    parameter          default                       what
    map                (must be set)                 map file
    frame_id           map                           the world of the map in tf
    robot_frame        base_link                     the robot in tf; its pose is where goals are seen from
    robot_radius_m     0.2
    robot_height_m     1.5

What builds messages was tested with the message types of the package rosbags, and `MapNode` with a stand-in
for rclpy's node. `main`, which joins them to rclpy and tf2, was NOT RUN: no ROS 2 was at hand. ROS has no
standard service that takes a text, so words come on topics.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import atan2, cos, sin
from typing import Any

import numpy as np

from sisg_robotics.errors import BadValue, SisgError

UNKNOWN_VALUE, FREE_VALUE, OCCUPIED_VALUE = -1, 0, 100
FLOAT32 = 7  # sensor_msgs/PointField.FLOAT32
POINT = np.dtype([("x", "<f4"), ("y", "<f4"), ("z", "<f4"), ("rgb", "<u4")])
"""A point as RViz reads it: the bytes of `rgb` are 0x00RRGGBB, though the field is called a float."""

NO_MOVE_M = 1e-6


@dataclass(frozen=True)
class Kinds:
    """The message classes to build with, by their names in ROS, and how they hold numbers."""

    of: Callable[[str], Any]
    """The class of a name such as "nav_msgs/msg/Path"."""
    numbers: Callable[[np.ndarray], Any] = lambda values: array(values.dtype.char, values.tobytes())

    def make(self, kind: str, /, **fields: Any) -> Any:
        """A message of that kind with all of its fields."""
        return self.of(kind)(**fields)


def occupancy_grid(kinds: Kinds, costmap: Any, header: Any) -> Any:
    """nav_msgs/OccupancyGrid of a Costmap: rows along x, from low y to high y."""
    values = np.array([FREE_VALUE, OCCUPIED_VALUE, UNKNOWN_VALUE], dtype=np.int8)  # by Costmap.state
    width, height = costmap.state.shape
    x_m, y_m = costmap.origin_xy_m
    info = kinds.make(
        "nav_msgs/msg/MapMetaData",
        map_load_time=header.stamp,
        resolution=float(costmap.cell_size_m),
        width=width,
        height=height,
        origin=pose(kinds, (x_m, y_m, costmap.floor_z_m), 0.0),
    )
    data = kinds.numbers(np.ascontiguousarray(values[costmap.state].T).ravel())
    return kinds.make("nav_msgs/msg/OccupancyGrid", header=header, info=info, data=data)


def point_cloud(kinds: Kinds, vmap: Any, header: Any) -> Any:
    """sensor_msgs/PointCloud2 of a VoxelMap: centre and colour of every cell."""
    points = np.empty(len(vmap), POINT)
    points["x"], points["y"], points["z"] = vmap.centers_xyz_m.T
    red, green, blue = vmap.rgb.T.astype(np.uint32)
    points["rgb"] = red << 16 | green << 8 | blue
    fields = [
        kinds.make("sensor_msgs/msg/PointField", name=name, offset=4 * i, datatype=FLOAT32, count=1)
        for i, name in enumerate(("x", "y", "z", "rgb"))
    ]
    return kinds.make(
        "sensor_msgs/msg/PointCloud2",
        header=header,
        height=1,
        width=len(points),
        fields=fields,
        is_bigendian=False,
        point_step=POINT.itemsize,
        row_step=POINT.itemsize * len(points),
        data=kinds.numbers(points.view(np.uint8)),
        is_dense=True,
    )


def pose(kinds: Kinds, xyz_m: Sequence[float], yaw_rad: float) -> Any:
    """geometry_msgs/Pose at a point, turned about z."""
    x_m, y_m, z_m = (float(value) for value in xyz_m)
    turned = {"x": 0.0, "y": 0.0, "z": sin(yaw_rad / 2), "w": cos(yaw_rad / 2)}
    return kinds.make(
        "geometry_msgs/msg/Pose",
        position=kinds.make("geometry_msgs/msg/Point", x=x_m, y=y_m, z=z_m),
        orientation=kinds.make("geometry_msgs/msg/Quaternion", **turned),
    )


def yaw_of(orientation: Any) -> float:
    """Turn about z of a geometry_msgs/Quaternion, radians in (-pi, pi]."""
    x, y, z, w = orientation.x, orientation.y, orientation.z, orientation.w
    return atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z))


def pose_stamped(kinds: Kinds, xyz_m: Sequence[float], yaw_rad: float, header: Any) -> Any:
    """geometry_msgs/PoseStamped."""
    return kinds.make("geometry_msgs/msg/PoseStamped", header=header, pose=pose(kinds, xyz_m, yaw_rad))


def pose_array(kinds: Kinds, poses: Sequence[Any], header: Any) -> Any:
    """geometry_msgs/PoseArray."""
    return kinds.make("geometry_msgs/msg/PoseArray", header=header, poses=list(poses))


def path_message(
    kinds: Kinds, points_xy_m: np.ndarray, floor_z_m: float, header: Any, last_yaw_rad: float | None = None
) -> Any:
    """nav_msgs/Path through points (k, 2): each pose looks at the next point, the last as it is told.

    A point that repeats the one before, as where the robot only turns, is left out: it looks nowhere.
    """
    if not len(points_xy_m):
        return kinds.make("nav_msgs/msg/Path", header=header, poses=[])
    moves = np.linalg.norm(np.diff(points_xy_m, axis=0), axis=1) > NO_MOVE_M
    points_xy_m = points_xy_m[np.append(True, moves)]
    steps = np.diff(points_xy_m, axis=0)
    yaws = np.arctan2(steps[:, 1], steps[:, 0]).tolist()
    yaws.append((yaws[-1] if yaws else 0.0) if last_yaw_rad is None else last_yaw_rad)
    poses = [
        pose_stamped(kinds, (x_m, y_m, floor_z_m), yaw_rad, header)
        for (x_m, y_m), yaw_rad in zip(points_xy_m.tolist(), yaws, strict=True)
    ]
    return kinds.make("nav_msgs/msg/Path", header=header, poses=poses)


def answer_json(answer: Any) -> str:
    """A QueryResult without its scores, as JSON."""
    objects = [
        {
            "score": round(found.score, 4),
            "center_xyz_m": [round(value, 4) for value in found.center_xyz_m],
            "size_xyz_m": [round(value, 4) for value in found.size_xyz_m],
            "cell_count": found.cell_count,
        }
        for found in answer.objects
    ]
    return json.dumps({"text": answer.text, "found": answer.found, "objects": objects}, ensure_ascii=False)


class MapNode:
    """Topics and services of one map on a node of rclpy.

    `robot_pose` gives x, y and yaw of the robot in the map's world, and raises SisgError where it is unknown.
    """

    def __init__(
        self,
        node: Any,
        kinds: Kinds,
        vmap: Any,
        costmap: Any,
        *,
        robot_pose: Callable[[], tuple[float, float, float]],
        latched: Any,
        frame_id: str = "map",
    ) -> None:
        self._node, self._kinds, self._vmap, self._costmap = node, kinds, vmap, costmap
        self._robot_pose, self._frame_id = robot_pose, frame_id
        self._publishers: dict[str, Any] = {}
        for name, kind in (("map", "nav_msgs/msg/OccupancyGrid"), ("points", "sensor_msgs/msg/PointCloud2")):
            self._publishers[name] = node.create_publisher(kinds.of(kind), f"~/{name}", latched)
        for name, kind in (
            ("answer", "std_msgs/msg/String"),
            ("objects", "geometry_msgs/msg/PoseArray"),
            ("goal", "geometry_msgs/msg/PoseStamped"),
            ("goals", "geometry_msgs/msg/PoseArray"),
            ("path", "nav_msgs/msg/Path"),
            ("reading", "std_msgs/msg/String"),
        ):
            self._publishers[name] = node.create_publisher(kinds.of(kind), f"~/{name}", 10)
        text = kinds.of("std_msgs/msg/String")
        node.create_subscription(text, "~/question", self.on_question, 10)
        node.create_subscription(text, "~/go", self.on_go, 10)
        node.create_service(kinds.of("nav_msgs/srv/GetMap"), "~/get_map", self.on_get_map)
        node.create_service(kinds.of("nav_msgs/srv/GetPlan"), "~/plan", self.on_plan)

    def publish_map(self) -> None:
        """Send grid and points, once: whoever comes later gets them, too."""
        header = self._header()
        self._send("map", occupancy_grid(self._kinds, self._costmap, header))
        self._send("points", point_cloud(self._kinds, self._vmap, header))

    def on_question(self, question: Any) -> None:
        """Answer a text with what is in the map."""
        try:
            answer = self._vmap.query(question.data)
        except SisgError as error:
            self._say("answer", json.dumps({"error": str(error)}, ensure_ascii=False))
            return
        self._say("answer", answer_json(answer))
        centers = [pose(self._kinds, found.center_xyz_m, 0.0) for found in answer.objects]
        self._send("objects", pose_array(self._kinds, centers, self._header()))

    def on_go(self, question: Any) -> None:
        """Answer a text with goals and the way through them; nothing is sent where one cannot be reached."""
        from sisg_robotics.navigation import plan_path, resolve_goals

        try:
            start = self._robot_pose()
            goals = resolve_goals(question.data, self._vmap, start, costmap=self._costmap)
            places = [start[:2], *(goal.xy_m for goal in goals)]
            paths = [plan_path(self._costmap, *pair) for pair in pairwise(places)]
        except SisgError as error:
            self._say("reading", str(error))
            return
        parts = zip(goals, paths, strict=True)
        self._say("reading", " ".join(_sentence(goal.reading, goal.note, path.note) for goal, path in parts))
        if not all(goal.found for goal in goals) or not all(path.reached for path in paths):
            return
        header, z_m = self._header(), self._costmap.floor_z_m
        poses = [pose(self._kinds, (*goal.xy_m, z_m), goal.yaw_rad) for goal in goals]
        self._send("goal", self._kinds.make("geometry_msgs/msg/PoseStamped", header=header, pose=poses[0]))
        self._send("goals", pose_array(self._kinds, poses, header))
        points_xy_m = np.concatenate([path.points_xy_m[i > 0 :] for i, path in enumerate(paths)])
        self._send("path", path_message(self._kinds, points_xy_m, z_m, header, goals[-1].yaw_rad))

    def on_get_map(self, _request: Any, response: Any) -> Any:
        """Service nav_msgs/srv/GetMap."""
        response.map = occupancy_grid(self._kinds, self._costmap, self._header())
        return response

    def on_plan(self, request: Any, response: Any) -> Any:
        """Service nav_msgs/srv/GetPlan: an empty path where the goal is farther off than the tolerance."""
        from sisg_robotics.navigation import plan_path

        points_xy_m = np.zeros((0, 2))
        try:
            self._check_frame(request.start)
            self._check_frame(request.goal)
            start, goal = request.start.pose.position, request.goal.pose.position
            found = plan_path(self._costmap, (start.x, start.y), (goal.x, goal.y))
            off_m = np.hypot(*(found.points_xy_m[-1] - (goal.x, goal.y)))
            if found.reached or off_m <= request.tolerance:
                points_xy_m = found.points_xy_m
        except SisgError as error:
            self._node.get_logger().warning(str(error))
        last_yaw_rad = yaw_of(request.goal.pose.orientation)
        response.plan = path_message(
            self._kinds, points_xy_m, self._costmap.floor_z_m, self._header(), last_yaw_rad
        )
        return response

    def _check_frame(self, stamped: Any) -> None:
        if stamped.header.frame_id not in ("", self._frame_id):
            raise BadValue("frame_id", stamped.header.frame_id, f"{self._frame_id!r}, the map's")

    def _header(self) -> Any:
        stamp = self._node.get_clock().now().to_msg()
        return self._kinds.make("std_msgs/msg/Header", stamp=stamp, frame_id=self._frame_id)

    def _say(self, name: str, text: str) -> None:
        self._send(name, self._kinds.make("std_msgs/msg/String", data=text))

    def _send(self, name: str, message: Any) -> None:
        self._publishers[name].publish(message)


def _sentence(*parts: str) -> str:
    return " ".join(f"{part.rstrip('.')}." for part in parts if part)


def main() -> None:
    """Run as a node of ROS 2."""
    from importlib import import_module

    import rclpy
    from rclpy.executors import ExternalShutdownException
    from rclpy.qos import DurabilityPolicy, QoSProfile
    from rclpy.time import Time
    from tf2_ros import Buffer, TransformException, TransformListener

    from sisg_robotics import VoxelMap
    from sisg_robotics.errors import RequestError
    from sisg_robotics.navigation import Costmap

    def kind(name: str) -> Any:
        package, group, message = name.split("/")
        return getattr(import_module(f"{package}.{group}"), message)

    rclpy.init()
    node = rclpy.create_node("sisg_map")
    said = {
        name: node.declare_parameter(name, default).value
        for name, default in {
            "map": "",
            "frame_id": "map",
            "robot_frame": "base_link",
            "robot_radius_m": 0.2,
            "robot_height_m": 1.5,
        }.items()
    }
    transforms = Buffer()
    listener = TransformListener(transforms, node)  # listens as long as it is kept

    def robot_pose() -> tuple[float, float, float]:
        try:
            found = transforms.lookup_transform(said["frame_id"], said["robot_frame"], Time()).transform
        except TransformException as error:
            raise RequestError(f"tf does not know where the robot is: {error}.") from error
        return found.translation.x, found.translation.y, yaw_of(found.rotation)

    try:
        if not said["map"]:
            raise BadValue("map", "", "a map file, such as --ros-args -p map:=data/demo/map/tiny.h5")
        vmap = VoxelMap.load(said["map"])
        costmap = Costmap.from_map(
            vmap, robot_radius_m=said["robot_radius_m"], robot_height_m=said["robot_height_m"]
        )
        latched = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
        offered = MapNode(
            node,
            Kinds(kind),
            vmap,
            costmap,
            robot_pose=robot_pose,
            latched=latched,
            frame_id=said["frame_id"],
        )
        offered.publish_map()
        rclpy.spin(node)
    except SisgError as error:
        node.get_logger().fatal(str(error))
        raise SystemExit(error.exit_status) from None
    except (KeyboardInterrupt, ExternalShutdownException):
        pass
    finally:
        listener.unregister()
        node.destroy_node()
        rclpy.try_shutdown()


if __name__ == "__main__":
    main()
