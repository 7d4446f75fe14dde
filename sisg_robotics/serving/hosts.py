"""Who asks a server, as far as a browser tells: no page of another site is to reach one of this computer.

Such a page sends its own `Origin`. Where its name leads to this computer by a trick (DNS rebinding), that
name is the `Host` as well; so what only this computer reaches must answer to this computer's names alone.
"""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit


def host_name(host: str) -> str:
    """The name in a Host header, without its port."""
    name = host.rpartition("]")[0].lstrip("[") if host.startswith("[") else host.partition(":")[0]
    return name.lower()


def address_of(host: str, port: int) -> str:
    """What to type into a browser for a server that listens there."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def own_names(host: str) -> set[str]:
    """What a server that listens at `host` may be called."""
    return {"localhost", "127.0.0.1", "::1", host.lower()}


def is_loopback(host: str) -> bool:
    """Whether only this computer reaches that address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_own_page(origin: str | None, host: str) -> bool:
    """Whether a request with these headers comes from a page of the server itself, or from no browser."""
    if origin is None:
        return True
    try:
        return urlsplit(origin).netloc.lower() == host.lower() != ""
    except ValueError:
        return False
