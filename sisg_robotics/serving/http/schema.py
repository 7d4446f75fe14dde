"""What goes in and out over HTTP. The OpenAPI description is made of these."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError, WrapValidator
from pydantic_core import PydanticCustomError

if TYPE_CHECKING:
    from ...maps import MapObject, QueryResult
    from ...navigation import Goal, Path

MOST_TEXTS = 32
"""Texts in one request."""

MOST_OBJECTS = 100
"""Objects listed for one text."""

LONGEST_TEXT = 1000
"""Characters of a text, as in `maps.wording`."""


def _text_or_texts(value: Any, check: Any) -> Any:
    """A union's errors name each of its members; one sentence is enough."""
    try:
        return check(value)
    except ValidationError:
        accepted = (
            f"a text of 1 to {LONGEST_TEXT} characters, a list of 1 to {MOST_TEXTS} of them, "
            'or weights such as {"chair": 1, "wood": 0.5}'
        )
        raise PydanticCustomError("question", "must be {accepted}", {"accepted": accepted}) from None


Text = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]
Coordinate = Annotated[FiniteFloat, Field(ge=-1e6, le=1e6)]
XY = tuple[Coordinate, Coordinate]
XYZ = tuple[float, float, float]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class QueryRequest(_Request):
    """What to look for."""

    text: Annotated[
        Text
        | Annotated[list[Text], Field(min_length=1, max_length=MOST_TEXTS)]
        | Annotated[dict[Text, FiniteFloat], Field(min_length=1, max_length=MOST_TEXTS)],
        WrapValidator(_text_or_texts),
    ] = Field(
        description="One text, a list of texts, or the weighted sum of texts. "
        'A text may exclude: "chair, not office chair".',
        examples=["somewhere to sit"],
    )
    false_alarms: float = Field(
        default=0.05, gt=0, lt=1, description="Share of absent things that may be found all the same."
    )
    top_k: int = Field(default=5, ge=1, le=MOST_OBJECTS, description="Most objects to list for a text.")


class ClassifyRequest(_Request):
    """Names of which each cell takes the best."""

    names: list[Text] = Field(
        min_length=1, max_length=MOST_TEXTS, examples=[["sofa", "table", "wall", "floor"]]
    )


class GoalRequest(_Request):
    """Where to go, in words, and from where."""

    text: Text = Field(
        description="A place, or several one after the other.", examples=["left of the sofa, then the table"]
    )
    pose_xyyaw: tuple[Coordinate, Coordinate, FiniteFloat] = Field(
        description="Where the robot is: x, y in metres, yaw in radians, world frame.", examples=[[1, 1, 0]]
    )


class PathRequest(_Request):
    """From where to where, metres, world frame."""

    start_xy_m: XY = Field(examples=[[1, 1]])
    goal_xy_m: XY = Field(examples=[[2, 1.5]])


class Refusal(BaseModel):
    """Why a request was not answered."""

    detail: str = Field(description="One sentence.")


class Health(BaseModel):
    """Whether the server answers."""

    status: str = Field(description='"ok"')
    version: str


class MapSummary(BaseModel):
    """What the map is."""

    sequence: str = Field(description="Name of the recording.")
    encoder: str
    text_encoder: str = Field(description='"" where the map cannot be asked in words.')
    cell_size_m: float
    cell_count: int
    frame_count: int
    lower_xyz_m: XYZ | None = Field(description="Corner of the box around all cells, world frame.")
    upper_xyz_m: XYZ | None


class Thing(BaseModel):
    """One object in the map."""

    text: str
    score: float = Field(description="In [0, 1].")
    center_xyz_m: XYZ = Field(description="Centre of its box, world frame.")
    size_xyz_m: XYZ
    cell_count: int

    @classmethod
    def of(cls, found: MapObject) -> Thing:
        """What `query` found."""
        return cls(
            text=found.text,
            score=round(found.score, 4),
            center_xyz_m=_tenths_of_mm(found.center_xyz_m),
            size_xyz_m=_tenths_of_mm(found.size_xyz_m),
            cell_count=found.cell_count,
        )


