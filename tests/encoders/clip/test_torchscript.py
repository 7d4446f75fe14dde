"""Weights come out of TorchScript archives, and nothing in them is run."""

from __future__ import annotations

import pickle
import random
import struct
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from sisg_robotics.encoders.clip.checkpoints import read_tensors
from sisg_robotics.encoders.clip.torchscript_weights import is_torchscript, read_torchscript
from sisg_robotics.errors import BadFile

from .openai_clip import in_half, random_clip, save_archive

Edit = Callable[[str, bytes], bytes]


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("archive") / "ViT-B-32.pt"
    save_archive(random_clip(600), path)
    return path


def rewritten(source: Path, target: Path, edit: Edit, pack: int = zipfile.ZIP_STORED) -> Path:
    """The archive with some entries changed."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", pack) as new:
        for name in old.namelist():
            new.writestr(name, edit(name, old.read(name)))
    return target


def test_every_weight_comes_out_as_torch_reads_it(archive: Path) -> None:
    assert is_torchscript(archive)
    found = read_torchscript(archive)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        wanted = torch.jit.load(archive).state_dict()
    assert set(found) == set(wanted)
    for name, value in wanted.items():
        assert found[name].dtype == value.dtype and torch.equal(found[name], value)
    assert {found[name].dtype for name in found if in_half(name) and "." in name} == {torch.float16}
    assert found["token_embedding.weight"].dtype == torch.float32
    assert int(found["context_length"]) == 77


def test_turned_shared_and_empty_weights(tmp_path: Path) -> None:
    class Odd(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            whole = torch.arange(24.0).reshape(4, 6)
            self.turned = torch.nn.Parameter(whole.T)
            self.register_buffer("part", whole[1:3, 2:4])
            self.register_buffer("none", torch.zeros(0, 3))
            self.register_buffer("yes", torch.tensor([True, False]))
            self.register_buffer("brain", torch.tensor([1.5, -2.0], dtype=torch.bfloat16))
            self.sizes = [1, 2, 3]

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.jit.save(torch.jit.script(Odd()), str(tmp_path / "odd.pt"))
    found, wanted = read_torchscript(tmp_path / "odd.pt"), Odd().state_dict()
    assert set(found) == set(wanted)
    assert all(torch.equal(found[name], wanted[name]) for name in wanted)


def test_what_torch_save_writes_is_no_archive(tmp_path: Path) -> None:
    torch.save({"a": torch.ones(2)}, tmp_path / "a.pt")
    assert not is_torchscript(tmp_path / "a.pt")
    (tmp_path / "b.pt").write_bytes(b"PK\x03\x04 and no more")
    assert not is_torchscript(tmp_path / "b.pt")


class Evil:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return open, (str(self.path), "w")


def test_a_malicious_pickle_in_an_archive_runs_nothing(archive: Path, tmp_path: Path) -> None:
    made = tmp_path / "made by the archive"
    program = pickle.dumps(Evil(made), 2)
    edit: Edit = lambda name, data: program if name.endswith("/data.pkl") else data  # noqa: E731
    forged = rewritten(archive, tmp_path / "ViT-B-32.pt", edit)
    with pytest.raises(
        BadFile, match=r"names '(io|_io|builtins|__builtin__)\.open', which is neither a module"
    ):
        read_tensors(forged)
    assert not made.exists()
    pickle.loads(program).close()  # it would have
    assert made.exists()


def test_a_malicious_pickle_without_an_archive_runs_nothing(tmp_path: Path) -> None:
    made = tmp_path / "made by the file"
    torch.save({"visual.conv1.weight": Evil(made)}, tmp_path / "ViT-B-32.pt")
    with pytest.raises(BadFile, match=r"would run code: its pickle names \['_?io\.open'\]"):
        read_tensors(tmp_path / "ViT-B-32.pt")
    (tmp_path / "old.pt").write_bytes(pickle.dumps(Evil(made), 2))
    with pytest.raises(BadFile, match=r"cannot be read as weights only .*open") as refused:
        read_tensors(tmp_path / "old.pt")
    assert "weights_only" not in str(refused.value)  # no advice to read it unsafely
    assert not made.exists()


def test_a_module_that_sets_itself_up_is_refused(tmp_path: Path) -> None:
    """Its __setstate__ is code in the archive, which torch.jit.load runs."""

    class Sneaky(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("weight", torch.ones(2))

        @torch.jit.export
        def __getstate__(self) -> tuple[torch.Tensor, bool]:
            return self.weight, self.training

        @torch.jit.export
        def __setstate__(self, state: tuple[torch.Tensor, bool]) -> None:
            print("run by the archive")
            self.weight = state[0]
            self.training = state[1]

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.jit.save(torch.jit.script(Sneaky()), str(tmp_path / "sneaky.pt"))
    with pytest.raises(BadFile, match="sets the state of what is no module by plain attributes"):
        read_torchscript(tmp_path / "sneaky.pt")


TENSOR = b"ctorch._utils\n_rebuild_tensor_v2\n"
FLOATS = b"(X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpu"
ELSEWHERE = FLOATS.replace(b"X\x01\x00\x00\x000", b"X\x08\x00\x00\x00../../etc")
ONE = b"K\x01\x85"


def module(attributes: bytes) -> bytes:
    return b"\x80\x02c__torch__\nM\n)\x81}(" + attributes + b"ub."


def weight(
    shape: bytes, stride: bytes = ONE, offset: int = 0, count: int = 2, storage: bytes = FLOATS
) -> bytes:
    """A module with one weight; all arguments but the numbers are opcodes."""
    of = storage + bytes([ord("K"), count]) + b"tQ"
    return module(
        b"X\x01\x00\x00\x00w" + TENSOR + b"(" + of + bytes([ord("K"), offset]) + shape + stride + b"tR"
    )


TWO = b"K\x02\x85"
FORGED = {
    "more than its bytes": (weight(b"K\xff\x85", count=255), "are promised"),
    "beyond its storage": (weight(TWO, offset=1), "larger than its bytes"),
    "repeated": (weight(b"M\xff\xff\x85", stride=b"K\x00\x85"), "larger than its bytes"),
    "a negative step": (weight(TWO, stride=b"J\xff\xff\xff\xff\x85", offset=1), "strange shape"),
    "a text as shape": (weight(b"X\x01\x00\x00\x00a\x85"), "strange shape"),
    "another file": (weight(TWO, storage=ELSEWHERE), "damaged"),
    "no module": (b"\x80\x02}.", "is no tree of modules"),
    "a call": (b"\x80\x02cposix\nsystem\nX\x04\x00\x00\x00true\x85R.", "names 'posix.system'"),
    "a call of a module": (b"\x80\x02c__torch__\nM\n)R.", "calls '__torch__.M'"),
    "an instance": (b"\x80\x02(i__torch__\nM\n.", "uses the opcode INST"),
    "an extension": (b"\x80\x02\x82\x01.", "uses the opcode EXT1"),
    "a persistent text": (b"\x80\x02Pposix\n.", "uses the opcode PERSID"),
    "a global from the stack": (b"\x80\x04\x8c\x05posix\x8c\x06system\x93.", "uses the opcode STACK_GLOBAL"),
    "a huge number": (b"\x80\x02\x8b\xff\xff\xff\x7f.", "damaged"),
    "nothing": (b"", "damaged"),
}


def test_what_is_not_forged_is_read(archive: Path, tmp_path: Path) -> None:
    """So that the forgeries below fail for what is forged in them."""
    edit: Edit = lambda entry, data: (  # noqa: E731
        weight(TWO)
        if entry.endswith("/data.pkl")
        else b"\0\0\x80?" * 2
        if entry.endswith("/data/0")
        else data
    )
    found = read_torchscript(rewritten(archive, tmp_path / "good.pt", edit))
    assert {name: value.tolist() for name, value in found.items()} == {"w": [1.0, 1.0]}


@pytest.mark.parametrize("name", FORGED)
def test_what_is_forged_is_refused(archive: Path, tmp_path: Path, name: str) -> None:
    program, words = FORGED[name]
    edit: Edit = lambda entry, data: (  # noqa: E731
        program if entry.endswith("/data.pkl") else b"\0" * 8 if entry.endswith("/data/0") else data
    )
    with pytest.raises(BadFile, match=words) as told:
        read_torchscript(rewritten(archive, tmp_path / "forged.pt", edit))
    assert "TorchScript archive" in str(told.value) and len(str(told.value)) < 600


def test_modules_within_themselves_end(archive: Path, tmp_path: Path) -> None:
    """A module that is its own child, by the memo."""
    program = b"\x80\x02c__torch__\nM\n)\x81q\x00}(X\x01\x00\x00\x00ah\x00ub."
    edit: Edit = lambda name, data: program if name.endswith("/data.pkl") else data  # noqa: E731
    with pytest.raises(BadFile, match="modules without end"):
        read_torchscript(rewritten(archive, tmp_path / "loop.pt", edit))


def test_packed_and_foreign_bytes_are_refused(archive: Path, tmp_path: Path) -> None:
    packed = rewritten(archive, tmp_path / "packed.pt", lambda _, data: data, zipfile.ZIP_DEFLATED)
    with pytest.raises(BadFile, match="has packed tensors"):
        read_torchscript(packed)
    edit: Edit = lambda name, data: b"big" if name.endswith("/byteorder") else data  # noqa: E731
    with pytest.raises(BadFile, match="not little-endian"):
        read_torchscript(rewritten(archive, tmp_path / "big.pt", edit))


def test_a_cut_file_is_damaged(archive: Path, tmp_path: Path) -> None:
    whole = archive.read_bytes()
    (tmp_path / "cut.pt").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadFile, match=r"cannot be read as weights only|damaged"):
        read_tensors(tmp_path / "cut.pt")
    # the list of entries at the end, put behind less than it promises
    at = struct.unpack("<I", whole[-6:-2])[0]
    (tmp_path / "short.pt").write_bytes(whole[at:])
    with pytest.raises(BadFile):
        read_tensors(tmp_path / "short.pt")


def test_damage_ends_in_a_sentence_or_in_weights(archive: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(archive) as old:
        program = next(old.read(name) for name in old.namelist() if name.endswith("/data.pkl"))
    chance, ended = random.Random(5), set()
    for count in range(60):
        data = bytearray(program)
        for _ in range(chance.randint(1, 3)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        edit: Edit = lambda name, old: bytes(data) if name.endswith("/data.pkl") else old  # noqa: B023, E731
        forged = rewritten(archive, tmp_path / f"{count}.pt", edit)
        try:
            assert all(isinstance(value, torch.Tensor) for value in read_torchscript(forged).values())
            ended.add("weights")
        except BadFile:
            ended.add("sentence")
        forged.unlink()
    assert ended == {"weights", "sentence"}
