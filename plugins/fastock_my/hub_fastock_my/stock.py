"""Reads the stock of all warehouses. The list of SKUs is walked by pages; what lies of each is asked for at once.

So a SKU that stands on two pages, or moves between them, is never counted in part: it is only read twice.
"""

from collections.abc import Iterator

import msgspec
from hub_hookspecs import Page, Rejected, StockReading

from hub_fastock_my import translate
from hub_fastock_my.port import Heap, WarehousePort, in_lots
from hub_fastock_my.settings import FastockSettings

_MOST_WALKS = 3  # through one warehouse that changes all the time


class Cursor(msgspec.Struct, frozen=True, array_like=True):
    """The next page: of which warehouse, on which walk through it, and how many rows the walk began with."""

    warehouse: str = ""
    page: int = 1
    walk: int = 1
    total: int = -1  # not known yet
    is_over: bool = False

    @classmethod
    def read(cls, text: str, settings: FastockSettings) -> "Cursor":
        """A warehouse that is none of the account's any more begins the sync anew: to read twice does no harm."""
        try:
            found = msgspec.json.decode(text, type=cls) if text else cls()
        except msgspec.DecodeError as error:
            raise Rejected(f"this sync cannot go on from {text[:100]!r}: {error}") from error
        return found if found.warehouse in settings.warehouses else cls(warehouse=settings.warehouses[0])

    def write(self) -> str:
        return msgspec.json.encode(self).decode()

    def after(self, *, total: int, is_last: bool, settings: FastockSettings) -> "Cursor":
        """Where to go on. Rows that came or went meanwhile moved the others between pages: then walk once more."""
        began = total if self.total < 0 else self.total
        if not is_last:
            return msgspec.structs.replace(self, page=self.page + 1, total=began)
        if total != began and self.walk < _MOST_WALKS:
            return Cursor(warehouse=self.warehouse, walk=self.walk + 1)
        following = settings.warehouses.index(self.warehouse) + 1
        if following < len(settings.warehouses):
            return Cursor(warehouse=settings.warehouses[following])
        return Cursor(warehouse=self.warehouse, is_over=True)


def walk(port: WarehousePort, settings: FastockSettings, text: str) -> Iterator[Page[StockReading]]:
    cursor = Cursor.read(text, settings)
    while not cursor.is_over:
        found = port.stock_page(cursor.warehouse, cursor.page)
        heaps: list[Heap] = []
        for codes in in_lots(tuple(dict.fromkeys(found.codes))):
            heaps += port.stock_of(cursor.warehouse, codes)
        records = translate.readings(cursor.warehouse, heaps)
        cursor = cursor.after(total=found.total, is_last=found.is_last, settings=settings)
        yield Page(records=records, cursor=cursor.write())
