"""Running an application: compose its config, hand it over, end with one sentence and a status.

0 done, 1 the data is bad, 2 the request was wrong, 130 interrupted. Anything else is a defect of ours and
shows its traceback, as every error does with `debug=true` or HYDRA_FULL_ERROR=1.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar
from unittest import mock

import hydra
from hydra.core.config_store import ConfigStore
from hydra.errors import HydraException
from omegaconf import DictConfig
from omegaconf.errors import OmegaConfBaseException

from ..errors import SisgError
from .arguments import hydra_arguments
from .folders import config_dir
from .help import help_text
from .interrupt import noticing_ctrl_c
from .node import read_config, schema
from .options import check_arguments
from .refusals import as_refusal

Config = TypeVar("Config")
_INTERRUPTED = 130
_EXPECTED = (SisgError, HydraException, OmegaConfBaseException, OSError)


def run_application(application: Callable[[Config], str], config_class: type[Config]) -> None:
    """Run `application` on the config of the command line and print the line that it returns. Never returns.

    The application is known by its file's name; the file's docstring is the top of its help.
    """
    verb = Path(application.__code__.co_filename).stem
    arguments = sys.argv[1:]
    if {"-h", "--help"} & set(arguments):
        print(help_text(verb, application.__globals__["__doc__"], config_class))
        raise SystemExit(0)

    debug = "debug=true" in arguments or os.environ.get("HYDRA_FULL_ERROR") == "1"

    with noticing_ctrl_c() as interrupted:

        def task(node: DictConfig) -> None:
            with _ending_in_a_sentence(verb, config_class, debug, interrupted):
                print(application(read_config(config_class, node)), flush=True)

        with _ending_in_a_sentence(verb, config_class, debug, interrupted):
            _run_hydra(task, verb, config_class, arguments)
    raise SystemExit(0)


def _run_hydra(
    task: Callable[[DictConfig], None], verb: str, config_class: type, arguments: list[str]
) -> None:
    check_arguments(arguments, config_class)
    ConfigStore.instance().store(name=f"{verb}_keys", node=schema(config_class))
    with (
        TemporaryDirectory() as scratch,
        mock.patch.object(sys, "argv", [verb, *hydra_arguments(arguments, scratch)]),
        mock.patch.dict(os.environ, {"HYDRA_FULL_ERROR": "1"}),  # raise to us instead of printing
    ):
        hydra.main(version_base="1.3", config_path=str(config_dir()), config_name=verb)(task)()


@contextmanager
def _ending_in_a_sentence(
    verb: str, config_class: type, debug: bool, interrupted: Callable[[], bool]
) -> Iterator[None]:
    try:
        yield
    except SystemExit:
        raise
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt) or interrupted():
            print("interrupted; run again to resume", file=sys.stderr)
            raise SystemExit(_INTERRUPTED) from None
        if not isinstance(error, _EXPECTED):
            raise
        if debug:
            traceback.print_exc()
        refusal = as_refusal(error, config_class)
        print(f"{verb}: {refusal}", file=sys.stderr)
        raise SystemExit(refusal.exit_status) from None
