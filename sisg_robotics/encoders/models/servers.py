"""What stops a conversation with a server, whichever package was speaking, as one sentence of ours."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from ...errors import RequestError

_TRANSPORTS = ("httpx", "httpx2", "httpcore", "requests", "urllib3")
"""Packages whose own errors mean that nobody answered."""


class CannotFetch(RequestError):
    """A server that does not answer, or not with what was asked for."""


class NotGiven(CannotFetch):
    """A place that has not, or does not give, what is asked for; another may."""


@contextmanager
def speaking(url: str, what: str) -> Iterator[None]:
    """Errors of the packages that speak to servers as one sentence each, and no other word from them."""
    from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

    host = urlsplit(url).hostname
    logger = logging.getLogger("huggingface_hub")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    except OfflineModeIsEnabled as error:
        raise CannotFetch(f"HF_HUB_OFFLINE forbids to fetch {what}. Unset it first.") from error
    except HfHubHTTPError as error:
        raise _answered(error.response.status_code, host, what) from error
    except Exception as error:
        if type(error).__module__.partition(".")[0] in _TRANSPORTS:
            raise CannotFetch(
                f"{host} does not answer ({str(error).strip() or type(error).__name__}). What has arrived is "
                f"kept: run it again where there is a network; the folder can be carried over from there."
            ) from error
        if isinstance(error, OSError) and error.errno is None:  # not as many bytes as were announced
            raise CannotFetch(cut_off(what)) from error
        raise
    finally:
        logger.setLevel(level)


def _answered(status: int, host: str | None, what: str) -> CannotFetch:
    if status in (401, 403):
        return NotGiven(
            f"{host} has no {what}, or does not give it to everyone ({status}). If it has terms, accept them "
            f"on its page, then set HF_TOKEN to a token of your account."
        )
    if status == 404:
        return NotGiven(f"{host} has no {what} (404).")
    return CannotFetch(f"{host} answered {status} for {what}. Try again later.")


def cut_off(what: str) -> str:
    """What to say of it then."""
    return f"{what} was cut off. What has arrived is kept: run it again."
