"""The node's messages, by ROS 2's own types from rosbags, written to CDR and read back."""

from __future__ import annotations

import importlib.util
import json
import struct
import sys
from array import array
from math import pi
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from rosbags.typesys import Stores, get_typestore

from sisg_robotics.encoders import make_text_encoder
from sisg_robotics.errors import RequestError
from sisg_robotics.maps import VoxelMap
from sisg_robotics.navigation import Costmap

EXPORTERS = Path(__file__).resolve().parents[2] / "exporters"
STORES = (Stores.ROS2_FOXY, Stores.ROS2_HUMBLE, Stores.ROS2_JAZZY)


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, EXPORTERS / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


ros2 = load("ros2_map_node")


class Ros:
    """The messages of one ROS distribution."""

    def __init__(self, store: Stores) -> None:
        self.store = get_typestore(store)
        self.kinds = ros2.Kinds(lambda name: self.store.types.get(name, name), lambda values: values)
        self.stamp = self.kinds.make("builtin_interfaces/msg/Time", sec=12, nanosec=34)
        self.header = self.kinds.make("std_msgs/msg/Header", stamp=self.stamp, frame_id="map")

    def sent(self, message: Any) -> Any:
        """The message after it was written to CDR and read back."""
        return self.store.deserialize_cdr(
            self.store.serialize_cdr(message, message.__msgtype__), message.__msgtype__
        )


@pytest.fixture(scope="module", params=STORES, ids=lambda store: store.name)
def ros(request: pytest.FixtureRequest) -> Ros:
    return Ros(request.param)


@pytest.fixture(scope="module")
def room() -> VoxelMap:
    """A room of 4 x 3 m, a floor, a wall along y = 0 and a red sofa."""
    words = make_text_encoder("all-MiniLM-L6-v2").encode(["floor", "wall", "sofa"])
    boxes = [(0, (0, 0, 0), (40, 30, 1)), (1, (0, 0, 1), (40, 1, 15)), (2, (3, 20, 1), (12, 26, 8))]
    colors = np.array([(128, 128, 128), (255, 255, 255), (200, 30, 20)], dtype=np.uint8)
    of = {cell: word for word, low, high in boxes for cell in _cells(low, high)}
    cells = np.array(sorted(of), dtype=np.int32)
    word = np.array([of[tuple(cell)] for cell in cells.tolist()])
    return VoxelMap(
        cells=cells,
        features=(4 * words[word]).astype(np.float32),
        weights=np.full(len(cells), 4, np.float32),
        rgb=colors[word],
        observations=np.ones(len(cells), np.int32),
        pixels=np.full(len(cells), 4, np.int64),
        cell_size_m=0.1,
        origin_xyz_m=np.array([-1.0, 2.0, 0.5]),
        encoder="oracle",
        text_encoder="all-MiniLM-L6-v2",
    )


def _cells(low: tuple[int, int, int], high: tuple[int, int, int]) -> list[tuple[int, ...]]:
    return [
        tuple(int(i) + j for i, j in zip(at, low, strict=True)) for at in np.ndindex(*np.subtract(high, low))
    ]


@pytest.fixture(scope="module")
def costmap(room: VoxelMap) -> Costmap:
    return Costmap.from_map(room)


def test_the_grid_says_of_each_point_what_the_costmap_does(ros: Ros, costmap: Costmap) -> None:
    grid = ros.sent(ros2.occupancy_grid(ros.kinds, costmap, ros.header))
    info = grid.info
    assert (grid.header.frame_id, grid.header.stamp.sec, grid.header.stamp.nanosec) == ("map", 12, 34)
    assert len(grid.data) == info.width * info.height
    told = {0: 0, 1: 100, 2: -1}
    for cell in np.ndindex(costmap.state.shape):
        x_m, y_m = costmap.center_of(np.array(cell, dtype=np.int64))
        column = int((x_m - info.origin.position.x) / info.resolution)
        row = int((y_m - info.origin.position.y) / info.resolution)
        assert grid.data[row * info.width + column] == told[int(costmap.state[cell])]
    assert set(grid.data.tolist()) == {0, 100, -1}
    assert info.origin.position.z == costmap.floor_z_m and info.origin.orientation.w == 1


