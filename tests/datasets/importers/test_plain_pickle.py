"""Pickles are read as data: what Python would make of them, or a sentence; never a call."""

from __future__ import annotations

import pickle
import pickletools
import random
import sys
import tracemalloc
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sisg_robotics.datasets.importers import plain_pickle
from sisg_robotics.datasets.importers.plain_pickle import read_pickle
from sisg_robotics.errors import BadFile

PATH = Path("state.npy")
LEAVES = (
    None, True, False, 0, 255, -1, 70_000, 2**40, -(2**70), 2.5, float("inf"), "", "ä" * 300, b"raw", (),
    (1,), (1, 2), (1, 2, 3), (1, "two", 3.0, None), [], [1, [2, [3]]], {}, {"a": {1: "b"}},
)  # fmt: skip
ARRAYS = (
    np.arange(6.0).reshape(2, 3),
    np.asfortranarray(np.arange(6).reshape(2, 3)),
    np.arange(3, dtype=">i2"),
    np.zeros((0, 3), np.float32),
    np.array(7, np.uint8),
    np.array([True, False]),
    np.array(["ab", "c"]),
    np.float32(2.5),
    np.int64(-3),
    np.bool_(True),
)


def equal(read: Any, given: Any) -> bool:
    if isinstance(given, np.ndarray | np.generic):
        return type(read) is type(given) and read.dtype == given.dtype and np.array_equal(read, given)
    return type(read) is type(given) and bool(read == given)


@pytest.mark.parametrize("protocol", [3, 4])
@pytest.mark.parametrize("value", [*LEAVES, *ARRAYS], ids=lambda value: f"{value!r:.20}")
def test_what_is_pickled_is_read(value: Any, protocol: int) -> None:
    assert equal(read_pickle(PATH, pickle.dumps(value, protocol)), value)
    inside = {"key": [value, (value,)], "again": value}
    read = read_pickle(PATH, pickle.dumps(inside, protocol))
    assert list(read) == ["key", "again"]
    assert equal(read["key"][0], value) and equal(read["key"][1][0], value) and equal(read["again"], value)


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner),
)


@given(plain, st.sampled_from([3, 4]))
def test_any_plain_value_is_read(value: Any, protocol: int) -> None:
    assert equal(read_pickle(PATH, pickle.dumps(value, protocol)), value)
    assert equal(read_pickle(PATH, pickle.dumps([value, value], protocol)), [value, value])


@pytest.mark.parametrize("protocol", [3, 4])
def test_what_numpy_wraps_around_a_dictionary_comes_off(protocol: int) -> None:
    state = OrderedDict(pose=np.arange(3.0), info={"idToLabels": {"2": {"class": "chair"}}}, none=None)
    read = read_pickle(PATH, pickle.dumps(np.array(state, dtype=object), protocol))
    assert type(read) is dict and list(read) == list(state)
    assert equal(read["pose"], state["pose"]) and read["info"] == state["info"] and read["none"] is None
    assert read_pickle(PATH, pickle.dumps(np.array(None, dtype=object), protocol)) is None
    assert read_pickle(PATH, pickle.dumps(np.array([{}, None]), protocol)) == [{}, None]


@pytest.mark.parametrize("module", ["numpy.core.multiarray", "numpy._core.multiarray"])
def test_old_and_new_numpy(module: str) -> None:
    """By hand: NumPy moved its reconstruction between 1 and 2."""
    name = module.encode()
    none = b"J\xff\xff\xff\xff"
    state = b"(K\x03X\x01\x00\x00\x00|NNN" + none + none + b"K\x00tb"
    dtype = b"cnumpy\ndtype\nX\x02\x00\x00\x00u1\x89\x88\x87R" + state
    array = (
        b"c"
        + name
        + b"\n_reconstruct\ncnumpy\nndarray\nK\x00\x85C\x01b\x87R(K\x01K\x02\x85"
        + dtype
        + b"\x89C\x02\x05\x06tb"
    )
    data = b"\x80\x03" + array + b"."
    assert equal(read_pickle(PATH, data), np.array([5, 6], np.uint8))
    assert equal(pickle.loads(data), np.array([5, 6], np.uint8))
    scalar = b"\x80\x03c" + name + b"\nscalar\n" + dtype + b"C\x01\x09\x86R."
    assert equal(read_pickle(PATH, scalar), np.uint8(9))


class Calls:
    """Pickled, a call of something with arguments."""

    def __init__(self, called: Any, *arguments: Any) -> None:
        self.called, self.arguments = called, arguments

    def __reduce__(self) -> Any:
        return self.called, self.arguments


