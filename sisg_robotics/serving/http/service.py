"""The library's answers for many clients: in one thread, questions that wait together asked together.

What a map learns of itself is kept in caches that know no locks, so all calls run in one thread of their own
and the event loop stays free. Most of a question's time is its words' way to vectors, and that costs little
more for thirty-two of them than for one.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial
from io import BytesIO
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from ...errors import BadValue, RequestError
from ...maps import QueryResult, VoxelMap
from ...maps.wording import clean
from .schema import (
    MOST_TEXTS,
    Answer,
    ClassifyAnswer,
    ClassShare,
    CostmapSummary,
    GoalAnswer,
    GoalOut,
    MapSummary,
    PathAnswer,
)

if TYPE_CHECKING:
    from ...navigation import Costmap

REMEMBERED = 2000
"""Answers that are kept, the ones asked for last."""

Value = TypeVar("Value")


@dataclass(frozen=True)
class Robot:
    """For whom paths are planned."""

    radius_m: float = 0.2
    height_m: float = 1.5
    ignore: tuple[str, ...] = ()
    """What is no obstacle, in words."""
    obstacles: tuple[str, ...] = ()
    """What is one all the same."""


@dataclass(frozen=True, eq=False)
class _Question:
    text: str
    false_alarms: float
    answer: asyncio.Future[Answer]


class MapService:
    """A map that many may ask at a time. Its coroutines belong to one event loop."""

    def __init__(self, vmap: VoxelMap, robot: Robot = Robot()) -> None:
        self.vmap, self.robot = vmap, robot
        self._thread = ThreadPoolExecutor(1, "map")
        self._waiting: list[_Question] = []
        self._asking: asyncio.Task[None] | None = None
        self._remembered: OrderedDict[tuple[str, float], Answer] = OrderedDict()

    def prepare(self) -> list[str]:
        """Do now what the first question and the first path would wait for; before the server runs.

        Gives a sentence for each of the two that this map does not allow. Raises BadValue for a robot that
        cannot be.
        """
        refusals = []
        for prepare in (lambda: self.vmap.query("a red sofa"), lambda: self._costmap):
            try:
                prepare()
            except BadValue:
                raise
            except RequestError as error:
                refusals.append(str(error))
        return refusals

    async def query(self, texts: Sequence[str], false_alarms: float) -> list[Answer]:
        """One answer a text. Raises as `VoxelMap.query` does."""
        for text in texts:
            clean(text)  # one that cannot be asked must not spoil the others'
        loop = asyncio.get_running_loop()
        futures = []
        for text in texts:
            known = self._remembered.get((text, false_alarms))
            future: asyncio.Future[Answer] = loop.create_future()
            futures.append(future)
            if known is None:
                self._waiting.append(_Question(text, false_alarms, future))
            else:
                self._remembered.move_to_end((text, false_alarms))
                future.set_result(known)
        if self._waiting and (self._asking is None or self._asking.done()):
            self._asking = asyncio.create_task(self._ask_all())
        return list(await asyncio.gather(*futures))

    async def query_sum(self, weights: dict[str, float], false_alarms: float) -> Answer:
        """The answer to the weighted sum of texts."""
        return await self._in_thread(partial(_answer_of_sum, self.vmap, weights, false_alarms))

    async def classify(self, names: Sequence[str]) -> ClassifyAnswer:
        """How many cells take each of the names."""
        return await self._in_thread(partial(_classified, self.vmap, list(names)))

    async def goals(self, text: str, pose_xyyaw: tuple[float, float, float]) -> GoalAnswer:
        """The places that a text means."""

        def resolve() -> GoalAnswer:
            from ...navigation import resolve_goals

            goals = resolve_goals(text, self.vmap, pose_xyyaw, costmap=self._costmap)
            return GoalAnswer(goals=[GoalOut.of(goal) for goal in goals])

        return await self._in_thread(resolve)

    async def path(self, start_xy_m: tuple[float, float], goal_xy_m: tuple[float, float]) -> PathAnswer:
        """The way from one point to another."""

        def plan() -> PathAnswer:
            from ...navigation import plan_path

            return PathAnswer.of(plan_path(self._costmap, start_xy_m, goal_xy_m))

        return await self._in_thread(plan)

    async def costmap(self) -> CostmapSummary:
        """Size and place of the grid that paths are planned on."""
        return await self._in_thread(lambda: _costmap_summary(self._costmap))

    async def nav2_yaml(self, image: str) -> str:
        """The costmap's map.yaml for Nav2, its picture being `image`."""
        from ...navigation.nav2 import nav2_yaml

        return await self._in_thread(lambda: nav2_yaml(self._costmap, image))

    async def nav2_png(self) -> bytes:
        """The costmap's picture for Nav2, as PNG."""
        return await self._in_thread(lambda: _png(self._costmap))

    def summary(self) -> MapSummary:
        """What the map is."""
        return _map_summary(self.vmap)

    def close(self) -> None:
        """Let the thread end with what it is doing."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    @cached_property
    def _costmap(self) -> Costmap:
        from ...navigation import Costmap

        return Costmap.from_map(
            self.vmap,
            robot_radius_m=self.robot.radius_m,
            robot_height_m=self.robot.height_m,
            ignore=self.robot.ignore,
            obstacles=self.robot.obstacles,
        )

    async def _in_thread(self, function: Callable[[], Value]) -> Value:
        return await asyncio.get_running_loop().run_in_executor(self._thread, function)

    async def _ask_all(self) -> None:
        """Answer what waits, up to MOST_TEXTS different texts of one rate of false alarms at a time."""
        while self._waiting:
            false_alarms = self._waiting[0].false_alarms
            texts: dict[str, None] = {}
            now, later = [], []
            for question in self._waiting:
                fits = len(texts) < MOST_TEXTS or question.text in texts
                if fits and question.false_alarms == false_alarms:
                    texts[question.text] = None
                    now.append(question)
                else:
                    later.append(question)
            self._waiting = later
            try:
                answers = await self._in_thread(partial(_answers, self.vmap, list(texts), false_alarms))
            except Exception as error:
                for question in now:
                    if not question.answer.done():
                        question.answer.set_exception(error)
                continue
            self._remember(answers, false_alarms)
            for question in now:
                if not question.answer.done():
                    question.answer.set_result(answers[question.text])

    def _remember(self, answers: dict[str, Answer], false_alarms: float) -> None:
        self._remembered.update({(text, false_alarms): answer for text, answer in answers.items()})
        while len(self._remembered) > REMEMBERED:
            self._remembered.popitem(last=False)


def _answers(vmap: VoxelMap, texts: list[str], false_alarms: float) -> dict[str, Answer]:
    results = vmap.query(texts, false_alarms=false_alarms)
    assert isinstance(results, list)
    return {text: Answer.of(result) for text, result in zip(texts, results, strict=True)}


def _answer_of_sum(vmap: VoxelMap, weights: dict[str, float], false_alarms: float) -> Answer:
    result = vmap.query(weights, false_alarms=false_alarms)
    assert isinstance(result, QueryResult)
    return Answer.of(result)


def _classified(vmap: VoxelMap, names: list[str]) -> ClassifyAnswer:
    best = vmap.classify(names)
    counts = np.bincount(best[best >= 0], minlength=len(names))
    seen = max(int(counts.sum()), 1)
    classes = [
        ClassShare(name=name, cell_count=int(count), share=round(float(count) / seen, 4))
        for name, count in zip(names, counts, strict=True)
    ]
    return ClassifyAnswer(classes=classes, unseen_cell_count=int(np.count_nonzero(best < 0)))


def _map_summary(vmap: VoxelMap) -> MapSummary:
    lower = upper = None
    if len(vmap):
        corners = np.stack([vmap.cells.min(axis=0), vmap.cells.max(axis=0) + 1])
        lower, upper = np.round(corners * vmap.cell_size_m + vmap.origin_xyz_m, 4).tolist()
    return MapSummary(
        sequence=vmap.sequence,
        encoder=vmap.encoder,
        text_encoder=vmap.text_encoder,
        cell_size_m=vmap.cell_size_m,
        cell_count=len(vmap),
        frame_count=len(vmap.frame_indices),
        lower_xyz_m=lower,
        upper_xyz_m=upper,
    )


def _costmap_summary(costmap: Costmap) -> CostmapSummary:
    free, occupied, unknown = np.bincount(costmap.state.ravel(), minlength=3).tolist()
    x_m, y_m = (float(value) for value in costmap.origin_xy_m)
    nx, ny = costmap.state.shape
    return CostmapSummary(
        cell_size_m=costmap.cell_size_m,
        origin_xy_m=(x_m, y_m),
        size_cells=(nx, ny),
        floor_z_m=float(costmap.floor_z_m),
        robot_radius_m=costmap.robot_radius_m,
        free_cell_count=free,
        occupied_cell_count=occupied,
        unknown_cell_count=unknown,
    )


def _png(costmap: Costmap) -> bytes:
    from PIL import Image

    from ...navigation.nav2 import nav2_pixels

    file = BytesIO()
    Image.fromarray(nav2_pixels(costmap)).save(file, format="PNG")
    return file.getvalue()