class Answer(BaseModel):
    """The answer to one text."""

    text: str
    found: bool = Field(description="False: it is not in this map.")
    object_count: int
    objects: list[Thing] = Field(description="The best first.")

    @classmethod
    def of(cls, result: QueryResult) -> Answer:
        """All that `query` answered but the scores of cells."""
        things = [Thing.of(one) for one in result.objects[:MOST_OBJECTS]]
        return cls(text=result.text, found=result.found, object_count=len(result.objects), objects=things)

    def best(self, top_k: int) -> Answer:
        """The same with fewer objects."""
        return self.model_copy(update={"objects": self.objects[:top_k]})


class QueryAnswer(BaseModel):
    """One answer for each text, in their order; one for a weighted sum."""

    answers: list[Answer]


class ClassShare(BaseModel):
    """How much of the map is called that."""

    name: str
    cell_count: int
    share: float = Field(description="Of all cells that have a feature.")


class ClassifyAnswer(BaseModel):
    """One entry for each name, in their order."""

    classes: list[ClassShare]
    unseen_cell_count: int = Field(description="Cells without a feature.")


class GoalOut(BaseModel):
    """One place to go to."""

    text: str = Field(description="The part of the text that it answers.")
    found: bool = Field(description="False: stay, or go as near as can be; the note says why.")
    xy_m: tuple[float, float] = Field(description="Where to stand, world frame.")
    yaw_rad: float = Field(description="Which way to look, from x towards y.")
    confidence: float
    reading: str = Field(description="What was understood.")
    note: str = Field(description="What is ambiguous or missing.")
    objects: list[Thing] = Field(description="What the place rests on.")
    alternatives: list[Thing] = Field(description="What else could have been meant.")

    @classmethod
    def of(cls, goal: Goal) -> GoalOut:
        """What `resolve_goals` understood."""
        return cls(
            text=goal.text,
            found=goal.found,
            xy_m=_pair(goal.xy_m),
            yaw_rad=round(goal.yaw_rad, 4),
            confidence=round(goal.confidence, 4),
            reading=goal.reading,
            note=goal.note,
            objects=[Thing.of(one) for one in goal.objects[:MOST_OBJECTS]],
            alternatives=[Thing.of(one) for one in goal.alternatives[:MOST_OBJECTS]],
        )


class GoalAnswer(BaseModel):
    """One goal for each part of the text, each from the pose before."""

    goals: list[GoalOut]


class PathAnswer(BaseModel):
    """A path for the robot's middle."""

    reached: bool = Field(description="False: the path ends at the nearest point that can be reached.")
    points_xy_m: list[tuple[float, float]] = Field(description="World frame.")
    length_m: float
    clearance_m: float | None = Field(description="From the robot to the nearest obstacle; null: none.")
    note: str

    @classmethod
    def of(cls, path: Path) -> PathAnswer:
        """What `plan_path` found."""
        clearance_m = round(path.clearance_m, 4)
        return cls(
            reached=path.reached,
            points_xy_m=[_pair(point) for point in path.points_xy_m],
            length_m=round(path.length_m, 4),
            clearance_m=clearance_m if isfinite(clearance_m) else None,
            note=path.note,
        )


class CostmapSummary(BaseModel):
    """The grid that paths are planned on. /costmap.yaml and /costmap.png hold its cells."""

    cell_size_m: float
    origin_xy_m: tuple[float, float] = Field(description="Lower left corner, world frame.")
    size_cells: tuple[int, int] = Field(description="Along x and y.")
    floor_z_m: float
    robot_radius_m: float
    free_cell_count: int
    occupied_cell_count: int
    unknown_cell_count: int


def _tenths_of_mm(xyz: XYZ) -> XYZ:
    x, y, z = (round(value, 4) for value in xyz)
    return x, y, z


def _pair(xy: Any) -> tuple[float, float]:
    return round(float(xy[0]), 4), round(float(xy[1]), 4)
