"""Every layout in which models are published, written with random weights and read back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from sisg_robotics.encoders.clip import layouts, weights
from sisg_robotics.encoders.clip.checkpoints import CLIP_MEAN, open_checkpoint
from sisg_robotics.encoders.clip.text import ClipText
from sisg_robotics.encoders.clip.vision import ClipVision
from sisg_robotics.encoders.models.table import MODELS
from sisg_robotics.errors import BadFile, RequestError, SisgError

from .openai_clip import in_half, random_clip, save_archive

CLOSE = {"atol": 1e-4, "rtol": 0.0}
PIXELS = torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(3))
TEXTS = ["sofa", "a lamp beside the sofa"]


@pytest.fixture(scope="session")
def openai() -> Any:
    return random_clip(600)


def pictures(checkpoint: Any) -> Tensor:
    with torch.inference_mode():
        return ClipVision(checkpoint, "naclip").picture(PIXELS)


def words(checkpoint: Any) -> Tensor:
    return torch.from_numpy(ClipText(checkpoint, templates="bare", device="cpu").encode(TEXTS))


def openai_words(model: Any, folder: Path) -> Tensor:
    """What the reference makes of the same ids, padded with zeros to its whole context, as OpenAI's clip
    does."""
    from sisg_robotics.encoders.clip.tokens import read_tokens

    tokens = read_tokens(folder, "clip", 77, 600)
    rows = torch.tensor([ids + [0] * (77 - len(ids)) for ids in map(tokens.ids, TEXTS)])
    return torch.nn.functional.normalize(model.encode_text(rows), dim=1)


def assert_same(checkpoint: Any, model: Any) -> None:
    with torch.inference_mode():
        torch.testing.assert_close(pictures(checkpoint), model.visual(PIXELS), **CLOSE)
        torch.testing.assert_close(words(checkpoint), openai_words(model, checkpoint.folder), **CLOSE)


@pytest.mark.parametrize("way", ["archive", "weights", "named file"])
def test_openais_own_file(tmp_path: Path, openai: Any, write: SimpleNamespace, way: str) -> None:
    path = tmp_path / "ViT-B-32.pt"
    if way == "weights":
        torch.save({k: v.half() if in_half(k) else v for k, v in openai.state_dict().items()}, path)
    else:
        save_archive(openai, path)
    write.bpe(tmp_path)
    if way == "named file":
        (tmp_path / "ViT-B-16.pt").write_bytes(b"another model that clip.load left there")
        with pytest.raises(
            BadFile, match=r"has several models \(ViT-B-16.pt, ViT-B-32.pt\). Name the file of one"
        ):
            open_checkpoint(tmp_path)
    checkpoint = open_checkpoint(path if way == "named file" else tmp_path)
    assert checkpoint.config.vision_config.hidden_act == "quick_gelu" and checkpoint.mean == CLIP_MEAN
    assert_same(checkpoint, openai)


@pytest.mark.parametrize("weights", ["open_clip_model.safetensors", "open_clip_pytorch_model.bin"])
@pytest.mark.parametrize("custom", [False, True])
def test_openclips_layout(
    tmp_path: Path, openai: Any, write: SimpleNamespace, weights: str, custom: bool
) -> None:
    numbers = ("input_resolution", "context_length", "vocab_size")
    state = {name: value for name, value in openai.state_dict().items() if name not in numbers}
    sides = ("visual.", "logit_scale")
    if custom:  # its CustomTextCLIP
        state = {name if name.startswith(sides) else "text." + name: value for name, value in state.items()}
    if weights.endswith("bin"):
        torch.save(state, tmp_path / weights)
    else:
        save_file(state, tmp_path / weights)
    sizes = {
        "embed_dim": 16,
        "quick_gelu": True,
        "vision_cfg": {"image_size": 32, "layers": 2, "width": 64, "patch_size": 8},
        "text_cfg": {"context_length": 77, "vocab_size": 600, "width": 64, "heads": 1, "layers": 2},
    }
    said = {"model_cfg": sizes, "preprocess_cfg": {"mean": [0.5, 0.25, 0.125], "std": [1, 2, 3]}}
    (tmp_path / "open_clip_config.json").write_text(json.dumps(said))
    write.bpe(tmp_path)
    checkpoint = open_checkpoint(tmp_path)
    assert (checkpoint.mean, checkpoint.std) == ((0.5, 0.25, 0.125), (1, 2, 3))
    assert_same(checkpoint, openai)


def test_a_file_of_openclips_trainer_needs_its_sizes(
    tmp_path: Path, openai: Any, write: SimpleNamespace
) -> None:
    state = {f"module.{name}": value for name, value in openai.state_dict().items()}
    torch.save({"epoch": 32, "state_dict": state}, tmp_path / "epoch_32.pt")
    write.bpe(tmp_path)
    with pytest.raises(BadFile, match=r"does not say .* Put the open_clip_config\.json of that model"):
        open_checkpoint(tmp_path / "epoch_32.pt")
    sizes = {
        "embed_dim": 16,
        "vision_cfg": {"image_size": 32, "layers": 2, "width": 64, "head_width": 32, "patch_size": 8},
        "text_cfg": {"context_length": 77, "vocab_size": 600, "width": 64, "heads": 2, "layers": 2},
    }
    (tmp_path / "open_clip_config.json").write_text(json.dumps({"model_cfg": sizes}))
    config = open_checkpoint(tmp_path / "epoch_32.pt").config
    assert config.vision_config.hidden_act == config.text_config.hidden_act == "gelu"
    assert config.vision_config.num_attention_heads == config.text_config.num_attention_heads == 2


def test_weights_wider_than_openais_need_their_sizes(tmp_path: Path, openai: Any) -> None:
    state = openai.state_dict() | {"visual.conv1.weight": torch.zeros(1280, 3, 14, 14)}
    torch.save(state, tmp_path / "vit_h_14.pt")
    with pytest.raises(BadFile, match=r"wider than any of OpenAI's .* open_clip_config\.json"):
        open_checkpoint(tmp_path / "vit_h_14.pt")


def test_openclip_says_its_activation_and_its_heads(tmp_path: Path) -> None:
    config = layouts.config_of_openclip(
        {
            "embed_dim": 1024,
            "vision_cfg": {
                "image_size": 224,
                "layers": 32,
                "width": 1280,
                "head_width": 80,
                "patch_size": 14,
            },
            "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 1024, "heads": 16, "layers": 24},
        }
    )
    assert config["vision_config"]["num_attention_heads"] == 16
    assert config["vision_config"]["hidden_act"] == "gelu"


def test_lsegs_checkpoint_holds_a_clip(tmp_path: Path, openai: Any, write: SimpleNamespace) -> None:
    held = {f"net.clip_pretrained.{name}": value for name, value in openai.state_dict().items()}
    torch.save(
        {"state_dict": {**held, "net.scratch.head1.bias": torch.zeros(2)}}, tmp_path / "demo_e200.ckpt"
    )
    write.bpe(tmp_path)
    assert_same(open_checkpoint(tmp_path), openai)


@pytest.mark.parametrize("way", ["bin", "parts"])
def test_transformers_other_files(
    tmp_path: Path, clip_model: Any, clip_folder: Path, write: SimpleNamespace, way: str
) -> None:
    state = clip_model.state_dict()
    folder = write.transformers(tmp_path, clip_model)
    (folder / "model.safetensors").unlink()
    if way == "bin":
        ids = {"text_model.embeddings.position_ids": torch.arange(77)[None]}  # as old ones have
        torch.save({**state, **ids}, folder / "pytorch_model.bin")
    else:
        names = sorted(state)
        save_file({name: state[name] for name in names[::2]}, folder / "model-00001-of-00002.safetensors")
        save_file({name: state[name] for name in names[1::2]}, folder / "model-00002-of-00002.safetensors")
        where = {name: f"model-0000{1 + i % 2}-of-00002.safetensors" for i, name in enumerate(names)}
        (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": where}))
    wanted = pictures(open_checkpoint(clip_folder))
    torch.testing.assert_close(pictures(open_checkpoint(folder)), wanted)


def test_how_pictures_are_normalised_is_read(tmp_path: Path, clip_model: Any, write: SimpleNamespace) -> None:
    folder = write.transformers(tmp_path, clip_model)
    said = {"image_mean": [0.1, 0.2, 0.3], "image_std": [0.4, 0.5, 0.6]}
    (folder / "preprocessor_config.json").write_text(json.dumps(said))
    checkpoint = open_checkpoint(folder)
    assert (checkpoint.mean, checkpoint.std) == ((0.1, 0.2, 0.3), (0.4, 0.5, 0.6))


def test_siglip_sees_halves(siglip_folder: Path) -> None:
    assert open_checkpoint(siglip_folder).mean == (0.5, 0.5, 0.5)


@contextmanager
def told(*words: str) -> Iterator[None]:
    with pytest.raises(BadFile) as error:
        yield
    for word in words:
        assert word in str(error.value)
    assert str(error.value).count("\n") == 0 and len(str(error.value)) < 900


def test_another_architecture_names_the_first_names_that_differ(
    tmp_path: Path, clip_model: Any, write: SimpleNamespace
) -> None:
    folder = write.transformers(tmp_path, clip_model)
    state = clip_model.state_dict()
    first = "vision_model.encoder.layers.0.mlp.fc1.weight"
    state.pop("vision_model.pre_layrnorm.bias")
    save_file(
        {**state, first: torch.zeros(3, 64), "decoder.weight": torch.zeros(1)}, folder / "model.safetensors"
    )
    with told(
        "holds another architecture than its sizes say",
        "missing vision_model.pre_layrnorm.bias",
        "unknown decoder.weight",
        f"of another shape {first} (3, 64) instead of (256, 64)",
    ):
        open_checkpoint(folder)


def test_many_differences_are_counted(tmp_path: Path, clip_model: Any, write: SimpleNamespace) -> None:
    folder = write.transformers(tmp_path, clip_model)
    save_file({"bert.embeddings.weight": torch.zeros(2)}, folder / "model.safetensors")
    with told("missing logit_scale, text_model.embeddings.token_embedding.weight, ", " more"):
        open_checkpoint(folder)


def test_a_resnet_and_a_stranger_are_refused(tmp_path: Path) -> None:
    torch.save({"visual.layer1.0.conv1.weight": torch.zeros(1)}, tmp_path / "RN50.pt")
    with told("is one of CLIP's ResNets", "ViT-B-32"):
        open_checkpoint(tmp_path)
    torch.save({"conv1.weight": torch.zeros(1), "fc.bias": torch.zeros(1)}, tmp_path / "RN50.pt")
    with told(
        "another architecture than OpenAI's CLIP", "visual.conv1.weight", "begins with conv1.weight, fc.bias"
    ):
        open_checkpoint(tmp_path)


@pytest.mark.parametrize(
    ("kind", "hint"), [("bert", "a CLIP, OpenCLIP or SigLIP"), ("siglip2", "google/siglip2-base")]
)
def test_another_model_type_is_refused(
    tmp_path: Path, clip_model: Any, write: SimpleNamespace, kind: str, hint: str
) -> None:
    folder = write.transformers(tmp_path, clip_model)
    (folder / "config.json").write_text(json.dumps({"model_type": kind}))
    with told(f"of a model of type '{kind}'", hint):
        open_checkpoint(folder)


def test_an_image_tower_from_timm_is_refused(tmp_path: Path) -> None:
    (tmp_path / "open_clip_model.safetensors").write_bytes(b"")
    sizes = {
        "embed_dim": 768,
        "vision_cfg": {"timm_model_name": "vit_base_patch16_siglip_224"},
        "text_cfg": {},
    }
    (tmp_path / "open_clip_config.json").write_text(json.dumps({"model_cfg": sizes}))
    with told("from timm", "google/siglip2"):
        open_checkpoint(tmp_path)
    (tmp_path / "open_clip_config.json").write_text(json.dumps({"model_cfg": {"vision_cfg": {}}}))
    with told("does not say the sizes of a CLIP model", "text_cfg"):
        open_checkpoint(tmp_path)


@pytest.mark.parametrize(
    "said",
    ["", "[1]", "{", '{"model_type": "clip", "vision_config": {"num_hidden_layers": 1000000000}}',
     '{"model_type": "clip", "vision_config": {"hidden_size": "many"}}',
     '{"model_type": "clip", "vision_config": 7}', "[" * 100_000],
)  # fmt: skip
def test_a_forged_config_is_a_sentence(
    tmp_path: Path, clip_model: Any, write: SimpleNamespace, said: str
) -> None:
    folder = write.transformers(tmp_path, clip_model)
    (folder / "config.json").write_text(said)
    with told(str(folder)):
        open_checkpoint(folder)


@pytest.mark.parametrize("parts", [{"a": "../secret.safetensors"}, {"a": 3}, {}, [], {"a": "/etc/passwd"}])
def test_parts_stay_in_their_folder(
    tmp_path: Path, clip_model: Any, write: SimpleNamespace, parts: Any
) -> None:
    folder = write.transformers(tmp_path, clip_model)
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": parts}))
    (folder / "adapter.safetensors").write_bytes(b"")
    with told("does not say in which files of its folder the weights are"):
        open_checkpoint(folder)


@pytest.mark.parametrize("data", [b"", b"\xff" * 8 + b"{}", b"garbage" * 9])
def test_damaged_safetensors_are_a_sentence(
    tmp_path: Path, clip_model: Any, write: SimpleNamespace, data: bytes
) -> None:
    folder = write.transformers(tmp_path, clip_model)
    (folder / "model.safetensors").write_bytes(data)
    with told("is no file of safetensors"):
        open_checkpoint(folder)


def test_wrong_folders_are_sentences(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "head.safetensors").write_bytes(b"")
    for model in (tmp_path / "empty", tmp_path / "not there", "openai/clip-vit-none", "clip_vit_b16"):
        with pytest.raises(SisgError):
            open_checkpoint(model)
    with told("no folder of a model that is read here; it holds head.safetensors"):
        open_checkpoint(tmp_path / "other")


def test_a_missing_model_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match=r"fetch_models.py model=clip_vit_b32"):
        open_checkpoint("clip_vit_b32")


def test_a_model_is_found_by_its_name(tmp_path: Path, clip_model: Any, write: SimpleNamespace) -> None:
    write.transformers(tmp_path / "models" / "my--model", clip_model)
    assert open_checkpoint("my/model").path == tmp_path / "models" / "my--model" / "model.safetensors"


# Real checkpoints: sizes, and how many weights of which shapes make them.
BIG = {
    # name: (vision width, layers, heads, patch, side), (text width, layers, heads), channels, weights
    "clip_vit_b32": ((768, 12, 12, 32, 224), (512, 12, 8), 512, 398),
    "clip_vit_b16": ((768, 12, 12, 16, 224), (512, 12, 8), 512, 398),
    "clip_vit_l14": ((1024, 24, 16, 14, 224), (768, 12, 12), 768, 590),
    "openclip_vit_h14": ((1280, 32, 16, 14, 224), (1024, 24, 16), 1024, 910),
}


def openai_table(vision: tuple[int, ...], text: tuple[int, ...], dim: int) -> dict[str, tuple[int, ...]]:
    """The names and shapes in OpenAI's ViT archives and OpenCLIP's files."""
    width, layers, _, patch, side = vision
    text_width, text_layers, _ = text

    def norm(name: str, size: int) -> dict[str, tuple[int, ...]]:
        return {f"{name}.weight": (size,), f"{name}.bias": (size,)}

    def blocks(prefix: str, size: int, count: int) -> dict[str, tuple[int, ...]]:
        table: dict[str, tuple[int, ...]] = {}
        for index in range(count):
            at = f"{prefix}transformer.resblocks.{index}."
            table |= {f"{at}attn.in_proj_weight": (3 * size, size), f"{at}attn.in_proj_bias": (3 * size,)}
            table |= {f"{at}attn.out_proj.weight": (size, size), f"{at}attn.out_proj.bias": (size,)}
            table |= {f"{at}mlp.c_fc.weight": (4 * size, size), f"{at}mlp.c_fc.bias": (4 * size,)}
            table |= {f"{at}mlp.c_proj.weight": (size, 4 * size), f"{at}mlp.c_proj.bias": (size,)}
            table |= norm(f"{at}ln_1", size) | norm(f"{at}ln_2", size)
        return table

    return {
        "positional_embedding": (77, text_width),
        "text_projection": (text_width, dim),
        "logit_scale": (),
        "visual.class_embedding": (width,),
        "visual.positional_embedding": ((side // patch) ** 2 + 1, width),
        "visual.proj": (width, dim),
        "visual.conv1.weight": (width, 3, patch, patch),
        **norm("visual.ln_pre", width),
        **blocks("visual.", width, layers),
        **norm("visual.ln_post", width),
        **blocks("", text_width, text_layers),
        "token_embedding.weight": (49408, text_width),
        **norm("ln_final", text_width),
    }


def on_meta(table: dict[str, tuple[int, ...]]) -> dict[str, Tensor]:
    return {name: torch.empty(shape, device="meta") for name, shape in table.items()}


def count_bytes(tensors: dict[str, Tensor], each: Any) -> int:
    return sum(value.numel() * each(name) for name, value in tensors.items())


@pytest.mark.parametrize("name", BIG)
def test_the_real_models_fit(name: str) -> None:
    """Names and shapes of OpenAI's table become exactly transformers' model of that size, whose file we
    know."""
    vision, text, dim, count = BIG[name]
    table = on_meta(openai_table(vision, text, dim))
    found = layouts.renamed(table)
    config = layouts.config_of_openclip(
        {
            "embed_dim": dim,
            "quick_gelu": name.startswith("clip"),
            "vision_cfg": {"image_size": vision[4], "layers": vision[1], "width": vision[0],
                           "head_width": vision[0] // vision[2], "patch_size": vision[3]},
            "text_cfg": {"width": text[0], "layers": text[1], "heads": text[2]},
        }
    )  # fmt: skip
    assert weights.checked(Path("x"), "clip", config, found, CLIP_MEAN, CLIP_MEAN).tensors.keys()
    assert len(found) == count
    if name.startswith("clip"):  # OpenAI's files say the same by their shapes alone
        assert layouts.config_of_shapes(table) == config
    size = next(file.size for file in MODELS[name].files if file.name == "model.safetensors")
    if size is not None:  # weights in float32, and a header
        assert 0 < size - count_bytes(found, lambda _: 4) < 300 * count


@pytest.mark.parametrize(
    ("name", "model"),
    [("openai_vit_b32_pt", "clip_vit_b32"), ("openai_vit_b16_pt", "clip_vit_b16"),
     ("openai_vit_l14_pt", "clip_vit_l14")],
)  # fmt: skip
def test_openais_real_archives_have_the_size_of_our_table(name: str, model: str) -> None:
    """Most in half precision, norms and embeddings in full; the rest of the file is its code."""
    vision, text, dim, _ = BIG[model]
    weights = count_bytes(on_meta(openai_table(vision, text, dim)), lambda key: 2 if in_half(key) else 4)
    assert 0 < MODELS[name].files[0].size - weights < 1_000_000


@pytest.mark.parametrize(
    ("name", "width", "layers", "heads", "inner", "patch", "side", "count"),
    [("siglip2_base", 768, 12, 12, 3072, 16, 224, 408), ("siglip2_so400m", 1152, 27, 16, 4304, 14, 384, 888)],
)
def test_siglip2s_real_files_have_the_size_of_its_model(
    name: str, width: int, layers: int, heads: int, inner: int, patch: int, side: int, count: int
) -> None:
    tower = {"hidden_size": width, "num_hidden_layers": layers, "num_attention_heads": heads,
             "intermediate_size": inner}  # fmt: skip
    sizes = {
        "model_type": "siglip",
        "vision_config": {**tower, "patch_size": patch, "image_size": side},
        "text_config": {**tower, "vocab_size": 256000},
    }
    from transformers import SiglipConfig

    tensors = weights.on_meta("siglip", SiglipConfig.from_dict(sizes)).state_dict()
    shapes = {key: tuple(value.shape) for key, value in tensors.items()}
    assert len(shapes) == count
    assert shapes["vision_model.head.probe"] == (1, 1, width)
    assert shapes["vision_model.head.attention.in_proj_weight"] == (3 * width, width)
    assert shapes["vision_model.embeddings.position_embedding.weight"] == ((side // patch) ** 2, width)
    assert shapes["text_model.head.weight"] == (width, width)
    assert 0 < MODELS[name].files[0].size - count_bytes(tensors, lambda _: 4) < 300 * count
