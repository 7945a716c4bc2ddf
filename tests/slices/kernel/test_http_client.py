"""What a hostile, slow or broken channel can do to the client that the hub hands to plugins."""

from __future__ import annotations

import gc
import gzip
import logging
import random
import socket
import time
import tracemalloc
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from types import BuiltinFunctionType, FunctionType, ModuleType

import httpx
import pytest
import sqlalchemy as sa

from hub.kernel import tracing
from hub.kernel.db import Database
from hub.kernel.http import ChannelHttp, Conversation
from hub.kernel.http import client as client_module
from hub.kernel.sealing import KeyRing
from tests.slices.kernel.wire import answering, ok

PAGE = b'{"items": [' + b",".join(b'{"id": %d}' % n for n in range(50)) + b"]}"


@pytest.fixture
def embedded(sqlite_url: str) -> Iterator[Database]:
    database = Database(sqlite_url)
    yield database
    database.dispose()


@pytest.fixture
def channel_http(embedded: Database) -> Iterator[ChannelHttp]:
    http = ChannelHttp(embedded, allow_loopback=True, deadline=0.5, largest=100_000)
    yield http
    http.close()


@pytest.fixture
def client(channel_http: ChannelHttp) -> httpx.Client:
    return channel_http.client(account_id="shop")


def compressed(content: bytes, wbits: int) -> bytes:
    squeeze = zlib.compressobj(9, zlib.DEFLATED, wbits)
    return squeeze.compress(content) + squeeze.flush()


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        pytest.param(b"identity", PAGE, id="plain"),
        pytest.param(b"gzip", gzip.compress(PAGE), id="gzip"),
        pytest.param(b"gzip", gzip.compress(PAGE[:99]) + gzip.compress(PAGE[99:]), id="gzip in two members"),
        pytest.param(b"deflate", compressed(PAGE, 15), id="deflate"),
        pytest.param(b"deflate", compressed(PAGE, -15), id="deflate without its header"),
    ],
)
def test_a_page_arrives_as_the_channel_meant_it(client: httpx.Client, encoding: bytes, body: bytes) -> None:
    with answering(ok(body, b"content-encoding: " + encoding)) as wire:
        answer = client.get(wire.url)

    assert answer.content == PAGE


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        pytest.param(ok(b"x" * 100_001), httpx.DecodingError, id="larger than the cap"),
        pytest.param(ok(gzip.compress(bytes(50_000_000)), b"content-encoding: gzip"), httpx.DecodingError, id="bomb"),
        pytest.param(ok(gzip.compress(PAGE)[:-9], b"content-encoding: gzip"), httpx.DecodingError, id="gzip cut off"),
        pytest.param(ok(b"not gzip at all", b"content-encoding: gzip"), httpx.DecodingError, id="not gzip"),
        pytest.param(ok(PAGE, b"content-encoding: br"), httpx.DecodingError, id="an encoding nobody asked for"),
        pytest.param(ok(PAGE, b"x-long: " + b"a" * 200_000), httpx.RemoteProtocolError, id="huge header"),
        pytest.param(ok(PAGE, *(b"x-%d: a" % n for n in range(20_000))), httpx.RemoteProtocolError, id="many headers"),
        pytest.param(b"220 mail.example ESMTP\r\n\r\n", httpx.RemoteProtocolError, id="not HTTP"),
    ],
)
def test_an_answer_out_of_bounds_is_refused(client: httpx.Client, answer: bytes, error: type[Exception]) -> None:
    with answering(answer) as wire, pytest.raises(error):
        client.get(wire.url)


def test_a_bomb_never_fills_the_memory(client: httpx.Client) -> None:
    bomb = ok(gzip.compress(bytes(300_000_000), 9), b"content-encoding: gzip")

    with answering(bomb) as wire:
        tracemalloc.start()
        with pytest.raises(httpx.DecodingError):
            client.get(wire.url)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert peak < 5_000_000


def test_a_body_that_ends_too_early_is_no_page(client: httpx.Client) -> None:
    def half(connection: socket.socket) -> None:
        connection.sendall(ok(PAGE)[:-20])
        connection.close()

    with answering(half) as wire, pytest.raises(httpx.RemoteProtocolError):
        client.get(wire.url)


def dripping(head: bytes, drop: bytes) -> Callable[[socket.socket], None]:
    def drip(connection: socket.socket) -> None:
        connection.settimeout(0.05)
        connection.sendall(head)
        while True:
            connection.sendall(drop)
            try:
                connection.recv(1)  # nothing comes: this is how the drip waits
            except TimeoutError:
                continue
            return

    return drip


