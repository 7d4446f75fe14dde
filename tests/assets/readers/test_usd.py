"""USD files: stages written with `pxr`, whose answer is known."""

from __future__ import annotations

import zipfile

import numpy as np
import pytest
from PIL import Image

from sisg_robotics.assets.readers import BadModel, Limits, read_model

pytest.importorskip("pxr")
from pxr import Gf, Sdf, Usd, UsdGeom, UsdShade, UsdUtils

QUADS = [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (2, 0, 0), (2, 1, 0)]
PICTURE = np.random.default_rng(5).integers(0, 256, (4, 2, 3), dtype=np.uint8)


def two_quads(stage, path="/World/mesh"):
    """Two squares side by side in the x-y plane."""
    mesh = UsdGeom.Mesh.Define(stage, path)
    mesh.CreatePointsAttr(QUADS)
    mesh.CreateFaceVertexCountsAttr([4, 4])
    mesh.CreateFaceVertexIndicesAttr([0, 1, 2, 3, 1, 4, 5, 2])
    mesh.CreateSubdivisionSchemeAttr("none")
    return mesh


def paint(stage, name, texture=None, **values):
    material = UsdShade.Material.Define(stage, f"/World/{name}")
    shader = UsdShade.Shader.Define(stage, f"/World/{name}/shader")
    shader.CreateIdAttr("UsdPreviewSurface")
    for key, value in values.items():
        kind = Sdf.ValueTypeNames.Color3f if isinstance(value, tuple) else Sdf.ValueTypeNames.Float
        shader.CreateInput(key, kind).Set(value)
    if texture is not None:
        reader = UsdShade.Shader.Define(stage, f"/World/{name}/uv")
        reader.CreateIdAttr("UsdPrimvarReader_float2")
        reader.CreateInput("varname", Sdf.ValueTypeNames.String).Set("map")
        image = UsdShade.Shader.Define(stage, f"/World/{name}/image")
        image.CreateIdAttr("UsdUVTexture")
        image.CreateInput("file", Sdf.ValueTypeNames.Asset).Set(texture)
        st = image.CreateInput("st", Sdf.ValueTypeNames.Float2)
        st.ConnectToSource(reader.CreateOutput("result", Sdf.ValueTypeNames.Float2))
        color = shader.CreateInput("diffuseColor", Sdf.ValueTypeNames.Color3f)
        color.ConnectToSource(image.CreateOutput("rgb", Sdf.ValueTypeNames.Float3))
    material.CreateSurfaceOutput().ConnectToSource(shader.ConnectableAPI(), "surface")
    return material


@pytest.fixture
def stage_at(tmp_path):
    """A new stage, z up, in centimetres."""

    def new(name="a.usda"):
        stage = Usd.Stage.CreateNew(str(tmp_path / name))
        UsdGeom.SetStageUpAxis(stage, "Z")
        UsdGeom.SetStageMetersPerUnit(stage, 0.01)
        UsdGeom.Xform.Define(stage, "/World")
        return stage

    return new


@pytest.mark.parametrize("name", ["a.usda", "a.usdc"])
def test_units_axes_and_transforms(tmp_path, stage_at, name):
    stage = stage_at(name)
    mesh = two_quads(stage)
    UsdGeom.Xformable(stage.GetPrimAtPath("/World")).AddTranslateOp().Set((100, 0, 0))
    mesh.AddScaleOp().Set((200, 100, 100))
    stage.Save()
    model = read_model(tmp_path / name)
    np.testing.assert_allclose(
        [model.facts.bbox_min, model.facts.bbox_max], [[1, 0, 0], [5, 1, 0]], atol=1e-6
    )
    np.testing.assert_allclose(model.nodes[0].parts[0].normals, [[0, 0, 1]] * 12, atol=1e-6)
    facts = model.facts
    assert (facts.mesh_count, facts.vert_count, facts.edge_count, facts.poly_count) == (1, 6, 7, 2)
    assert facts.object_count == 2
    UsdGeom.SetStageUpAxis(stage, "Y")
    stage.Save()
    facts = read_model(tmp_path / name).facts
    np.testing.assert_allclose([facts.bbox_min, facts.bbox_max], [[0, 1, 0], [0, 5, 1]], atol=1e-6)


