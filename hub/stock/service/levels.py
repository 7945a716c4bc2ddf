"""What people do to levels: adjust them by so much, for a reason, and move goods between their own warehouses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from hub.catalog.store import products
from hub.catalog.store.products import Product
from hub.channels import store as channels
from hub.channels.rules.warehouses import WarehouseKind
from hub.channels.store.warehouses import Warehouse
from hub.kernel import events
from hub.kernel.db import Transaction
from hub.kernel.errors import FieldError, Invalid, Refused
from hub.kernel.events import Actor, Subject
from hub.kernel.ids import new_id
from hub.stock.rules.levels import Lack, MovementKind, Place, Reason, Standing
from hub.stock.service import booking
from hub.stock.service.booking import Booked, NotEnough
from hub.stock.store import movements
from hub.stock.store.movements import Booking, Movement


class Line(NamedTuple):
    """So many base units of a product."""

    product_id: str
    quantity: int


class Said(NamedTuple):
    """Why, in a person's words; the same reference moves nothing twice. "": one of its own."""

    reason: Reason
    note: str = ""
    reference: str = ""


class Moved(NamedTuple):
    """The movements of a step, and the levels by it, each as it is now."""

    movements: list[Movement]
    levels: dict[Place, Standing]


def adjust(
    db: Transaction, merchant_id: str, warehouse_id: str, lines: Sequence[Line], said: Said, *, actor: Actor
) -> Moved:
    """Raise or lower levels of a warehouse of the merchant's own, all lines or none."""
    here = _own(db, merchant_id, {"warehouse_id": warehouse_id})[warehouse_id]
    _check(db, merchant_id, lines)
    step = _step("adjustment", merchant_id, said)
    bookings = [
        Booking(
            warehouse_id=here.id, product_id=product_id, kind=MovementKind.ADJUSTMENT, quantity=quantity,
            cause=f"{step}:{product_id}", reason=said.reason.value, note=said.note,
        )
        for product_id, quantity in lines
    ]  # fmt: skip
    booked = _book(db, merchant_id, bookings, lines, actor)
    if booked.movements:
        _tell(db, "stock.adjusted", merchant_id, here.id, booked, said, actor)
    return Moved(_all(db, booked, bookings), booked.after)


def transfer(
    db: Transaction, merchant_id: str, source_id: str, target_id: str, lines: Sequence[Line], said: Said, *,
    actor: Actor,
) -> Moved:  # fmt: skip
    """Move goods from one warehouse of the merchant's own to another; they are never in both, nor in none."""
    if source_id == target_id:
        same = FieldError(field="to_warehouse_id", message="name another warehouse than the one they come from")
        raise Invalid("goods cannot be moved to where they are", errors=(same,))
    _own(db, merchant_id, {"from_warehouse_id": source_id, "to_warehouse_id": target_id})
    _check(db, merchant_id, lines)
    step = _step("transfer", merchant_id, said)
    ways = ((source_id, MovementKind.TRANSFER_OUT, -1), (target_id, MovementKind.TRANSFER_IN, 1))
    bookings = [
        Booking(
            warehouse_id=warehouse_id, product_id=product_id, kind=kind, quantity=sign * quantity,
            cause=f"{step}:{product_id}:{kind}", reason=said.reason.value, note=said.note,
        )
        for product_id, quantity in lines
        for warehouse_id, kind, sign in ways
    ]  # fmt: skip
    booked = _book(db, merchant_id, bookings, lines, actor)
    if booked.movements:
        _tell(db, "stock.transferred", merchant_id, source_id, booked, said, actor)
    return Moved(_all(db, booked, bookings), booked.after)


def _own(db: Transaction, merchant_id: str, named: dict[str, str]) -> dict[str, Warehouse]:
    """The warehouses by id; refuse what is not the merchant's own and open."""
    found = channels.warehouses.named(db, merchant_id, named.values())
    errors = tuple(
        FieldError(field=field, message=fault) for field, id_ in named.items() if (fault := fault_of(found.get(id_)))
    )
    if errors:
        raise Invalid("stock is moved by hand only in the merchant's own warehouses", errors=errors)
    return found


