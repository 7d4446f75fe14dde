"""Whether a recording can be trusted, and if not, what is wrong with it, with the evidence in numbers."""

from ..finding import Finding as Finding
from .recording import Recording as Recording
from .recording import read_recording as read_recording
from .validate import Check as Check
from .validate import validate as validate
