"""What is wrong with the conventions of somebody's recording, by what its frames see of each other."""

from .diagnose import Diagnosis as Diagnosis
from .diagnose import diagnose as diagnose
from .explain import explain as explain
from .reading import Reading as Reading
from .views import Views as Views
