"""A sandbox speaks the wire of one channel; `transport` puts it in process, `serve` on loopback HTTP."""

from __future__ import annotations

import abc
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

_WRITTEN_BY_THE_SERVER = frozenset(
    {"connection", "content-encoding", "content-length", "date", "server", "transfer-encoding"}
)


def utc_now() -> datetime:
    return datetime.now(UTC)


class Sandbox(abc.ABC):
    """One channel, stateful and strict, over a catalogue made from `seed` with about `size` items.

    `base_url` is where it answers: `serve` sets it before the first request, and `settings` uses it. What `handle`
    raises while it is served is a mistake in the sandbox: the caller gets a 500, and `exceptions` keeps it.
    """

    def __init__(self, seed: int = 1, size: int = 100, clock: Callable[[], datetime] = utc_now) -> None:
        self.seed = seed
        self.size = size
        self.clock = clock
        self.base_url = "http://sandbox.test"
        self.exceptions: list[Exception] = []

    @abc.abstractmethod
    def handle(self, request: httpx.Request) -> httpx.Response:
        """Answer one request as the channel would. May be called from several threads at once."""

    @abc.abstractmethod
    def settings(self) -> dict[str, Any]:  # Any: what a person would type into the plugin's settings form
        """Settings with which an account of this sandbox works."""

    def stir(self) -> None:
        """Let something happen of which the channel tells by webhook, such as an order, where it sends any."""
        return

    def deliveries(self) -> list[httpx.Request]:
        """Give the webhooks that the channel would have sent since this was asked last, signed, the oldest first.

        Nothing is sent by itself: who asks brings them to the hub, or loses, repeats and shuffles them.
        """
        return []


class Unplugged(Sandbox):
    """Stands where the wire of a channel would be that declares `offline`: whatever is sent is refused."""

    def __init__(self, form: Mapping[str, Any]) -> None:  # Any: as in `settings`
        super().__init__()
        self._form = form

    def handle(self, request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("there is no network here: the channel declares `offline`", request=request)

    def settings(self) -> dict[str, Any]:  # Any: as in `Sandbox`
        return dict(self._form)


def transport(sandbox: Sandbox) -> httpx.MockTransport:
    """Reach the sandbox without a socket: `httpx.Client(transport=transport(sandbox))`."""
    return httpx.MockTransport(sandbox.handle)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def _answer(self) -> None:
        length = self.headers.get("content-length") or "0"
        if not length.isascii() or not length.isdigit():
            self.close_connection = True  # where the next request begins is unknown
            self._send(httpx.Response(400, text="Content-Length must be a number"))
            return
        request = httpx.Request(
            self.command,
            f"{self.server.sandbox.base_url}{self.path}",
            headers=list(self.headers.items()),
            content=self.rfile.read(int(length)),
        )
        response = self._ask(request)
        if response is None:
            self.close_connection = True
        else:
            self._send(response)

    def _ask(self, request: httpx.Request) -> httpx.Response | None:
        """Ask the sandbox; None where it lost the answer on purpose, as a fault does."""
        sandbox = self.server.sandbox
        try:
            return sandbox.handle(request)
        except httpx.TransportError:
            return None
        except Exception as error:  # noqa: BLE001 - the server's boundary: recorded, and the test can look
            sandbox.exceptions.append(error)
            return httpx.Response(500, text=f"the sandbox failed: {error!r}")

    def _send(self, response: httpx.Response) -> None:
        streaming = not response.is_stream_consumed and "content-length" in response.headers
        length = response.headers["content-length"] if streaming else str(len(response.read()))
        self.send_response(response.status_code)
        for name, value in response.headers.multi_items():
            if name.lower() not in _WRITTEN_BY_THE_SERVER:
                self.send_header(name, value)
        self.send_header("Content-Length", length)
        self.end_headers()
        with suppress(ConnectionError):  # a caller that hung up, as on a slow drip, is no mistake of the sandbox
            for piece in response.iter_raw() if streaming else (response.content,):
                self.wfile.write(piece)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815 - the names http.server looks for

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the signature of http.server
        """Keep the console for the story; a sandbox records what matters itself."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, sandbox: Sandbox, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.sandbox = sandbox


@contextmanager
def serve(sandbox: Sandbox, *, port: int = 0) -> Iterator[str]:
    """Serve on loopback while the block runs; gives the base URL. Port 0: any free one."""
    server = _Server(sandbox, port)
    sandbox.base_url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield sandbox.base_url
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
