"""Objects to multi-view sets, by the protocols that reconstruction models are trained with."""

from .batch import RenderObjectsReport as RenderObjectsReport
from .batch import render_objects as render_objects
from .presets import PRESETS as PRESETS
from .presets import make_settings as make_settings
from .settings import ObjectViewSettings as ObjectViewSettings
from .views import render_object as render_object
