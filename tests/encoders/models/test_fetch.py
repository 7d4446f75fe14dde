"""Fetching over real connections on loopback: whole, or going on, or refused in a sentence."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sisg_robotics.encoders.models.fetch import fetch_model
from sisg_robotics.encoders.models.manifest import read_manifest, verify_folder
from sisg_robotics.encoders.models.model import ModelFile
from sisg_robotics.encoders.models.store import find_model
from sisg_robotics.errors import BadFile, RequestError, SisgError

REPO = "acme/tiny-clip"
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def lines() -> list[str]:
    return []


@pytest.fixture
def fetch(folder: Path, lines: list[str]) -> Callable[[str], Path]:
    return lambda model: fetch_model(model, folder, tell=lines.append)


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client waits a second before it takes up a broken connection again."""
    import huggingface_hub.file_download

    monkeypatch.setattr(huggingface_hub.file_download, "time", SimpleNamespace(sleep=lambda _: None))


def hidden(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.name.startswith(".")}


def test_a_fetched_model_is_what_was_published_and_says_where_from(
    hub: Any, fetch: Callable, put_in_table: Callable, lines: list[str], folder: Path
) -> None:
    put_in_table()
    assert fetch("tiny_clip") == find_model("tiny_clip", verify=True) == folder / "tiny_clip"
    published = hub.repos[REPO]
    held = {path.name: path.read_bytes() for path in (folder / "tiny_clip").iterdir()}
    manifest = json.loads(held.pop("sisg_model.json"))
    assert held == {name: published[name] for name in ("model.safetensors", "config.json")}
    assert manifest["files"] == {
        name: {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in held.items()
    }
    assert (manifest["name"], manifest["source"]) == ("tiny_clip", REPO)
    assert (manifest["revision"], manifest["licence"]) == ("c0ffee" * 6 + "c0de", "MIT, Acme")
    assert lines == [f"tiny_clip: 0 MB from {REPO}. Licence: MIT, Acme."]
    assert hidden(folder) == set()


def test_any_model_of_the_hub_comes_by_its_id(
    hub: Any, fetch: Callable, lines: list[str], folder: Path
) -> None:
    hub.repos[REPO] |= {"tf_model.h5": b"h", "onnx/model.onnx": b"o", "README.md": b"r", ".git.json": b"{}"}
    fetched = fetch(REPO)
    assert fetched == find_model(REPO) == find_model("acme--tiny-clip") == folder / "acme--tiny-clip"
    expected = {"model.safetensors", "config.json", "merges.txt", "sisg_model.json"}
    assert {path.name for path in fetched.iterdir()} == expected
    assert "Licence: mit." in lines[0]


def test_a_pickle_is_taken_only_where_there_is_nothing_better(hub: Any, fetch: Callable) -> None:
    hub.repos = {"acme/old": {"pytorch_model.bin": b"PK\x03\x04", "config.json": b"{}"}}
    assert (fetch("acme/old") / "pytorch_model.bin").is_file()
    hub.repos = {"acme/older": {"tf_model.h5": b"h", "config.json": b"{}"}}
    with pytest.raises(RequestError, match="acme/older has no weights that can be read safely"):
        fetch("acme/older")


def test_what_is_there_is_not_asked_for_again(hub: Any, fetch: Callable, lines: list[str]) -> None:
    fetch(REPO)
    hub.asked.clear()
    fetch(REPO)
    assert hub.asked == [] and "already" in lines[-1]


@pytest.mark.usefixtures("no_waiting")
def test_a_broken_connection_is_taken_up_where_it_broke(
    hub: Any, fetch: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "DOWNLOAD_CHUNK_SIZE", 50_000)
    hub.drop_after = 170_000
    find_model(fetch(REPO), verify=True)
    large = [request for request in hub.downloads() if request.path.endswith("model.safetensors")]
    assert [request.range for request in large] == [None, "bytes=150000-"]


def test_a_killed_program_goes_on_where_it_was(hub: Any, folder: Path, fetch: Callable) -> None:
    hub.repos[REPO]["model.safetensors"] *= 40  # the client writes ten megabytes at a time
    hub.stall_after = 12_000_000
    command = [sys.executable, str(ROOT / "applications/fetch_models.py"), f"model={REPO}"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    part = folder / ".acme--tiny-clip.part" / ".model.safetensors.0.part"
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as program:
        assert hub.stalled.wait(60)
        while not part.is_file() or part.stat().st_size == 0:
            assert program.poll() is None
            time.sleep(0.01)
        with pytest.raises(RequestError, match=f"Another program is fetching acme--tiny-clip into {folder}"):
            fetch(REPO)
        program.send_signal(signal.SIGKILL)
    arrived = part.stat().st_size
    assert not (folder / "acme--tiny-clip").exists()
    with pytest.raises(RequestError, match=r"Run: python applications/fetch_models.py model=acme/tiny-clip"):
        find_model(REPO)
    hub.stall_after = None
    hub.released.set()
    hub.asked.clear()
    find_model(fetch(REPO), verify=True)
    large = [request.range for request in hub.downloads() if request.path.endswith("model.safetensors")]
    assert large == [f"bytes={arrived}-"]


@pytest.mark.parametrize(("name", "kind"), [("model.safetensors", "sha256"), ("config.json", "git hash")])
def test_other_bytes_than_published_are_refused_and_deleted(
    hub: Any, fetch: Callable, folder: Path, name: str, kind: str
) -> None:
    hub.given[name] = bytes(len(hub.repos[REPO][name]))
    with pytest.raises(BadFile, match=f"{name}: its {kind} is .* was published. What arrived was deleted"):
        fetch(REPO)
    assert not (folder / "acme--tiny-clip").exists()
    assert not list(folder.rglob(f"*{name}*"))
    hub.given.clear()
    find_model(fetch(REPO), verify=True)


def test_a_hub_that_has_another_file_than_the_table_is_not_asked_for_it(
    hub: Any, fetch: Callable, put_in_table: Callable
) -> None:
    files = (ModelFile("model.safetensors", 5, "0" * 64), ModelFile("config.json"))
    put_in_table(files=files, repo=REPO, revision="c0ffee" * 6 + "c0de")
    with pytest.raises(BadFile, match=r"acme/tiny-clip at c0ffeec0: has another model.safetensors"):
        fetch("tiny_clip")
    assert hub.downloads() == []


def test_a_required_file_that_the_hub_lacks_is_named(
    hub: Any, fetch: Callable, put_in_table: Callable
) -> None:
    put_in_table(files=(ModelFile("model.bin"),), repo=REPO, revision="c0ffee" * 6 + "c0de")
    with pytest.raises(BadFile, match=r"has no model\.bin"):
        fetch("tiny_clip")


def test_a_damaged_folder_is_mended_with_what_it_lacks(
    hub: Any, fetch: Callable, put_in_table: Callable
) -> None:
    put_in_table()
    fetched = fetch("tiny_clip")
    (fetched / "config.json").write_bytes(b"{}")
    (fetched / "sisg_model.json").write_text("{")
    hub.asked.clear()
    assert fetch("tiny_clip") == fetched
    assert [request.path.rpartition("/")[2] for request in hub.downloads()] == ["config.json"]
    find_model("tiny_clip", verify=True)


def test_a_folder_filled_by_hand_is_taken_without_a_network(
    fetch: Callable, put_in_table: Callable, folder: Path, monkeypatch: pytest.MonkeyPatch, lines: list[str]
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    good = b"PK\x03\x04 weights"
    put_in_table("by_hand", (ModelFile("a.pt", len(good), hashlib.sha256(good).hexdigest()),))
    (folder / "by_hand").mkdir(parents=True)
    (folder / "by_hand" / "a.pt").write_bytes(good[::-1])
    with pytest.raises(BadFile, match=r"by_hand/a.pt: is not the published file of by_hand"):
        fetch("by_hand")
    (folder / "by_hand" / "a.pt").write_bytes(good)
    verify_folder(fetch("by_hand"))
    assert lines == [f"by_hand: in {folder}/by_hand already. Licence: MIT, Acme."]


@pytest.mark.usefixtures("no_waiting")
def test_a_folder_filled_by_hand_gets_what_it_lacks_if_it_can_be_had(
    hub: Any, fetch: Callable, put_in_table: Callable, folder: Path
) -> None:
    hub.plain = {"b.gz": b"words"}
    for name, url in (("near", hub.url), ("far", "http://127.0.0.1:9")):
        words = ModelFile(
            "b.gz", 5, hashlib.sha256(b"words").hexdigest(), (f"{url}/plain/b.gz",), required=False
        )
        put_in_table(name, (ModelFile("a.pt", 4), words))
        (folder / name).mkdir(parents=True)
        (folder / name / "a.pt").write_bytes(b"PK\x03\x04")
    assert read_manifest(fetch("near")).sizes == {"a.pt": 4, "b.gz": 5}
    assert read_manifest(fetch("far")).sizes == {"a.pt": 4}
    assert hidden(folder) == set()


def test_a_flipped_byte_is_found_when_asked(hub: Any, fetch: Callable) -> None:
    path = fetch(REPO) / "model.safetensors"
    data = bytearray(path.read_bytes())
    data[1000] ^= 1
    path.write_bytes(data)
    find_model(REPO)
    with pytest.raises(
        BadFile, match=r"sha256 is .* but it was .* when it was fetched. Run: .*acme/tiny-clip"
    ):
        find_model(REPO, verify=True)


def test_files_from_plain_urls_are_known_by_their_hash(
    hub: Any, fetch: Callable, put_in_table: Callable
) -> None:
    hub.plain = {"ViT.pt": b"PK" + bytes(5000), "vocabulary.gz": b"words"}
    sha256 = {name: hashlib.sha256(data).hexdigest() for name, data in hub.plain.items()}
    files = tuple(
        ModelFile(name, len(data), sha256[name], (f"{hub.url}/plain/{name}",))
        for name, data in hub.plain.items()
    )
    put_in_table("plain", files)
    assert read_manifest(fetch("plain")).sha256 == sha256
    hub.plain["ViT.pt"] = bytes(5002)
    put_in_table("plain_2", files)
    with pytest.raises(BadFile, match="its sha256 is"):
        fetch("plain_2")


def test_a_token_is_shown_to_the_hub_alone(
    hub: Any, fetch: Callable, put_in_table: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    fetch(REPO)
    shown = {(request.host.partition(":")[0], request.authorization) for request in hub.asked}
    assert shown == {("127.0.0.1", "Bearer hf_secret"), ("localhost", None)}
    hub.asked.clear()
    hub.plain = {"a.pt": b"PK\x03\x04"}
    put_in_table(
        "plain", (ModelFile("a.pt", 4, urls=(hub.url.replace("127.0.0.1", "localhost") + "/plain/a.pt",)),)
    )
    fetch("plain")
    assert [request.authorization for request in hub.asked] == [None]


REFUSED = {
    "no such repository": ({}, "nobody/nothing", "127.0.0.1 has no nobody/nothing on the Hugging Face hub"),
    "not for everyone": ({"/api": 403}, REPO, "does not give it to everyone .403.. If it has terms, accept"),
    "not allowed": ({"/cdn": 401}, REPO, "has no .*, or does not give it to everyone"),
    "gone": ({"/cdn": 404}, REPO, "127.0.0.1 has no model.safetensors .404."),
    "broken": ({"/cdn": 500}, REPO, "127.0.0.1 answered 500 for model.safetensors. Try again later."),
}


@pytest.mark.parametrize("case", sorted(REFUSED))
def test_what_a_server_refuses_is_one_sentence(
    hub: Any, fetch: Callable, case: str, capfd: pytest.CaptureFixture[str]
) -> None:
    hub.status, model, sentence = REFUSED[case]
    with pytest.raises(RequestError, match=sentence) as refusal:
        fetch(model)
    assert "\n" not in str(refusal.value) and capfd.readouterr().err == ""


@pytest.mark.usefixtures("no_waiting")
def test_no_network_is_one_sentence(
    folder: Path, fetch: Callable, put_in_table: Callable, monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    put_in_table("plain", (ModelFile("a.pt", 4, urls=("http://127.0.0.1:9/a.pt",)),))
    for model in (REPO, "plain"):
        with pytest.raises(RequestError, match=r"127.0.0.1 does not answer \(.*\). What has arrived is kept"):
            fetch(model)
    assert capfd.readouterr().err == ""


def test_offline_mode_is_respected_and_named(
    hub: Any, fetch: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(RequestError, match="HF_HUB_OFFLINE forbids to fetch acme/tiny-clip"):
        fetch(REPO)
    assert hub.asked == []


def test_a_disk_without_room_is_refused_before_anything_comes(
    hub: Any, fetch: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=100_000))
    with pytest.raises(RequestError, match=r"0 MB are to come, but .* has room for 0 MB. Free room or give"):
        fetch(REPO)
    assert hub.downloads() == []


def test_a_disk_that_fills_up_keeps_what_came(
    hub: Any, fetch: Callable, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import huggingface_hub.file_download

    def http_get(_url: str, stream: Any, **_: object) -> None:
        stream.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(huggingface_hub.file_download, "http_get", http_get)
        with pytest.raises(RequestError, match=f"The disk of {folder} is full. What has arrived is kept"):
            fetch(REPO)
    assert [path.read_bytes() for path in folder.rglob("*.part") if path.is_file()] == [b"half"]


def test_a_file_system_without_locks_will_do(
    hub: Any, fetch: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    def flock(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", flock)
    assert fetch(REPO).is_dir()


DRIVE_ID = "1FTuHY1xPUkM-5gaDtMfgCl3D0gR89WV7"
CONFIRM = """<html><form id="download-form" action="{url}/plain/confirmed" method="get">
<input type="hidden" name="id" value="{id}"><input type="hidden" name="confirm" value="t"></form></html>"""
QUOTA = '<html><p class="uc-error-subcaption">Too many users have viewed this file recently.</p></html>'


@pytest.fixture
def drive(hub: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The hub in Google Drive's place: its host leads to loopback, all else is gdown's own doing."""
    pytest.importorskip("gdown")
    import requests.adapters

    send = requests.adapters.HTTPAdapter.send

    def to_loopback(self: Any, request: Any, **options: Any) -> Any:
        request.url = request.url.replace("https://drive.google.com", hub.url)
        return send(self, request, **options)

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", to_loopback)
    hub.plain["confirmed"] = b"PK\x03\x04" + bytes(2_000_000)
    hub.pages = {f"/uc?id={DRIVE_ID}": CONFIRM.format(url=hub.url, id=DRIVE_ID)}
    return hub


@pytest.fixture
def from_drive(put_in_table: Callable) -> str:
    urls = tuple(f"https://drive.google.com/uc?id={id}" for id in ("elsewhere", DRIVE_ID))
    put_in_table("driven", (ModelFile("demo.ckpt", urls=urls),))
    return "driven"


def test_google_drive_is_asked_through_its_page(drive: Any, fetch: Callable, from_drive: str) -> None:
    drive.pages["/uc?id=elsewhere"] = QUOTA
    fetched = fetch(from_drive)
    assert (fetched / "demo.ckpt").read_bytes() == drive.plain["confirmed"]
    assert read_manifest(fetched).sizes == {"demo.ckpt": 2_000_004}


def test_google_drive_goes_on_after_a_break(drive: Any, fetch: Callable, from_drive: str) -> None:
    drive.pages["/uc?id=elsewhere"] = CONFIRM.format(url=drive.url, id="elsewhere")
    drive.drop_after = 1_200_000
    fetched = fetch(from_drive)
    assert (fetched / "demo.ckpt").read_bytes() == drive.plain["confirmed"]
    assert "bytes=1048576-" in [request.range for request in drive.asked]


def test_google_drive_that_refuses_leads_to_the_browser(
    drive: Any, fetch: Callable, from_drive: str, folder: Path
) -> None:
    drive.pages = {f"/uc?id={id}": QUOTA for id in ("elsewhere", DRIVE_ID)}
    by_hand = folder / "driven" / "demo.ckpt"
    with pytest.raises(RequestError, match=f"Open https.*{DRIVE_ID} in a browser, save it as {by_hand}"):
        fetch(from_drive)
    by_hand.parent.mkdir()
    by_hand.write_bytes(drive.plain["confirmed"])
    find_model(fetch(from_drive), verify=True)
    assert hidden(folder) == set()


def test_a_page_in_place_of_a_checkpoint_is_refused(drive: Any, fetch: Callable, from_drive: str) -> None:
    drive.pages["/uc?id=elsewhere"] = CONFIRM.format(url=drive.url, id="elsewhere")
    drive.plain["confirmed"] = b"<html>Sign in</html>"
    with pytest.raises(BadFile, match=r"it is not what torch.save writes"):
        fetch(from_drive)


def test_a_missing_gdown_names_what_to_install(
    fetch: Callable, from_drive: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "gdown", None)
    with pytest.raises(SisgError, match=r"Google Drive needs 'gdown'.*pip install .*\[lseg\]"):
        fetch(from_drive)
