"""The training loop: steps, a mean of the weights, checkpoints to resume from.

<folder>/checkpoint.pt   state of everything at some step (torch.save of tensors and numbers only)
<folder>/log.csv         step, seconds, learning rate, losses
"""

from __future__ import annotations

import csv
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from .._progress import progress_bar
from ..encoders.devices import native_dtype
from ..encoders.tiny.network import TinyNetwork, TinyShape
from ..errors import BadFile
from .batches import Batch, Batches
from .loss import Losses, losses
from .optimizer import Optimizer
from .schedule import TrainingOptions, learning_rate
from .words import name_phrases

COARSE_SHARE = 2
"""The loss at stride 16 looks at one in so many of the cells."""

FITTED_BATCHES = 16
"""Enough to fit the words at stride 16 to."""


class Training:
    """A network on its way; `run` may be interrupted at any time and goes on from the last checkpoint.

    Raises BadFile where the folder's checkpoint is of something else.
    """

    def __init__(self, folder: Path, shape: TinyShape, options: TrainingOptions) -> None:
        torch.manual_seed(options.seed)
        self.folder, self.options = folder, options
        self.network, self.mean = (TinyNetwork(shape).to(options.device) for _ in range(2))
        for network in (self.network, self.mean):
            network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.mean.load_state_dict(self.network.state_dict())
        self.coarse = nn.Linear(shape.channels[2], shape.feature_dim).to(options.device)
        """Names what is seen at stride 16 during training, so that deep layers are told directly."""
        self.optimizer = Optimizer(self.network, self.coarse, options)
        self._in_bfloat16 = options.bfloat16 and native_dtype(options.device) is torch.bfloat16
        self.step, self.seconds = 0, 0.0
        folder.mkdir(parents=True, exist_ok=True)
        if self._checkpoint.is_file():
            self._resume()

    @torch.no_grad()
    def start_from(self, mean: Tensor, directions: Tensor) -> None:
        """Let the last layer begin in the space of the words: `mean` (d,), `directions` (d, hidden).

        What a cell knows is normalised to unit variance, so directions as long as the words' deviation along
        them make the first vectors as varied as the words are.
        """
        for network in (self.network, self.mean):
            network.head.weight.copy_(directions)
            network.head.bias.copy_(mean)

    @torch.no_grad()
    def go_on_from(self, network: TinyNetwork, batches: Batches) -> None:
        """Begin with the weights of `network`, which has this shape.

        Its file keeps no words for stride 16: those that fit best, by least squares over the first batches.
        """
        for begun in (self.network, self.mean):
            begun.load_state_dict(network.state_dict())
        self.mean.eval()
        gram, known = torch.zeros(2)
        for number in range(min(FITTED_BATCHES, self.options.steps)):
            batch = batches[number]
            coarse, _, fine = self.mean.grids(self._pictures(batch))
            cell = torch.from_numpy(batch.cell).to(self.options.device)
            seen = F.pad(_at(coarse, _coarser(cell, fine.shape[2:])), (0, 1), value=1.0)
            targets = torch.from_numpy(batch.targets).to(cell.device)[torch.from_numpy(batch.thing_of_cell)]
            gram, known = gram + seen.T @ seen, known + seen.T @ targets
        gram += 1e-4 * gram.diagonal().mean() * torch.eye(len(gram), device=gram.device)
        fitted = torch.linalg.solve(gram, known)
        self.coarse.weight.copy_(fitted[:-1].T)
        self.coarse.bias.copy_(fitted[-1])

    @property
    def _checkpoint(self) -> Path:
        return self.folder / "checkpoint.pt"

    def run(
        self, batches: Batches, *, each: Callable[[int], None] | None = None, progress: bool = True
    ) -> None:
        """Train to the last step; `each` is called after every checkpoint."""
        started = time.perf_counter() - self.seconds
        coming = batches.run(self.step, self.options.steps)
        total = self.options.steps - self.step
        bar = progress_bar(coming, "training", shown=progress, total=total, unit="step")
        sums: list[Tensor] = []
        for batch in bar:
            found = self._train(batch)
            self.step += 1
            sums.append(torch.stack(found).detach().cpu())
            if self.step % 25 == 0:
                self.seconds = time.perf_counter() - started
                means = torch.stack(sums).mean(dim=0)
                self._log(means)
                bar.set_postfix_str(
                    ", ".join(f"{k} {v:.3f}" for k, v in zip(Losses._fields, means.tolist(), strict=True))
                )
                sums = []
            if self.step % self.options.checkpoint_every == 0 or self.step == self.options.steps:
                self.seconds = time.perf_counter() - started
                self._save()
                if each is not None:
                    each(self.step)

    def _train(self, batch: Batch) -> Losses:
        device = self.options.device
        self.network.train()
        with torch.autocast(device.split(":")[0], torch.bfloat16, enabled=self._in_bfloat16):
            coarse, _, fine = self.network.grids(self._pictures(batch))
            cell = torch.from_numpy(batch.cell).to(device)
            vectors = self.network.vectors(_at(fine, cell))
            some = slice(None, None, COARSE_SHARE)
            guesses = self.coarse(_at(coarse, _coarser(cell[some], fine.shape[2:])))
        thing, *words = (torch.from_numpy(array).to(device) for array in batch[2:])
        found, early = (
            losses(units, of_cell, *words, scale=self.options.scale, name_count=len(name_phrases()))
            for units, of_cell in ((vectors, thing), (guesses, thing[some]))
        )
        self.optimizer.zero_grad()
        (self._total(found) + self.options.coarse_weight * self._total(early)).backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 2.0)
        self.optimizer.step(self.step)
        self._average()
        return found

    def _pictures(self, batch: Batch) -> Tensor:
        rgb = torch.from_numpy(batch.rgb).to(self.options.device).permute(0, 3, 1, 2).float().div_(255)
        return rgb.contiguous(memory_format=torch.channels_last)

    def _total(self, found: Losses) -> Tensor:
        weights = self.options
        return (
            found.contrast + weights.distance_weight * found.distance + weights.choice_weight * found.choice
        )

    @torch.no_grad()
    def _average(self) -> None:
        share = min(self.options.averaging, (1 + self.step) / (10 + self.step))
        now = self.network.state_dict()
        for name, kept in self.mean.state_dict().items():
            if kept.dtype.is_floating_point:
                kept.lerp_(now[name], 1 - share)
            else:
                kept.copy_(now[name])

    def _save(self) -> None:
        state = {
            "shape": asdict(self.network.shape),
            "network": self.network.state_dict(),
            "mean": self.mean.state_dict(),
            "coarse": self.coarse.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
            "seconds": self.seconds,
        }
        unfinished = self._checkpoint.with_suffix(".tmp")
        torch.save(state, unfinished)
        unfinished.replace(self._checkpoint)

    def _resume(self) -> None:
        try:
            state = torch.load(self._checkpoint, map_location=self.options.device, weights_only=True)
            self.network.load_state_dict(state["network"])
            self.mean.load_state_dict(state["mean"])
            self.coarse.load_state_dict(state["coarse"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.step, self.seconds = int(state["step"]), float(state["seconds"])
        except (OSError, KeyError, RuntimeError, ValueError) as error:
            problem = f"not a checkpoint of this training ({str(error).splitlines()[0]})"
            raise BadFile(self._checkpoint, problem, "Choose another folder to begin anew.") from error

    def _log(self, means: Tensor) -> None:
        path = self.folder / "log.csv"
        new = not path.is_file()
        with path.open("a", newline="") as file:
            writer = csv.writer(file)
            if new:
                writer.writerow(["step", "seconds", "learning_rate", *Losses._fields])
            rounded = [f"{value:.4f}" for value in means.tolist()]
            writer.writerow(
                [self.step, f"{self.seconds:.0f}", f"{learning_rate(self.options, self.step):.2e}", *rounded]
            )


def _at(grid: Tensor, cell: Tensor) -> Tensor:
    """What cells know, by their index into the flattened (b, rows, columns): (n, c)."""
    return grid.permute(0, 2, 3, 1).reshape(-1, grid.shape[1])[cell]


def _coarser(cell: Tensor, size: torch.Size) -> Tensor:
    """Cells of a grid (b, rows, columns) in the grid of a quarter of the resolution."""
    rows, columns = size
    picture, place = cell // (rows * columns), cell % (rows * columns)
    row, column = place // columns // 4, place % columns // 4
    return (picture * (rows // 4) + row) * (columns // 4) + column
