"""OBJ, PLY and STL files: hand-written ones with known answers, and ones that trimesh wrote."""

from __future__ import annotations

import struct

import numpy as np
import pytest
import trimesh
from PIL import Image

from sisg_robotics.assets.readers import BadModel, read_model

OBJ = """# two things
mtllib looks.mtl
o table
v 0 0 0
v 1 0 0
v 1 1 0
v 0 1 0
vt 0 0
vt 1 0
vt 1 1
vt 0 1
vn 0 0 1
usemtl wood
f 1/1/1 2/2/1 3/3/1 4/4/1
o lamp
v 0 0 2
v 1 0 2
v 0 1 2
usemtl shine
f -3 -2 -1
"""
MTL = """newmtl wood
Kd 0 0 0
Ns 250
map_Kd -s 1 1 1 art\\wood grain.png
newmtl shine
Kd 0.5 0.5 0.5
Ke 2 2 2
Pr 0.3
Pm 0.9
d 0.5
"""
PICTURE = np.random.default_rng(0).integers(0, 256, (2, 4, 3), dtype=np.uint8)


def world_triangles(model) -> np.ndarray:
    found = [p.vertices_m[p.triangles] for n in model.nodes for p in n.parts]
    return np.concatenate(found)


def same_triangles(one: np.ndarray, other: np.ndarray) -> None:
    def rolled(triangles):
        turns = np.stack([np.roll(triangles, k, axis=1) for k in range(3)]).reshape(3, -1, 9)
        first = [min(range(3), key=lambda k: tuple(turns[k, i])) for i in range(len(triangles))]
        rows = np.array([turns[k, i] for i, k in enumerate(first)])
        return rows[np.lexsort(rows.T)]

    np.testing.assert_allclose(rolled(np.round(one, 5)), rolled(np.round(other, 5)), atol=1e-5)


def test_an_obj_with_two_things_and_two_materials(tmp_path):
    (tmp_path / "art").mkdir()
    Image.fromarray(PICTURE).save(tmp_path / "art" / "wood grain.png")
    (tmp_path / "looks.mtl").write_text(MTL)
    path = tmp_path / "a.obj"
    path.write_text(OBJ)
    model = read_model(path)
    table, lamp = model.nodes
    assert (table.name, lamp.name) == ("table", "lamp")
    (part,) = table.parts
    order = np.lexsort(part.uv.T)
    np.testing.assert_array_equal(part.uv[order], [[0, 0], [1, 0], [0, 1], [1, 1]])  # v is down now
    np.testing.assert_array_equal(part.vertices_m[order], [[0, 0, 1], [0, 1, 1], [0, 0, 0], [0, 1, 0]])
    np.testing.assert_array_equal(part.normals, [[1, 0, 0]] * 4)
    np.testing.assert_array_equal(part.material.texture, PICTURE)
    assert part.material.roughness == pytest.approx(0.5)  # 1 - sqrt(250 / 1000)
    shine = lamp.parts[0].material
    assert (shine.roughness, shine.metallic, shine.alpha, shine.alpha_mode) == (0.3, 0.9, 0.5, "blend")
    assert shine.emission == 2.0
    np.testing.assert_allclose(shine.color_rgb, [1.055 * 0.5 ** (1 / 2.4) - 0.055] * 3)
    np.testing.assert_array_equal(lamp.parts[0].normals, [[1, 0, 0]] * 3)
    facts = model.facts
    assert (facts.object_count, facts.mesh_count, facts.material_count) == (2, 2, 2)
    assert (facts.vert_count, facts.edge_count, facts.poly_count) == (7, 7, 2)  # the quad is one polygon
    assert facts.linked_files == ("looks.mtl", "art/wood grain.png")
    assert facts.missing_textures == ()


@pytest.mark.parametrize(
    "name", ["C:\\art\\wood.png", "../wood.png", "/etc/wood.png", "http://x.org/wood.png"]
)
def test_a_texture_that_lies_elsewhere_is_sought_beside_and_counts_as_missing(tmp_path, name):
    folder = tmp_path / "model"
    folder.mkdir()
    Image.fromarray(PICTURE).save(tmp_path / "wood.png")  # where ../wood.png would be found
    (folder / "looks.mtl").write_text(f"newmtl wood\nKd 1 0 0\nmap_Kd {name}\nnewmtl shine\n")
    (folder / "a.obj").write_text(OBJ)
    model = read_model(folder / "a.obj")
    material = model.nodes[0].parts[0].material
    assert material.texture is None
    np.testing.assert_allclose(material.color_rgb, (1, 0, 0))
    assert model.facts.missing_textures == (name,)
    Image.fromarray(PICTURE).save(folder / "wood.png")
    found = read_model(folder / "a.obj")
    np.testing.assert_array_equal(found.nodes[0].parts[0].material.texture, PICTURE)
    assert found.facts.missing_textures == ()


def test_a_library_outside_the_folder_is_refused_and_a_missing_one_leaves_plain_surfaces(tmp_path):
    path = tmp_path / "a.obj"
    path.write_text(OBJ)
    assert read_model(path).nodes[0].parts[0].material.name == "plain"
    path.write_text(OBJ.replace("looks.mtl", "../looks.mtl"))
    with pytest.raises(BadModel, match=r"\.\./looks\.mtl"):
        read_model(path)


