"""What a Qimen warehouse says, out of its elements: what is unknown is passed over, what is missing is named."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import partial

from hub_fastock_my.port import Document, Heap, Moved, Progress, Report, StockPage, Unreadable
from hub_fastock_my.wire import moments
from hub_fastock_my.wire.heaps import readable
from hub_fastock_my.wire.paging import is_last, require_whole
from hub_fastock_my.wire.qimen import words
from hub_fastock_my.wire.xml import Node

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
ROOTS = {Document.INBOUND: "entryOrder", Document.OUTBOUND: "deliveryOrder"}


def progress(answer: Node) -> Progress:
    """The latest of the processes, by their times; of two in one second the later one in the list.

    One without a time that can be read happened when the one before it in the list did, or later.
    """
    found = [_process(node) for node in answer.children("orderProcess/processes/process")]
    if not found:
        return Progress(status=words.status("NEW"), word="NEW")
    return max(enumerate(_dated(found)), key=lambda each: (each[1][0], each[0]))[1][1]


def _dated(found: Iterable[Progress]) -> Iterator[tuple[datetime, Progress]]:
    at = _LONG_AGO
    for each in found:
        at = each.at or at
        yield at, each


def _process(node: Node) -> Progress:
    word = node.word("processStatus")
    return Progress(
        status=words.status(word),
        word=word,
        at=moments.read(node.text("operateTime", "")),
        note=node.word("operateInfo", ""),
    )


def report(answer: Node, kind: Document, moved: Iterable[Moved]) -> Report:
    root = ROOTS[kind]
    if answer.child(root) is None:
        raise Unreadable(f"{answer.path}/{root} is missing")
    word = answer.word(f"{root}/status")
    at = answer.text(f"{root}/operateTime", "") or answer.text(f"{root}/orderConfirmTime", "")
    packages = [*answer.children("packages/package")]
    awbs = {package.word("expressCode", "") for package in packages} or {answer.word(f"{root}/expressCode", "")}
    couriers = {package.word("logisticsCode", "") for package in packages} or {answer.word(f"{root}/logisticsCode", "")}
    return Report(
        ref=answer.word(f"{root}/{root}Id", ""),
        progress=Progress(
            status=words.status(word), word=word, at=moments.read(at), note=answer.word(f"{root}/remark", "")
        ),
        moved=tuple(moved),
        courier=couriers.pop() if len(couriers) == 1 else "",
        awb=awbs.pop() if len(awbs) == 1 else "",
    )


def moved(line: Node) -> Moved:
    return Moved(
        number=line.word("orderLineNo", ""),
        code=line.text("itemCode"),
        planned=line.whole("planQty", 0),
        actual=line.whole("actualQty", 0),
        is_told=bool(line.text("actualQty", "")),
        quality=words.quality(line.word("inventoryType", words.GOOD)),
        note=line.word("remark", ""),
    )


def total_of(answer: Node) -> int:
    """How many rows there are on all pages, under either of its names; 0 where the warehouse does not say."""
    return answer.whole("totalLines", answer.whole("totalCount", 0))


def stock_page(answer: Node, page: int, size: int) -> StockPage:
    rows = [*answer.children("items/item")]
    total = total_of(answer)
    require_whole(page, size, len(rows), total)
    return StockPage(
        codes=tuple(row.text("itemCode") for row in rows), total=total, is_last=is_last(page, size, len(rows), total)
    )


def heaps(answer: Node, warehouse: str) -> tuple[Heap, ...]:
    rows = (row for row in answer.children("items/item") if row.word("warehouseCode", warehouse) == warehouse)
    return readable((row.text("itemCode"), partial(_heap, row)) for row in rows)


def _heap(row: Node) -> tuple[Heap, ...]:
    quality = words.quality(row.word("inventoryType", words.GOOD))
    free, locked = row.whole("quantity"), row.whole("lockQuantity", 0)
    return (Heap(code=row.text("itemCode"), quality=quality, free=free, locked=locked),)
