"""Models on this computer: found by name or path, complete or refused in a sentence, never by a network."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sisg_robotics.encoders.models.fetch import fetch_model
from sisg_robotics.encoders.models.manifest import (
    MANIFEST,
    Manifest,
    read_manifest,
    verify_folder,
    write_manifest,
)
from sisg_robotics.encoders.models.model import Model, ModelFile
from sisg_robotics.encoders.models.store import ModelNotHere, canonical_name, find_model, models_folder
from sisg_robotics.encoders.models.table import ALIASES, MODELS
from sisg_robotics.errors import BadFile, BadValue, MissingPath, RequestError, UnknownName

MANIFEST_OF_TINY = Manifest("tiny_clip", "acme", None, "MIT", "2026-11-22", {"a.pt": 3}, {"a.pt": "0" * 64})


@pytest.fixture
def here(folder: Path) -> Path:
    """A model's folder with a manifest, filled by hand."""
    home = folder / "acme--tiny"
    home.mkdir(parents=True)
    (home / "a.pt").write_bytes(b"abc")
    write_manifest(home, MANIFEST_OF_TINY)
    return home


def test_the_models_folder_is_the_users_choice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SISG_MODELS", str(tmp_path / "mine"))
    assert models_folder() == tmp_path / "mine"
    monkeypatch.setenv("SISG_MODELS", "~/mine")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert models_folder() == tmp_path / "mine"
    monkeypatch.setenv("SISG_MODELS", "")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert models_folder() == tmp_path / "sisg_robotics" / "models"


