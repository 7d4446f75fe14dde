"""Models from outside: any common 3D file to triangles and materials, safely."""

from .limits import Limits as Limits
from .model import REASONS as REASONS
from .model import BadModel as BadModel
from .model import Counts as Counts
from .model import Model as Model
from .model import ModelFacts as ModelFacts
from .read import MODEL_SUFFIXES as MODEL_SUFFIXES
from .read import read_model as read_model
