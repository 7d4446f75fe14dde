"""What is said of pictures that are turned over, lie beside each other, or are of another moment."""

from __future__ import annotations

from collections.abc import Iterator

from ..._wording import counted
from ..finding import Finding
from .colour import ColourVerdict, Lay
from .diagnose import Diagnosis

_CLEARLY_TURNED = 0.15
_CLEARLY_OFF = 0.03
"""By how much the correlation of colours must grow, turned over or moved, to be believed."""
_LEAST_SHIFT, _LEAST_ZOOM = 0.006, 0.015
"""Of the picture."""
_LEAST_PX = 2.0
"""By how much something in the picture must lie elsewhere."""
_TURNS = {(True, False): "left and right", (False, True): "top and bottom", (True, True): "by half a turn"}


def of_pictures(diagnosis: Diagnosis) -> Iterator[Finding]:
    """Depth pictures that are stored turned over, alone or together with colour."""
    reading = diagnosis.verdict.best.reading
    how = reading.mirrored, reading.upside_down
    if how not in _TURNS:
        return
    verb = "turned" if all(how) else "mirrored,"
    colour = diagnosis.colour
    if colour is not None and colour.told and not _turned(colour):
        code, who = "pictures-mirrored", "Colour and depth pictures are"
    else:
        code, who = "depth-mirrored", "Depth pictures are"
    message = f"{who} {verb} {_TURNS[how]}{' exchanged' if not all(how) else ''}."
    remedy = "Store them as the camera sees: the first row on top, the first column on the left."
    yield Finding(code, "error", message, remedy, evidence=diagnosis.evidence)


def of_colour(diagnosis: Diagnosis) -> Iterator[Finding]:
    """Colour pictures that are turned over, or moved, against depth."""
    colour = diagnosis.colour
    if colour is None or not colour.told:
        return
    lay, reading = colour.best, diagnosis.verdict.best.reading
    gain = colour.best_correlation - colour.stated_correlation
    evidence = {
        "correlation_as_stated": colour.stated_correlation,
        "correlation_best": colour.best_correlation,
    }
    if colour.later:
        many = counted(abs(colour.later), "frame")
        message = (
            f"Colour pictures are {many} {'early' if colour.later > 0 else 'late'} against depth and poses."
        )
        remedy = "Pair every depth picture with the colours of its moment, by stamps."
        yield Finding("color-shifted", "error", message, remedy, evidence=evidence)
    elif _turned(colour):
        if (lay.mirrored, lay.upside_down) != (reading.mirrored, reading.upside_down):
            turned = [
                name for name, so in (("mirrored", lay.mirrored), ("upside down", lay.upside_down)) if so
            ]
            message = f"Colour pictures are {' and '.join(turned)} beside the depth."
            yield Finding("color-mirrored", "error", message, "Turn them back.", evidence=evidence)
    elif gain > _CLEARLY_OFF and _beside(lay, diagnosis.views.size[0]):
        width, height = diagnosis.views.size
        right, down = lay.shift[0] * width, lay.shift[1] * height
        message = f"Colour and depth are not registered: colour lies {right:.0f} px right and {down:.0f} px "
        message += f"down of depth, {lay.zoom:.2f} times as large."
        remedy = "Register depth to colour with the calibration of both cameras."
        yield Finding("color-misaligned", "error", message, remedy, evidence=evidence)


def _beside(lay: Lay, width: int) -> bool:
    moved, zoomed = max(map(abs, lay.shift)), abs(lay.zoom - 1)
    return moved > max(_LEAST_SHIFT, _LEAST_PX / width) or zoomed > max(_LEAST_ZOOM, 2 * _LEAST_PX / width)


def _turned(colour: ColourVerdict) -> bool:
    """Whether colour is turned over against depth as stored."""
    gain = colour.best_correlation - colour.stated_correlation
    return (colour.best.mirrored or colour.best.upside_down) and gain > _CLEARLY_TURNED