def touching(path: Path) -> list[bytes]:
    """Pickles that make a file when they are unpickled."""
    name = str(path)
    calls = [
        Calls(open, name, "w"),
        Calls(exec, f"open({name!r}, 'w')"),
        Calls(eval, f"open({name!r}, 'w')"),
        Calls(Path.touch, path),
        Calls(np.save, name, 1),
        Calls(np.ndarray.tofile, np.arange(3), name),
        Calls(np.memmap, name, "u1", "w+", 0, (1,)),
    ]
    inside = [{"pose": call} for call in calls] + [np.array({"pose": calls[0]}, dtype=object)]
    by_hand = [
        b"(S'" + name.encode() + b"'\nS'w'\ni__builtin__\nopen\n.",  # INST
        b"(c__builtin__\nopen\nS'" + name.encode() + b"'\nS'w'\no.",  # OBJ
        b"\x80\x02c__builtin__\nopen\nX"
        + len(name).to_bytes(4, "little")
        + name.encode()
        + b"X\x01\x00\x00\x00w\x86\x81.",
    ]
    return [pickle.dumps(value, 4) for value in (*calls, *inside)] + by_hand


def test_nothing_is_run(tmp_path: Path) -> None:
    made = tmp_path / "made"
    for data in touching(made):
        with pytest.raises(BadFile, match=r"^state.npy: is a "):
            read_pickle(PATH, data)
        assert list(tmp_path.iterdir()) == []
    pickle.loads(touching(made)[0]).close()
    assert made.exists()  # so they do what the test says


def built(state: Any, *, kind: str = "ndarray", shape: Any = (0,)) -> bytes:
    """The pickle of an array with a forged state."""
    forged = pickle.dumps(state, 4)[2:-1]
    name = b"cnumpy._core.multiarray\n_reconstruct\ncnumpy\n" + kind.encode() + b"\n"
    return b"\x80\x04" + name + pickle.dumps(shape, 4)[2:-1] + b"C\x01b\x87R" + forged + b"b."


F8, OBJECT = np.dtype("f8"), np.dtype("O")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (built((1, (10**12,), F8, False, b"12345678")), "has not the bytes it promises"),
        (built((1, (2**41,), F8, False, b"12345678")), "strange shape"),
        (built((1, (-1,), F8, False, b"")), "strange shape"),
        (built((1, (0,) * 40, F8, False, b"")), "strange shape"),
        (built((1, (1,), F8, False, "text")), "has not the bytes it promises"),
        (built((1, (1,), OBJECT, False, b"12345678")), "has an array of objects"),
        (built((1, (2,), OBJECT, False, [1])), "has an array of objects"),
        (built((1, (1, 1), OBJECT, False, [1])), "has an array of objects"),
        (built((1, (), OBJECT, False, [1, 2])), "has an array of objects"),
        (built((1, (1,), None, False, b"12345678")), "the state of an array is none"),
        (built((1, 5, F8, False, b"12345678")), "the state of an array is none"),
        (built((1, 2)), "damaged pickle"),
        (built({"shape": (1,)}), "sets the state of what is no array"),
        (built((1, (1,), F8, False, b"12345678"), kind="matrix"), "names 'numpy.matrix'"),
        (b"\x80\x04cnumpy._core.multiarray\n_reconstruct\ncnumpy\nndarray\n)C\x01b\x87R.", "is missing"),
        (pickle.dumps(np.zeros(2, "c16"), 4), "has an array of type 'c16'"),
        (pickle.dumps(np.zeros(2, "f8,i4"), 4), "has an array of type 'V12'"),
        (pickle.dumps(np.array(["2020-01-01"], "M8[D]"), 4), "has an array of type 'M8'"),
        (pickle.dumps(np.array([[{}, {}]]), 4), "has an array of objects"),
        (pickle.dumps(np.ma.masked_array([1.0]), 4), "which is neither an array nor a number"),
        (pickle.dumps({1, 2}, 4), "uses the opcode EMPTY_SET"),
        (pickle.dumps({(1, 2): 3}, 4), "has a tuple as a key"),
        (pickle.dumps({2**63: 3}, 4), "has a int as a key"),
        (pickle.dumps({1.5: 3}, 4), "has a float as a key"),
        (b"\x80\x04\x8c\x01a\x8c\x01bQ.", "uses the opcode BINPERSID"),
        (b"\x80\x04Pid\n.", "uses the opcode PERSID"),
        (b"\x80\x04\x82\x01.", "uses the opcode EXT1"),
        (b"\x80\x05\x96\x00\x00\x00\x00\x00\x00\x00\x00.", "uses the opcode BYTEARRAY8"),
        (b"\x80\x05\x97.", "uses the opcode NEXT_BUFFER"),
        (b"\x80\x04ccopyreg\n_reconstructor\n.", "names 'copyreg._reconstructor'"),
        (b"\x80\x04ccollections\nOrderedDict\n]\x85R.", "damaged pickle"),
        (b"\x80\x04cnumpy\ndtype\nX\x02\x00\x00\x00<q\x85R.", "has an array of type '<q'"),
        (b"\x80\x04cnumpy\nndarray\n)R.", "calls what is no constructor"),
        (b"\x80\x04B\xff\xff\xff\x7f.", "damaged pickle"),
        (b"\x80\x04\x8e" + b"\xff" * 7 + b"\x7f.", "damaged pickle"),
        (b"\x80\x04\x8b\xff\xff\xff\x7f.", "damaged pickle"),
        (b"\x80\x04NN.", "it is no single value"),
        (b"\x80\x04(N.", "it is no single value"),
        (b"\x80\x04.", "it is no single value"),
        (b"\x80\x04h\x05.", "it refers to what it did not say"),
        (b"\x80\x04r\xff\xff\xff\x7f.", "damaged pickle"),
        (b"\x80\x04Nr\xff\xff\xff\x7f(.", "it is no single value"),
        (b"\x80\x04\x85.", "a value is missing"),
        (b"\x80\x04]NNu.", "damaged pickle"),
        (b"\x80\x04N]\x85b.", "sets the state of what is no array"),
        (b"\x80\x04NN\x93.", "a name is no text"),
        (b"\x80\xff.", "damaged pickle"),
        (b"", "damaged pickle"),
        (b"\x80\x04N", "damaged pickle"),
        (b"garbage", "damaged pickle"),
        (b"L" + b"9" * 10_000 + b"L\n.", "is a "),
    ],
)  # fmt: skip
def test_what_is_forged_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(BadFile, match=words) as told:
        read_pickle(PATH, data)
    assert str(told.value).startswith("state.npy: is a ") and len(str(told.value)) < 500


