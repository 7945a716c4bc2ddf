"""Finds bytes of an archive's entry again, once it was unpacked to its end, without holding what was unpacked."""

from __future__ import annotations

import struct
import zlib
from bisect import bisect_right
from typing import BinaryIO, NamedTuple
from zipfile import ZIP_STORED, ZipInfo

from hub.kernel.workbooks.forms import BadWorkbook
from hub.kernel.workbooks.wrong import DAMAGED

_PACKED, _UNPACKED = 16_384, 65_536  # bytes of a step
_APART = 2 * 1024 * 1024  # bytes between two marks; each takes some 40 KB
_NAMES = struct.Struct("<26xHH")  # of a local header: how long its name is and what else follows, APPNOTE.TXT 4.3.7


class _Mark(NamedTuple):
    """How unpacking stood at a byte of what is unpacked, and how many packed bytes it had been given."""

    at: int
    given: int
    engine: zlib._Decompress


class Lookup:
    """Unpacks onwards from where it stands, or from the last mark before what is asked for, whichever is nearer."""

    def __init__(self, file: BinaryIO, entry: ZipInfo) -> None:
        self._file, self._is_packed = file, entry.compress_type != ZIP_STORED
        file.seek(entry.header_offset)
        name, extra = _NAMES.unpack(file.read(_NAMES.size))
        self._begin = entry.header_offset + _NAMES.size + name + extra
        self._size = entry.compress_size
        self._marks = [_Mark(0, 0, zlib.decompressobj(-zlib.MAX_WBITS))]
        self._at, self._piece = 0, b""  # what was unpacked last, and where it begins
        self._given, self._engine = 0, self._marks[0].engine.copy()

    def __call__(self, start: int, end: int) -> bytes:
        """The unpacked bytes from here to there."""
        if not self._is_packed:
            self._file.seek(self._begin + start)
            return self._file.read(end - start)
        mark = self._marks[bisect_right(self._marks, start, key=lambda each: each.at) - 1]
        if start < self._at or mark.at > self._at + len(self._piece):
            self._at, self._piece, self._given, self._engine = mark.at, b"", mark.given, mark.engine.copy()
        found = []
        while True:
            found.append(self._piece[max(start - self._at, 0) : max(end - self._at, 0)])
            if end <= self._at + len(self._piece):
                return b"".join(found)
            self._go_on()

    def _go_on(self) -> None:
        """Unpack the next piece, and remember from time to time how it stood behind it."""
        packed = self._engine.unconsumed_tail
        if not packed:
            self._file.seek(self._begin + self._given)
            packed = self._file.read(min(_PACKED, self._size - self._given))
            self._given += len(packed)
        self._at += len(self._piece)
        self._piece = self._engine.decompress(packed, _UNPACKED)
        if not packed and not self._piece:
            raise BadWorkbook(DAMAGED)  # it was longer before
        behind = self._at + len(self._piece)
        if behind - self._marks[-1].at >= _APART:
            self._marks.append(_Mark(behind, self._given, self._engine.copy()))
