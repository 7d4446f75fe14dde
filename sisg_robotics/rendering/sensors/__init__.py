"""What a real camera would have recorded: noise, quantisation, range, shadows, lens and exposure."""

from .catalogue import LENSES as LENSES
from .catalogue import SENSORS as SENSORS
from .catalogue import make_lens as make_lens
from .catalogue import make_sensor as make_sensor
from .color import ColorModel as ColorModel
from .color import Exposure as Exposure
from .depth import DepthModel as DepthModel
from .laws import AxialNoise as AxialNoise
from .laws import Grazing as Grazing
from .laws import LateralNoise as LateralNoise
from .registration import depth_in_color_view as depth_in_color_view
from .sensor import Captured as Captured
from .sensor import Sensor as Sensor
from .time_of_flight import TimeOfFlightDepth as TimeOfFlightDepth
from .triangulation import TriangulatedDepth as TriangulatedDepth
