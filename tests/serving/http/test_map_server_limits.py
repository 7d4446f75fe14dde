"""Who may ask, how much and how often, and what clients cannot break."""

from __future__ import annotations

import signal
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from fastapi import FastAPI

from sisg_robotics.errors import BadValue, RequestError
from sisg_robotics.maps import VoxelMap
from sisg_robotics.serving.hosts import is_loopback
from sisg_robotics.serving.http import Limits, MapService, check_exposure, connections, make_app, running
from sisg_robotics.serving.http.guard import MOST_ADDRESSES, STANDARD, Rates
from sisg_robotics.serving.http.schema import Answer
from sisg_robotics.serving.http.service import REMEMBERED

CLIENTS = 50
TOKEN = "a long random text"


def head(size: int, *more: bytes) -> bytes:
    """What stands before a body of that many bytes."""
    lines = [b"POST /query HTTP/1.1", b"Host: localhost", b"Content-Type: application/json", *more]
    return b"\r\n".join([*lines, b"Content-Length: %d" % size, b"", b""])


def raw(client: Any, *parts: bytes) -> socket.socket:
    """A connection on which these bytes were sent."""
    address = urlsplit(client.address)
    connection = socket.create_connection((address.hostname, address.port), timeout=30)
    for part in parts:
        connection.sendall(part)
    return connection


def test_fifty_clients_at_once_are_all_answered_rightly(client: Any, room: VoxelMap) -> None:
    texts = ["sofa", "lamp", "table", "a swimming pool", "the red sofa"]
    wanted = {text: room.query(text).found for text in texts}

    def ask(number: int) -> list[tuple[int, bool]]:
        own = [*texts, f"thing number {number}", f"a {number} year old sofa"]
        replies = [client.post("/query", {"text": text}) for text in own]
        assert all(reply.body["answers"][0]["text"] == text for reply, text in zip(replies, own, strict=True))
        return [(reply.status, reply.body["answers"][0]["found"]) for reply in replies]

    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = list(pool.map(ask, range(CLIENTS)))
    assert len(answers) == CLIENTS
    for told in answers:
        assert [status for status, _ in told] == [200] * (len(texts) + 2)
        assert dict(zip(texts, [found for _, found in told], strict=False)) == wanted


def test_a_question_that_cannot_be_asked_spoils_nobody_elses(client: Any) -> None:
    with ThreadPoolExecutor(20) as pool:
        replies = list(
            pool.map(lambda i: client.post("/query", {"text": f"{'?' if i % 2 else i}"}), range(20))
        )
    assert [reply.status for reply in replies] == [200, 422] * 10


def test_a_token_is_needed_where_one_is_set(start: Callable[..., Any]) -> None:
    client = start(token=TOKEN)
    for path in ("/health", "/", "/openapi.json"):
        assert client.get(path).status == 200
    assert "HTTPBearer" in client.get("/openapi.json").body["components"]["securitySchemes"]
    for given in (
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": TOKEN},
        {"Authorization": "Basic x"},
    ):
        for reply in (
            client.get("/map", **given),
            client.post("/query", b"{", **given),
            client.get("/no", **given),
        ):
            assert reply.status == 401 and reply.body["detail"].endswith("Authorization: Bearer <token>.")
            assert reply.headers["www-authenticate"] == "Bearer"
    allowed = {"Authorization": f"Bearer {TOKEN}"}
    assert client.get("/map", **allowed).status == 200
    assert client.post("/query", {"text": "sofa"}, **allowed).body["answers"][0]["found"]


def test_space_around_a_token_does_not_count_and_what_cannot_be_sent_is_no_token(
    start: Callable[..., Any],
) -> None:
    client = start(token=f" {TOKEN}\n")
    assert client.get("/map", Authorization=f"Bearer {TOKEN} ").status == 200
    check_exposure("0.0.0.0", f"{TOKEN}\n")
    for token in ("Schl\u00fcssel", "a\nb", "a\x7fb"):
        with pytest.raises(RequestError, match="not every client can send"):
            check_exposure("127.0.0.1", token)


