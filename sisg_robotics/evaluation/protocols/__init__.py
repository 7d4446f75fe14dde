"""How others measure maps against labelled scans, each as its paper does it, so that figures can be compared.

Never put figures of two protocols into one column: they differ in what counts, and by a factor.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ...errors import UnknownName
from .conceptgraphs import CONCEPTGRAPHS
from .hov_sg import HOV_SG
from .opennerf import OPENNERF
from .openscene import OPENSCENE
from .protocol import Protocol
from .rayfronts import RAYFRONTS

PROTOCOLS: Mapping[str, Protocol] = MappingProxyType(
    {one.name: one for one in (CONCEPTGRAPHS, HOV_SG, OPENNERF, OPENSCENE, RAYFRONTS)}
)
"""By the name of the paper; "ovo" measures as opennerf does."""

ALIASES = {"ovo": "opennerf"}


def find_protocol(name: str) -> Protocol:
    """The protocol of that name. Raises UnknownName."""
    known = ALIASES.get(name, name)
    if known not in PROTOCOLS:
        raise UnknownName("protocol", name, [*PROTOCOLS, *ALIASES])
    return PROTOCOLS[known]
