import pytest

from sisg_robotics.assets import AssetSpec, make_asset


@pytest.mark.parametrize("category", ["floor lamp", "table lamp", "ceiling lamp"])
@pytest.mark.parametrize("seed", range(6))
def test_a_shade_of_cloth_glows_and_one_of_metal_does_not(category, seed):
    def glow(material):
        asset = make_asset(AssetSpec(category, seed, color="red", material=material))
        return max(p.material.emission for p in asset.parts if p.material.name == f"red {material}")

    assert 0 < glow("fabric") < 1.0
    assert glow("metal") == 0