def test_subsets_wear_their_materials(tmp_path, stage_at):
    stage = stage_at()
    mesh = two_quads(stage)
    Image.fromarray(PICTURE).save(tmp_path / "p.png")
    uv = UsdGeom.PrimvarsAPI(mesh).CreatePrimvar("map", Sdf.ValueTypeNames.TexCoord2fArray, "faceVarying")
    uv.Set([(0, 0), (1, 0), (1, 1), (0, 1)] * 2)
    red = paint(stage, "red", diffuseColor=(0.5, 0, 0), roughness=0.3, metallic=0.6, opacity=0.25,
                emissiveColor=(0.0, 2.0, 0.0))  # fmt: skip
    wood = paint(stage, "wood", texture="./p.png")
    UsdShade.MaterialBindingAPI.Apply(mesh.GetPrim()).Bind(wood)
    subset = UsdShade.MaterialBindingAPI(mesh).CreateMaterialBindSubset("left", [0])
    UsdShade.MaterialBindingAPI.Apply(subset.GetPrim()).Bind(red)
    stage.Save()
    model = read_model(tmp_path / "a.usda")
    one, two = model.nodes[0].parts
    material = one.material
    assert material.name == "red"
    np.testing.assert_allclose(material.color_rgb, [1.055 * 0.5 ** (1 / 2.4) - 0.055, 0, 0], atol=1e-6)
    assert (material.alpha, material.alpha_mode) == (0.25, "blend")
    assert (material.roughness, material.metallic) == pytest.approx((0.3, 0.6))
    assert (material.emission, material.emission_texture.tolist()) == (2.0, [[[0, 255, 0]]])
    assert one.vertices_m[:, 0].max() == pytest.approx(0.01)
    assert two.material.name == "wood"
    np.testing.assert_array_equal(two.material.texture, PICTURE)
    np.testing.assert_allclose(two.uv[0], [0, 1])  # the lower left corner
    assert model.facts.linked_files == ("p.png",)
    assert model.facts.material_count == 2
    (tmp_path / "p.png").unlink()
    assert read_model(tmp_path / "a.usda").facts.missing_textures == ("./p.png",)


def test_display_colours_instances_and_hidden_things(tmp_path, stage_at):
    stage = stage_at()
    mesh = two_quads(stage, "/Proto/mesh")
    mesh.CreateDisplayColorAttr([(1, 0, 0), (0, 0, 0.5)])
    mesh.CreateDisplayColorPrimvar("uniform")
    stage.GetPrimAtPath("/Proto").SetSpecifier(Sdf.SpecifierClass)
    for i in range(2):
        prim = UsdGeom.Xform.Define(stage, f"/World/copy{i}")
        prim.AddTranslateOp().Set((0, 0, 100 * i))
        prim.GetPrim().GetReferences().AddInternalReference("/Proto")
        prim.GetPrim().SetInstanceable(True)
    hidden = two_quads(stage, "/World/hidden")
    hidden.MakeInvisible()
    guide = two_quads(stage, "/World/guide")
    guide.CreatePurposeAttr("guide")
    stage.Save()
    model = read_model(tmp_path / "a.usda")
    assert model.facts.mesh_count == 2
    assert model.facts.bbox_max[2] == pytest.approx(1.0)
    colors = model.nodes[0].parts[0].colors
    np.testing.assert_allclose(colors[0], [1, 0, 0, 1])
    np.testing.assert_allclose(colors[-1], [0, 0, 0.5, 1])
    assert model.nodes[0].parts[0].material.color_rgb == (1, 1, 1)


