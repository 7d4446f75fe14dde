"""Every fault, made in a copy of a small recording, is found by its code, in its frames, and nothing else."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from sisg_robotics.datasets import RgbdSequence
from sisg_robotics.datasets.validation import Finding, validate
from sisg_robotics.errors import SisgError
from sisg_robotics.geometry import quat_xyzw_from_matrix

FRAMES = 24
EVERY = tuple(f"{i:06d}" for i in range(FRAMES))
Fault = Callable[[Path], None]


def ids(*indices: int) -> tuple[str, ...]:
    return tuple(f"{index:06d}" for index in indices)


def rgb(root: Path, index: int) -> Path:
    return root / "rgb" / f"{index:06d}.png"


def depth(root: Path, index: int) -> Path:
    return root / "depth" / f"{index:06d}.npy"


def take_out(root: Path, index: int) -> None:
    """A frame's files, in all channels."""
    for path in root.glob(f"*/{index:06d}.*"):
        path.unlink()


def change_rgb(*indices: int, to: Callable[[np.ndarray], np.ndarray]) -> Fault:
    def fault(root: Path) -> None:
        for index in indices:
            picture = np.asarray(Image.open(rgb(root, index)))
            Image.fromarray(to(picture)).save(rgb(root, index))

    return fault


def change_depth(*indices: int, to: Callable[[np.ndarray], np.ndarray]) -> Fault:
    def fault(root: Path) -> None:
        for index in indices:
            np.save(depth(root, index), to(np.load(depth(root, index))))

    return fault


def change_poses(to: Callable[[np.ndarray], np.ndarray]) -> Fault:
    """Of (n, 4, 4) matrices, or to rows of seven numbers."""

    def fault(root: Path) -> None:
        T = to(np.loadtxt(root / "poses.txt").reshape(-1, 4, 4))
        np.savetxt(root / "poses.txt", T.reshape(len(T), -1), fmt="%.12g")
        if T.ndim == 2:
            change_json(rotation_type="quat")(root)

    return fault


def change_lines(to: Callable[[list[str]], list[str]]) -> Fault:
    def fault(root: Path) -> None:
        lines = (root / "poses.txt").read_text().splitlines()
        (root / "poses.txt").write_text("\n".join(to(lines)) + "\n")

    return fault


def change_json(**values: Any) -> Fault:
    def fault(root: Path) -> None:
        document = json.loads((root / "sequence.json").read_text())
        (root / "sequence.json").write_text(json.dumps(document | values))

    return fault


def both(*faults: Fault) -> Fault:
    def fault(root: Path) -> None:
        for one in faults:
            one(root)

    return fault


def with_nan(array: np.ndarray) -> np.ndarray:
    array[3, 4] = np.nan
    return array


def some_negative(array: np.ndarray) -> np.ndarray:
    array[3, 4] = -1
    return array


def nearly_blind(array: np.ndarray) -> np.ndarray:
    kept = np.zeros_like(array)
    kept[:2] = array[:2] + 1
    return kept


def scaled(T: np.ndarray) -> np.ndarray:
    T[4, :3, :3] *= 1.02
    return T


def mirrored(T: np.ndarray) -> np.ndarray:
    T[4:6, :3, 0] *= -1
    return T


def transposed(T: np.ndarray) -> np.ndarray:
    return np.swapaxes(T, 1, 2).copy()


def moved(T: np.ndarray, *indices: int, by_m: float) -> np.ndarray:
    T[list(indices), 0, 3] += by_m
    return T


def repeated(T: np.ndarray) -> np.ndarray:
    T[9] = T[10] = T[8]
    return T


def lost(T: np.ndarray) -> np.ndarray:
    T[7] = np.nan
    return T


def as_quaternions(T: np.ndarray) -> np.ndarray:
    return np.concatenate([T[:, :3, 3], quat_xyzw_from_matrix(T[:, :3, :3])], axis=1)


