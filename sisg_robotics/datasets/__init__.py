"""Frames and their life on disk: recordings in VLMaps' layout, and importers of other layouts."""

from .finding import Finding as Finding
from .frame import RgbdFrame as RgbdFrame
from .importers import ImportOptions as ImportOptions
from .importers import import_dataset as import_dataset
from .importers import import_seven_scenes as import_seven_scenes
from .metadata import ObjectInfo as ObjectInfo
from .poses import PoseFormat as PoseFormat
from .sequence import RgbdSequence as RgbdSequence
from .validation import validate as validate
from .writer import SequenceWriter as SequenceWriter
