"""Labelled scans of public datasets, read with suspicion: nothing in them is run, and sizes are bounded."""

from __future__ import annotations

from .find import read_truth as read_truth
