"""Files in the format of demo_e200.ckpt with random weights, small; and the real names and shapes."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from sisg_robotics.encoders.lseg.checkpoint import (
    UNUSED,
    clip_weights,
    load_network,
    published_name,
    read_state,
)
from sisg_robotics.encoders.lseg.network import LsegNetwork, LsegSizes
from sisg_robotics.errors import BadFile, MissingPath

SMALL = LsegSizes(
    width=32, depth=6, heads=4, position_grid=4, read_after=(1, 2, 4, 5), stage_channels=(8, 12, 16, 20),
    fused_channels=8, feature_dim=6,
)  # fmt: skip

# What `LSegModule.state_dict()` has in isl-org/lang-seg (modules/models/lseg_*.py with backbone
# clip_vitl16_384, 256 features, arch_option 0, readout "project"), with timm 0.4.12 and OpenAI's CLIP; listed
# by building the modules of that code. VLMaps loads demo_e200.ckpt strictly into the same names.
# {a..b} stands for each number, {x,y} for each word.
PUBLISHED = """
net.pretrained.model.cls_token                                       1 1 1024
net.pretrained.model.pos_embed                                       1 577 1024
net.pretrained.model.patch_embed.proj.weight                         1024 3 16 16
net.pretrained.model.patch_embed.proj.bias                           1024
net.pretrained.model.blocks.{0..23}.{norm1,norm2}.{weight,bias}      1024
net.pretrained.model.blocks.{0..23}.attn.qkv.weight                  3072 1024
net.pretrained.model.blocks.{0..23}.attn.qkv.bias                    3072
net.pretrained.model.blocks.{0..23}.attn.proj.weight                 1024 1024
net.pretrained.model.blocks.{0..23}.attn.proj.bias                   1024
net.pretrained.model.blocks.{0..23}.mlp.fc1.weight                   4096 1024
net.pretrained.model.blocks.{0..23}.mlp.fc1.bias                     4096
net.pretrained.model.blocks.{0..23}.mlp.fc2.weight                   1024 4096
net.pretrained.model.blocks.{0..23}.mlp.fc2.bias                     1024
net.pretrained.model.norm.{weight,bias}                              1024
net.pretrained.model.head.weight                                     1000 1024
net.pretrained.model.head.bias                                       1000
net.pretrained.act_postprocess{1..4}.0.project.0.weight              1024 2048
net.pretrained.act_postprocess{1..4}.0.project.0.bias                1024
net.pretrained.act_postprocess1.3.weight                             256 1024 1 1
net.pretrained.act_postprocess1.{3,4}.bias                           256
net.pretrained.act_postprocess1.4.weight                             256 256 4 4
net.pretrained.act_postprocess2.3.weight                             512 1024 1 1
net.pretrained.act_postprocess2.{3,4}.bias                           512
net.pretrained.act_postprocess2.4.weight                             512 512 2 2
net.pretrained.act_postprocess{3..4}.3.weight                        1024 1024 1 1
net.pretrained.act_postprocess{3..4}.3.bias                          1024
net.pretrained.act_postprocess4.4.weight                             1024 1024 3 3
net.pretrained.act_postprocess4.4.bias                               1024
net.scratch.layer1_rn.weight                                         256 256 3 3
net.scratch.layer2_rn.weight                                         256 512 3 3
net.scratch.layer{3..4}_rn.weight                                    256 1024 3 3
net.scratch.refinenet{1..4}.out_conv.weight                          256 256 1 1
net.scratch.refinenet{1..4}.out_conv.bias                            256
net.scratch.refinenet{1..4}.resConfUnit{1..2}.{conv1,conv2}.weight   256 256 3 3
net.scratch.refinenet{1..4}.resConfUnit{1..2}.{bn1,bn2}.{weight,bias,running_mean,running_var} 256
net.scratch.refinenet{1..4}.resConfUnit{1..2}.{bn1,bn2}.num_batches_tracked
net.scratch.head1.weight                                             512 256 1 1
net.scratch.head1.bias                                               512
net.clip_pretrained.positional_embedding                             77 512
net.clip_pretrained.text_projection                                  512 512
net.clip_pretrained.logit_scale
net.clip_pretrained.token_embedding.weight                           49408 512
net.clip_pretrained.ln_final.{weight,bias}                           512
net.clip_pretrained.transformer.resblocks.{0..11}.attn.in_proj_weight           1536 512
net.clip_pretrained.transformer.resblocks.{0..11}.attn.in_proj_bias             1536
net.clip_pretrained.transformer.resblocks.{0..11}.attn.out_proj.weight          512 512
net.clip_pretrained.transformer.resblocks.{0..11}.attn.out_proj.bias            512
net.clip_pretrained.transformer.resblocks.{0..11}.{ln_1,ln_2}.{weight,bias}     512
net.clip_pretrained.transformer.resblocks.{0..11}.mlp.c_fc.weight               2048 512
net.clip_pretrained.transformer.resblocks.{0..11}.mlp.c_fc.bias                 2048
net.clip_pretrained.transformer.resblocks.{0..11}.mlp.c_proj.weight             512 2048
net.clip_pretrained.transformer.resblocks.{0..11}.mlp.c_proj.bias               512
net.clip_pretrained.visual.class_embedding                           768
net.clip_pretrained.visual.positional_embedding                      50 768
net.clip_pretrained.visual.proj                                      768 512
net.clip_pretrained.visual.conv1.weight                              768 3 32 32
net.clip_pretrained.visual.{ln_pre,ln_post}.{weight,bias}            768
net.clip_pretrained.visual.transformer.resblocks.{0..11}.attn.in_proj_weight        2304 768
net.clip_pretrained.visual.transformer.resblocks.{0..11}.attn.in_proj_bias          2304
net.clip_pretrained.visual.transformer.resblocks.{0..11}.attn.out_proj.weight       768 768
net.clip_pretrained.visual.transformer.resblocks.{0..11}.attn.out_proj.bias         768
net.clip_pretrained.visual.transformer.resblocks.{0..11}.{ln_1,ln_2}.{weight,bias}  768
net.clip_pretrained.visual.transformer.resblocks.{0..11}.mlp.c_fc.weight            3072 768
net.clip_pretrained.visual.transformer.resblocks.{0..11}.mlp.c_fc.bias              3072
net.clip_pretrained.visual.transformer.resblocks.{0..11}.mlp.c_proj.weight          768 3072
net.clip_pretrained.visual.transformer.resblocks.{0..11}.mlp.c_proj.bias            768
"""


def expanded(name: str) -> Iterator[str]:
    braces = re.search(r"\{(?:(\d+)\.\.(\d+)|([^{}]+))\}", name)
    if braces is None:
        yield name
        return
    first, last, words = braces.groups()
    for value in words.split(",") if words else range(int(first), int(last) + 1):
        yield from expanded(f"{name[: braces.start()]}{value}{name[braces.end() :]}")


def published() -> dict[str, tuple[int, ...]]:
    """Name to shape of all that the real checkpoint has."""
    lines = (line.split() for line in PUBLISHED.strip().splitlines())
    return {name: tuple(map(int, shape)) for pattern, *shape in lines for name in expanded(pattern)}


def test_the_table_has_each_name_once() -> None:
    lines = PUBLISHED.strip().splitlines()
    names = [name for line in lines for name in expanded(line.split()[0])]
    assert len(names) == len(set(names)) == 428 + 302
    assert sum(not name.startswith("net.clip_pretrained.") for name in names) == 428


def test_the_full_network_has_the_published_names_and_shapes() -> None:
    with torch.device("meta"):
        network = LsegNetwork()
    ours = {f"net.{published_name(k)}": tuple(v.shape) for k, v in network.state_dict().items()}
    unused = tuple(f"net.{prefix}" for prefix in UNUSED)
    used = {name: shape for name, shape in published().items() if not name.startswith(unused)}
    assert ours == used


@pytest.fixture(scope="module")
def dpt() -> nn.Module:
    """DPT as transformers has it, LSeg's variant of it at small widths, no weight at its first value."""
    from transformers import DPTConfig, DPTForSemanticSegmentation

    config = DPTConfig(
        hidden_size=32, num_hidden_layers=6, num_attention_heads=4, intermediate_size=128, image_size=64,
        layer_norm_eps=1e-6, backbone_out_indices=[1, 2, 4, 5], readout_type="project",
        neck_hidden_sizes=[8, 12, 16, 20], fusion_hidden_size=8, use_batch_norm_in_fusion_residual=True,
        use_auxiliary_head=False,
    )  # fmt: skip
    model = DPTForSemanticSegmentation(config)
    generator = torch.Generator().manual_seed(0)
    for tensor in model.state_dict().values():
        if tensor.dim() > 1:
            tensor.normal_(0, tensor[0].numel() ** -0.5, generator=generator)
        elif tensor.is_floating_point():
            tensor += 0.3 * torch.rand(tensor.shape, generator=generator)
    return model.eval().requires_grad_(False)


