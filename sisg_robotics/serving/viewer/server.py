"""The server of the page: viser, kept on this computer."""

from __future__ import annotations

import errno
import socket
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from typing import Any

from ..._extras import install_command
from ...errors import BadValue, MissingDependency, RequestError
from ..hosts import host_name, is_loopback, is_own_page, own_names


@contextmanager
def open_server(host: str, port: int) -> Iterator[Any]:
    """A `viser.ViserServer` at exactly this port (0: any that is free), stopped at the end.

    It says nothing on the terminal, no visitor can have it shared through viser's public relay, and pages of
    other sites are turned away. Raises RequestError where the port is taken, BadValue for a host or port that
    cannot be, MissingDependency.
    """
    try:
        import viser
    except ImportError as error:
        raise MissingDependency("viser", "view_map", install_command("view")) from error

    class PrivateServer(viser.ViserServer):  # type: ignore[misc, unused-ignore]
        def request_share_url(self, verbose: bool = True) -> str | None:
            return None

    warnings.filterwarnings("ignore", message="Queued a .* on a closed connection")  # a browser that left
    check_free(host, port)
    with redirect_stdout(StringIO()):
        server = PrivateServer(host=host, port=port, verbose=False)
    try:
        if port and server.get_port() != port:  # taken between the check and now
            raise _taken(host, port)
        _turn_strangers_away(server, host)
        yield server
    finally:
        with redirect_stdout(StringIO()):
            server.stop()


def _turn_strangers_away(server: Any, host: str) -> None:
    """Close what pages of other sites open, before anything is sent; browsers let them open sockets."""
    sockets = server._websock_server  # viser tells the headers of a connection nowhere else

    async def check(client: Any) -> None:
        connection = sockets._live_connections[client.client_id]
        asked, origin = (",".join(connection.request.headers.get_all(name)) for name in ("Host", "Origin"))
        is_ours = not is_loopback(host) or host_name(asked) in own_names(host)
        if not (is_ours and is_own_page(origin or None, asked)):
            await connection.close(1008, "Only pages of this server may ask it.")

    sockets.on_client_connect(check)
    sockets.disconnect_all_clients()  # who came before comes again


def check_free(host: str, port: int) -> None:
    """Refuse a port that something else serves, and a host that is not of this computer."""
    if not 0 <= port < 2**16:
        raise BadValue("port", port, "between 0 and 65535; 0 takes any that is free")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise BadValue("host", host, "an address of this computer, such as 127.0.0.1") from error
    with socket.socket(family, kind, protocol) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(address)
        except PermissionError as error:
            raise BadValue("port", port, "1024 or more for an ordinary user") from error
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise _taken(host, port) from error
            raise BadValue("host", host, "an address of this computer, such as 127.0.0.1") from error


def _taken(host: str, port: int) -> RequestError:
    other = port + 1 if port < 2**16 - 1 else 0
    return RequestError(
        f"Port {port} of {host} is taken. Give another, such as port={other}; 0 takes any that is free."
    )