@pytest.mark.parametrize(
    ("head", "drop"),
    [
        pytest.param(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n", b"x", id="in the body"),
        pytest.param(b"HTTP/1.1 200 OK\r\nx-slow: ", b"x", id="in the headers"),
        pytest.param(b"", b"", id="before the first byte"),
    ],
)
def test_a_drip_is_cut_at_the_deadline(client: httpx.Client, head: bytes, drop: bytes) -> None:
    with answering(dripping(head, drop)) as wire:
        started = time.monotonic()
        with pytest.raises(httpx.ReadTimeout):
            client.get(wire.url, timeout=None)
        took = time.monotonic() - started

    assert 0.4 < took < 1.5  # the deadline and at most a second


def test_a_drip_passes_the_bare_library() -> None:
    """The control: without the deadline the same drip goes on for as long as the channel likes."""
    with answering(dripping(b"HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n", b"x")) as wire:
        started = time.monotonic()
        httpx.get(wire.url, timeout=0.5, trust_env=False)

    assert time.monotonic() - started > 0.8


def test_several_requests_share_the_time_of_one_answer(client: httpx.Client) -> None:
    conversation = Conversation()
    slow = dripping(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n", b"x")
    with answering(slow) as wire, conversation.answering(0.25):
        client.get(wire.url)
        with pytest.raises(httpx.TimeoutException):
            client.get(wire.url)

    assert len(wire.requests) == 2


def test_bytes_that_left_are_known_to_have_left(client: httpx.Client) -> None:
    refused, silent = Conversation(), Conversation()
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}"

    with refused.answering(1), pytest.raises(httpx.ConnectError):
        client.get(nobody)
    silence = answering(lambda connection: connection.close())
    with silence as wire, silent.answering(1), pytest.raises(httpx.RemoteProtocolError):
        client.post(wire.url)

    assert (refused.sent, silent.sent) == (False, True)


def test_a_redirect_is_an_answer_and_never_followed(client: httpx.Client) -> None:
    with answering(ok(b"")) as elsewhere:
        moved = ok(b"", b"location: " + elsewhere.url.encode(), status=b"302 Found")
        with answering(moved) as wire:
            answer = client.get(wire.url, follow_redirects=True, headers={"x-api-key": "hunter2"})

    assert (answer.status_code, elsewhere.requests) == (302, [])


def test_the_environment_decides_nothing(client: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")

    with answering(ok(PAGE)) as wire:
        assert client.get(wire.url).content == PAGE


def test_the_trace_goes_with_the_request(client: httpx.Client) -> None:
    trace = tracing.start()

    with answering(ok(PAGE)) as wire:
        client.get(wire.url)

    assert f"traceparent: {trace.header}".encode() in wire.requests[0].lower()


def test_a_connection_is_used_again_by_every_account(channel_http: ChannelHttp) -> None:
    with answering(ok(PAGE)) as wire:
        for account in ("one", "two", "three"):
            channel_http.client(account_id=account).get(wire.url)

    assert (len(wire.requests), wire.connections) == (3, 1)


def test_cookies_stay_with_their_account(channel_http: ChannelHttp) -> None:
    with answering(ok(PAGE, b"set-cookie: session=first")) as wire:
        channel_http.client(account_id="one").get(wire.url)
        channel_http.client(account_id="two").get(wire.url)

    assert b"session=first" not in wire.requests[1]


def test_the_library_writes_no_address_to_the_log(client: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), answering(ok(PAGE)) as wire:
        client.get(wire.url, params={"access_token": "sesame-open"})

    assert "sesame-open" not in caplog.text


def reachable(subject: object) -> list[object]:
    """All values that attributes and containers lead to; classes, functions and modules lead to everything."""
    found, waiting = dict[int, object](), [subject]
    while waiting:
        one = waiting.pop()
        if id(one) in found or isinstance(one, type | FunctionType | BuiltinFunctionType | ModuleType):
            continue
        found[id(one)] = one
        waiting += gc.get_referents(one)
    return list(found.values())


def test_what_a_plugin_holds_leads_to_nothing_of_the_hubs(channel_http: ChannelHttp, embedded: Database) -> None:
    client = channel_http.client(account_id="shop", secrets=["of-this-shop"])
    other = channel_http.client(account_id="other", secrets=["of-another-shop"])

    held = reachable(client)

    assert len(held) > 50
    assert not other.is_closed
    assert not any(isinstance(one, Database | sa.Engine | sa.Connection | ChannelHttp | KeyRing) for one in held)
    assert not any(isinstance(one, str) and "of-another-shop" in one for one in held)
    assert any(isinstance(one, sa.Engine) for one in reachable(channel_http)), "the walk sees nothing"


def test_a_client_that_is_gone_leaves_nothing_behind(channel_http: ChannelHttp) -> None:
    gc.collect()
    before = len(client_module._lines)

    for number in range(50):
        channel_http.client(account_id=str(number))
    gc.collect()

    assert len(client_module._lines) == before


def mangled(answer: bytes, chance: random.Random) -> bytes:
    """Cut, doubled or overwritten somewhere, as a broken proxy would."""
    start, stop = sorted((chance.randrange(len(answer)), chance.randrange(len(answer))))
    noise = chance.randbytes(chance.randrange(8))
    return chance.choice(
        [
            answer[:start],
            answer[:start] + noise + answer[start:],
            answer[:start] + answer[stop:],
            answer[:stop] + answer[start:],
            answer[:start] + noise + answer[start + len(noise) :],
        ]
    )


def test_a_mangled_answer_is_an_answer_or_a_transport_error(client: httpx.Client) -> None:
    chance = random.Random(20261122)
    whole = ok(gzip.compress(PAGE), b"content-encoding: gzip", b"content-type: application/json")
    clear, broken = 0, Counter[str]()

    def mangle(connection: socket.socket) -> None:
        connection.sendall(mangled(whole, chance))
        connection.close()

    with answering(mangle) as wire:
        for _ in range(500):
            try:
                clear += client.get(wire.url, headers={"connection": "close"}).content == PAGE
            except httpx.HTTPError as error:
                broken[repr(error)] += 1

    assert len(wire.requests) == 500, broken
    assert 0 < clear < 500
