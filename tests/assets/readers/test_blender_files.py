"""FBX, Alembic and .blend files come back as they were, and nothing in them runs."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from sisg_robotics._blender.process import BlenderProcess
from sisg_robotics.assets.readers.blender_files import read_with_blender
from sisg_robotics.assets.readers.limits import Limits
from sisg_robotics.assets.readers.model import BadModel
from sisg_robotics.assets.readers.parts import PLAIN
from sisg_robotics.errors import MissingDependency

MONKEY = """
import bpy, os, sys
folder = sys.argv[-1]
bpy.ops.wm.read_factory_settings(use_empty=True)
bpy.ops.mesh.primitive_monkey_add(size=2, location=(1, 2, 3))
monkey = bpy.context.object
red = bpy.data.materials.new("red")
red.use_nodes = True
red.node_tree.nodes["Principled BSDF"].inputs["Base Color"].default_value = (0.5, 0, 0, 1)
monkey.data.materials.append(red)
with open(folder + "/corners.txt", "w") as corners:
    for vertex in monkey.data.vertices:
        print(*(monkey.matrix_world @ vertex.co), file=corners)
bpy.ops.object.light_add(type="POINT")
bpy.ops.export_scene.fbx(filepath=folder + "/monkey.fbx")
bpy.ops.wm.alembic_export(filepath=folder + "/monkey.abc", as_background_job=False)
bpy.ops.wm.save_as_mainfile(filepath=folder + "/monkey.blend")
picture = bpy.data.images.new("far", 4, 4)
picture.filepath_raw, picture.file_format = folder + "/far.png", "PNG"
picture.save()
os.makedirs(folder + "/deep", exist_ok=True)
node = red.node_tree.nodes.new("ShaderNodeTexImage")
node.image = bpy.data.images.load(folder + "/far.png")
bpy.data.images.remove(picture)
bpy.ops.wm.save_as_mainfile(filepath=folder + "/deep/textured.blend", relative_remap=True)
text = bpy.data.texts.new("trap.py")
text.write(f"open({folder + '/sprung_by_text'!r}, 'w').close()")
text.use_module = True
driver = monkey.driver_add("location", 0).driver
driver.type = "SCRIPTED"
driver.expression = f"1.0 if open({folder + '/sprung_by_driver'!r}, 'w') else 0.0"
bpy.ops.wm.save_as_mainfile(filepath=folder + "/trap.blend")
os._exit(0)
"""
CARELESS = """
import bpy, os, sys
bpy.context.preferences.filepaths.use_scripts_auto_execute = True
bpy.ops.wm.open_mainfile(filepath=sys.argv[-1] + "/trap.blend", use_scripts=True)
bpy.context.view_layer.update()
os._exit(0)
"""
MONKEYS_SIZE = (1.703125, 2.734375, 1.96875)  # front to back, ear to ear, chin to crown


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Files that another Blender wrote."""
    try:
        BlenderProcess().close()
    except MissingDependency as error:
        pytest.skip(str(error))
    folder = tmp_path_factory.mktemp("models")
    _blender(MONKEY, folder)
    for sprung in folder.glob("sprung*"):
        sprung.unlink()
    return folder


def _blender(script, folder) -> None:
    subprocess.run([sys.executable, "-c", script, str(folder)], check=True, capture_output=True, timeout=120)


@pytest.mark.parametrize(("name", "lamps"), [("monkey.fbx", 1), ("monkey.abc", 0), ("monkey.blend", 1)])
def test_a_monkey_comes_back(folder, name, lamps):
    """It stood at (1, 2, 3) and looked along -y; it comes back looking along +x, at (-2, 1, 3)."""
    model = read_with_blender(folder / name)
    facts = model.facts
    lower, upper = np.array(facts.bbox_min), np.array(facts.bbox_max)
    np.testing.assert_allclose(upper - lower, MONKEYS_SIZE, atol=1e-4)
    np.testing.assert_allclose((upper + lower) / 2, [-2.0, 1.0, 3.0], atol=0.01)
    (node,) = model.nodes
    T = node.T_world_node
    points = np.concatenate([part.vertices_m for part in node.parts]) @ T[:3, :3].T + T[:3, 3]
    x, y, z = np.loadtxt(folder / "corners.txt").T  # as Blender has them
    expected = np.stack([-y, x, z], axis=-1)
    distance = np.linalg.norm(points[:, None] - expected[None], axis=-1)
    assert distance.min(axis=0).max() < 1e-4 and distance.min(axis=1).max() < 1e-4
    assert (facts.vert_count, facts.edge_count, facts.poly_count) == (507, 1005, 500)
    assert (facts.mesh_count, facts.lamp_count, facts.object_count) == (1, lamps, 2)
    assert facts.file_name == name and facts.file_size > 1000 and len(facts.sha256) == 64
    if name != "monkey.abc":
        assert facts.material_count == 1
        (color,) = {part.material.color_rgb for part in node.parts}
        assert color == pytest.approx((0.7354, 0, 0), abs=0.01)  # the sRGB value of 0.5
    else:  # not metal, as glTF's default
        assert {part.material for part in node.parts} == {PLAIN}


def test_no_script_runs(folder):
    model = read_with_blender(folder / "trap.blend")
    assert model.facts.vert_count == 507
    assert not list(folder.glob("sprung*"))
    _blender(CARELESS, folder)  # the trap is one: a Blender that trusts the file springs it
    assert {path.name for path in folder.glob("sprung*")} == {"sprung_by_text", "sprung_by_driver"}
    for sprung in folder.glob("sprung*"):
        sprung.unlink()


def test_a_texture_outside_the_folder_is_missing(folder):
    facts = read_with_blender(folder / "deep" / "textured.blend").facts
    assert facts.linked_files == ()
    assert [name.endswith("far.png") for name in facts.missing_textures] == [True]


def test_a_damaged_file_is_named_with_its_reason(folder):
    for name in ("monkey.fbx", "monkey.abc", "monkey.blend"):
        broken = folder / f"broken_{name}"
        broken.write_bytes((folder / name).read_bytes()[:500] + b"\0" * 2000)
        with pytest.raises(BadModel, match=str(broken)) as refused:
            read_with_blender(broken)
        assert refused.value.reason in ("damaged", "no_faces")


def test_a_time_limit(folder):
    with pytest.raises(BadModel) as refused:
        read_with_blender(folder / "monkey.fbx", Limits(max_seconds=0.001))
    assert refused.value.reason == "timed_out"