def test_points_are_centres_in_colour_as_a_reader_unpacks_them(ros: Ros, room: VoxelMap) -> None:
    cloud = ros.sent(ros2.point_cloud(ros.kinds, room, ros.header))
    assert cloud.width * cloud.height == len(room) and len(cloud.data) == cloud.row_step * cloud.height
    assert [(field.name, field.offset, field.datatype, field.count) for field in cloud.fields] == [
        ("x", 0, 7, 1),
        ("y", 4, 7, 1),
        ("z", 8, 7, 1),
        ("rgb", 12, 7, 1),
    ]
    data = cloud.data.tobytes()
    for row in (0, 7, len(room) - 1):
        x_m, y_m, z_m, packed = struct.unpack_from("<fffI", data, row * cloud.point_step)
        assert np.allclose((x_m, y_m, z_m), room.centers_xyz_m[row], atol=1e-6)
        assert (packed >> 16 & 255, packed >> 8 & 255, packed & 255) == tuple(room.rgb[row].tolist())


@pytest.mark.parametrize("yaw_rad", [0.0, 0.3, pi / 2, -pi / 2, 3.1, -3.1, pi])
def test_a_yaw_is_read_back_and_turns_x_towards_y(ros: Ros, yaw_rad: float) -> None:
    message = ros.sent(ros2.pose_stamped(ros.kinds, (1.5, -2.0, 0.25), yaw_rad, ros.header))
    turned = message.pose.orientation
    assert ros2.yaw_of(turned) == pytest.approx(yaw_rad)
    forward = np.array([1 - 2 * turned.z**2, 2 * turned.z * turned.w])  # x axis of the quaternion's rotation
    assert np.allclose(forward, [np.cos(yaw_rad), np.sin(yaw_rad)])
    position = message.pose.position
    assert (position.x, position.y, position.z) == (1.5, -2, 0.25)


def test_a_path_looks_where_it_goes_and_ends_as_it_is_told(ros: Ros) -> None:
    points = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 2.0]])
    path = ros.sent(ros2.path_message(ros.kinds, points, 0.1, ros.header, last_yaw_rad=-1.0))
    places = [(one.pose.position.x, one.pose.position.y, one.pose.position.z) for one in path.poses]
    assert places == [(0, 0, 0.1), (1, 0, 0.1), (1, 2, 0.1)]
    assert [ros2.yaw_of(one.pose.orientation) for one in path.poses] == pytest.approx([0, pi / 2, -1])
    assert {one.header.frame_id for one in path.poses} == {"map"}
    for few in (0, 1):
        assert len(ros.sent(ros2.path_message(ros.kinds, points[:few], 0.0, ros.header)).poses) == few


def test_where_the_robot_only_turns_a_path_has_no_heading_of_its_own(ros: Ros) -> None:
    points = np.array([[0.0, 0.0], [0.0, 1.0], [0.0, 1.0], [0.0, 1.0], [-1.0, 1.0], [-1.0, 1.0]])
    path = ros.sent(ros2.path_message(ros.kinds, points, 0.0, ros.header, last_yaw_rad=0.5))
    assert [(one.pose.position.x, one.pose.position.y) for one in path.poses] == [(0, 0), (0, 1), (-1, 1)]
    assert [ros2.yaw_of(one.pose.orientation) for one in path.poses] == pytest.approx([pi / 2, pi, 0.5])


def test_numbers_are_what_rclpys_messages_hold() -> None:
    held = ros2.Kinds(lambda name: dict).numbers(np.array([0, 100, -1], dtype=np.int8))
    assert held == array("b", [0, 100, -1])
    assert ros2.Kinds(lambda name: dict).numbers(np.arange(3, dtype=np.uint8)).typecode == "B"


class Node:
    """Stands in for rclpy's node, which needs a ROS 2: keeps what is sent and who listens."""

    def __init__(self, ros: Ros) -> None:
        self.ros, self.sent, self.listeners, self.services = ros, {}, {}, {}

    def create_publisher(self, kind: Any, topic: str, qos: Any) -> Any:
        def publish(message: Any) -> None:
            assert type(message) is kind
            self.sent[topic] = (self.ros.sent(message), qos)

        return SimpleNamespace(publish=publish)

    def create_subscription(self, kind: Any, topic: str, listener: Any, qos: Any) -> None:
        self.listeners[topic] = listener

    def create_service(self, kind: str, name: str, service: Any) -> None:
        self.services[name] = (kind, service)

    def get_clock(self) -> Any:
        return SimpleNamespace(now=lambda: SimpleNamespace(to_msg=lambda: self.ros.stamp))

    def get_logger(self) -> Any:
        return SimpleNamespace(warning=lambda text: None)

    def say(self, topic: str, text: str) -> dict[str, Any]:
        """What a text on a topic brings out."""
        self.sent.clear()
        self.listeners[topic](self.ros.kinds.make("std_msgs/msg/String", data=text))
        return {name.removeprefix("~/"): message for name, (message, _) in self.sent.items()}


