"""Books what was counted, row by row: each level once for a stocktake; what is promised stays."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from hub.catalog.rules import sku_key
from hub.catalog.store import products
from hub.catalog.store.products import Product
from hub.channels.rules.warehouses import name_key
from hub.channels.store.warehouses import Warehouse
from hub.kernel.db import Transaction
from hub.kernel.events import Actor
from hub.kernel.workbooks import CellError, Row
from hub.stock.rules.levels import MovementKind, Place
from hub.stock.rules.stocktaking import Move, No, Now, Outcome, Same, Then, Verdict, outcome_of, verdict
from hub.stock.service import booking
from hub.stock.service.levels import fault_of
from hub.stock.service.sheets import Sheet
from hub.stock.store import counts, levels, movements
from hub.stock.store.counts import Counted
from hub.stock.store.movements import Booking
from hub.stock.store.stocktakes import Stocktake

BUNDLE = "is a bundle, which has no stock of its own: count its components"


class Seen:
    """In which row each level was counted first, of all rows of a workbook so far."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, str], int] = {}

    def before(self, row: Row) -> int | None:
        """The row that has counted the same level before."""
        named = name_key(_said(row, "warehouse")), sku_key(_said(row, "sku"))
        first = self._first.setdefault(named, row.number)
        return None if first == row.number else first


class _Read(NamedTuple):
    """A row that was read: where it counts, and what stands against it."""

    row: Row
    place: Place | None
    faults: list[CellError]


def book(
    db: Transaction, stocktake: Stocktake, sheet: Sheet, lot: Sequence[Row], seen: Seen, *, actor: Actor
) -> list[Counted]:  # fmt: skip
    """Judge and book some rows, and keep what became of them: so many statements, however many rows."""
    read = _read(db, stocktake, sheet, lot, seen)
    verdicts = _verdicts(db, stocktake, [one for one in read if not one.faults])
    moves = {place: found.quantity for place, found in verdicts.items() if isinstance(found, Move)}
    if moves:
        booking.book(db, stocktake.merchant_id, _bookings(stocktake, moves), actor=actor)
    kept = [_counted(sheet, one, verdicts) for one in read]
    counts.keep(db, stocktake.id, kept)
    return kept


def _read(db: Transaction, stocktake: Stocktake, sheet: Sheet, lot: Sequence[Row], seen: Seen) -> list[_Read]:
    merchant_id = stocktake.merchant_id
    here = counts.warehouses_named(db, merchant_id, {_said(row, "warehouse") for row in lot})
    ids = products.by_key(db, merchant_id, {sku_key(_said(row, "sku")) for row in lot})
    known = products.of_ids(db, merchant_id, ids.values())
    return [_one(sheet, row, here, known.get(ids.get(sku_key(_said(row, "sku")), "")), seen) for row in lot]


def _one(sheet: Sheet, row: Row, here: Mapping[str, Warehouse], product: Product | None, seen: Seen) -> _Read:
    faults = sheet.faults(row)
    warehouse = here.get(name_key(_said(row, "warehouse")))
    if "warehouse" in row.values and (fault := fault_of(warehouse)):
        faults.append(sheet.fault(row, "warehouse", fault))
    if "sku" in row.values and (product is None or product.bundle):
        unknown = "is no SKU of your products: leave the column as it was"
        faults.append(sheet.fault(row, "sku", BUNDLE if product else unknown))
    if (first := seen.before(row)) is not None:
        faults.append(sheet.fault(row, "sku", f"is counted in row {first} too, in the same warehouse: keep one"))
    return _Read(row, (warehouse.id, product.id) if warehouse and product else None, faults)


def _verdicts(db: Transaction, stocktake: Stocktake, read: Collection[_Read]) -> dict[Place, Verdict]:
    """What to do about each level; levels are locked before anything is decided."""
    counted = {one.place: int(one.row.values["counted"] or 0) for one in read if one.place is not None}
    shown = {one.place: one.row.values.get("on_hand") for one in read if one.place is not None}
    then = counts.then_of(db, stocktake.id, counted)
    known = counts.moved_before(db, {product_id for _, product_id in counted})
    found: dict[Place, Verdict] = {place: _strange(then.get(place), shown[place]) or Same() for place in counted}
    asked = {
        place: then[place]
        for place, count in counted.items()
        if isinstance(found[place], Same) and (then[place].on_hand is not None or count or place[1] not in known)
    }
    levels.make(db, stocktake.merchant_id, [place for place, one in asked.items() if one.on_hand is None])
    now = levels.lock(db, {one for one, _ in asked}, {one for _, one in asked})
    booked = _booked(db, stocktake, asked)
    for place, before in asked.items():
        standing = Now(now[place].standing, now[place].turn)
        found[place] = verdict(counted[place], before, standing, booked=booked.get(place))
    return found


def _strange(then: Then | None, shown: object) -> No | None:
    if then is None:
        return No("was not in the workbook as it was made: download a new one that has it")
    if shown != then.on_hand:
        was = "empty" if then.on_hand is None else then.on_hand
        return No(f"the column On hand was {was} here: rows were mixed up; download the workbook again")
    return None


def _booked(db: Transaction, stocktake: Stocktake, places: Collection[Place]) -> dict[Place, int]:
    """What this stocktake has booked before; asked for after the lock, so that of two at once the second sees it."""
    made = movements.caused_by(db, [cause(stocktake, place) for place in places])
    return {(one.warehouse_id, one.product_id): one.quantity for one in made}


def _bookings(stocktake: Stocktake, moves: Mapping[Place, int]) -> list[Booking]:
    """A difference is an import; that there is nothing of what nobody knew opens its stock, as a listing would."""
    note = f"stocktake {stocktake.id}"
    return [
        Booking(
            warehouse_id=place[0], product_id=place[1], quantity=quantity, note=note,
            kind=MovementKind.IMPORT if quantity else MovementKind.OPENING,
            cause=cause(stocktake, place) if quantity else f"opening:{place[1]}",
        )
        for place, quantity in sorted(moves.items())
    ]  # fmt: skip


def cause(stocktake: Stocktake, place: Place) -> str:
    return f"stocktake:{stocktake.id}:{place[0]}:{place[1]}"


def _counted(sheet: Sheet, one: _Read, verdicts: Mapping[Place, Verdict]) -> Counted:
    found = Same() if one.faults or one.place is None else verdicts[one.place]
    errors = one.faults + ([sheet.fault(one.row, "counted", found.reason)] if isinstance(found, No) else [])
    count = one.row.values.get("counted")
    return Counted(
        number=one.row.number,
        warehouse_id=one.place[0] if one.place else None,
        product_id=one.place[1] if one.place else None,
        warehouse=_said(one.row, "warehouse"),
        sku=_said(one.row, "sku"),
        counted=None if count is None else int(count),
        moved=found.quantity if isinstance(found, Move) else 0,
        outcome=Outcome.REFUSED if errors else outcome_of(found),
        errors=tuple(errors),
    )


def _said(row: Row, key: str) -> str:
    value = row.values.get(key)
    return "" if value is None else str(value)
