"""A server on loopback that answers with exactly the bytes a test gives it, and keeps what it was asked."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Answer = Callable[[socket.socket], None]


class Wire:
    """Answers every request on every connection in the same way."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.requests: list[bytes] = []
        self.connections = 0
        self.ending = threading.Event()  # what a slow answer waits on instead of sleeping
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self.ending.set()
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            while request := _read_head(connection):
                self.requests.append(request)
                self._answer(connection)


@contextmanager
def answering(answer: Answer | bytes) -> Iterator[Wire]:
    given = answer
    wire = Wire((lambda connection: connection.sendall(given)) if isinstance(given, bytes) else given)
    try:
        yield wire
    finally:
        wire.close()


def ok(body: bytes, *headers: bytes, status: bytes = b"200 OK") -> bytes:
    lines = [b"HTTP/1.1 " + status, b"content-length: %d" % len(body), *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def _read_head(connection: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head:
        part = connection.recv(65_536)
        if not part:
            return b""
        head += part
    return head
