"""Materials in glTF files: every factor and texture arrives where ours keeps it, computed by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sisg_robotics.assets.readers import read_model

RNG = np.random.default_rng(3)
PICTURE = RNG.integers(0, 256, (4, 8, 4), dtype=np.uint8)
UV = np.array([[0, 0], [1, 0], [0.25, 2]], dtype=np.float32)


def srgb(linear: float) -> float:
    return linear * 12.92 if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055


@pytest.fixture
def read(tmp_path, triangle_file):
    """Reads the triangle with this material, uv and colours; gives its part."""

    def read_with(material, *, uv=UV, uv_1=None, colors=None, **tables):
        attributes = triangle_file.json["meshes"][0]["primitives"][0]
        attributes["material"] = 0
        attributes["attributes"]["TEXCOORD_0"] = triangle_file.accessor(uv)
        if uv_1 is not None:
            attributes["attributes"]["TEXCOORD_1"] = triangle_file.accessor(uv_1)
        if colors is not None:
            attributes["attributes"]["COLOR_0"] = colors
        triangle_file.json |= {"materials": [material], **tables}
        model = read_model(triangle_file.glb(tmp_path / "a.glb"))
        return model.nodes[0].parts[0]

    return read_with


def test_plain_factors(read):
    pbr = {"baseColorFactor": [0.5, 0.2, 0.0, 0.4], "metallicFactor": 0.3, "roughnessFactor": 0.6}
    material = read({"name": "m", "pbrMetallicRoughness": pbr, "alphaMode": "BLEND"}).material
    np.testing.assert_allclose(material.color_rgb, [srgb(0.5), srgb(0.2), 0], atol=1e-9)
    assert (material.name, material.metallic, material.roughness) == ("m", 0.3, 0.6)
    assert (material.alpha, material.alpha_mode) == (0.4, "blend")


def test_a_texture_with_alpha_becomes_colour_and_alpha(read, triangle_file):
    pbr = {"baseColorTexture": {"index": triangle_file.texture(PICTURE)}}
    part = read({"pbrMetallicRoughness": pbr, "alphaMode": "MASK", "alphaCutoff": 0.3})
    np.testing.assert_array_equal(part.material.texture, PICTURE[..., :3])
    np.testing.assert_array_equal(part.material.alpha_texture, PICTURE[..., 3])
    assert (part.material.alpha_mode, part.material.alpha_cutoff) == ("mask", 0.3)
    np.testing.assert_array_equal(part.uv, UV)


def test_a_factor_is_multiplied_into_the_texture_in_linear_light(read, triangle_file):
    white = np.full((1, 1, 3), 255, dtype=np.uint8)
    pbr = {
        "baseColorTexture": {"index": triangle_file.texture(white)},
        "baseColorFactor": [0.5, 1, 0.1, 1],
    }
    texture = read({"pbrMetallicRoughness": pbr}).material.texture
    assert texture[0, 0].tolist() == [round(255 * srgb(0.5)), 255, round(255 * srgb(0.1))]


def test_metal_rough_and_normal_maps(read, triangle_file):
    rgb = PICTURE[..., :3]
    index = triangle_file.texture(rgb)
    material = read(
        {
            "pbrMetallicRoughness": {"metallicRoughnessTexture": {"index": index}, "roughnessFactor": 0.5},
            "normalTexture": {"index": index, "scale": 0.7},
        }
    ).material
    np.testing.assert_array_equal(material.metal_rough_texture, rgb[..., [2, 1]])
    assert (material.metallic, material.roughness) == (1.0, 0.5)
    np.testing.assert_array_equal(material.normal_texture, rgb)
    assert material.normal_scale == 0.7


def test_light_of_another_colour_has_a_texture_of_one_pixel(read):
    material = read(
        {
            "emissiveFactor": [0.5, 0.25, 0],
            "extensions": {"KHR_materials_emissive_strength": {"emissiveStrength": 4}},
        }
    ).material
    assert material.emission == 2.0
    assert material.emission_texture.tolist() == [[[255, round(255 * srgb(0.5)), 0]]]


def test_light_of_the_own_colour_needs_no_texture(read, triangle_file):
    info = {"index": triangle_file.texture(PICTURE)}
    material = read(
        {
            "pbrMetallicRoughness": {"baseColorTexture": info},
            "emissiveTexture": info,
            "emissiveFactor": [0.8] * 3,
        }
    ).material
    assert (material.emission, material.emission_texture) == (0.8, None)


def test_panes_and_vertex_colours(read, triangle_file):
    colors = triangle_file.accessor([[255, 0, 51], [0, 0, 0], [255, 255, 255]], "u1", normalized=True)
    part = read({"extensions": {"KHR_materials_transmission": {"transmissionFactor": 0.9}}}, colors=colors)
    assert part.material.transmission == 0.9
    np.testing.assert_allclose(part.colors, [[1, 0, 0.2, 1], [0, 0, 0, 1], [1, 1, 1, 1]], atol=1e-7)


def test_a_transform_of_the_texture_is_in_the_uv(read, triangle_file):
    transform = {"offset": [0.5, 0.25], "rotation": np.pi / 2, "scale": [2, 3]}
    info = {
        "index": triangle_file.texture(PICTURE),
        "extensions": {"KHR_texture_transform": transform},
    }
    part = read({"pbrMetallicRoughness": {"baseColorTexture": info}})
    expected = [[0.5 + 3 * v, 0.25 - 2 * u] for u, v in UV]  # counter-clockwise as one sees it, v is down
    np.testing.assert_allclose(part.uv, expected, atol=1e-6)


def test_the_second_uv_set_is_used_and_a_texture_on_another_is_its_mean(read, triangle_file):
    index = triangle_file.texture(PICTURE[..., :3])
    part = read(
        {
            "pbrMetallicRoughness": {
                "baseColorTexture": {"index": index, "texCoord": 1},
                "metallicRoughnessTexture": {"index": index},
            },
            "normalTexture": {"index": index},
        },
        uv_1=UV + 5,
    )
    np.testing.assert_array_equal(part.uv, UV + 5)
    mean = PICTURE[..., :3].reshape(-1, 3).mean(axis=0).round()
    assert part.material.metal_rough_texture.tolist() == [[[mean[2], mean[1]]]]
    assert part.material.normal_texture is None


def test_specular_glossiness_is_taken_as_colour_and_roughness(read):
    gloss = {"diffuseFactor": [0.5, 0.5, 0.5, 1], "specularFactor": [0.04] * 3, "glossinessFactor": 0.3}
    material = read({"extensions": {"KHR_materials_pbrSpecularGlossiness": gloss}}).material
    assert material.metallic == pytest.approx(0.0, abs=1e-6)
    assert material.roughness == pytest.approx(0.7)
    np.testing.assert_allclose(material.color_rgb, [srgb(0.5)] * 3, atol=1e-6)
    metal = {"diffuseFactor": [0, 0, 0, 1], "specularFactor": [0.9, 0.6, 0.3]}
    material = read({"extensions": {"KHR_materials_pbrSpecularGlossiness": metal}}).material
    assert material.metallic == pytest.approx(1.0, abs=0.05)
    np.testing.assert_allclose(material.color_rgb, [srgb(c) for c in (0.9, 0.6, 0.3)], atol=0.02)


def test_unlit_materials_keep_their_colour(read):
    pbr = {"baseColorFactor": [1, 0, 0, 1]}
    material = read({"pbrMetallicRoughness": pbr, "extensions": {"KHR_materials_unlit": {}}}).material
    np.testing.assert_allclose(material.color_rgb, [1, 0, 0], atol=1e-9)
    assert (material.metallic, material.roughness, material.emission) == (0.0, 1.0, 0.0)


def test_blender_agrees(tmp_path):
    """What Blender exports is what was made in Blender."""
    bpy = pytest.importorskip("bpy")
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.ops.mesh.primitive_cube_add(size=2, location=(1, 2, 3))
    cube = bpy.context.object
    cube.scale, cube.rotation_euler = (1, 2, 0.5), (0, 0, np.pi / 2)
    made = bpy.data.materials.new("paint")
    made.use_nodes = True
    shader = made.node_tree.nodes["Principled BSDF"]
    shader.inputs["Base Color"].default_value = (0.8, 0.1, 0.2, 1)
    shader.inputs["Roughness"].default_value = 0.25
    shader.inputs["Metallic"].default_value = 0.75
    shader.inputs["Emission Color"].default_value = (0, 1, 0, 1)
    shader.inputs["Emission Strength"].default_value = 3.0
    cube.data.materials.append(made)
    bpy.ops.object.empty_add()
    path = tmp_path / "cube.glb"
    bpy.ops.export_scene.gltf(filepath=str(path))
    model = read_model(path)
    # Blender's (x, y, z) is glTF's (x, z, -y), which is our (-y, x, z)
    np.testing.assert_allclose(model.facts.bbox_min, [-3, -1, 2.5], atol=1e-5)
    np.testing.assert_allclose(model.facts.bbox_max, [-1, 3, 3.5], atol=1e-5)
    (part,) = model.nodes[0].parts
    material = part.material
    np.testing.assert_allclose(material.color_rgb, [srgb(0.8), srgb(0.1), srgb(0.2)], atol=1e-6)
    assert material.roughness == pytest.approx(0.25)
    assert material.metallic == pytest.approx(0.75)
    assert material.emission == pytest.approx(3.0)
    assert material.emission_texture.tolist() == [[[0, 255, 0]]]

    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.ops.import_scene.gltf(filepath=str(path))
    meshes = [o.data for o in bpy.context.scene.objects if o.type == "MESH"]
    facts = model.facts
    assert facts.object_count == len(bpy.context.scene.objects) == 2
    assert facts.mesh_count == len(meshes) == 1
    assert facts.vert_count == len(meshes[0].vertices) == 24
    assert facts.edge_count == len(meshes[0].edges)
    assert facts.poly_count == len(meshes[0].polygons) == 12
    assert facts.material_count == len(bpy.data.materials) == 1
