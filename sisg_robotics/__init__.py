"""Visual-language maps for robots, and the data they are made from."""

__version__ = "0.1.0"