def test_nobodys_home_asks_for_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    def home() -> Path:
        raise RuntimeError("no home")

    for name in ("SISG_MODELS", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", home)
    with pytest.raises(RequestError, match=r"no home folder to keep models in. Set SISG_MODELS"):
        models_folder()


@pytest.mark.parametrize("name", sorted(MODELS))
def test_a_missing_model_names_the_command_and_the_folder(folder: Path, name: str) -> None:
    with pytest.raises(ModelNotHere) as missing:
        find_model(name)
    assert str(missing.value) == (
        f"The weights of {name} are not at {folder / name}. Run: python applications/fetch_models.py "
        f"model={name}   (on a computer with a network; that folder can be carried over)"
    )


@pytest.mark.parametrize(
    ("theirs", "ours"), [("ViT-B/32", "openai_vit_b32_pt"), ("ViT-L/14@336px", "openai_vit_l14_336_pt")]
)
def test_openais_own_names_are_understood(folder: Path, theirs: str, ours: str) -> None:
    with pytest.raises(ModelNotHere, match=f"model={ours} "):
        find_model(theirs)


def test_a_file_of_weights_that_is_not_there_is_no_model_of_the_hub(folder: Path) -> None:
    with pytest.raises(MissingPath, match=r"weights/ViT-B-32\.pt"):
        find_model("weights/ViT-B-32.pt")


def test_a_missing_model_of_the_hub_goes_by_its_id(folder: Path) -> None:
    for model in ("openai/clip-vit-base-patch32", "openai--clip-vit-base-patch32"):
        with pytest.raises(ModelNotHere) as missing:
            find_model(model)
        assert f"not at {folder / 'openai--clip-vit-base-patch32'}." in str(missing.value)
        assert "model=openai/clip-vit-base-patch32 " in str(missing.value)


@pytest.mark.parametrize(
    "name", ["clip_vit_b23", "", "a/b/c", "👍", "clip vit", "a\0b", "n" * 10_000, "a/../b"]
)
def test_an_unknown_model_is_refused_with_those_there_are(folder: Path, name: str) -> None:
    with pytest.raises(UnknownName, match=r"^Unknown model .*Available: clip_vit_b16, clip_vit_b32, "):
        find_model(name)


def test_the_nearest_name_is_offered() -> None:
    with pytest.raises(UnknownName, match=r"Did you mean 'clip_vit_b32'\?"):
        canonical_name("clip_vit_b33")


def test_a_file_that_is_cut_off_or_gone_is_named(here: Path) -> None:
    assert find_model("acme/tiny") == here
    (here / "a.pt").write_bytes(b"ab")
    with pytest.raises(ModelNotHere, match=f"{here}/a.pt is 2 bytes long, but it should be 3. Run: python"):
        find_model("acme/tiny")
    (here / "a.pt").unlink()
    with pytest.raises(ModelNotHere, match=f"{here}/a.pt is missing. Run: python"):
        find_model("acme/tiny")


def test_a_folder_without_a_manifest_is_checked_against_the_table(
    folder: Path, put_in_table: Callable
) -> None:
    files = (ModelFile("a.pt", 3), ModelFile("b.json"), ModelFile("c.gz", 9, required=False))
    put_in_table("table", files)
    (folder / "table").mkdir(parents=True)
    (folder / "table" / "a.pt").write_bytes(b"abc")
    with pytest.raises(ModelNotHere, match=r"b\.json is missing"):
        find_model("table")
    (folder / "table" / "b.json").write_bytes(b"{}")
    assert find_model("table") == folder / "table"
    with pytest.raises(BadFile, match=r"no sisg_model\.json to compare with"):
        find_model("table", verify=True)


def test_a_manifest_cannot_excuse_what_the_table_asks_for(folder: Path, put_in_table: Callable) -> None:
    put_in_table("table", (ModelFile("a.pt", 3), ModelFile("b.json")))
    (folder / "table").mkdir(parents=True)
    (folder / "table" / "a.pt").write_bytes(b"abc")
    write_manifest(folder / "table", MANIFEST_OF_TINY)
    with pytest.raises(ModelNotHere, match=r"b\.json is missing"):
        find_model("table")
    (folder / "acme--tiny").mkdir()
    (folder / "acme--tiny" / MANIFEST).write_text(changed(files={}))
    with pytest.raises(ModelNotHere, match=r"has no weights .*, but sisg_model\.json"):
        find_model("acme/tiny")


def test_a_users_own_folder_or_file_is_taken_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine").mkdir()
    weights = tmp_path / "mine" / "ViT-B-32.pt"
    weights.write_bytes(b"PK")
    assert find_model(tmp_path / "mine") == find_model(str(tmp_path / "mine")) == tmp_path / "mine"
    assert find_model(weights) == weights
    monkeypatch.chdir(tmp_path)
    assert find_model("mine") == Path("mine") and find_model("./mine") == Path("mine")


def test_a_short_name_is_not_a_folder_that_happens_to_be_here(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lseg").mkdir()
    (tmp_path / "lseg" / "weights.pt").write_bytes(b"PK")
    with pytest.raises(ModelNotHere):
        find_model("lseg")
    assert find_model("./lseg") == Path("lseg")


def test_a_wrong_folder_or_file_says_what_it_holds(tmp_path: Path, here: Path) -> None:
    (tmp_path / "photos").mkdir()
    with pytest.raises(
        RequestError, match=r"photos is no folder of a model: .*\.safetensors.*, but nothing\."
    ):
        find_model(tmp_path / "photos")
    (tmp_path / "photos" / "cat.jpg").touch()
    with pytest.raises(RequestError, match=r"no weights .*, but cat\.jpg\.$"):
        find_model(tmp_path / "photos")
    with pytest.raises(RequestError, match=r"cat\.jpg is no file of weights: those end in \.safetensors"):
        find_model(tmp_path / "photos" / "cat.jpg")
    with pytest.raises(MissingPath, match=f"No folder of a model at {tmp_path}/none. Check the path."):
        find_model(tmp_path / "none")
    (here / "a.pt").unlink()
    with pytest.raises(ModelNotHere, match=r"a\.pt is missing\. Run: .*model=tiny_clip"):
        find_model(here)


def test_a_manifest_reads_back_as_it_was_written(tmp_path: Path) -> None:
    write_manifest(tmp_path, MANIFEST_OF_TINY)
    assert read_manifest(tmp_path) == MANIFEST_OF_TINY
    assert [path.name for path in tmp_path.iterdir()] == [MANIFEST]
    (tmp_path / MANIFEST).unlink()
    assert read_manifest(tmp_path) is None


def changed(**entries: Any) -> str:
    good = {"format_version": 1, "name": "a", "source": "b", "revision": None, "licence": "c",
            "fetched": "d", "files": {"a.pt": {"size": 3, "sha256": "0" * 64}}}  # fmt: skip
    return json.dumps(good | entries)


BROKEN = {
    "not JSON": "{",
    "a list": "[]",
    "another version": changed(format_version=2),
    "no files": changed(files=None),
    "no size": changed(files={"a.pt": {"sha256": ""}}),
    "a size in words": changed(files={"a.pt": {"size": "large", "sha256": ""}}),
    "a file elsewhere": changed(files={"../a.pt": {"size": 3, "sha256": ""}}),
    "a file from the root": changed(files={"/etc/passwd": {"size": 3, "sha256": ""}}),
    "too deep": "[" * 200_000,
    "too long": " " * (2**20 + 1),
    "not UTF-8": b"\xff\xfe".decode("latin-1"),
}


@pytest.mark.parametrize("case", sorted(BROKEN))
def test_a_manifest_that_is_none_is_refused_and_fetched_again(here: Path, case: str) -> None:
    (here / MANIFEST).write_text(BROKEN[case], encoding="latin-1")
    with pytest.raises(BadFile, match=r"sisg_model\.json: .*Fetch the model again\.") as refusal:
        read_manifest(here)
    assert "\n" not in str(refusal.value)
    with pytest.raises(ModelNotHere, match=r"sisg_model\.json is not what fetch_models writes. Run: python"):
        find_model("acme/tiny")


def test_a_good_manifest_is_not_refused(here: Path) -> None:
    (here / MANIFEST).write_text(changed())
    assert find_model("acme/tiny") == here


def test_verifying_names_the_file_that_changed(here: Path) -> None:
    with pytest.raises(BadFile, match=f"{here}/a.pt: its sha256 is .*, but it was 0* when it was fetched"):
        verify_folder(here)


def test_after_fetching_a_model_loads_without_any_socket(
    hub: Any,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    import torch
    from transformers import CLIPConfig, CLIPModel, CLIPTokenizer

    from sisg_robotics.encoders.clip.text import ClipText

    sizes = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = CLIPConfig(
        text_config={
            **sizes,
            "vocab_size": 6,
            "max_position_embeddings": 8,
            "bos_token_id": 0,
            "eos_token_id": 1,
            "pad_token_id": 1,
        },
        vision_config={**sizes, "image_size": 32, "patch_size": 16},
        projection_dim=8,
    )
    original = CLIPModel(config).eval()
    original.save_pretrained(tmp_path / "published")
    words = {
        word: i for i, word in enumerate(["<|startoftext|>", "<|endoftext|>", "a</w>", "b</w>", "a", "b"])
    }
    CLIPTokenizer(vocab=words, merges=[]).save_pretrained(tmp_path / "published")
    hub.repos = {"acme/real": {path.name: path.read_bytes() for path in (tmp_path / "published").iterdir()}}
    fetch_model("acme/real", folder, tell=lambda _: None)
    hub.asked.clear()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    request.getfixturevalue("no_network")
    loaded = CLIPModel.from_pretrained(find_model("acme/real", verify=True), local_files_only=True)
    weights = loaded.state_dict()
    assert weights.keys() == original.state_dict().keys()
    assert all(torch.equal(weights[name], tensor) for name, tensor in original.state_dict().items())
    texts = ClipText.from_name("clip/acme--real", device="cpu").encode(["a", "b"])
    assert texts.shape == (2, 8) and not np.allclose(texts[0], texts[1])
    assert hub.asked == []


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda model: model.name)
def test_what_the_table_says_of_a_model_hangs_together(model: Model) -> None:
    assert canonical_name(model.name) == model.name and model.licence and model.what
    known = sum(file.size or 0 for file in model.files)
    assert model.megabytes is None or known / 1e6 - 1 <= model.megabytes <= 5000
    assert model.files[0].required and model.files[0].name.endswith((".safetensors", ".pt", ".ckpt"))
    for file in model.files:
        assert bool(file.urls) != (model.repo is not None)
        assert all(url.startswith("https://") for url in file.urls)
        if file.urls and file.name.endswith(".pt"):  # OpenAI's URLs hold the hash
            assert re.search(f"/{file.sha256}/{re.escape(file.name)}$", file.urls[0])


def test_no_two_files_of_the_table_are_one() -> None:
    hashes = [model.files[0].sha256 for model in MODELS.values() if model.files[0].sha256]
    assert len(hashes) == len(set(hashes)) > 5
    assert set(ALIASES.values()) <= set(MODELS) and not set(ALIASES) & set(MODELS)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: ModelFile("../a.pt"), "a plain name without folders"),
        (lambda: ModelFile("a.pt", sha256="123"), "64 hexadecimal digits"),
        (lambda: Model("a", "b", (), "c", "d", "e", repo="f/g", revision="main"), "a commit of 40"),
    ],
)
def test_a_table_that_could_not_be_trusted_is_refused(make: Callable, sentence: str) -> None:
    with pytest.raises(BadValue, match=sentence):
        make()


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda model: model.name)
def test_the_page_says_of_a_model_what_the_table_says(model: Model) -> None:
    page = (Path(__file__).resolve().parents[3] / "docs/models.md").read_text(encoding="utf-8")
    row = next(line for line in page.splitlines() if line.startswith(f"| `{model.name}` |"))
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[1] == model.what and cells[3] == f"`{model.files[0].name}`"
    assert cells[4:] == [str(model.megabytes or "?"), model.licence]
    if model.repo and model.revision:
        assert cells[2] == f"`{model.repo}` at `{model.revision[:8]}`"