def shared(depth: int) -> bytes:
    """Lists of two of the list before: 2^depth elements to whoever walks through the last."""
    out = b"\x80\x04(]q\x00"
    for level in range(depth):
        before = b"h" + bytes([level])
        out += b"](" + before + before + b"eq" + bytes([level + 1])
    return out + b"t."


STEPS = 4_000
BOMBS = {
    "shared": shared(200),
    "nested lists": b"\x80\x04" + b"]" * 1_900 + b"a" * 1_899 + b".",
    "nested tuples": b"\x80\x04" + b")" + b"\x85" * 3_900 + b".",
    "in itself": b"\x80\x04]\x94" + b"h\x00a" * 1_900 + b".",
    "a huge number": pickle.dumps([2**100_000] * 3, 4),
    "colliding keys": pickle.dumps({index * (2**61 - 1): 0 for index in range(4)}, 4),
    "many dictionaries": b"\x80\x04" + b"}" * STEPS + b".",
    "many marks": b"\x80\x04" + b"(" * STEPS + b".",
    "a full memo": b"\x80\x04N" + b"\x94" * STEPS + b".",
}


@pytest.mark.parametrize("name", BOMBS)
def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """With a part of the steps that are allowed."""
    monkeypatch.setattr(plain_pickle, "MAX_OPERATIONS", STEPS)
    tracemalloc.start()
    try:
        read_pickle(PATH, BOMBS[name])
        assert not name.startswith(("many", "a full"))
    except BadFile as error:
        assert "takes more than 4000 steps" in str(error) and name.startswith(("many", "a full"))
    finally:
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert most < 4 * 2**20


def test_damage_ends_in_a_sentence_or_in_plain_values() -> None:
    state = {"pose": np.arange(7.0), "info": {"idToLabels": {"2": {"class": "chair"}}}, "n": None, "x": 2.5}
    originals = [pickle.dumps(np.array(state, dtype=object), protocol) for protocol in (3, 4)]
    opcodes = [opcode.code.encode("latin1") for opcode in pickletools.opcodes]
    chance, ended = random.Random(4), set()
    for _ in range(1000):
        data = bytearray(chance.choice(originals))
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(data))
            data[at : at + chance.randint(0, 2)] = chance.choice(
                [
                    chance.choice(opcodes),
                    bytes([chance.randrange(256)]),
                    b"",
                    chance.choice(originals)[at : at + 9],
                ]
            )
        before = set(sys.modules)
        try:
            value = read_pickle(PATH, bytes(data))
            assert is_plain(value)
            ended.add("value")
        except BadFile:
            ended.add("sentence")
        assert {name for name in set(sys.modules) - before if not name.startswith("encodings.")} == set()
    assert ended == {"value", "sentence"}


def is_plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(is_plain, value.values()))
    if isinstance(value, list | tuple):
        return all(map(is_plain, value))
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "biufU"
    return (
        value is None
        or isinstance(value, bool | int | float | str | bytes | np.generic)
        or "plain_pickle" in type(value).__module__
    )