HEAD = nn.Conv2d(8, 6, 1).requires_grad_(False)


@pytest.fixture
def state(dpt: nn.Module) -> dict[str, Tensor]:
    """The same weights by LSeg's names, with all else that the real file has."""
    theirs = dpt.state_dict()
    vit, neck = "dpt.embeddings.", "neck."
    named = {
        "pretrained.model.cls_token": theirs[f"{vit}cls_token"],
        "pretrained.model.pos_embed": theirs[f"{vit}position_embeddings"],
        "scratch.head1.weight": HEAD.weight,
        "scratch.head1.bias": HEAD.bias,
    }
    for kind in ("weight", "bias"):
        named[f"pretrained.model.patch_embed.proj.{kind}"] = theirs[
            f"{vit}patch_embeddings.projection.{kind}"
        ]
        named[f"pretrained.model.norm.{kind}"] = theirs[f"dpt.layernorm.{kind}"]
        named[f"pretrained.model.head.{kind}"] = torch.zeros(1)
        for block in range(6):
            layer, ours = f"dpt.encoder.layer.{block}.", f"pretrained.model.blocks.{block}."
            named[f"{ours}norm1.{kind}"] = theirs[f"{layer}layernorm_before.{kind}"]
            named[f"{ours}norm2.{kind}"] = theirs[f"{layer}layernorm_after.{kind}"]
            parts = [theirs[f"{layer}attention.attention.{x}.{kind}"] for x in ("query", "key", "value")]
            named[f"{ours}attn.qkv.{kind}"] = torch.cat(parts)
            named[f"{ours}attn.proj.{kind}"] = theirs[f"{layer}attention.output.dense.{kind}"]
            named[f"{ours}mlp.fc1.{kind}"] = theirs[f"{layer}intermediate.dense.{kind}"]
            named[f"{ours}mlp.fc2.{kind}"] = theirs[f"{layer}output.dense.{kind}"]
        for i in range(4):
            stage, ours = f"{neck}reassemble_stage.", f"pretrained.act_postprocess{i + 1}."
            named[f"{ours}0.project.0.{kind}"] = theirs[f"{stage}readout_projects.{i}.0.{kind}"]
            named[f"{ours}3.{kind}"] = theirs[f"{stage}layers.{i}.projection.{kind}"]
            if i != 2:
                named[f"{ours}4.{kind}"] = theirs[f"{stage}layers.{i}.resize.{kind}"]
    for i in range(4):
        named[f"scratch.layer{i + 1}_rn.weight"] = theirs[f"{neck}convs.{i}.weight"]
        fusion = f"{neck}fusion_stage.layers.{3 - i}."  # theirs count from the coarsest
        for name, tensor in theirs.items():
            if name.startswith(fusion):
                ours = name.removeprefix(fusion).replace("projection", "out_conv")
                ours = ours.replace("residual_layer", "resConfUnit").replace("batch_norm", "bn")
                named[f"scratch.refinenet{i + 1}.{ours.replace('convolution', 'conv')}"] = tensor
    clip = [name for name in published() if name.startswith("net.clip_pretrained.")]
    return {f"net.{k}": v for k, v in named.items()} | {k: torch.zeros(1, dtype=torch.half) for k in clip}


