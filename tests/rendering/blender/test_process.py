"""Blender in its own process: refusals, crashes and time limits are sentences; nothing is left behind."""

from __future__ import annotations

import builtins
import os
import signal

import numpy as np
import pytest

from sisg_robotics import _bpy
from sisg_robotics._blender.process import BlenderStopped
from sisg_robotics.errors import BadValue, MissingDependency, RequestError, UnknownName
from sisg_robotics.geometry import Distortion, Intrinsics
from sisg_robotics.rendering.blender import BlenderRenderer

CAMERA = Intrinsics(fx=20.0, fy=20.0, cx=8.0, cy=6.0, width=16, height=12)
FROM_ABOVE = np.array([[1, 0, 0, 0.5], [0, -1, 0, 0.5], [0, 0, -1, 1.5], [0, 0, 0, 1.0]])


@pytest.fixture
def things(build):
    return [build.thing(7, "sofa", build.rectangle((-5, -5, 0), (10, 0, 0), (0, 10, 0)))]


@pytest.fixture
def blender(things, build, draw_with):
    return draw_with(things, class_ids=build.class_ids)


def depth(renderer):
    return renderer.render(CAMERA, FROM_ABOVE, channels=("depth",)).depth_m


def test_two_live_side_by_side(blender, build, draw_with):
    higher = build.thing(1, "sofa", build.rectangle((-5, -5, 0.5), (10, 0, 0), (0, 10, 0)))
    other = draw_with([higher], class_ids=build.class_ids)
    for _ in range(2):
        assert depth(blender) == pytest.approx(1.5)
        assert depth(other) == pytest.approx(1.0)


def test_closing_ends_it_and_takes_its_files_away(things, build):
    with BlenderRenderer(things, class_ids=build.class_ids) as renderer:
        depth(renderer)
        folder, process = renderer._blender.folder, renderer._blender._process
        assert folder.is_dir()
    renderer.close()  # once more is no matter
    assert not folder.exists()
    assert process.poll() is not None
    with pytest.raises(BlenderStopped, match="Blender is closed"):
        depth(renderer)


def test_a_crash_is_a_sentence(blender):
    os.kill(blender._blender._process.pid, signal.SIGSEGV)
    with pytest.raises(BlenderStopped, match=r"Blender (crashed \(SIGSEGV\)|is closed)"):
        depth(blender)


def test_a_view_may_not_take_forever(things, build, draw_with):
    renderer = draw_with(things, class_ids=build.class_ids)
    renderer._timeout_s = 0.0001
    with pytest.raises(BlenderStopped, match=r"ended after 0\.0001 s") as stopped:
        depth(renderer)
    assert stopped.value.timed_out
    assert renderer._blender._process.poll() is not None


def test_what_it_cannot_do_is_refused(blender, things, build):
    with pytest.raises(RequestError, match="without lens distortion"):
        blender.render(CAMERA, FROM_ABOVE, distortion=Distortion(k1=0.1))
    with pytest.raises(BadValue, match="T_world_cam_next"):
        blender.render(CAMERA, FROM_ABOVE, channels=("flow",))
    with pytest.raises(BadValue, match="samples"):
        blender.render(CAMERA, FROM_ABOVE, samples=0)
    with pytest.raises(BadValue, match="channels"):
        blender.render(CAMERA, FROM_ABOVE, channels=("smell",))
    with pytest.raises(UnknownName, match="Unknown device 'gpu'"):
        BlenderRenderer(things, class_ids=build.class_ids, device="gpu")
    with pytest.raises(UnknownName, match="Unknown class 'sofa'"):
        BlenderRenderer(things, class_ids={"wall": 1})
    with pytest.raises(BadValue, match="instances"):
        BlenderRenderer([], class_ids={})
    assert depth(blender) == pytest.approx(1.5)  # it still works


def test_a_device_that_is_not_there(things, build):
    if os.name != "posix" or os.path.exists("/sys/bus/pci/drivers/amdgpu"):  # noqa: PTH110
        pytest.skip("there may be a graphics card of this kind")
    with pytest.raises(RequestError, match="Blender finds no hip device here"):
        BlenderRenderer(things, class_ids=build.class_ids, device="hip")
    with BlenderRenderer(things, class_ids=build.class_ids, device="auto") as renderer:
        assert renderer.device


def test_arguments_are_unchanged(blender, things):
    T, before = FROM_ABOVE.copy(), [part.vertices_m.copy() for part in things[0].parts]
    blender.render(CAMERA, T, channels=("depth", "normal"))
    np.testing.assert_array_equal(T, FROM_ABOVE)
    np.testing.assert_array_equal(before[0], things[0].parts[0].vertices_m)


def test_where_there_is_no_blender_the_way_to_it_is_named(monkeypatch):
    monkeypatch.setattr(_bpy, "blender_installed", lambda: False)
    with pytest.raises(MissingDependency, match=r'pip install "sisg-robotics\[blender\]"'):
        _bpy.require_bpy()


@pytest.mark.parametrize(("library", "package"), _bpy.SYSTEM_PACKAGES.items())
def test_a_missing_system_library_is_named_with_its_package(monkeypatch, library, package):
    def without(name, *rest, **named):
        if name == "bpy":
            raise ImportError(f"{library}: cannot open shared object file: No such file or directory")
        return real_import(name, *rest, **named)

    real_import = builtins.__import__
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingDependency, match=f"apt-get install {package}$"):
        _bpy.import_bpy.__wrapped__()
