"""The connections themselves: made to a checked address only, and every wait bounded by the request's deadline."""

from __future__ import annotations

import functools
import ssl
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from typing import Any

import httpcore
import httpx

from hub.kernel.http.conversation import Conversation
from hub.kernel.http.egress import EgressGuard

_allowance: ContextVar[Allowance] = ContextVar("allowance")
SocketOptions = Iterable[tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]]


class Allowance:
    """What one request may still spend, and where it may go."""

    def __init__(self, *, ends: float, loopback_only: bool, conversation: Conversation | None) -> None:
        self.ends = ends  # monotonic seconds
        self.loopback_only = loopback_only
        self._conversation = conversation

    def __enter__(self) -> None:
        """Let every connection used meanwhile obey this allowance; never left open while a stream is suspended."""
        self._token = _allowance.set(self)

    def __exit__(self, *exception: object) -> None:
        _allowance.reset(self._token)

    def left(self, expired: type[Exception]) -> float:
        left = self.ends - time.monotonic()
        if left <= 0:
            raise expired("the answer took longer than its deadline")
        return left

    def has_sent(self) -> None:
        if self._conversation:
            self._conversation.sent = True


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _allowance.get().left(httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if not buffer:  # httpcore says that a request has ended by writing nothing
            return
        allowance = _allowance.get()
        left = allowance.left(httpcore.WriteTimeout)
        allowance.has_sent()
        self._inner.write(buffer, left)

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = _allowance.get().left(httpcore.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:  # Any: httpcore's own signature
        return self._inner.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    """Resolves a name once, has every address checked and connects to those; TLS still verifies the name."""

    def __init__(self, guard: EgressGuard) -> None:
        self._guard = guard
        self._tcp = httpcore.SyncBackend()
        self._resolving = ThreadPoolExecutor(max_workers=8, thread_name_prefix="resolve")  # a lookup knows no time-out

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: SocketOptions | None = None,
    ) -> httpcore.NetworkStream:
        allowance = _allowance.get()
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in self._addresses(host, port, allowance):
            left = allowance.left(httpcore.ConnectTimeout)
            try:
                return _Stream(self._tcp.connect_tcp(address, port, left, local_address, socket_options))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    def _addresses(self, host: str, port: int, allowance: Allowance) -> Iterable[str]:
        left = allowance.left(httpcore.ConnectTimeout)
        looking = self._resolving.submit(self._guard.addresses, host, port, loopback_only=allowance.loopback_only)
        try:
            return looking.result(timeout=left)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"{host} was not found in time") from error
        except (OSError, UnicodeError) as error:  # UnicodeError: a label longer than DNS allows
            raise httpcore.ConnectError(f"{host} cannot be found: {error}") from error


@functools.cache
def _tls() -> ssl.SSLContext:
    """The trusted authorities; reading them takes longer than all else that a client needs."""
    return httpx.create_ssl_context(trust_env=False)


class SharedConnections(httpx.HTTPTransport):
    """The process's connections to all channels; a connection carries no account."""

    def __init__(self, guard: EgressGuard) -> None:
        tls = _tls()
        super().__init__(verify=tls, trust_env=False)
        self._pool = httpcore.ConnectionPool(
            ssl_context=tls,
            max_connections=256,
            max_keepalive_connections=64,
            keepalive_expiry=5.0,
            network_backend=_Backend(guard),
        )
