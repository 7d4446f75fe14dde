"""Blender as a second engine: path-traced photographs, and an independent check of our data channels."""

from .renderer import BlenderRenderer as BlenderRenderer
