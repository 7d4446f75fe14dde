"""Recordings fused to points and surfaces, and how far they can be trusted."""

from .reconstruct import reconstruct as reconstruct
from .result import FrameFigures as FrameFigures
from .result import Reconstruction as Reconstruction
