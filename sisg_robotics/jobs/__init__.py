"""Many calls on many processes or machines, files anywhere, and logs that survive."""

from .file_systems import Unreachable as Unreachable
from .job import Job as Job
from .job import Outcome as Outcome
from .run import check_options as check_options
from .run import run_jobs as run_jobs
from .storage import Store as Store