def fault_of(found: Warehouse | None) -> str:
    """Why nobody moves stock there by hand; "" where people may."""
    if found is None:
        return "is no warehouse of this merchant; list the warehouses to find it"
    if found.archived_at is not None:
        return f"{found.name} is archived; choose another one"
    if found.kind is not WarehouseKind.OWN:
        return f"{found.name} tells its own stock: it changes by inbounds and syncs"
    return ""


def _check(db: Transaction, merchant_id: str, lines: Sequence[Line]) -> None:
    known = products.of_ids(db, merchant_id, {one.product_id for one in lines})
    seen: set[str] = set()
    errors = []
    for n, (product_id, _) in enumerate(lines):
        if fault := _product_fault(known.get(product_id), again=product_id in seen):
            errors.append(FieldError(field=f"lines[{n}].product_id", message=fault))
        seen.add(product_id)
    if errors:
        raise Invalid(f"{len(errors)} line(s) need to change", errors=tuple(errors))


def _product_fault(found: Product | None, *, again: bool) -> str:
    if found is None:
        return "is no product of this merchant; list the products to find it"
    if found.bundle:
        return "is a bundle, which has no stock of its own: name its components"
    return "stands here more than once; add the quantities up" if again else ""


def _step(word: str, merchant_id: str, said: Said) -> str:
    return f"{word}:{merchant_id}/{said.reference}" if said.reference else f"{word}:{new_id()}"


def _book(
    db: Transaction, merchant_id: str, bookings: Sequence[Booking], lines: Sequence[Line], actor: Actor
) -> Booked:  # fmt: skip
    try:
        booked = booking.book(db, merchant_id, bookings, actor=actor)
    except NotEnough as error:
        place_of = {one.product_id: n for n, one in enumerate(lines)}
        errors = tuple(_short(place_of[lack.product_id], lack) for lack in error.lacks)
        raise Refused(f"{len(errors)} line(s) would take what is not there or promised", code="not_enough",
                      errors=errors) from error  # fmt: skip
    if len(booked.movements) < len(bookings):
        _require_same(db, booked, bookings)
    return booked


def _all(db: Transaction, booked: Booked, bookings: Sequence[Booking]) -> list[Movement]:
    """The movements of the step, whether this call made them or the one that had its reference first."""
    return booked.movements or movements.caused_by(db, [one.cause for one in bookings])


def _short(n: int, lack: Lack) -> FieldError:
    return FieldError(
        field=f"lines[{n}].quantity", message=f"takes {lack.wanted}, and {lack.free} are free of orders and holds"
    )


def _require_same(db: Transaction, booked: Booked, bookings: Sequence[Booking]) -> None:
    """A reference that comes again must say the same again."""
    told = {one.cause: one for one in movements.caused_by(db, [one.cause for one in bookings])}
    same = all(
        (told[one.cause].warehouse_id, told[one.cause].quantity) == (one.warehouse_id, one.quantity) for one in bookings
    )
    if booked.movements or not same:
        cure = FieldError(field="reference", message="stands for another step already; give this one another")
        raise Refused("the reference was used for other lines", code="reference_used", errors=(cure,))


def _tell(
    db: Transaction, kind: str, merchant_id: str, warehouse_id: str, booked: Booked, said: Said, actor: Actor
) -> None:  # fmt: skip
    def told(levels: dict[Place, Standing]) -> list[dict[str, object]]:
        return [
            {"warehouse_id": place[0], "product_id": place[1], "on_hand": standing.on_hand}
            for place, standing in sorted(levels.items())
        ]

    events.record(
        db,
        kind,
        merchant_id=merchant_id,
        subject=Subject(kind="warehouse", id=warehouse_id),
        actor=actor,
        before={"levels": told(booked.before)},
        after={"levels": told(booked.after), "reason": said.reason, "note": said.note, "reference": said.reference},
    )