Save = Callable[..., Path]


@pytest.fixture
def save(tmp_path: Path, state: dict[str, Tensor]) -> Save:
    """Writes a checkpoint as lightning does; `change` may alter it first."""

    def write(change: Callable[[dict[str, Any]], object] = lambda _: None) -> Path:
        momentum = {0: {"momentum_buffer": torch.zeros(3)}}
        checkpoint = {
            "epoch": 199,
            "global_step": 5,
            "pytorch-lightning_version": "1.4.9",
            "state_dict": dict(state),
            "callbacks": {},
            "optimizer_states": [{"state": momentum, "param_groups": [{"lr": 0.004, "params": [0]}]}],
            "lr_schedulers": [{"base_lrs": [0.004], "last_epoch": 200, "lr_lambdas": [None]}],
            "hyper_parameters": {"backbone": "clip_vitl16_384", "num_features": 256},
        }
        change(checkpoint)
        path = tmp_path / "demo_e200.ckpt"
        torch.save(checkpoint, path)
        return path

    return write


def test_the_small_file_has_the_names_of_the_real_one(state: dict[str, Tensor]) -> None:
    later = tuple(f"net.pretrained.model.blocks.{i}." for i in range(6, 24))
    assert set(state) == {name for name in published() if not name.startswith(later)}