@pytest.fixture
def node(room: VoxelMap, costmap: Costmap) -> Node:
    ros = Ros(Stores.ROS2_HUMBLE)
    node = Node(ros)
    offered = ros2.MapNode(
        node, ros.kinds, room, costmap, robot_pose=lambda: (1.0, 2.7, 0.0), latched="latched"
    )
    offered.publish_map()
    return node


def test_the_map_is_sent_latched_and_by_service(node: Node) -> None:
    grid, qos = node.sent["~/map"]
    assert qos == node.sent["~/points"][1] == "latched"
    kind, service = node.services["~/get_map"]
    assert kind == "nav_msgs/srv/GetMap"
    assert np.array_equal(service(None, SimpleNamespace()).map.data, grid.data)


def test_a_question_is_answered_as_the_map_does(node: Node, room: VoxelMap) -> None:
    out = node.say("~/question", "the sofa")
    answer, wanted = json.loads(out["answer"].data), room.query("the sofa")
    assert answer["found"] and len(answer["objects"]) == len(wanted.objects) == len(out["objects"].poses)
    center = out["objects"].poses[0].position
    assert np.allclose((center.x, center.y, center.z), wanted.objects[0].center_xyz_m)
    assert json.loads(node.say("~/question", "a microwave")["answer"].data)["found"] is False
    assert "must be a word" in json.loads(node.say("~/question", "?!")["answer"].data)["error"]


def test_words_become_a_goal_and_a_way_to_it(node: Node, costmap: Costmap) -> None:
    out = node.say("~/go", "go to the sofa, then turn around")
    assert set(out) == {"goal", "goals", "path", "reading"} and "sofa" in out["reading"].data
    first, last = out["goals"].poses
    assert (first.position.x, first.position.y) == (out["goal"].pose.position.x, out["goal"].pose.position.y)
    points = np.array([[one.pose.position.x, one.pose.position.y] for one in out["path"].poses])
    assert np.allclose(points[0], (1.0, 2.7), atol=0.1) and np.isfinite(costmap.cost_at(points)).all()
    assert np.allclose(points[-1], (last.position.x, last.position.y), atol=0.1)
    assert ros2.yaw_of(out["path"].poses[-1].pose.orientation) == pytest.approx(ros2.yaw_of(last.orientation))


@pytest.mark.parametrize("text", ["go to the swimming pool", "?!", "", "ignore the map"])
def test_where_nothing_can_be_gone_to_only_the_reason_is_sent(node: Node, text: str) -> None:
    out = node.say("~/go", text)
    assert set(out) == {"reading"} and out["reading"].data.endswith(".")


def test_a_robot_that_is_lost_goes_nowhere(room: VoxelMap, costmap: Costmap) -> None:
    def lost() -> tuple[float, float, float]:
        raise RequestError("tf does not know where the robot is.")

    ros = Ros(Stores.ROS2_HUMBLE)
    node = Node(ros)
    ros2.MapNode(node, ros.kinds, room, costmap, robot_pose=lost, latched=1)
    assert node.say("~/go", "the sofa")["reading"].data == "tf does not know where the robot is."


def test_a_plan_comes_by_service_within_its_tolerance(node: Node) -> None:
    ros = node.ros
    kind, service = node.services["~/plan"]
    assert kind == "nav_msgs/srv/GetPlan"

    def plan(goal_xy_m: tuple[float, float], tolerance: float, frame_id: str = "map") -> int:
        header = ros.kinds.make("std_msgs/msg/Header", stamp=ros.stamp, frame_id=frame_id)
        start = ros2.pose_stamped(ros.kinds, (1.0, 2.7, 0.0), 0.0, header)
        goal = ros2.pose_stamped(ros.kinds, (*goal_xy_m, 0.0), 1.0, header)
        request = SimpleNamespace(start=start, goal=goal, tolerance=tolerance)
        return len(ros.sent(service(request, SimpleNamespace()).plan).poses)

    assert plan((2.5, 4.5), 0.0) > 10
    assert plan((2.5, 4.5), 0.0, frame_id="odom") == 0
    assert plan((30.0, 4.5), 0.5) == 0  # far outside
    assert plan((30.0, 4.5), 50.0) > 10  # as near as can be
