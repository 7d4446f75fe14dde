"""Which models can be fetched: whose they are, where they come from, and what each file must be.

A file is known by its sha256 where that is public. Most files of a repository on the Hugging Face hub carry
none here: the pinned commit names their content, and they are checked against what the hub says of it.
"""

from __future__ import annotations

from collections.abc import Mapping

from .model import Model, ModelFile

DRIVE = "https://drive.google.com/uc?id="
SMALL_FILES = (
    "merges.txt",
    "preprocessor_config.json",
    "special_tokens_map.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "vocab.json",
)
"""What a repository of a model has beside weights and config.json, if it has it."""


def _on_hub(
    name: str, repo: str, revision: str, weights: ModelFile, licence: str, what: str, megabytes: int
) -> Model:
    small = tuple(ModelFile(file, required=False) for file in SMALL_FILES)
    files = (weights, ModelFile("config.json"), *small)
    return Model(name, repo, files, licence, what, "clip", repo, revision, megabytes)


def _openai(name: str, file: str, size: int, sha256: str, what: str) -> Model:
    """A file as clip.load(download_root=...) leaves it, with the vocabulary that its package has inside."""
    url = f"https://openaipublic.azureedge.net/clip/models/{sha256}/{file}"
    files = (ModelFile(file, size, sha256, (url,)), VOCABULARY)
    return Model(name, url, files, MIT_OPENAI, what, "clip", megabytes=(size + 1_356_917) // 10**6)


MIT_OPENAI = "MIT, OpenAI"
MIT_LAION = "MIT, LAION"
APACHE_GOOGLE = "Apache-2.0, Google"
SAFETENSORS = "model.safetensors"
_CLIP_COMMIT = "d05afc436d78f1c48dc0dbf8e5980a9d471f35f6"

VOCABULARY = ModelFile(
    "bpe_simple_vocab_16e6.txt.gz",
    1_356_917,
    "924691ac288e54409236115652ad4aa250f48203de50a9e4722a6ecd48d6804a",
    (f"https://raw.githubusercontent.com/openai/CLIP/{_CLIP_COMMIT}/clip/bpe_simple_vocab_16e6.txt.gz",),
    required=False,
)
"""CLIP's vocabulary, which its weights as OpenAI and LSeg publish them do not bring along."""

_LISTED = (
    _on_hub(
        "clip_vit_b32",
        "openai/clip-vit-base-patch32",
        "b33cedfd0df4e43b8238760678fcc89e1a0d38b3",  # its safetensors conversion; main has a pickle only
        ModelFile(
            SAFETENSORS, 605_157_884, "99d28a652e6ec46629ab7047a0ac82c69b1fe11e0ce672c43af65d3a9a3fc05d"
        ),
        MIT_OPENAI,
        "CLIP ViT-B/32, 224 pixels, 512 channels",
        609,
    ),
    _on_hub(
        "clip_vit_b16",
        "openai/clip-vit-base-patch16",
        "5ef227a78de3f75873f373246dac80def63b0003",  # likewise
        ModelFile(SAFETENSORS),
        MIT_OPENAI,
        "CLIP ViT-B/16, 224 pixels, 512 channels",
        602,
    ),
    _on_hub(
        "clip_vit_l14",
        "openai/clip-vit-large-patch14",
        "32bd64288804d66eefd0ccbe215aa642df71cc41",
        ModelFile(
            SAFETENSORS, 1_710_540_580, "a2bf730a0c7debf160f7a6b50b3aaf3703e7e88ac73de7a314903141db026dcb"
        ),
        MIT_OPENAI,
        "CLIP ViT-L/14, 224 pixels, 768 channels",
        1713,
    ),
    _on_hub(
        "openclip_vit_b32",
        "laion/CLIP-ViT-B-32-laion2B-s34B-b79K",
        "1a25a446712ba5ee05982a381eed697ef9b435cf",
        ModelFile(SAFETENSORS),
        MIT_LAION,
        "OpenCLIP ViT-B/32, 224 pixels, 512 channels",
        608,
    ),
    _on_hub(
        "openclip_vit_h14",
        "laion/CLIP-ViT-H-14-laion2B-s32B-b79K",
        "1c2b8495b28150b8a4922ee1c8edee224c284c0c",
        ModelFile(
            SAFETENSORS, 3_944_552_236, "036e6e2bd49697511f4f8b8cb5ee465f93025f7a69a145eadeb9a881ace9b18d"
        ),
        MIT_LAION,
        "OpenCLIP ViT-H/14, 224 pixels, 1024 channels",
        3947,
    ),
    _on_hub(
        "siglip2_base",
        "google/siglip2-base-patch16-224",
        "75de2d55ec2d0b4efc50b3e9ad70dba96a7b2fa2",
        ModelFile(
            SAFETENSORS, 1_500_800_904, "612923381c76ec5a9bed335d1c48827e3f2e506ac31b044b63b2031fadee6a0b"
        ),
        APACHE_GOOGLE,
        "SigLIP 2 ViT-B/16, 224 pixels, 768 channels",
        1535,
    ),
    _on_hub(
        "siglip2_so400m",
        "google/siglip2-so400m-patch14-384",
        "e8e487298228002f3d8a82e0cd5c8ea9c567f57f",
        ModelFile(
            SAFETENSORS, 4_544_143_072, "9f4f4a49f908ef0c979bce8ff5a5c0e88882dc6c5dc4304387cbbd152558e2c2"
        ),
        APACHE_GOOGLE,
        "SigLIP 2 So400m/14, 384 pixels, 1152 channels",
        4579,
    ),
    _openai(
        "openai_vit_b32_pt",
        "ViT-B-32.pt",
        353_976_522,
        "40d365715913c9da98579312b702a82c18be219cc2a73407c4526f58eba950af",
        "clip_vit_b32 as OpenAI's own file",
    ),
    _openai(
        "openai_vit_b16_pt",
        "ViT-B-16.pt",
        350_837_078,
        "5806e77cd80f8b59890b7e101eabd078d9fb84e6937f9e85e4ecb61988df416f",
        "clip_vit_b16 as OpenAI's own file",
    ),
    _openai(
        "openai_vit_l14_pt",
        "ViT-L-14.pt",
        932_768_134,
        "b8cca3fd41ae0c99ba7e8951adf17d267cdb84cd88be6f7c2e0eca1737a03836",
        "clip_vit_l14 as OpenAI's own file",
    ),
    _openai(
        "openai_vit_l14_336_pt",
        "ViT-L-14-336px.pt",
        934_088_680,
        "3035c92b350959924f9f00213499208652fc7ea050643e8b385c2dac08641f02",
        "CLIP ViT-L/14, 336 pixels, 768 channels, OpenAI's own file",
    ),
    Model(
        "lseg",
        "isl-org/lang-seg, on Google Drive",
        (
            ModelFile(
                "demo_e200.ckpt",
                # where the authors' page points since May 2024, and where it pointed before
                urls=(
                    f"{DRIVE}1FTuHY1xPUkM-5gaDtMfgCl3D0gR89WV7",
                    f"{DRIVE}1ayk6NXURI_vIPlym16f_RG3ffxBWHxvb",
                ),
            ),
            VOCABULARY,
        ),
        "MIT, Intelligent Systems Lab Org",
        "LSeg ViT-L/16 with CLIP ViT-B/32 inside, 512 channels",
        "lseg",
    ),
)

MODELS: Mapping[str, Model] = {model.name: model for model in _LISTED}
"""Models by their short names."""
ALIASES: Mapping[str, str] = {
    "siglip2": "siglip2_base",
    "ViT-B/32": "openai_vit_b32_pt",
    "ViT-B/16": "openai_vit_b16_pt",
    "ViT-L/14": "openai_vit_l14_pt",
    "ViT-L/14@336px": "openai_vit_l14_336_pt",
}