@pytest.mark.parametrize(("height", "width"), [(64, 64), (96, 160)])
def test_a_checkpoint_gives_the_network_of_transformers_dpt(
    save: Save, dpt: nn.Module, height: int, width: int
) -> None:
    network = load_network(save(), SMALL)
    assert all(weight.dtype == torch.float32 for weight in network.parameters())
    pictures = torch.randn(2, 3, height, width, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        layers = dpt.dpt(pictures, output_hidden_states=True).hidden_states[1:]
        read = [layers[index] for index in SMALL.read_after]
        wanted = nn.functional.normalize(HEAD(dpt.neck(read, height // 16, width // 16)[-1]), dim=1)
        found = network(pictures)
    assert wanted.std((0, 2, 3)).min() > 0.01  # else anything agrees
    torch.testing.assert_close(found, wanted, atol=1e-4, rtol=0)


def test_the_network_outlives_its_file(save: Save) -> None:
    path = save()
    network = load_network(path, SMALL)
    before = network.head.weight.clone()
    path.write_bytes(b"")
    assert torch.equal(network.head.weight, before)


def test_the_words_are_named_as_openai_names_them(save: Save) -> None:
    names = set(clip_weights(save()))
    assert "transformer.resblocks.11.attn.in_proj_weight" in names
    assert names == {n.removeprefix("net.clip_pretrained.") for n in published() if "clip_pretrained" in n}


def test_a_checkpoint_without_clip_says_so(save: Save, state: dict[str, Tensor]) -> None:
    images = {k: v for k, v in state.items() if "clip_pretrained" not in k}
    path = save(lambda checkpoint: checkpoint.update(state_dict=images))
    assert load_network(path, SMALL)
    with pytest.raises(BadFile, match=r"no CLIP inside.*'net\.clip_pretrained\.'"):
        clip_weights(path)


def of_lightning(monkeypatch: pytest.MonkeyPatch, module: str, kind: str, base: type) -> type:
    """A class that pickles as lightning's own."""
    made = type(kind, (base,), {"__module__": f"pytorch_lightning.{module}"})
    place = ModuleType(made.__module__)
    setattr(place, kind, made)
    monkeypatch.setitem(sys.modules, "pytorch_lightning", ModuleType("pytorch_lightning"))
    monkeypatch.setitem(sys.modules, made.__module__, place)
    return made


def test_what_old_lightning_leaves_in_its_files_is_passed_over(save: Save) -> None:
    """Before 1.5 a callback's class itself was a key, and settings were of a class of its own."""
    with pytest.MonkeyPatch.context() as lightning:
        callback = of_lightning(lightning, "callbacks.model_checkpoint", "ModelCheckpoint", object)
        settings = of_lightning(lightning, "utilities.parsing", "AttributeDict", dict)
        left = {
            "callbacks": {callback: {"monitor": "val_acc_epoch", "best_model_score": np.float64(0.8)}},
            "hyper_parameters": settings(backbone="clip_vitl16_384"),
            "arguments": argparse.Namespace(lr=0.1),
        }
        path = save(lambda checkpoint: checkpoint.update(left))
    assert "pytorch_lightning" not in sys.modules
    unused = 302 + 4 + 12  # CLIP, the last norm and the classes, what the coarsest map does not join
    assert len(read_state(path)) == len(load_network(path, SMALL).state_dict()) + unused


def test_a_pickle_that_runs_code_is_refused_with_the_reason_and_does_not_run(
    save: Save, tmp_path: Path
) -> None:
    mark = tmp_path / "ran"

    class Runs:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path.touch, (mark,)

    path = save(lambda checkpoint: checkpoint.update(callbacks=Runs()))
    with pytest.raises(BadFile, match=r"refused, because reading it would run code: .*pathlib"):
        load_network(path, SMALL)
    assert not mark.exists()


def renamed(old: str, new: str) -> Callable[[dict[str, Any]], None]:
    def change(checkpoint: dict[str, Any]) -> None:
        tensors = checkpoint["state_dict"]
        checkpoint["state_dict"] = {name.replace(old, new): tensor for name, tensor in tensors.items()}

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            renamed("pretrained.model.blocks.0.attn.qkv", "pretrained.model.blocks.0.attn.query"),
            r"another architecture: missing net\.pretrained\.model\.blocks\.0\.attn\.qkv\.weight, "
            r"net\.pretrained\.model\.blocks\.0\.attn\.qkv\.bias; "
            r"unknown net\.pretrained\.model\.blocks\.0\.attn\.query\.weight",
        ),
        (
            lambda c: c["state_dict"].update(
                {"net.scratch.head_block.depthwise.depthwise.weight": torch.ones(1)}
            ),
            r"another architecture: unknown net\.scratch\.head_block\.depthwise\.depthwise\.weight\. ",
        ),
        (
            lambda c: c["state_dict"].update({"net.scratch.head1.weight": torch.ones(768, 8, 1, 1)}),
            r"of another shape net\.scratch\.head1\.weight \(768, 8, 1, 1\) instead of \(6, 8, 1, 1\)",
        ),
        (
            renamed("net.", "model."),
            r"missing net\.pretrained\.model\.cls_token, .* and \d+ more; unknown net\.model\.",
        ),
        (
            lambda c: c.pop("state_dict"),
            r"not a lightning checkpoint: no 'state_dict' .*it has \['callbacks'",
        ),
        (lambda c: c.update(state_dict={"net.a": 1}), r"not a lightning checkpoint"),
        (lambda c: c.update(state_dict={3: torch.ones(1)}), r"not a lightning checkpoint"),
    ],
)
def test_another_architecture_is_refused_by_its_first_names(
    save: Save, change: Callable[[dict[str, Any]], object], said: str
) -> None:
    with pytest.raises(BadFile, match=said + r".*fetch_models\.py model=lseg"):
        load_network(save(change), SMALL)


@pytest.mark.parametrize("kept", [0, 1, 1000, -100])
def test_a_file_cut_short_is_refused(save: Save, kept: int) -> None:
    path = save()
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(BadFile, match=r"demo_e200\.ckpt: it .*fetch_models\.py model=lseg"):
        load_network(path, SMALL)


@pytest.mark.parametrize(
    "content", [b"<html>Too many users have viewed this file</html>", b"PK\x03\x04 no zip"]
)
def test_another_kind_of_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "demo_e200.ckpt"
    path.write_bytes(content)
    with pytest.raises(BadFile, match=r"demo_e200\.ckpt: it .*fetch_models\.py model=lseg"):
        load_network(path)


@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")
def test_a_torchscript_archive_is_refused(tmp_path: Path) -> None:
    """As OpenAI's ViT-B-32.pt is one."""
    path = tmp_path / "ViT-B-32.pt"
    archive = torch.jit.trace(nn.Linear(2, 2), torch.zeros(1, 2))
    torch.jit.save(archive, path)
    with pytest.raises(BadFile, match=r"it is not a file written by torch\.save .*torchscript"):
        load_network(path)


def test_a_module_is_refused_since_it_is_code(tmp_path: Path) -> None:
    path = tmp_path / "demo_e200.ckpt"
    torch.save(nn.Linear(2, 2), path)
    with pytest.raises(
        BadFile, match=r"would run code: its pickle names \['torch\.nn\.modules\.linear\.Linear'\]"
    ):
        load_network(path)


def test_a_checkpoint_without_a_zip_around_it_is_read(
    save: Save, state: dict[str, Tensor], tmp_path: Path
) -> None:
    """As torch wrote them before 1.6."""
    path = tmp_path / "old.ckpt"
    torch.save({"state_dict": state}, path, _use_new_zipfile_serialization=False)
    old, new = load_network(path, SMALL), load_network(save(), SMALL)
    assert all(torch.equal(a, b) for a, b in zip(old.parameters(), new.parameters(), strict=True))


def test_a_list_is_no_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / "demo_e200.ckpt"
    torch.save([torch.zeros(3)], path)
    with pytest.raises(BadFile, match="not a lightning checkpoint"):
        load_network(path)


def test_a_missing_file_is_said_with_the_command(tmp_path: Path) -> None:
    with pytest.raises(MissingPath, match=r"No LSeg checkpoint at .*fetch_models\.py model=lseg"):
        load_network(tmp_path / "demo_e200.ckpt")
