"""A corrected copy of a recording, and what was changed in it."""

from .mend import Mended as Mended
from .mend import mend as mend