def test_obj_corners_of_every_kind_mix_and_vertex_colours_are_srgb(tmp_path):
    text = "v 0 0 0 1 0 0\nv 1 0 0 0 1 0\nv 0 1 0 0.5 0.5 0.5\nv 1 1 0 0 0 0\n"
    text += "vt 0.25 0.5\nvn 0 0 1\nf 1 2 3\nf 2/1 4/1 3/1\nf 1//1 2//1 \\\n3//1 # bent\nf 1/1/1 2 3\n"
    (tmp_path / "a.obj").write_text(text)
    model = read_model(tmp_path / "a.obj")
    assert model.facts.poly_count == 4
    (part,) = model.nodes[0].parts
    np.testing.assert_allclose(part.normals, [[1, 0, 0]] * len(part.normals), atol=1e-6)
    grey = ((0.5 + 0.055) / 1.055) ** 2.4
    colors = {tuple(p): c.tolist() for p, c in zip(part.vertices_m.tolist(), part.colors, strict=True)}
    np.testing.assert_allclose(colors[0.0, 0.0, 1.0], [grey] * 3 + [1], atol=1e-6)
    np.testing.assert_allclose(colors[0.0, 0.0, 0.0], [1, 0, 0, 1])


def ply_bytes(kind: str) -> bytes:
    """A quad and a triangle over five coloured vertices, in one of PLY's three kinds."""
    points = [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (2, 0, 1)]
    faces = [(0, 1, 2, 3), (1, 4, 2)]
    head = f"ply\nformat {kind} 1.0\ncomment made by hand\nelement vertex 5\n"
    head += "".join(f"property float {axis}\n" for axis in "xyz")
    head += "".join(f"property uchar {c}\n" for c in ("red", "green", "blue"))
    head += "element face 2\nproperty list uchar int vertex_indices\nend_header\n"
    if kind == "ascii":
        rows = [f"{x} {y} {z} 255 0 {i}" for i, (x, y, z) in enumerate(points)]
        rows += [" ".join(map(str, (len(f), *f))) for f in faces]
        return (head + "\n".join(rows) + "\n").encode()
    order = "<" if "little" in kind else ">"
    body = b"".join(struct.pack(order + "fffBBB", *p, 255, 0, i) for i, p in enumerate(points))
    return head.encode() + body + b"".join(struct.pack(f"{order}B{len(f)}i", len(f), *f) for f in faces)


@pytest.mark.parametrize("kind", ["ascii", "binary_little_endian", "binary_big_endian"])
def test_a_ply_of_every_kind_is_the_same_model(tmp_path, kind):
    path = tmp_path / "a.ply"
    path.write_bytes(ply_bytes(kind))
    model = read_model(path)
    (part,) = model.nodes[0].parts
    expected = [
        [[0, 0, 0], [1, 0, 0], [1, 1, 0]],
        [[0, 0, 0], [1, 1, 0], [0, 1, 0]],
        [[1, 0, 0], [2, 0, 1], [1, 1, 0]],
    ]
    np.testing.assert_array_equal(part.vertices_m[part.triangles], np.array(expected, dtype=np.float32))
    np.testing.assert_array_equal(part.normals[:6], [[0, 0, 1]] * 6)
    np.testing.assert_allclose(part.colors[7], [1, 0, 4 / 255 / 12.92, 1], atol=1e-7)
    facts = model.facts
    assert (facts.vert_count, facts.edge_count, facts.poly_count) == (5, 6, 2)


def sphere() -> trimesh.Trimesh:
    mesh = trimesh.creation.icosphere(subdivisions=2, radius=2.0)
    mesh.apply_translation([1, 2, 3])
    return mesh


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.ply", {"encoding": "ascii"}),
        ("a.ply", {"encoding": "binary"}),
        ("a.stl", {}),
        ("a.stl", {"file_type": "stl_ascii"}),
        ("a.obj", {"include_normals": True}),
        ("a.obj", {"include_normals": False}),
        ("a.glb", {}),
    ],
)
def test_what_trimesh_writes_is_read(tmp_path, name, options):
    mesh, path = sphere(), tmp_path / name
    _ = mesh.vertex_normals
    mesh.export(path, **options)
    model = read_model(path)
    expected = mesh.triangles
    if name.endswith(("obj", "glb")):
        expected = expected[..., [2, 0, 1]]
    same_triangles(world_triangles(model), expected.astype(np.float32))
    facts = model.facts
    assert (facts.vert_count, facts.poly_count, facts.edge_count) == (162, 320, 480)
    (part,) = model.nodes[0].parts
    center = np.array([3, 1, 2]) if name.endswith(("obj", "glb")) else np.array([1, 2, 3])
    outward = (part.vertices_m - center) / 2.0
    assert ((part.normals * outward).sum(axis=1) > 0.9).all()


def test_texture_of_a_ply_is_right_side_up(tmp_path):
    Image.fromarray(PICTURE).save(tmp_path / "p.png")
    head = "ply\nformat ascii 1.0\ncomment TextureFile p.png\nelement vertex 3\n"
    head += "".join(f"property float {n}\n" for n in "xyzst")
    head += "element face 1\nproperty list uchar int vertex_index\nend_header\n"
    (tmp_path / "a.ply").write_text(head + "0 0 0 0 0\n1 0 0 1 0\n0 1 0 0 1\n3 0 1 2\n")
    model = read_model(tmp_path / "a.ply")
    (part,) = model.nodes[0].parts
    np.testing.assert_array_equal(part.uv, [[0, 1], [1, 1], [0, 0]])
    np.testing.assert_array_equal(part.material.texture, PICTURE)
