"""Opens the archive that a workbook is: looks before it unpacks, and unpacks under a cap, whatever an entry says."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from hub.kernel.workbooks.forms import BadWorkbook, Limits
from hub.kernel.workbooks.lookup import Lookup
from hub.kernel.workbooks.wrong import DAMAGED, SAVE_AGAIN

STEP = 65_536
SMALL = 4 * 1024 * 1024  # bytes of a part that says where things are
_TYPES = "[content_types].xml"
_OLE = bytes.fromhex("D0CF11E0A1B11AE1")  # what Excel wrote before 2007, and still wraps around what it encrypts
_END = struct.Struct("<4s4H2LH")  # end of central directory, APPNOTE.TXT 4.3.16
_ZIP64, _ZIP64_SIZE = b"PK\x06\x07", 20
_MOST_ENTRIES, _LARGEST_DIRECTORY = 1_000, 256 * 1024
_ENCRYPTED = 1
# What zipfile and zlib may raise on bytes that lie; to who uploaded them all of it means one thing.
_BROKEN = (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError, struct.error)
_TOO_LARGE = "the file unpacks to more than is read of one: fill in fewer rows at once"
_TELLING = (  # what an entry's name gives away, in this order
    ("xl/vbaproject.bin", f"the file contains macros, which are not accepted: {SAVE_AGAIN}"),
    ("xl/macrosheets/", f"the file contains macros, which are not accepted: {SAVE_AGAIN}"),
    ("xl/workbook.bin", f"the file is a binary workbook (.xlsb): {SAVE_AGAIN}"),
    ("content.xml", f"the file is an OpenDocument one (.ods): {SAVE_AGAIN}"),
    ("xl/externallinks/", "the file links to other workbooks: in Excel choose Data → Edit Links → Break Link"),
)


class Package:
    """The entries of one archive, by their names in lower case; all that is unpacked counts against one cap."""

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        self._file, self._archive = file, ZipFile(file)
        self._left = limits.unpacked
        self._entries: dict[str, ZipInfo] = {}
        for entry in self._archive.infolist():
            self._entries[_checked(entry, self._entries)] = entry

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._entries

    def pieces(self, name: str, largest: int | None = None) -> Iterator[bytes]:
        """Unpack one entry, step by step; `largest` bounds it below what is left of the cap."""
        entry = self._entries.get(name.lower())
        if entry is None:
            raise BadWorkbook(DAMAGED)
        try:
            with self._archive.open(entry) as stream:
                left = self._left if largest is None else min(largest, self._left)
                while piece := stream.read(STEP):
                    left, self._left = left - len(piece), self._left - len(piece)
                    if left < 0:
                        raise BadWorkbook(_TOO_LARGE)
                    yield piece
        except _BROKEN as error:
            raise BadWorkbook(DAMAGED) from error

    def again(self, name: str) -> Lookup:
        """The bytes of an entry that was unpacked to its end before."""
        return Lookup(self._file, self._entries[name.lower()])

    def betrayed(self) -> str:
        """Say what the file is instead of a plain workbook; "" for a workbook."""
        for start, reason in _TELLING:
            if any(name.startswith(start) for name in self._entries):
                return reason
        types = b"".join(self.pieces(_TYPES, SMALL)) if _TYPES in self else b""
        if b"macroEnabled" in types:
            return _TELLING[0][1]
        return "" if "xl/workbook.xml" in self else f"the file is no Excel workbook: {SAVE_AGAIN}"


def open_package(source: BinaryIO, limits: Limits) -> Package:
    """Judge the file by its first and last bytes and its directory; nothing is unpacked yet, or next to nothing."""
    size = source.seek(0, 2)
    if size > limits.file:
        raise BadWorkbook(f"the file is larger than {limits.file // 2**20} MB: fill in fewer rows at once")
    source.seek(0)
    start = source.read(1024)
    if start.startswith(_OLE):
        raise BadWorkbook(_old(start + source.read()))
    if not start.startswith(b"PK\x03\x04"):
        raise BadWorkbook(_foreign(start))
    _check_end(source, size)
    try:
        package = Package(source, limits)
    except _BROKEN as error:
        raise BadWorkbook(DAMAGED) from error
    if reason := package.betrayed():
        raise BadWorkbook(reason)
    return package


def _check_end(source: BinaryIO, size: int) -> None:
    """Bound the directory before `ZipFile` loads it, and leave it no second one to find: no comment, no ZIP64."""
    tail = _ZIP64_SIZE + _END.size
    if size < tail:
        raise BadWorkbook(DAMAGED)
    source.seek(size - tail)
    zip64, end = source.read(_ZIP64_SIZE), source.read(_END.size)
    signature, disk, first_disk, here, entries, length, offset, comment = _END.unpack(end)
    if signature != b"PK\x05\x06" or disk or first_disk or here != entries or comment or zip64.startswith(_ZIP64):
        raise BadWorkbook(DAMAGED)
    if offset + length + _END.size != size:
        raise BadWorkbook(DAMAGED)
    if entries > _MOST_ENTRIES or length > _LARGEST_DIRECTORY:
        raise BadWorkbook(f"the file has more than {_MOST_ENTRIES:,} parts, which no workbook needs: {SAVE_AGAIN}")


def _checked(entry: ZipInfo, others: dict[str, ZipInfo]) -> str:
    """The name of an entry in lower case; refuses what a spreadsheet program never packs."""
    name = entry.filename.lower()
    if entry.flag_bits & _ENCRYPTED:
        raise BadWorkbook(_locked())
    if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise BadWorkbook(DAMAGED)
    if name in others or name.startswith("/") or "\\" in name or ".." in name.split("/"):
        raise BadWorkbook(f"the file has parts under names that no workbook has: {SAVE_AGAIN}")
    return name


def _old(content: bytes) -> str:
    if "EncryptedPackage".encode("utf-16-le") in content:
        return _locked()
    return f"the file is an old Excel file (.xls): {SAVE_AGAIN}"


def _locked() -> str:
    return "the file is locked with a password: in Excel choose File → Info → Protect Workbook and take it off"


def _foreign(start: bytes) -> str:
    if not start:
        return "the file is empty: choose the workbook that you filled in"
    kind = "text (CSV?)" if b"\x00" not in start else "something else"
    return f"the file is {kind} and no Excel workbook: {SAVE_AGAIN}"
