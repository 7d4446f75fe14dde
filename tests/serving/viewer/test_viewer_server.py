"""The page's server: exactly the port that was asked for, silent, on this computer alone."""

from __future__ import annotations

import socket
import sys
import urllib.request

import pytest
import viser
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from sisg_robotics.errors import BadValue, MissingDependency, RequestError
from sisg_robotics.serving.viewer.server import check_free, open_server


def test_the_page_comes_from_the_port_that_is_given(capfd: pytest.CaptureFixture[str]) -> None:
    with open_server("127.0.0.1", 0) as server:
        assert server.get_host() == "127.0.0.1"
        with urllib.request.urlopen(f"http://127.0.0.1:{server.get_port()}/", timeout=60) as page:
            assert page.status == 200 and b"<html" in page.read(2000).lower()
        assert server.request_share_url() is None
    assert capfd.readouterr().out == ""


def test_only_pages_of_the_server_are_sent_anything() -> None:
    with open_server("127.0.0.1", 0) as server:
        port, spoken = server.get_port(), [f"viser-v{viser.__version__}"]

        def first_bytes(origin: str | None, name: str = "127.0.0.1") -> bytes | str:
            with (
                socket.create_connection(("127.0.0.1", port)) as way,
                connect(f"ws://{name}:{port}", sock=way, origin=origin, subprotocols=spoken) as connection,
            ):
                return connection.recv(timeout=60)

        assert first_bytes(None) and first_bytes(f"http://127.0.0.1:{port}")
        assert first_bytes(f"http://localhost:{port}", "localhost")
        for origin, name in (
            ("http://evil.example", "127.0.0.1"),
            ("null", "127.0.0.1"),
            ("http://localhost:1", "localhost"),
            (f"http://evil.example:{port}", "evil.example"),
        ):
            with pytest.raises(ConnectionClosed) as closed:
                first_bytes(origin, name)
            assert closed.value.rcvd is not None and closed.value.rcvd.code == 1008
        assert first_bytes(f"http://127.0.0.1:{port}")


def test_a_port_that_is_taken_names_the_next_step() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = rf"Port {port} of 127\.0\.0\.1 is taken\. Give another, such as port={port + 1}"
        with pytest.raises(RequestError, match=said), open_server("127.0.0.1", port):
            pass


LOCAL, ELSEWHERE, NOWHERE = "127.0.0.1", "192.0.2.1", "no such host"


@pytest.mark.parametrize(
    ("host", "port", "name"),
    [(LOCAL, 70000, "port"), (LOCAL, -1, "port"), (ELSEWHERE, 0, "host"), (NOWHERE, 0, "host")],
)
def test_what_is_no_address_of_this_computer_is_refused(host: str, port: int, name: str) -> None:
    with pytest.raises(BadValue, match=f"^{name} is "):
        check_free(host, port)


def test_without_viser_the_install_line_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "viser", None)
    with (
        pytest.raises(MissingDependency, match=r'pip install "sisg-robotics\[view\]"'),
        open_server("127.0.0.1", 0),
    ):
        pass
