"""A sandbox speaks the wire of one channel; `transport` puts it in process, `serve` on loopback HTTP."""

from __future__ import annotations

import abc
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

_HOP_BY_HOP = frozenset({"connection", "content-length", "date", "server", "transfer-encoding"})


def utc_now() -> datetime:
    return datetime.now(UTC)


class Sandbox(abc.ABC):
    """One channel, stateful and strict, over a catalogue made from `seed` with about `size` items.

    `base_url` is where it answers: `transport` and `serve` set it before the first request, and `settings` uses it.
    """

    def __init__(self, seed: int = 1, size: int = 100, clock: Callable[[], datetime] = utc_now) -> None:
        self.seed = seed
        self.size = size
        self.clock = clock
        self.base_url = "http://sandbox.test"

    @abc.abstractmethod
    def handle(self, request: httpx.Request) -> httpx.Response:
        """Answer one request as the channel would. May be called from several threads at once."""

    @abc.abstractmethod
    def settings(self) -> dict[str, Any]:  # Any: what a person would type into the plugin's settings form
        """Settings with which an account of this sandbox works."""


def transport(sandbox: Sandbox) -> httpx.MockTransport:
    """Reach the sandbox without a socket: `httpx.Client(transport=transport(sandbox))`."""
    return httpx.MockTransport(sandbox.handle)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def _answer(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        request = httpx.Request(
            self.command,
            f"{self.server.sandbox.base_url}{self.path}",
            headers=list(self.headers.items()),
            content=self.rfile.read(length),
        )
        response = self.server.sandbox.handle(request)
        body = response.read()
        self.send_response(response.status_code)
        for name, value in response.headers.multi_items():
            if name.lower() not in _HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

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
