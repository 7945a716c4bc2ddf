"""The workbook of a stocktake: what lies where as it is made, and a column for what people count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import islice
from typing import BinaryIO

from hub.catalog.store.products import Product
from hub.channels.store.warehouses import Warehouse
from hub.kernel import workbooks
from hub.kernel.workbooks import CellError, CellKind, Column, Form, Limits, Row, Rows, Value
from hub.stock.rules.stocktaking import Outcome
from hub.stock.store.counts import Counted
from hub.stock.store.levels import Level

MOST = Decimal(2**31 - 1)
BATCH = 500  # rows of one transaction
HINT = (
    "All that lies there, whatever is promised to orders. What leaves after this workbook was made counts as there: "
    "it is taken off by itself. Empty: not counted."
)
READ = ("warehouse", "sku", "on_hand", "counted")  # the rest of a row is for people
_LONGEST = 10_000  # bytes of what became of a row


def form(stocktake_id: str) -> Form:
    columns = (
        Column(key="warehouse", title="Warehouse", kind=CellKind.TEXT, required=True, locked=True),
        Column(key="sku", title="SKU", kind=CellKind.TEXT, required=True, locked=True),
        Column(key="name", title="Name", kind=CellKind.TEXT, locked=True),
        Column(key="on_hand", title="On hand", kind=CellKind.WHOLE, locked=True),
        Column(key="reserved", title="Reserved", kind=CellKind.WHOLE, locked=True),
        Column(key="available", title="Available", kind=CellKind.WHOLE, locked=True),
        Column(key="counted", title="Counted", kind=CellKind.WHOLE, least=Decimal(0), most=MOST, hint=HINT),
    )
    return Form(sheet="Stock", columns=columns, stamp=f"stocktake:{stocktake_id}:1")


def line(product: Product, here: Warehouse, level: Level | None) -> Mapping[str, Value]:
    """A row as it is filled in; of what nobody knows no figure is said, which is not zero."""
    said: dict[str, Value] = {"warehouse": here.name, "sku": product.sku, "name": product.name}
    if level is not None:
        said |= {"on_hand": level.on_hand, "reserved": level.reserved, "available": level.standing.free}
    return said


class Sheet:
    """An uploaded workbook: the rows that somebody counted, some at a time, and where their cells are."""

    def __init__(self, source: BinaryIO, stocktake_id: str) -> None:
        wanted = form(stocktake_id)
        self.rows: Rows = workbooks.opened(source, wanted)
        titles = {column.key: column.title for column in wanted.columns}
        self._read = {titles[key] for key in READ}
        self._counted = titles["counted"]

    def lots(self) -> Iterator[list[Row]]:
        counted = (row for row in self.rows if self._is_counted(row))
        while lot := list(islice(counted, BATCH)):
            yield lot

    def _is_counted(self, row: Row) -> bool:
        return row.values.get("counted") is not None or any(each.column == self._counted for each in row.errors)

    def faults(self, row: Row) -> list[CellError]:
        """What is wrong with the cells that are read."""
        return [each for each in row.errors if each.column in self._read]

    def fault(self, row: Row, key: str, message: str) -> CellError:
        return self.rows.fault(row.number, key, message)


def result_form(stocktake_id: str) -> Form:
    columns = (
        Column(key="row", title="Row", kind=CellKind.WHOLE),
        Column(key="warehouse", title="Warehouse", kind=CellKind.TEXT),
        Column(key="sku", title="SKU", kind=CellKind.TEXT),
        Column(key="counted", title="Counted", kind=CellKind.WHOLE),
        Column(key="moved", title="Moved by", kind=CellKind.WHOLE),
        Column(key="outcome", title="Outcome", kind=CellKind.TEXT),
        Column(key="told", title="What became of it", kind=CellKind.TEXT),
    )
    return Form(sheet="Result", columns=columns, stamp=f"stocktake-result:{stocktake_id}:1")


def result_line(one: Counted, room: int) -> Mapping[str, Value]:
    """A row of the result, of about `room` bytes of text at most."""
    return {
        "row": one.number,
        "warehouse": workbooks.cut(one.warehouse, room // 4),
        "sku": workbooks.cut(one.sku, room // 4),
        "counted": one.counted,
        "moved": one.moved,
        "outcome": one.outcome.value,
        "told": what_became(one, min(room // 2, _LONGEST)),
    }


def room(rows: int) -> int:
    """The bytes of text that each of so many rows may have in a workbook."""
    return Limits().text // 2 // max(rows, 1)


def what_became(one: Counted, longest: int) -> str:
    """The outcome of a row, in words that name what to do; at most so many bytes."""
    match one.outcome:
        case Outcome.BOOKED:
            return workbooks.cut(f"{one.moved:+} booked", longest)
        case Outcome.SAME:
            return workbooks.cut("as many as there were", longest)
        case Outcome.REFUSED:
            return workbooks.of_cells(one.errors, longest)
