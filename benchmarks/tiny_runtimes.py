"""The encoder "tiny" on a rendered view of 640x480, in the ways a CPU can run it, side by side in one run.

    pip install onnx onnxscript onnxruntime openvino        # each left out where it is missing
    python benchmarks/tiny_runtimes.py --threads 2

Every round times each way once, in turn, so that what else the machine does hits all alike. Printed are the
shortest and the middle round in milliseconds, and the largest angle to torch's result in single precision,
with or without edges.
"""

from __future__ import annotations

import argparse
import importlib.util
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import nn

from sisg_robotics.encoders.tiny.encoder import TinyEncoder, installed_weights, read_weights, write_weights
from sisg_robotics.encoders.tiny.network import TinyNetwork, TinyShape
from sisg_robotics.training.flats import FlatOptions, render_flat
from sisg_robotics.training.recipe import HELD_OUT_SEED

Way = Callable[[np.ndarray], np.ndarray]

ALONG_EDGES = ", along edges"


class Whole(nn.Module):
    """Picture in, unit vectors out, for those who compile graphs."""

    def __init__(self, network: TinyNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, rgb: torch.Tensor) -> torch.Tensor:
        hidden = self.network.grid(rgb)[0].permute(1, 2, 0)
        return self.network.unit_vectors(hidden.reshape(-1, hidden.shape[-1]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--weights", type=Path, default=installed_weights())
    parser.add_argument("--random", action="store_true", help="weights as they begin, not the file's")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    rgb = render_flat(HELD_OUT_SEED, FlatOptions(views=1, width=640, height=480))[0][0].rgb
    with tempfile.TemporaryDirectory() as folder:
        weights = options.weights
        if options.random:
            weights = Path(folder) / "random.safetensors"
            write_weights(weights, TinyNetwork(TinyShape()).eval(), {})
        ways = dict(all_ways(weights, Path(folder), options.threads))
        results = {name: way(rgb) for name, way in ways.items()}
        seconds: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(options.rounds):
            for name, way in ways.items():
                start = time.perf_counter()
                way(rgb)
                seconds[name].append(time.perf_counter() - start)
    print(f"{options.threads} threads\n{'':<30}{'shortest':>10}{'median':>10}{'angle':>10}")
    for name, times in seconds.items():
        truth = results[f"torch float32{ALONG_EDGES * name.endswith(ALONG_EDGES)}"]
        cosine = (results[name] * truth).sum(axis=1).min()
        angle = np.rad2deg(np.arccos(min(1.0, float(cosine))))
        print(f"{name:<30}{1e3 * min(times):>8.1f}ms{1e3 * statistics.median(times):>8.1f}ms{angle:>9.2f}°")


def all_ways(weights: Path, folder: Path, threads: int):  # type: ignore[no-untyped-def]
    """Each way that this machine has, by name."""
    for dtype in ("float32", "bfloat16"):
        for edges in (False, True):
            encoder = TinyEncoder(weights, dtype=dtype, device="cpu", edges=edges)
            yield f"torch {dtype}{ALONG_EDGES * edges}", partial(_vectors, encoder)
    whole = Whole(read_weights(weights)[1].folded())
    for dtype in (torch.float32, torch.bfloat16):
        yield f"torch.compile {str(dtype)[6:]}", _compiled(whole, dtype)
    has = {name: importlib.util.find_spec(name) is not None for name in ("onnx", "onnxruntime", "openvino")}
    if has["onnx"] and (has["onnxruntime"] or has["openvino"]):
        model = folder / "tiny.onnx"
        torch.onnx.export(whole, (torch.rand(1, 3, 480, 640),), str(model), dynamo=True, verbose=False)
        if has["onnxruntime"]:
            yield "onnxruntime float32", _onnxruntime(model, threads)
        if has["openvino"]:
            for precision in ("f32", "bf16"):
                yield f"openvino {precision}", _openvino(model, threads, precision)


def _vectors(encoder: TinyEncoder, rgb: np.ndarray) -> np.ndarray:
    return encoder.encode_pixels(rgb).table


def _pixels(rgb: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(rgb.transpose(2, 0, 1)[None].astype(np.float32) / 255)


def _compiled(whole: Whole, dtype: torch.dtype) -> Way:
    import copy

    network = copy.deepcopy(whole).to(dtype).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    compiled = torch.compile(network)

    def run(rgb: np.ndarray) -> np.ndarray:
        pixels = torch.from_numpy(rgb).permute(2, 0, 1)[None].to(dtype).mul_(1 / 255)
        with torch.inference_mode():
            return compiled(pixels.contiguous(memory_format=torch.channels_last)).float().numpy()

    return run


def _onnxruntime(model: Path, threads: int) -> Way:
    import onnxruntime

    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(model), settings, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda rgb: session.run(None, {name: _pixels(rgb)})[0]


def _openvino(model: Path, threads: int, precision: str) -> Way:
    import openvino

    settings = {
        "INFERENCE_NUM_THREADS": threads,
        "INFERENCE_PRECISION_HINT": precision,
        "PERFORMANCE_HINT": "LATENCY",
    }
    compiled = openvino.Core().compile_model(str(model), "CPU", settings)
    return lambda rgb: compiled(_pixels(rgb))[0]


if __name__ == "__main__":
    main()
