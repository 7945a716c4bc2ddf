"""Where everything stands on a label: the codes above, then number, recipient, sender and contents, each in a box.

Text is set as large as its box allows. What a box cannot hold at the smallest size that can still be read stands in
full on a further page, and the box says so; lines of contents that find no room are counted instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from hub_hookspecs import ParcelLine, Shipment

from hub_pos.label import codes, words
from hub_pos.label.sheet import HEIGHT, WIDTH, Box, Sheet, Written
from hub_pos.label.writing import Paragraph, lines, paragraph

MARGIN = 4.0  # mm that no ink touches
_INNER = WIDTH - 2 * MARGIN
_BARS = Box(32 * codes.DOT, 5, _INNER, 14)  # codes begin on a whole dot of the printer
_SQUARES = Box(583 * codes.DOT, 20, 28, 28)
_NUMBER = Box(MARGIN, 20, _INNER - 30, 15.5)
_COURIER = Box(MARGIN, 36.5, _INNER - 30, 11.5)
_TO = Box(MARGIN, 49.5, _INNER, 48)
_FROM = Box(MARGIN, 99, _INNER, 20.5)
_CONTENTS = Box(MARGIN, 121, _INNER, 22.5)
_RULES = (48.7, 98.2, 120.2)
_FURTHER = Box(MARGIN, MARGIN, _INNER, HEIGHT - 2 * MARGIN)
_CAPTION, _NOTE, _FULL = 2.0, 2.1, 3.0  # sizes in mm; 2.1 mm are 6 points
_BELOW_CAPTION = 3.2
_NAME = 1.25  # of the size of what follows
_STEP = 0.93  # from one size that is tried to the next smaller one


class Block(NamedTuple):
    """A caption and what stands below it; sizes in mm, that of the first paragraph times `first`."""

    caption: str
    text: tuple[Paragraph, ...]
    box: Box
    largest: float
    smallest: float
    first: float = 1.0

    @property
    def room(self) -> Box:
        box = self.box
        return Box(box.x, box.y + _BELOW_CAPTION, box.width, box.height - _BELOW_CAPTION)


def draw(shipment: Shipment) -> bytes:
    """Give the label as a PDF."""
    number = words.number(shipment)
    blocks = tuple(_blocks(shipment, number))
    contents = _contents(shipment.lines)
    sheet = Sheet(text for block in (*blocks, contents) for text in block.text)
    sheet.add_page()
    for y in _RULES:
        sheet.line(MARGIN, y, WIDTH - MARGIN, y)
    _draw_codes(sheet, number)
    cut = [block for block in blocks if not _draw_block(sheet, block)]
    _draw_contents(sheet, contents, shipment.lines)
    if cut:
        _draw_in_full(sheet, dict.fromkeys([blocks[0], *cut]))  # the number tells whose page it is
    return sheet.bytes()


def _blocks(shipment: Shipment, number: str) -> Iterator[Block]:
    to, sender = shipment.recipient, shipment.sender
    yield Block(words.NUMBER, _paragraphs([number or words.NOT_GIVEN]), _NUMBER, 6.0, 2.4)
    if courier := words.courier(shipment):
        yield Block(words.COURIER, _paragraphs([courier]), _COURIER, 4.0, 2.1)
    yield Block(words.TO, _paragraphs(words.address(to)), _TO, 4.6, 2.1, first=_NAME if words.clean(to.name) else 1.0)
    yield Block(words.FROM, _paragraphs(words.address(sender)), _FROM, 3.2, 1.9)


def _contents(parcel: Sequence[ParcelLine]) -> Block:
    return Block(words.contents_caption(parcel), _paragraphs(words.contents(parcel)), _CONTENTS, 3.4, _NOTE)


def _paragraphs(text: Iterable[str]) -> tuple[Paragraph, ...]:
    return tuple(map(paragraph, text))


# -- drawing


def _draw_codes(sheet: Sheet, number: str) -> None:
    bars = codes.bars(number, _BARS.width, _BARS.height)
    squares = codes.squares(number, _SQUARES.width)
    if bars:
        sheet.fill(_BARS.x, _BARS.y, bars)
    else:
        _say(sheet, _BARS, words.NO_BARS if squares else words.NO_CODES)
    sheet.fill(_SQUARES.x, _SQUARES.y, squares)


def _draw_block(sheet: Sheet, block: Block) -> bool:
    """Draw as large as there is room, and tell whether it could be drawn in full."""
    _say(sheet, block.box, block.caption)
    written = _fitted(sheet, block)
    if written is None:
        sheet.write_lines(block.room, _beginning(sheet, block, words.CONTINUED))
        return False
    sheet.write_lines(block.room, written)
    return True


def _draw_contents(sheet: Sheet, block: Block, parcel: Sequence[ParcelLine]) -> None:
    """Lines that find no room are counted."""
    _say(sheet, block.box, block.caption)
    written = _fitted(sheet, block)
    if written is None:
        written = _as_many_as_fit(sheet, block, parcel)
    sheet.write_lines(block.room, written)


def _as_many_as_fit(sheet: Sheet, block: Block, parcel: Sequence[ParcelLine]) -> list[Written]:
    written: list[Written] = []
    left = block.room.height - _height(sheet, _note(sheet, words.more(parcel), block.room))
    for shown, text in enumerate(block.text):
        line = [Written(each, _NOTE) for each in lines(text, block.room.width / _NOTE, sheet.width)]
        left -= _height(sheet, line)
        if left < 0:
            return written + _note(sheet, words.more(parcel[shown:]), block.room)
        written += line
    return written


def _draw_in_full(sheet: Sheet, blocks: Iterable[Block]) -> None:
    """Go on for as many pages as it takes."""
    left, page = 0.0, list[Written]()
    for written in (written for block in blocks for written in _in_full(sheet, block)):
        height = sheet.height(written)
        if height > left:
            sheet.write_lines(_FURTHER, page)
            sheet.add_page()
            left, page = _FURTHER.height, []
        page.append(written)
        left -= height
    sheet.write_lines(_FURTHER, page)


def _in_full(sheet: Sheet, block: Block) -> Iterator[Written]:
    for size, text in ((_CAPTION, paragraph(block.caption)), *((_FULL, text) for text in block.text)):
        yield from (Written(line, size) for line in lines(text, _FURTHER.width / size, sheet.width))


def _say(sheet: Sheet, box: Box, text: str) -> None:
    sheet.write_lines(box, _note(sheet, text, box, _CAPTION))


# -- fitting


def _fitted(sheet: Sheet, block: Block) -> list[Written] | None:
    """All of it at the largest size for which there is room; None where there is none even for the smallest."""
    size = block.largest
    while size >= block.smallest:
        written, whole = _within(sheet, block, size, block.room.height)
        if whole:
            return written
        size *= _STEP
    return None


def _beginning(sheet: Sheet, block: Block, note: str) -> list[Written]:
    """As much as there is room for in the smallest size, and the note."""
    said = _note(sheet, note, block.room)
    written, _ = _within(sheet, block, block.smallest, block.room.height - _height(sheet, said))
    return [*written, *said]


def _within(sheet: Sheet, block: Block, size: float, height: float) -> tuple[list[Written], bool]:
    """Set the block in this size; give what `height` has room for, and whether that is everything."""
    begun: list[Written] = []
    for written in _set(sheet, block, size):
        height -= sheet.height(written)
        if height < 0:
            return begun, False
        begun.append(written)
    return begun, True


def _set(sheet: Sheet, block: Block, size: float) -> Iterator[Written]:
    for at, text in enumerate(block.text):
        own = size if at else size * block.first
        yield from (Written(line, own) for line in lines(text, block.room.width / own, sheet.width))


def _note(sheet: Sheet, text: str, box: Box, size: float = _NOTE) -> list[Written]:
    return [Written(line, size) for line in lines(paragraph(text), box.width / size, sheet.width)]


def _height(sheet: Sheet, written: Iterable[Written]) -> float:
    return sum(map(sheet.height, written))
