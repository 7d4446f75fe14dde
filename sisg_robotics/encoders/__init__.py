"""Pixels and words to features, one file per encoder."""

from .disk_cache import encode_once as encode_once
from .protocol import Encoder as Encoder
from .protocol import FrameFeatures as FrameFeatures
from .protocol import Grid as Grid
from .protocol import Segments as Segments
from .protocol import TextEncoder as TextEncoder
from .registry import ENCODERS as ENCODERS
from .registry import make_encoder as make_encoder
from .registry import make_text_encoder as make_text_encoder
