"""From render_scenes' keys to the library's arguments, and from its report to a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._wording import counted
from ..errors import BadValue, DataError, MissingPath
from .configs import RenderScenesConfig
from .generated import render_arguments

if TYPE_CHECKING:
    from ..rendering.many_scenes import RenderScenesReport

_SHOWN = 5


def render_scenes_of(config: RenderScenesConfig) -> RenderScenesReport:
    """Render what the config says."""
    from ..rendering.many_scenes import render_scenes

    return render_scenes(
        prompt_list(config.prompts),
        range(config.first_seed, config.first_seed + config.count),
        config.render_dir,
        look=render_arguments(config),
        executor=config.executor,
        processes=config.processes,
        threads=config.threads,
        address=config.address,
        time_limit_s=config.render_timeout,
        retries=config.retries,
        retry_failed=config.retry_failed,
        progress=True,
    )


def prompt_list(prompts: Any) -> list[str]:
    """Prompts from a sentence, a list of them, or a .txt file with one a line."""
    if isinstance(prompts, str) and prompts.endswith(".txt"):
        if not Path(prompts).is_file():
            raise MissingPath("list of prompts", prompts)
        lines = Path(prompts).read_text(encoding="utf-8").splitlines()
        return [line.strip() for line in lines if line.strip()]
    listed = [prompts] if isinstance(prompts, str) else prompts
    if not isinstance(listed, list) or not all(isinstance(prompt, str) for prompt in listed):
        raise BadValue(
            "prompts", prompts, 'a sentence, a list such as ["a kitchen","an office"], or a .txt file'
        )
    return listed


def said(report: RenderScenesReport) -> str:
    """The report as lines, the last of them a summary. Raises DataError when all that was tried failed."""
    lines = [f"Failed: {name}: {reason}" for name, reason in list(report.failed.items())[:_SHOWN]]
    beside = [f"{len(report.present)} there before"] if report.present else []
    if report.failed:
        beside.append(f"{len(report.failed)} failed (render-scenes-failed.csv)")
    ending = f"; {', '.join(beside)}" if beside else ""
    if report.failed and not report.rendered and not report.present:
        raise DataError(" ".join([*lines, f"No scene was rendered to {report.render_dir}{ending}."]))
    return "\n".join(
        [*lines, f"Rendered {counted(len(report.rendered), 'scene')} to {report.render_dir}{ending}."]
    )
