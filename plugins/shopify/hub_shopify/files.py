"""The file of a bulk operation: read by byte ranges, line by line, each variant together with its own lines."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

import httpx
import msgspec
from hub_hookspecs import ActionRequired, Rejected, Temporary

from hub_shopify import envelope, refusals
from hub_shopify.payloads import bulk, catalogue

T = TypeVar("T")
PIECE = 512 * 1024  # bytes asked for at once: some 500 variants, far below what the host takes for one answer
_GONE = frozenset({400, 401, 403, 404, 410})  # how storage refuses an address that has ended
_BROKE_OFF = (httpx.RemoteProtocolError, httpx.ReadError)


class Expired(Exception):
    """The file cannot be had at its address any more."""


@dataclass(kw_only=True)
class Group:
    """A variant and its own lines: `begins` and `line` say where it stands in the file."""

    variant: catalogue.Variant
    begins: int
    line: int
    levels: list[catalogue.Level] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Whole variants; the next piece begins at byte `ends_at` with line `next_line`. `last`: that is the end."""

    groups: tuple[Group, ...]
    ends_at: int
    next_line: int
    last: bool


class Files:
    """Where Shopify leaves results: over TLS, or in the sandbox on this machine. The token is never sent there."""

    def __init__(self, http: httpx.Client, sandbox_url: str) -> None:
        self._http = http
        self._allowed = f"{sandbox_url}/" if sandbox_url else "https://"

    def piece(self, url: str, *, offset: int, line: int, size: int | None) -> Piece:
        """Read the whole variants from byte `offset` on, where line `line` begins; `size` as Shopify told it."""
        if not url.startswith(self._allowed):
            raise ActionRequired("Shopify names a file at an address without https: report this to the hub's operator")
        wanted = {"Range": f"bytes={offset}-{offset + PIECE - 1}", "Accept-Encoding": "identity"}
        with self._http.stream("GET", url, headers=wanted) as answer:
            told, skip = _opened(answer, offset, size)
            return _Cutting(offset=offset, line=line, size=told).through(_skipping(answer.iter_bytes(), skip))


def _opened(answer: httpx.Response, offset: int, size: int | None) -> tuple[int | None, int]:
    """Say how long the file is, and how many bytes of the answer come before `offset`."""
    if answer.status_code in _GONE:
        raise Expired
    if answer.status_code == 206:
        total = answer.headers.get("content-range", "").rpartition("/")[2]
        return int(total) if total.isdigit() else size, 0
    refused = refusals.of_status(answer.status_code, answer.headers, acting=False, pasted=False)
    if refused:
        raise Temporary(f"the file of the bulk operation: {refused}") from refused
    length = answer.headers.get("content-length", "")
    if offset and length != str(size):  # else a part of the file could be taken for its beginning
        raise Temporary("the file of the bulk operation came neither from where it was asked for nor whole")
    return size, offset


def _skipping(chunks: Iterable[bytes], skip: int) -> Iterator[bytes]:
    for chunk in chunks:
        yield chunk[skip:]
        skip = max(0, skip - len(chunk))


class _Cutting:
    """Cuts bytes into lines and lines into groups; holds one piece and no more."""

    def __init__(self, *, offset: int, line: int, size: int | None) -> None:
        self._start, self._size = offset, size
        self._begins, self._line = offset, line  # of the line that comes next
        self._groups: list[Group] = []

    def through(self, chunks: Iterable[bytes]) -> Piece:
        rest, received, broken = b"", 0, None
        try:
            for chunk in chunks:
                fitting = chunk[: PIECE - received]
                received += len(fitting)
                *lines, rest = (rest + fitting).split(b"\n")
                for line in lines:
                    self._take(line, length=len(line) + 1)
                if received == PIECE:
                    break
        except _BROKE_OFF as error:  # what came whole is kept; the next piece begins after it
            broken = error
        ended = self._start + received >= self._size if self._size is not None else received < PIECE
        if ended and broken is None:
            self._take(rest, length=len(rest))
            return Piece(groups=tuple(self._groups), ends_at=self._begins, next_line=self._line, last=True)
        return self._without_the_last(broken, full=received == PIECE)

    def _without_the_last(self, broken: Exception | None, *, full: bool) -> Piece:
        """Leave the last variant to the next piece: lines of its own may follow."""
        if len(self._groups) < 2:
            if full:
                raise Rejected(f"the lines of one variant, before line {self._line}, are longer than {PIECE} bytes")
            raise Temporary(f"the file of the bulk operation broke off in line {self._line}") from broken
        *whole, last = self._groups
        return Piece(groups=tuple(whole), ends_at=last.begins, next_line=last.line, last=False)

    def _take(self, line: bytes, *, length: int) -> None:
        if line.strip():
            self._sort(line)
        self._begins += length
        self._line += 1 if length else 0

    def _sort(self, line: bytes) -> None:
        found = self._read(line, bulk.BulkLine)
        if not found.parent_id:
            variant = self._read(line, catalogue.Variant)
            self._groups.append(Group(variant=variant, begins=self._begins, line=self._line))
            return
        group = self._groups[-1] if self._groups else None
        if group is None or found.parent_id not in (group.variant.id, group.variant.inventory_item.id):
            raise Rejected(f"line {self._line} of Shopify's file belongs to {found.parent_id}, which is not before it")
        if found.location is not None:
            group.levels.append(
                catalogue.Level(is_active=found.is_active, location=found.location, quantities=found.quantities)
            )
        elif found.preview is not None:
            picture = catalogue.Media(preview=found.preview)
            pictures = catalogue.Nodes(nodes=(*group.variant.media.nodes, picture))
            group.variant = msgspec.structs.replace(group.variant, media=pictures)

    def _read(self, line: bytes, kind: type[T]) -> T:
        try:
            return envelope.read(line, kind)
        except msgspec.DecodeError as error:
            raise Temporary(f"line {self._line} of Shopify's file cannot be read: {error}") from error