def test_a_mesh_without_any_colour_is_plain_grey_as_in_other_formats(tmp_path, stage_at):
    stage = stage_at()
    two_quads(stage, "/World/bare")
    stage.Save()
    (part,) = read_model(tmp_path / "a.usda").nodes[0].parts
    assert part.material.color_rgb == (0.8, 0.8, 0.8) and part.colors is None


def test_a_point_instancer_repeats_its_prototypes(tmp_path, stage_at):
    stage = stage_at()
    instancer = UsdGeom.PointInstancer.Define(stage, "/World/many")
    two_quads(stage, "/World/many/proto")
    instancer.CreatePrototypesRel().AddTarget("/World/many/proto")
    instancer.CreateProtoIndicesAttr([0, 0, 0])
    instancer.CreatePositionsAttr([Gf.Vec3f(0, 0, 100 * i) for i in range(3)])
    stage.Save()
    facts = read_model(tmp_path / "a.usda").facts
    assert (facts.mesh_count, facts.poly_count) == (3, 6)
    np.testing.assert_allclose(facts.bbox_max, [0.02, 0.01, 2.0], atol=1e-6)


def test_left_handed_faces_are_turned_round(tmp_path, stage_at):
    stage = stage_at()
    two_quads(stage).CreateOrientationAttr("leftHanded")
    stage.Save()
    np.testing.assert_allclose(read_model(tmp_path / "a.usda").nodes[0].parts[0].normals[:, 2], -1)


def test_an_archive_brings_its_textures(tmp_path, stage_at):
    stage = stage_at()
    mesh = two_quads(stage)
    Image.fromarray(PICTURE).save(tmp_path / "p.png")
    UsdShade.MaterialBindingAPI.Apply(mesh.GetPrim()).Bind(paint(stage, "wood", texture="./p.png"))
    stage.Save()
    path = tmp_path / "out" / "a.usdz"
    path.parent.mkdir()
    assert UsdUtils.CreateNewUsdzPackage(Sdf.AssetPath(str(tmp_path / "a.usda")), str(path))
    model = read_model(path)
    np.testing.assert_array_equal(model.nodes[0].parts[0].material.texture, PICTURE)
    assert model.facts.missing_textures == ()


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("../outside.usda", "outside_folder"),
        ("/etc/passwd.usda", "outside_folder"),
        ("./nowhere.usda", "missing_file"),
        ("https://example.org/a.usda", "remote_link"),
    ],
)
def test_layers_come_from_the_folder_only(tmp_path, link, reason):
    folder = tmp_path / "model"
    folder.mkdir()
    outside = Usd.Stage.CreateNew(str(tmp_path / "outside.usda"))
    outside.SetDefaultPrim(two_quads(outside, "/mesh").GetPrim())
    outside.Save()
    text = f'#usda 1.0\ndef Xform "a" (references = @{link}@) {{}}\n'
    (folder / "a.usda").write_text(text)
    with pytest.raises(BadModel) as refused:
        read_model(folder / "a.usda")
    assert refused.value.reason == reason


def test_damaged_and_compressed_files_are_refused(tmp_path, stage_at):
    stage = stage_at("a.usdc")
    two_quads(stage)
    stage.Save()
    data = (tmp_path / "a.usdc").read_bytes()
    for i, cut in enumerate((20, len(data) // 2)):
        path = tmp_path / f"cut{i}.usdc"
        path.write_bytes(data[:cut])
        with pytest.raises(BadModel, match="damaged"):
            read_model(path)
    with zipfile.ZipFile(tmp_path / "bomb.usdz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.usda", "#usda 1.0\n" + " " * 10_000_000)
    with pytest.raises(BadModel, match="compressed"):
        read_model(tmp_path / "bomb.usdz")


def test_a_reader_that_takes_too_long_is_ended(tmp_path, stage_at):
    stage = stage_at()
    two_quads(stage)
    stage.Save()
    with pytest.raises(BadModel) as refused:
        read_model(tmp_path / "a.usda", limits=Limits(max_seconds=0.01))
    assert refused.value.reason == "timed_out"