def too_long(T: np.ndarray, factor: float) -> np.ndarray:
    rows = as_quaternions(T)
    rows[6, 3:] *= factor
    return rows


def turned_away(T: np.ndarray) -> np.ndarray:
    T[5, :3, :3] = T[5, :3, :3] @ np.diag([-1.0, 1.0, -1.0])
    return T


STAMPS = [10**18 + i * 33_000_000 for i in range(FRAMES)]


def swapped(stamps: list[int]) -> list[int]:
    return [*stamps[:4], stamps[5], stamps[4], *stamps[6:]]


@dataclass(frozen=True)
class Case:
    fault: Fault
    code: str
    frames: tuple[str, ...]
    severity: str = "error"
    also: tuple[str, ...] = ()
    """What the diagnosis finds besides."""


CASES: dict[str, Case] = {
    # files
    "a colour image is not there": Case(lambda root: rgb(root, 5).unlink(), "rgb-missing", ids(5)),
    "two depth images are not there": Case(
        lambda root: [depth(root, i).unlink() for i in (0, 23)], "depth-missing", ids(0, 23)
    ),
    "an optional channel has a hole": Case(
        lambda root: (root / "semantic/000003.npy").unlink(), "semantic-missing", ids(3)
    ),
    "only an optional channel has a frame": Case(
        lambda root: (root / "instance/000099.png").write_bytes((root / "instance/000003.png").read_bytes()),
        "instance-alone",
        ids(99),
    ),
    "a frame has two colour images": Case(
        lambda root: Image.open(rgb(root, 2)).save(root / "rgb/000002.jpg"), "rgb-twice", ids(2)
    ),
    "a strange file": Case(
        lambda root: (root / "rgb/Thumbs.db").write_text(""), "rgb-extra", (), "warning"
    ),
    "a folder where a file should be": Case(
        lambda root: (root / "depth/more").mkdir(), "depth-extra", (), "warning"
    ),
    "other zeros in names": Case(
        lambda root: depth(root, 7).rename(root / "depth/7.npy"), "depth-names", ids(7)
    ),
    "numbers left out": Case(
        both(*(lambda root, i=i: take_out(root, i) for i in (6, 7)),
             change_lines(lambda lines: lines[:6] + lines[8:])),
        "numbering-gap", ids(5, 8), "warning",
    ),
    "a name without a number": Case(
        lambda root: [path.rename(path.with_stem("last")) for path in root.glob("*/000023.*")],
        "numbering-mixed", ("last",), "warning",
    ),
    "poses are missing": Case(lambda root: (root / "poses.txt").unlink(), "poses-missing", ()),
    "a pose too few": Case(change_lines(lambda lines: lines[:-1]), "poses-count", ids(23)),
    "a pose too many": Case(change_lines(lambda lines: [*lines, lines[-1]]), "poses-count", ()),
    "stamps too few": Case(change_json(stamps_ns=STAMPS[1:]), "stamps-count", ()),
    "cameras too few": Case(
        change_json(intrinsics=[{"fx": 60, "fy": 60, "cx": 48, "cy": 36, "width": 96, "height": 72}] * 3),
        "intrinsics-count", (),
    ),
    "intrinsics in shares of the image": Case(
        change_json(intrinsics={"fx": 0.5, "fy": 0.6, "cx": 0.5, "cy": 0.5, "width": 96, "height": 72}),
        "intrinsics-implausible", EVERY,
    ),
    "a slip in sequence.json": Case(change_json(pose_typ="mat"), "metadata-unreadable", ()),
    "a broken sequence.json": Case(
        lambda root: (root / "sequence.json").write_text("{" * 10), "metadata-unreadable", ()
    ),
    "sequence.json nested too deep": Case(
        lambda root: (root / "sequence.json").write_text("[" * 100_000), "metadata-unreadable", ()
    ),
    # pictures
    "a colour image cut off": Case(
        lambda root: rgb(root, 4).write_bytes(rgb(root, 4).read_bytes()[:-500]), "rgb-truncated", ids(4)
    ),
    "a depth image cut off": Case(
        lambda root: depth(root, 4).write_bytes(depth(root, 4).read_bytes()[:900]), "depth-truncated", ids(4)
    ),
    "empty files": Case(
        lambda root: [depth(root, i).write_bytes(b"") for i in (1, 2)], "depth-truncated", ids(1, 2)
    ),
    "an id image cut off": Case(
        lambda root: (root / "instance/000004.png").write_bytes(
            (root / "instance/000004.png").read_bytes()[:60]
        ),
        "instance-truncated", ids(4),
    ),
    "a text as colour image": Case(
        lambda root: rgb(root, 11).write_text("Not Found"), "rgb-unreadable", ids(11)
    ),
    "a pickle as depth": Case(
        lambda root: depth(root, 11).write_bytes(pickle.dumps([1, 2])), "depth-unreadable", ids(11)
    ),
    "objects as depth": Case(
        lambda root: np.save(depth(root, 11), np.array([{}, 1]), allow_pickle=True), "depth-unreadable",
        ids(11),
    ),
    "a colour image of another size": Case(
        change_rgb(8, to=lambda a: a[:-4, :-4]), "rgb-wrong-size", ids(8)
    ),
    "depth of another shape": Case(change_depth(8, to=lambda a: a[:, :40]), "depth-wrong-size", ids(8)),
    "depth in a row": Case(change_depth(8, to=np.ravel), "depth-wrong-size", ids(8)),
    "depth of another resolution": Case(
        both(*(lambda root, name=name: np.save(path := root / f"{name}/000008.npy", np.load(path)[::2, ::2])
               for name in ("depth", "semantic")),
             lambda root: Image.fromarray(np.asarray(Image.open(root / "instance/000008.png"))[::2, ::2])
             .save(root / "instance/000008.png")),
        "depth-other-size", ids(8), "warning",
    ),
    "classes of another size": Case(
        lambda root: np.save(root / "semantic/000002.npy", np.zeros((3, 4), np.int32)),
        "semantic-wrong-size", ids(2),
    ),
    "classes as fractions": Case(
        lambda root: np.save(root / "semantic/000002.npy", np.zeros((72, 96), np.float32)),
        "semantic-wrong-type", ids(2),
    ),
    "16 bits of colour": Case(
        lambda root: Image.fromarray(np.zeros((72, 96), np.uint16)).save(rgb(root, 3)),
        "rgb-wrong-type", ids(3),
    ),
    "millimetres in whole numbers": Case(
        change_depth(*range(FRAMES), to=lambda a: (a * 1000).astype(np.uint16)), "depth-wrong-type", EVERY,
        also=("depth-unit",),
    ),
    "millimetres": Case(
        change_depth(*range(FRAMES), to=lambda a: a * 1000), "depth-too-far", EVERY, also=("depth-unit",)
    ),
    "a depth that is NaN": Case(change_depth(1, 20, to=with_nan), "depth-not-finite", ids(1, 20)),
    "a depth below zero": Case(change_depth(1, to=some_negative), "depth-negative", ids(1)),
    "colour images of one colour": Case(
        change_rgb(3, 9, to=lambda a: np.full_like(a, 128)), "rgb-constant", ids(3, 9)
    ),
    "a black image": Case(change_rgb(3, to=lambda a: a // 100), "rgb-black", ids(3), "warning"),
    "an overexposed image": Case(
        change_rgb(3, to=lambda a: np.clip(a.astype(int) * 8 + 100, 0, 255).astype(np.uint8)),
        "rgb-overexposed", ids(3), "warning",
    ),
    "a colour image that hangs": Case(
        lambda root: [rgb(root, i).write_bytes(rgb(root, 4).read_bytes()) for i in (5, 6)],
        "rgb-repeated", ids(5, 6),
    ),
    "depth that hangs": Case(
        lambda root: depth(root, 13).write_bytes(depth(root, 2).read_bytes()), "depth-repeated", ids(13)
    ),
    "a frame recorded twice": Case(
        both(lambda root: rgb(root, 5).write_bytes(rgb(root, 4).read_bytes()),
             lambda root: depth(root, 5).write_bytes(depth(root, 4).read_bytes()),
             change_lines(lambda lines: [*lines[:5], lines[4], *lines[6:]])),
        "frame-repeated", ids(5), "note",
    ),
    "empty depth": Case(change_depth(3, 4, to=np.zeros_like), "depth-empty", ids(3, 4), "warning"),
    "no depth at all": Case(change_depth(*range(FRAMES), to=np.zeros_like), "depth-empty", EVERY),
    "nearly no depth": Case(change_depth(3, to=nearly_blind), "depth-sparse", ids(3), "warning"),
    "one depth all over": Case(
        change_depth(3, to=lambda a: np.full_like(a, 2.5)), "depth-constant", ids(3), "warning"
    ),
    "one depth all over, whichever way it looks": Case(
        change_depth(3, 12, to=lambda a: np.full_like(a, 2.5)), "depth-constant", ids(3, 12)
    ),
    "saturated depth": Case(
        change_depth(*range(FRAMES), to=lambda a: np.minimum(a, np.float32(1.5))), "depth-saturated", EVERY
    ),
    "the largest number where nothing was seen": Case(
        change_depth(2, 9, 17, to=lambda a: np.where(np.arange(a.size).reshape(a.shape) < 1000, 65.535, a)),
        "depth-saturated", ids(2, 9, 17),
    ),
    # numbers
    "stamps swapped": Case(change_json(stamps_ns=swapped(STAMPS)), "stamps-order", ids(5)),
    "a stamp twice": Case(
        change_json(stamps_ns=[*STAMPS[:8], STAMPS[7], *STAMPS[9:]]), "stamps-order", ids(8)
    ),
    "stamps all the same": Case(change_json(stamps_ns=[7] * FRAMES), "stamps-order", EVERY[1:]),
    "stamps in milliseconds": Case(change_json(stamps_ns=[33 * i for i in range(FRAMES)]), "stamps-unit", ()),
    "a pose is NaN": Case(change_poses(lost), "pose-not-finite", ids(7)),
    "a line of words": Case(
        change_lines(lambda lines: [*lines[:3], "tracking lost", *lines[4:]]), "pose-unreadable", ids(3)
    ),
    "a line too short": Case(
        change_lines(lambda lines: [*lines[:3], lines[3][:-20], *lines[4:]]), "pose-unreadable", ids(3)
    ),
    "a scaled rotation": Case(change_poses(scaled), "pose-not-rigid", ids(4)),
    "mirrored rotations": Case(change_poses(mirrored), "pose-not-rigid", ids(4, 5)),
    "matrices column by column": Case(change_poses(transposed), "pose-not-a-pose", EVERY),
    "a quaternion of length 2": Case(
        change_poses(lambda T: too_long(T, 2.0)), "quaternion-not-unit", ids(6)
    ),
    "a quaternion a little too long": Case(
        change_poses(lambda T: too_long(T, 1.005)), "quaternion-not-unit", ids(6), "warning"
    ),
    "quaternions where matrices are said": Case(
        both(change_poses(as_quaternions), change_json(rotation_type="mat")), "pose-wrong-type", ()
    ),
    "a pose elsewhere": Case(change_poses(lambda T: moved(T, 7, by_m=3)), "pose-jump", ids(7), "warning"),
    "the first pose elsewhere": Case(
        change_poses(lambda T: moved(T, 0, by_m=3)), "pose-jump", ids(0), "warning"
    ),
    "a loop closed badly": Case(
        change_poses(lambda T: moved(T, *range(12, 24), by_m=0.6)), "pose-jump", ids(12), "warning"
    ),
    "a pose turned round": Case(change_poses(turned_away), "pose-jump", ids(5), "warning"),
    "faster than any robot": Case(
        both(change_json(stamps_ns=STAMPS), change_poses(lambda T: moved(T, 7, by_m=3))), "pose-jump", ids(7)
    ),
    "poses that stand still": Case(change_poses(repeated), "pose-repeated", ids(9, 10)),
    "quaternions with one digit": Case(
        change_poses(lambda T: np.round(as_quaternions(T), 1)), "pose-rounded", ()
    ),
    "matrices with one digit": Case(change_poses(lambda T: np.round(T, 1)), "pose-rounded", ()),
}  # fmt: skip


def wrong(source: Any, **description: Any) -> list[Finding]:
    """What is found, but for the note that such slow motion cannot tell everything."""
    return [finding for finding in validate(source, **description) if finding.code != "cannot-tell"]


@pytest.fixture(params=sorted(CASES))
def case(request: pytest.FixtureRequest) -> Case:
    return CASES[request.param]


def test_a_fault_is_found_by_its_code_in_its_frames_and_nothing_else(
    case: Case, copied: Callable[[], Path]
) -> None:
    root = copied()
    case.fault(root)
    findings = wrong(root, threads=1)
    expected = [(case.code, case.severity, case.frames), *((code, "error", ()) for code in case.also)]
    assert [(f.code, f.severity, f.frames) for f in findings] == expected
    finding = findings[0]
    assert all(np.isfinite(value) for value in finding.evidence.values())
    assert finding.message.endswith(".") and finding.remedy.endswith(".")
    assert is_refused(root) <= (finding.severity == "error")


def is_refused(root: Path) -> bool:
    """Whether the reader refuses the recording or one of its frames."""
    try:
        for _ in RgbdSequence.open(root):
            pass
    except (SisgError, RecursionError):
        return True
    return False


def test_a_whole_recording_has_no_finding(smooth: Path) -> None:
    assert wrong(smooth) == []
    assert wrong(RgbdSequence.open(smooth)) == []
    assert not is_refused(smooth)


def test_two_faults_are_two_findings_errors_first(copied: Callable[[], Path]) -> None:
    root = copied()
    for name in ("empty depth", "a pose elsewhere", "a colour image cut off", "a scaled rotation"):
        CASES[name].fault(root)
    codes = [finding.code for finding in wrong(root)]
    assert sorted(codes[:2]) == ["pose-not-rigid", "rgb-truncated"]
    assert sorted(codes[2:]) == ["depth-empty", "pose-jump"]


def test_the_speed_of_a_jump_is_said(copied: Callable[[], Path]) -> None:
    root = copied()
    CASES["faster than any robot"].fault(root)
    (finding,) = wrong(root)
    expected = 3 / 0.033  # metres in seconds, but for the centimetres that it moved anyhow
    assert abs(finding.evidence["top_speed_m_s"] - expected) < 1
    assert f"{finding.evidence['top_speed_m_s']:.1f} m/s" in finding.message
    assert finding.evidence["jumps"] == 2


def test_several_cameras_at_the_same_time_are_no_fault(copied: Callable[[], Path]) -> None:
    root = copied()
    change_json(stamps_ns=[STAMPS[i // 2] for i in range(FRAMES)])(root)
    assert wrong(root) == []
    T = np.loadtxt(root / "poses.txt").reshape(-1, 4, 4)
    T[1::2, :3, 3] += 0.8 * T[1::2, :3, 0]  # every second one is a camera beside the first
    np.savetxt(root / "poses.txt", T.reshape(-1, 16))
    assert wrong(root, conventions=False) == []  # its pictures are the first camera's still


def test_a_static_camera_is_no_fault(copied: Callable[[], Path]) -> None:
    root = copied()
    change_poses(lambda T: np.repeat(T[:1], FRAMES, axis=0))(root)
    random = np.random.default_rng(0)
    picture, array = np.asarray(Image.open(rgb(root, 0))).astype(int), np.load(depth(root, 0))
    for i in range(FRAMES):
        noisy = picture + random.normal(0, 6, picture.shape).astype(int)
        noisy[20:50, 3 * i : 3 * i + 12] = 30  # somebody walks by
        Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)).save(rgb(root, i))
        np.save(depth(root, i), array * (1 + random.normal(0, 0.002, array.shape)).astype(np.float32))
    assert wrong(root) == []


def test_poses_that_never_change_while_pictures_do_are_one_finding(copied: Callable[[], Path]) -> None:
    root = copied()
    change_poses(lambda T: np.repeat(T[:1], FRAMES, axis=0))(root)
    (finding,) = wrong(root)
    assert finding.code == "pose-repeated" and len(finding.frames) > FRAMES / 2


def test_a_plain_folder_is_checked_as_far_as_it_is_described(copied: Callable[[], Path]) -> None:
    root = copied()
    intrinsics = RgbdSequence.open(root).intrinsics[0]
    (root / "sequence.json").unlink()
    assert [(f.code, f.severity) for f in wrong(root)] == [("undescribed", "note")]
    pose_format = {"pose_format": sisg_pose_format()}
    assert wrong(root, intrinsics=intrinsics, **pose_format) == []
    assert wrong(root, intrinsics=intrinsics.matrix.ravel().tolist(), **pose_format) == []
    assert wrong(RgbdSequence.open(root, intrinsics=intrinsics, **pose_format)) == []
    (finding,) = wrong(root, intrinsics=[1080, 0, 540, 0, 1080, 360, 0, 0, 1], **pose_format)
    assert finding.code == "intrinsics-implausible" and finding.severity == "error"


def sisg_pose_format() -> Any:
    from sisg_robotics import PoseFormat

    return PoseFormat()


def test_an_empty_folder_is_a_finding_and_none_is_a_wrong_request(tmp_path: Path) -> None:
    assert {finding.code for finding in validate(tmp_path)} == {"no-frames", "poses-missing", "undescribed"}
    with pytest.raises(SisgError, match="No recording at"):
        validate(tmp_path / "nowhere")
    with pytest.raises(SisgError, match="threads is 0"):
        validate(tmp_path, threads=0)


def test_nothing_is_written_and_threads_change_nothing(copied: Callable[[], Path]) -> None:
    root = copied()
    CASES["saturated depth"].fault(root)
    CASES["a pose elsewhere"].fault(root)
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    findings = validate(root, threads=1)
    assert validate(root, threads=3) == findings and len(findings) >= 2
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before


def test_a_finding_is_checked_when_it_is_made() -> None:
    with pytest.raises(SisgError, match="Unknown severity 'fatal'"):
        Finding("depth-empty", "fatal", "a", "b")
    with pytest.raises(SisgError, match="code is 'Depth empty'"):
        Finding("Depth empty", "error", "a", "b")
    finding = Finding("depth-empty", "error", "It is.", "Mend it.", ("7",), {"share": 1, "worst": np.inf})
    assert finding.frames == ("7",)
    assert json.loads(json.dumps(finding.to_json(), allow_nan=False)) == {
        "code": "depth-empty", "severity": "error", "message": "It is.", "remedy": "Mend it.",
        "frames": ["7"], "evidence": {"share": 1.0, "worst": None},
    }  # fmt: skip


def test_every_code_is_in_the_docs() -> None:
    page = (Path(__file__).parents[3] / "docs" / "validation.md").read_text(encoding="utf-8")
    for case in CASES.values():
        fault = case.code.partition("-")[2]
        assert f"`{case.code}`" in page or f"`<channel>-{fault}`" in page, case.code
