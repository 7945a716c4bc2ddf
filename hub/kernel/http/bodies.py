"""Reads a channel's answer: decompressed here in small steps, so that the cap counts what arrives in memory."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator

import httpx

from hub.kernel.http.network import Allowance

STEP = 65_536
ENCODINGS = "gzip, deflate"  # what `Inflating` can read
KEPT = 4_000  # bytes of a failure's answer that its record shows


class Inflating:
    """Undoes gzip or deflate, at most `STEP` bytes at a time."""

    def __init__(self) -> None:
        self._wbits = zlib.MAX_WBITS | 32  # gzip or zlib, by its header
        self._inflate = zlib.decompressobj(self._wbits)
        self._begun = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._inflate.eof:  # gzip may go on with another member
                self._inflate = zlib.decompressobj(self._wbits)
            yield self._next(data)
            data = self._inflate.unconsumed_tail or self._inflate.unused_data

    def finish(self) -> None:
        if self._begun and not self._inflate.eof:
            raise zlib.error("the compressed answer ends too early")

    def _next(self, data: bytes) -> bytes:
        begun, self._begun = self._begun, True
        try:
            return self._inflate.decompress(data, STEP)
        except zlib.error:
            if begun:
                raise
        self._wbits = -zlib.MAX_WBITS  # deflate without its header, as some servers send it
        self._inflate = zlib.decompressobj(self._wbits)
        return self._inflate.decompress(data, STEP)


class Body(httpx.SyncByteStream):
    """An answer's body under the deadline of its request, and never larger than `largest`."""

    def __init__(
        self,
        response: httpx.Response,
        *,
        request: httpx.Request,
        allowance: Allowance,
        largest: int,
        ended: Callable[[int, bytes, Exception | None], None],
    ) -> None:
        if not isinstance(response.stream, httpx.SyncByteStream):
            raise TypeError("the channel's answer must be a synchronous stream")
        self._inner = response.stream
        self._inflating = _inflating(response, request)
        self._request = request
        self._allowance = allowance
        self._largest = largest
        self._ended = ended
        self._keep = KEPT if response.status_code >= 400 else 0
        self._kept = b""
        self._received = 0

    def __iter__(self) -> Iterator[bytes]:
        try:
            for piece in self._pieces(self._inflating) if self._inflating else self._raw():
                self._count(piece)
                yield piece
        except Exception as error:
            self._ended(self._received, self._kept, error)
            raise
        self._ended(self._received, self._kept, None)

    def _count(self, piece: bytes) -> None:
        self._received += len(piece)
        self._kept += piece[: self._keep - len(self._kept)]
        if self._received > self._largest:
            raise self._broken(f"the answer is larger than {self._largest} bytes")

    def close(self) -> None:
        with self._allowance:
            self._inner.close()

    def _pieces(self, inflating: Inflating) -> Iterator[bytes]:
        try:
            for data in self._raw():
                yield from inflating.feed(data)
            inflating.finish()
        except zlib.error as error:
            raise self._broken(f"the compressed answer is broken: {error}") from error

    def _raw(self) -> Iterator[bytes]:
        iterator = iter(self._inner)
        while True:
            with self._allowance:
                data = next(iterator, None)
            if data is None:
                return
            yield data

    def _broken(self, message: str) -> httpx.DecodingError:
        return httpx.DecodingError(message, request=self._request)


def _inflating(response: httpx.Response, request: httpx.Request) -> Inflating | None:
    """Take the encoding off the answer, so that nobody after us decompresses without a cap."""
    encoding = response.headers.get("content-encoding", "").strip().lower()
    if encoding in ("", "identity"):
        return None
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise httpx.DecodingError(f"the answer is encoded as {encoding[:40]!r}; we take {ENCODINGS}", request=request)
    del response.headers["content-encoding"]
    response.headers.pop("content-length", None)
    return Inflating()
