"""A map over HTTP: questions, goals, paths and costmap as JSON, for programs in any language."""

from .guard import Limits as Limits
from .service import MapService as MapService
from .service import Robot as Robot
from .web import check_exposure as check_exposure
from .web import make_app as make_app
from .web import running as running
