"""Walks through the XML of a part, and refuses what XML can do to a reader: entities, endless names and tags, depth."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NoReturn, Protocol
from xml.parsers import expat

from hub.kernel.workbooks.forms import BadWorkbook
from hub.kernel.workbooks.wrong import DAMAGED, SAVE_AGAIN

_DEEPEST, _NAMES, _TOKEN = 100, 20_000, 1024 * 1024  # elements, different names, bytes of one tag
_MOST = 8_000_000  # elements: seconds
_HOSTILE = f"the file contains XML that no spreadsheet program writes: {SAVE_AGAIN}"


class Place:
    """Where the walk is: how deep, the root being 1, and at which byte of the part the tag or text begins."""

    def __init__(self, parser: expat.XMLParserType) -> None:
        self.depth = 0
        self._parser = parser

    @property
    def at(self) -> int:
        return self._parser.CurrentByteIndex


Start = Callable[[Mapping[str, str], Place], None]
End = Callable[[Place], None]


class Walker(Protocol):
    """Wants to know of some elements, by their names without a prefix; `text` is all that stands between tags."""

    @property
    def starts(self) -> Mapping[str, Start]: ...

    @property
    def ends(self) -> Mapping[str, End]: ...

    def text(self, text: str) -> None: ...


def walk(pieces: Iterator[bytes], walker: Walker) -> None:
    """Let `walker` see what is in the pieces of a part."""
    names: dict[str, str] = {}
    parser = _parser(walker, names)
    fed = 0
    for piece in pieces:
        if b"\x00" in piece:  # UTF-16, which expat would notice and calamine not
            raise BadWorkbook(_HOSTILE)
        _feed(parser, piece)
        fed += len(piece)
        if len(names) > _NAMES or fed - parser.CurrentByteIndex > _TOKEN:
            raise BadWorkbook(_HOSTILE)  # each name is kept for good, and a long tag is read again with each piece
    _feed(parser, b"", last=True)


def _feed(parser: expat.XMLParserType, piece: bytes, *, last: bool = False) -> None:
    try:
        parser.Parse(piece, last)
    except expat.ExpatError as error:
        raise BadWorkbook(DAMAGED) from error


def _parser(walker: Walker, names: dict[str, str]) -> expat.XMLParserType:
    parser = expat.ParserCreate("UTF-8", intern=names)
    starts, ends = walker.starts, walker.ends
    place, seen = Place(parser), 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal seen
        place.depth, seen = place.depth + 1, seen + 1
        if place.depth > _DEEPEST or seen > _MOST:
            raise BadWorkbook(_HOSTILE)
        if wanted := starts.get(name if ":" not in name else name.rpartition(":")[2]):
            wanted(attributes, place)

    def end(name: str) -> None:
        if wanted := ends.get(name if ":" not in name else name.rpartition(":")[2]):
            wanted(place)
        place.depth -= 1

    parser.buffer_text = True
    parser.buffer_size = 65_536
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = walker.text
    parser.XmlDeclHandler = _declared
    # calamine reads a value differently around the last three, so that we would not judge what it takes
    parser.StartDoctypeDeclHandler = _refuse
    parser.CommentHandler = _refuse
    parser.ProcessingInstructionHandler = _refuse
    parser.StartCdataSectionHandler = _refuse
    return parser


def _declared(version: str, encoding: str | None, standalone: int) -> None:
    if encoding and encoding.lower() not in ("utf-8", "utf8", "us-ascii"):
        raise BadWorkbook(_HOSTILE)


def _refuse(*_: object) -> NoReturn:
    raise BadWorkbook(_HOSTILE)
