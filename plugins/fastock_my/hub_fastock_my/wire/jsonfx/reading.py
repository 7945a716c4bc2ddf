"""What is heard in the JSON dialect."""

from collections.abc import Iterator

import msgspec

from hub_fastock_my.port import Document, Heap, Moved, Progress, Quality, Report, Unreadable
from hub_fastock_my.wire import moments
from hub_fastock_my.wire.jsonfx import shapes, words


def progress(detail: shapes.Detail) -> Progress:
    return Progress(
        status=words.status(detail.status),
        word=detail.status,
        at=moments.read(detail.operate_time or ""),
        note=detail.fail_reason or "",
    )


def report(detail: shapes.Detail, kind: Document) -> Report:
    inbound = kind is Document.INBOUND
    lines = detail.sku_details if inbound else detail.order_details
    return Report(
        ref=(detail.inbound_id if inbound else detail.outbound_id) or "",
        progress=progress(detail),
        moved=tuple(moved for line in lines or () for moved in _moved(line)),
        courier=detail.logistic_name or "",
        awb=detail.tracking_number or "",
    )


def _moved(line: shapes.Line) -> Iterator[Moved]:
    given = line.request_num if line.request_quantity is None else line.request_quantity
    number = "" if line.line_no is None else str(line.line_no)
    planned = shapes.units(given, f"requestQuantity of {line.item_sku}")
    actual = shapes.units(line.actual_quantity, f"actualQuantity of {line.item_sku}")
    damaged = shapes.units(line.defective_quantity, f"defectiveQuantity of {line.item_sku}")
    good = Moved(
        number=number,
        code=line.item_sku,
        planned=planned,
        actual=actual,
        note=line.fail_reason or "",
        is_told=line.actual_quantity is not None or bool(damaged),
    )
    yield good
    if damaged:
        yield msgspec.structs.replace(good, actual=damaged, quality=Quality.DAMAGED)


def heaps(row: shapes.StockRow) -> tuple[Heap, ...]:
    """What is neither free, promised nor damaged is kept back."""
    if row.available_stock is None:
        raise Unreadable(f"availableStock of {row.item_sku} is missing")
    free = shapes.units(row.available_stock, "availableStock")
    locked = shapes.units(row.occupy_stock, "occupyStock")
    damaged = shapes.units(row.defective_stock, "defectiveStock")
    rest = shapes.units(row.total_stock, "totalStock") - free - locked - damaged
    split = ((Quality.GOOD, free, locked), (Quality.DAMAGED, damaged, 0), (Quality.HELD, rest, 0))
    return tuple(
        Heap(code=row.item_sku, quality=quality, free=units, locked=promised)
        for quality, units, promised in split
        if units > 0 or promised > 0 or quality is Quality.GOOD
    )
