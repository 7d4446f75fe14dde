"""What the headers of a browser say of who asks."""

from __future__ import annotations

import pytest

from sisg_robotics.serving.hosts import address_of, host_name, is_own_page


def test_host_names_lose_their_port() -> None:
    given = {"a:80": "a", "a": "a", "[::1]:80": "::1", "[::1]": "::1", "": "", "A.b": "a.b"}
    assert {host: host_name(host) for host in given} == given


@pytest.mark.parametrize(
    ("origin", "host", "own"),
    [
        (None, "127.0.0.1:8080", True),  # no browser
        ("http://127.0.0.1:8080", "127.0.0.1:8080", True),
        ("http://LocalHost:8080", "localhost:8080", True),
        ("http://[::1]:8080", "[::1]:8080", True),
        ("http://localhost:3000", "localhost:8080", False),
        ("http://evil.example", "127.0.0.1:8080", False),
        ("null", "127.0.0.1:8080", False),
        ("", "", False),
        ("http://[", "127.0.0.1:8080", False),
    ],
)
def test_a_page_of_the_server_is_told_from_others(origin: str | None, host: str, own: bool) -> None:
    assert is_own_page(origin, host) is own


@pytest.mark.parametrize(
    ("host", "address"), [("::1", "http://[::1]:80"), ("127.0.0.1", "http://127.0.0.1:80")]
)
def test_an_address_is_as_browsers_take_it(host: str, address: str) -> None:
    assert address_of(host, 80) == address