def test_who_has_no_token_cannot_take_the_places_of_those_who_have(start: Callable[..., Any]) -> None:
    client = start(token=TOKEN, limits=Limits(waiting=2))
    slow = head(16).replace(b"/query", b"/health")
    with raw(client, slow), raw(client, slow), raw(client, slow):
        for _ in range(20):
            assert client.get("/health").status == 200
            assert client.get("/map", Authorization=f"Bearer {TOKEN}").status == 200


def test_without_a_token_only_this_computer_is_a_host(client: Any) -> None:
    for host in ("evil.example", "evil.example:80", "127.0.0.1.evil.example", ""):
        reply = client.get("/map", Host=host)
        assert reply.status == 400 and "is not this server" in reply.body["detail"]
    for host in ("localhost", "LOCALHOST:1234", "127.0.0.1:8000", "[::1]:8000"):
        assert client.get("/map", Host=host).status == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "robot.local", ""])
def test_an_address_that_others_reach_needs_a_token(host: str) -> None:
    with pytest.raises(RequestError, match="so a token is needed"):
        check_exposure(host, None)
    with pytest.raises(RequestError, match="The token is empty"):
        check_exposure(host, " ")
    check_exposure(host, TOKEN)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "localhost", "::1"])
def test_ones_own_computer_needs_none(host: str) -> None:
    check_exposure(host, None)
    assert is_loopback(host)


@pytest.mark.parametrize("declared", [True, False])
def test_a_large_body_is_refused_and_a_full_one_is_not(client: Any, declared: bool) -> None:
    def post(size: int) -> bytes:
        body = b'{"text": "sofa"' + b" " * (size - 16) + b"}"
        if declared:
            parts = [head(size, b"Connection: close"), body]
        else:
            first = head(0, b"Connection: close", b"Transfer-Encoding: chunked").replace(
                b"Content-Length: 0\r\n", b""
            )
            parts = [first, b"%x\r\n" % size, body, b"\r\n0\r\n\r\n"]
        with raw(client, *parts) as connection:
            return b"".join(iter(lambda: connection.recv(65536), b""))

    assert post(65536).startswith(b"HTTP/1.1 200 ")
    for size in (65537, 500_000):
        reply = post(size)
        assert reply.startswith(b"HTTP/1.1 413 ") and b"more than 65536 bytes" in reply


def test_a_body_that_would_never_end_is_cut(client: Any) -> None:
    with raw(client, head(99_999_999_999_999)) as connection, pytest.raises(OSError):
        for _ in range(10_000):
            connection.sendall(b" " * 65536)
    assert client.get("/health").status == 200


def test_a_body_that_does_not_come_is_not_waited_for(start: Callable[..., Any]) -> None:
    client = start(limits=Limits(upload_s=0.2))
    with raw(client, head(20), b"{") as connection:
        assert connection.recv(65536).startswith(b"HTTP/1.1 408 ")


def test_a_connection_that_asks_nothing_is_closed_and_one_that_does_is_not(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "BEGIN_S", 0.2)
    whole = b'{"text": "sofa"}'
    for parts in ((), (b"GET /map HTT",), (b"GET /map HTTP/1.1\r\nHost: localhost\r\n\r\n", b"GET /ma")):
        with raw(client, *parts) as connection:
            said = b"".join(iter(lambda: connection.recv(65536), b""))
            assert said.count(b"HTTP/1.1 ") == said.count(b"HTTP/1.1 200 ") == len(parts) // 2
    with raw(client, head(len(whole)), whole[:5]) as slow:
        with raw(client) as another:
            assert another.recv(65536) == b""  # so far the slow one has been watched as long
        slow.sendall(whole[5:])
        assert slow.recv(65536).startswith(b"HTTP/1.1 200 ")


def test_clients_that_leave_in_the_middle_harm_nothing(client: Any) -> None:
    whole = b'{"text": "where is the lamp"}'
    first = head(len(whole))
    for parts in [
        (first,),
        (first, whole[:5]),
        (first, whole),
        (b"POST /que",),
        (b"\x16\x03\x01 no HTTP",),
        (),
    ]:
        for _ in range(5):
            raw(client, *parts).close()
    assert client.post("/query", {"text": "sofa"}).body["answers"][0]["found"]


