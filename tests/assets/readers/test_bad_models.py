"""Files that are broken, empty or hostile: each is refused in one sentence, with its reason."""

from __future__ import annotations

import json
import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from PIL import Image

from sisg_robotics.assets.readers import REASONS, BadModel, Limits, read_model
from sisg_robotics.errors import BadValue, MissingDependency, MissingPath, SisgError

MEGABYTE = 1 << 20


def reason_of(path, limits=None) -> str:
    """Why a file is refused; fails where it is read, or where reading takes memory."""
    tracemalloc.start()
    try:
        with pytest.raises(BadModel) as refused:
            read_model(path, limits=limits)
        assert tracemalloc.get_traced_memory()[1] < 64 * MEGABYTE
    finally:
        tracemalloc.stop()
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)
    assert refused.value.reason in REASONS
    return refused.value.reason


def huge_png(width: int, height: int) -> bytes:
    """A PNG whose header claims any size; there are no pixels in it."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")]
    data = b"\x89PNG\r\n\x1a\n"
    for kind, body in chunks:
        data += struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    return data


@pytest.mark.parametrize(
    ("points", "reason"),
    [
        ([[0, 0, 0], [1, 0, 0], [0, np.nan, 0]], "nan_vertices"),
        ([[0, 0, 0], [1, 0, 0], [0, np.inf, 0]], "nan_vertices"),
        ([[0, 0, 0], [1, 0, 0], [0, 1e30, 0]], "huge_coordinates"),
        ([[3, 3, 3]] * 3, "zero_extent"),
    ],
)
def test_vertices_without_meaning(tmp_path, file, points, reason):
    file.mesh({"POSITION": file.accessor(points)})
    assert reason_of(file.glb(tmp_path / "a.glb")) == reason
    rows = "".join(f"{x} {y} {z}\n" for x, y, z in points)
    header = "ply\nformat ascii 1.0\nelement vertex 3\nproperty float x\nproperty float y\nproperty float z\n"
    header += "element face 1\nproperty list uchar int vertex_indices\nend_header\n"
    (tmp_path / "a.ply").write_text(header + rows + "3 0 1 2\n")
    (tmp_path / "a.obj").write_text("".join(f"v {row}\n" for row in rows.splitlines()) + "f 1 2 3\n")
    triangle = struct.pack("<12f2x", 0, 0, 0, *np.ravel(points))
    (tmp_path / "a.stl").write_bytes(bytes(80) + struct.pack("<I", 1) + triangle)
    for name in ("a.ply", "a.obj", "a.stl"):
        assert reason_of(tmp_path / name) == reason


def test_nothing_to_see(tmp_path, file):
    file.json |= {"nodes": [{}]}
    assert reason_of(file.glb(tmp_path / "a.glb")) == "no_faces"
    (tmp_path / "a.obj").write_text("v 0 0 0\nv 1 0 0\n")
    assert reason_of(tmp_path / "a.obj") == "no_faces"
    (tmp_path / "a.stl").write_bytes(bytes(84))
    assert reason_of(tmp_path / "a.stl") == "no_faces"
    (tmp_path / "a.stl").write_text("solid a\nendsolid a\n")
    assert reason_of(tmp_path / "a.stl") == "no_faces"
    head = "ply\nformat ascii 1.0\nelement vertex 1\n"
    head += "property float x\nproperty float y\nproperty float z\nend_header\n"
    (tmp_path / "a.ply").write_text(head + "0 0 0\n")
    assert reason_of(tmp_path / "a.ply") == "no_faces"


def test_what_is_no_model_file(tmp_path):
    for name in ("a.glb", "a.obj", "a.usda"):
        (tmp_path / name).touch()
        assert reason_of(tmp_path / name) == "empty_file"
    (tmp_path / "folder.glb").mkdir()
    assert reason_of(tmp_path / "folder.glb") == "not_a_file"
    (tmp_path / "a.txt").write_text("hello")
    assert reason_of(tmp_path / "a.txt") == "unsupported"
    (tmp_path / "b.glb").write_bytes(b"PK\x03\x04" + bytes(100))
    assert reason_of(tmp_path / "b.glb") == "damaged"
    with pytest.raises(MissingPath):
        read_model(tmp_path / "nowhere.glb")


def textured(file, uri):
    file.json |= {"images": [{"uri": uri}], "textures": [{"source": 0}]}
    file.json["materials"] = [{"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}]
    file.json["meshes"][0]["primitives"][0]["material"] = 0


@pytest.mark.parametrize(
    "uri", ["../p.png", "/etc/passwd", "a/../../p.png", "%2e%2e/p.png", "link.png", "p\0.png"]
)
@pytest.mark.parametrize("what", ["image", "buffer"])
def test_links_out_of_the_folder(tmp_path, triangle_file, uri, what):
    folder = tmp_path / "model"
    folder.mkdir()
    Image.new("RGB", (2, 2)).save(tmp_path / "p.png")
    (folder / "link.png").symlink_to(tmp_path / "p.png")
    if what == "image":
        textured(triangle_file, uri)
    path = triangle_file.gltf(folder / "a.gltf")
    if what == "buffer":
        document = json.loads(path.read_text())
        document["buffers"][0]["uri"] = uri
        path.write_text(json.dumps(document))
    assert reason_of(path) == "outside_folder"


@pytest.mark.parametrize(
    "uri", ["http://a.org/p.png", "https://a.org/p.png", "file:///etc/passwd", "s3://b/p.png"]
)
def test_links_to_urls(tmp_path, triangle_file, uri):
    textured(triangle_file, uri)
    assert reason_of(triangle_file.gltf(tmp_path / "a.gltf")) == "remote_link"


def test_a_missing_or_broken_texture_is_named_and_the_surface_plain(tmp_path, triangle_file):
    textured(triangle_file, "wood.png")
    path = triangle_file.gltf(tmp_path / "a.gltf")
    for content in (None, b"no picture", huge_png(4, 4)):
        if content is not None:
            (tmp_path / "wood.png").write_bytes(content)
        model = read_model(path)
        assert model.facts.missing_textures == ("wood.png",)
        assert model.nodes[0].parts[0].material.texture is None


def test_textures_that_claim_gigabytes(tmp_path, triangle_file):
    textured(triangle_file, "wood.png")
    path = triangle_file.gltf(tmp_path / "a.gltf")
    for width, height in ((40_000, 40_000), (1_000_000, 1_000_000), (16_000, 16_000)):
        (tmp_path / "wood.png").write_bytes(huge_png(width, height))
        assert reason_of(path) == "texture_too_large"
        with pytest.raises(BadModel, match=f"claims {width} x {height} pixels, more than 134217728"):
            read_model(path)
    (tmp_path / "looks.mtl").write_text("newmtl a\nmap_Kd wood.png\n")
    (tmp_path / "a.obj").write_text("mtllib looks.mtl\nusemtl a\nv 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")
    assert reason_of(tmp_path / "a.obj") == "texture_too_large"
    Image.new("RGB", (100, 100)).save(tmp_path / "wood.png")
    assert reason_of(path, Limits(max_all_texture_pixels=9_999)) == "texture_too_large"
    assert read_model(path, limits=Limits(max_all_texture_pixels=10_000)).facts.missing_textures == ()


def test_a_raised_limit_on_textures_counts_above_pillow_s_own(tmp_path, triangle_file, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    textured(triangle_file, "wood.png")
    Image.new("RGB", (20, 20)).save(tmp_path / "wood.png")
    path = triangle_file.gltf(tmp_path / "a.gltf")
    assert read_model(path).nodes[0].parts[0].material.texture.shape == (20, 20, 3)
    assert Image.MAX_IMAGE_PIXELS == 100


def test_claims_beyond_the_file(tmp_path, file):
    view = file.view(bytes(36))
    index = file.raw_accessor(view, 3, 3)
    file.mesh({"POSITION": index})
    entry = file.json["accessors"][index]
    for count in (4, 10**7, 10**12, -1, 3.5, "3", None):
        entry["count"] = count
        assert reason_of(file.glb(tmp_path / "a.glb")) in ("damaged", "too_large")
    entry["count"] = 3
    for change in (
        {"byteLength": 10**12},
        {"byteOffset": 10**9},
        {"byteOffset": -4},
        {"byteStride": 4},
        {"buffer": 7},
    ):
        was = dict(file.json["bufferViews"][view])
        file.json["bufferViews"][view] |= change
        assert reason_of(file.glb(tmp_path / "a.glb")) in ("damaged", "bad_index")
        file.json["bufferViews"][view] = was
    del entry["bufferView"]
    entry["count"] = 10**8  # zeros for nothing
    assert reason_of(file.glb(tmp_path / "a.glb"), Limits(max_file_bytes=10**8)) == "too_large"


def test_indices_of_nothing(tmp_path, triangle_file):
    primitive = triangle_file.json["meshes"][0]["primitives"][0]
    primitive["indices"] = triangle_file.accessor([0, 1, 3], "u2")
    assert reason_of(triangle_file.glb(tmp_path / "a.glb")) == "bad_index"
    del primitive["indices"]
    for table in ({"nodes": [{"mesh": 5}]}, {"scenes": [{"nodes": [4]}]}, {"scene": -1}):
        was = dict(triangle_file.json)
        triangle_file.json |= table
        assert reason_of(triangle_file.glb(tmp_path / "a.glb")) == "bad_index"
        triangle_file.json = was
    for faces in ("f 1 2 4", "f 0 1 2", "f -4 1 2", "f 1 2 99999999999999999999", "f 1/9 2/9 3/9"):
        (tmp_path / "a.obj").write_text(f"v 0 0 0\nv 1 0 0\nv 0 1 0\n{faces}\n")
        assert reason_of(tmp_path / "a.obj") in ("bad_index", "damaged")


def test_node_graphs_that_do_not_end(tmp_path, triangle_file):
    for nodes in ([{"mesh": 0, "children": [0]}], [{"children": [1]}, {"mesh": 0, "children": [0]}]):
        triangle_file.json["nodes"] = nodes
        assert reason_of(triangle_file.glb(tmp_path / "a.glb")) == "cyclic_nodes"
    triangle_file.json["nodes"] = [{"mesh": 0, "children": [i + 1]} for i in range(4_000)] + [{}]
    assert reason_of(triangle_file.glb(tmp_path / "a.glb"), Limits(max_nodes=2_000)) == "too_large"
    assert len(read_model(tmp_path / "a.glb").nodes) == 4_000


def test_json_that_is_deep_or_not_gltf(tmp_path):
    for text in (
        "[" * 1_000_000,
        '{"asset":' * 100_000,
        "{}",
        "[]",
        "7",
        '{"asset": {"version": "1.0"}}',
        "{",
        '"',
    ):
        (tmp_path / "a.gltf").write_text(text)
        assert reason_of(tmp_path / "a.gltf") in ("damaged", "unsupported")


def test_extensions_that_have_to_be_known(tmp_path, triangle_file):
    name = "KHR_draco_mesh_compression"
    triangle_file.json["meshes"][0]["primitives"][0]["extensions"] = {name: {"bufferView": 0}}
    with pytest.raises(BadModel, match=name):
        read_model(triangle_file.glb(tmp_path / "a.glb"))
    del triangle_file.json["meshes"][0]["primitives"][0]["extensions"]
    triangle_file.json["extensionsRequired"] = ["EXT_from_tomorrow"]
    with pytest.raises(BadModel, match="EXT_from_tomorrow"):
        read_model(triangle_file.glb(tmp_path / "a.glb"))


def test_ply_and_stl_that_claim_more_than_they_hold(tmp_path):
    head = "ply\nformat {} 1.0\nelement vertex {}\nproperty float x\nproperty float y\nproperty float z\n"
    head += "element face 1\nproperty list uint int vertex_indices\nend_header\n"
    for kind in ("ascii", "binary_little_endian"):
        for count in (10**12, 10**6, -1, "many"):
            (tmp_path / "a.ply").write_bytes(head.format(kind, count).encode() + bytes(1000))
            assert reason_of(tmp_path / "a.ply") == "damaged"
    body = np.zeros(9, "<f4").tobytes() + struct.pack("<I", 2**32 - 1)
    (tmp_path / "a.ply").write_bytes(head.format("binary_little_endian", 3).encode() + body)
    assert reason_of(tmp_path / "a.ply") == "damaged"
    (tmp_path / "a.stl").write_bytes(bytes(80) + struct.pack("<I", 2**32 - 1) + bytes(50))
    assert reason_of(tmp_path / "a.stl") == "damaged"


@pytest.mark.parametrize("bound", ["max_file_bytes", "max_vertices", "max_triangles", "max_json_bytes"])
def test_limits_hold(tmp_path, triangle_file, bound):
    triangle_file.mesh({"POSITION": 0})
    triangle_file.json["nodes"].append({"mesh": 1})
    triangle_file.json["scenes"][0]["nodes"] = [0, 1]
    path = triangle_file.glb(tmp_path / "a.glb")
    enough = {
        "max_file_bytes": path.stat().st_size,
        "max_vertices": 6,
        "max_triangles": 2,
        "max_json_bytes": 10**4,
    }
    assert len(read_model(path, limits=Limits(**enough)).nodes) == 2
    too_low = {"max_json_bytes": 99, "max_file_bytes": path.stat().st_size - 1}.get(bound, enough[bound] - 1)
    assert reason_of(path, Limits(**enough | {bound: too_low})) == "too_large"


def test_instances_count_towards_the_limit(tmp_path, triangle_file):
    triangle_file.json["nodes"] = [{"mesh": 0}] * 100
    triangle_file.json["scenes"] = [{"nodes": list(range(100))}]
    path = triangle_file.glb(tmp_path / "a.glb")
    assert reason_of(path, Limits(max_triangles=99)) == "too_large"


def test_limits_are_above_zero():
    with pytest.raises(BadValue, match="max_nodes"):
        Limits(max_nodes=0)


def test_what_needs_an_extra_says_which(tmp_path, monkeypatch):
    monkeypatch.setattr("sisg_robotics.assets.readers.usd.find_spec", lambda name: None)
    (tmp_path / "a.usda").write_text("#usda 1.0\n")
    with pytest.raises(MissingDependency, match=r"sisg-robotics\[usd\]"):
        read_model(tmp_path / "a.usda")


def mutated(data: bytes, rng: np.random.Generator) -> bytes:
    """A file cut, doubled, or with a few bytes, numbers or words changed."""
    changed = bytearray(data)
    match rng.integers(5):
        case 0:
            del changed[rng.integers(len(changed)) :]
        case 1:
            for at in rng.integers(len(changed), size=rng.integers(1, 9)):
                changed[at] = rng.integers(256)
        case 2:
            at = rng.integers(len(changed))
            del changed[at : at + rng.integers(1, 40)]
        case 3:
            digits = [i for i, c in enumerate(changed) if 48 <= c <= 57] or [0]
            for at in rng.choice(digits, 3):
                changed[at : at + 1] = rng.choice([b"9", b"-1", b"1e39", b"99999999999", b"null", b"0.5"])
        case _:
            at, to = rng.integers(len(changed), size=2)
            changed[to:to] = changed[at : at + 64]
    return bytes(changed)


@pytest.mark.parametrize("name", ["a.glb", "a.gltf", "a.obj", "a.ply", "text.ply", "a.stl", "text.stl"])
def test_whatever_happens_to_a_file_only_our_errors_come_out(tmp_path, triangle_file, name):
    path = tmp_path / name
    if name.endswith("glb"):
        index = triangle_file.texture(np.zeros((4, 4, 4), dtype=np.uint8))
        primitive = triangle_file.json["meshes"][0]["primitives"][0]
        primitive["indices"] = triangle_file.accessor([0, 1, 2], "u2")
        primitive["attributes"] |= {
            "TEXCOORD_0": triangle_file.accessor([[0, 0], [1, 0], [0, 1]]),
            "NORMAL": 0,
        }
        primitive |= {"material": 0, "targets": [{"POSITION": 0}]}
        transform = {"KHR_texture_transform": {"scale": [2, 2]}}
        info = {"index": index, "extensions": transform}
        triangle_file.json["materials"] = [
            {"pbrMetallicRoughness": {"baseColorTexture": info}, "normalTexture": {"index": index}}
        ]
        triangle_file.json["nodes"] = [
            {"children": [1], "rotation": [0, 0, 0, 1]},
            {"mesh": 0, "weights": [0.5]},
        ]
        triangle_file.glb(path)
    elif name.endswith("gltf"):
        triangle_file.gltf(path)
    else:
        import trimesh

        box = trimesh.creation.box()
        if name.startswith("text"):
            options = {"encoding": "ascii"} if name.endswith("ply") else {"file_type": "stl_ascii"}
            box.export(path, **options)
        else:
            box.export(path)
    good = path.read_bytes()
    assert read_model(path).facts.poly_count in (1, 12)
    refused = 0
    for i in range(150):
        path.write_bytes(mutated(good, np.random.default_rng([i, len(good)])))
        try:
            read_model(path, limits=Limits(max_vertices=10**6, max_triangles=10**6, max_file_bytes=10**7))
        except SisgError:
            refused += 1
    assert refused > 20