def test_too_many_requests_are_refused_until_time_has_passed(start: Callable[..., Any]) -> None:
    client = start(limits=Limits(requests_per_s=0.001, burst=3))
    statuses = [client.get("/map").status for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    reply = client.get("/map")
    assert int(reply.headers["retry-after"]) > 100 and "127.0.0.1 sends more than" in reply.body["detail"]


def test_rates_are_each_clients_own_and_refill() -> None:
    rates = Rates(per_s=2.0, burst=3)
    assert [rates.take("a", 10.0) for _ in range(5)] == [0, 0, 0, 0.5, 0.5]
    assert rates.take("b", 10.0) == 0
    assert rates.take("a", 10.4) == pytest.approx(0.1)
    assert rates.take("a", 10.5) == 0
    assert [rates.take("a", 1000.0) for _ in range(4)] == [0, 0, 0, 0.5]


def test_remembered_clients_are_bounded() -> None:
    rates = Rates(per_s=1.0, burst=1)
    for number in range(MOST_ADDRESSES + 100):
        rates.take(str(number), 0.0)
    assert len(rates._left) == MOST_ADDRESSES
    assert rates.take(str(MOST_ADDRESSES + 99), 0.0) > 0  # a late one is remembered, an early one forgotten
    assert rates.take("0", 0.0) == 0


def test_more_requests_than_may_wait_are_refused_and_the_others_answered(start: Callable[..., Any]) -> None:
    client = start(limits=Limits(waiting=2))
    with raw(client, head(16)) as first, raw(client, head(16)) as second:  # both wait for their bodies
        while (reply := client.post("/query", {"text": "sofa"})).status != 503:
            assert reply.status == 200
        assert reply.headers["retry-after"] == "1" and "2 requests wait already" in reply.body["detail"]
        assert client.get("/health").status == 200
        for connection in (first, second):
            connection.sendall(b'{"text": "sofa"}')
            assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
    assert client.post("/query", {"text": "sofa"}).status == 200


def test_ten_thousand_questions_leave_a_bounded_memory(room: VoxelMap) -> None:
    service = MapService(room)
    answer = Answer(text="sofa", found=False, object_count=0, objects=[])
    service._remember(dict.fromkeys(map(str, range(10_000)), answer), 0.05)
    assert len(service._remembered) == REMEMBERED
    assert ("9999", 0.05) in service._remembered and ("0", 0.05) not in service._remembered
    service.close()


@pytest.mark.parametrize("name", ["body_bytes", "requests_per_s", "burst", "waiting", "upload_s"])
def test_a_limit_of_nothing_is_refused(name: str) -> None:
    with pytest.raises(BadValue, match=name):
        Limits(**{name: type(getattr(STANDARD, name))(0)})


def test_a_port_that_is_taken_or_no_port_is_refused(client: Any, room: VoxelMap) -> None:
    app = make_app(MapService(room))
    for port in (urlsplit(client.address).port, 70_000):
        with pytest.raises(RequestError, match="Choose another with port="), running(app, port=port):
            pass


def test_interrupted_while_it_answers_it_ends_before_the_block_does() -> None:
    app, asked = FastAPI(), threading.Event()

    @app.get("/slow")
    def slow() -> None:
        asked.set()
        time.sleep(1)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    others = set(threading.enumerate())
    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        with ThreadPoolExecutor(1) as pool:
            with running(app) as server:
                pool.submit(urlopen, f"{server.address}/slow", timeout=60)
                assert asked.wait(60)
                with pytest.raises(KeyboardInterrupt):
                    signal.setitimer(signal.ITIMER_REAL, 0.1)
                    server.wait()
            assert "http" not in {thread.name for thread in set(threading.enumerate()) - others}
    finally:
        signal.signal(signal.SIGALRM, before)


def test_a_stopped_server_answers_no_more_and_its_port_is_free_again(room: VoxelMap) -> None:
    with running(make_app(MapService(room))) as first:
        address = urlsplit(first.address)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((address.hostname, address.port), timeout=5)
    with running(make_app(MapService(room)), port=address.port) as again:
        assert again.address == first.address
