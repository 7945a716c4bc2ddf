"""A parcel as plugins are told of it: out of its order, the account that sold it, and the warehouse that sends it."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from hub_hookspecs import Address, Shipment
from msgspec.structs import replace

from hub.channels.service import standing, warehouses
from hub.channels.store.warehouses import Warehouse
from hub.fulfilment.rules import shipments
from hub.fulfilment.rules.shipments import Line
from hub.fulfilment.store import parcels, travelling
from hub.fulfilment.store.parcels import Parcel
from hub.kernel.db import Transaction
from hub.kernel.sealing import KeyRing
from hub.orders.rules.lines import Standing
from hub.orders.service import buyers
from hub.orders.store.orders import LineRow, Stored


class Part(NamedTuple):
    """What of an order travels in a parcel. `warehouse_id`: the warehouse of others that sends it; "": the own shelf.

    `awb`, `courier`: what its channel says that the order goes by; nothing where it goes in several parcels, since
    nobody knows of which of them that is said.
    """

    lines: frozenset[str]
    warehouse_id: str
    awb: str
    courier: str


def part_of(db: Transaction, stored: Stored, parcel: Parcel | None) -> Part:
    """What travels in a parcel; None: in one that leaves the own shelf."""
    sent = travelling.of_order(db, stored.order.id)
    own = own_lines(stored, sent.values())
    mine = sent.get(parcel.id) if parcel else None
    count = sum(one.current for one in sent.values()) + any(line.quantity for line in stored.lines if line.id in own)
    order = stored.order
    said = ("", "") if count > 1 else (order.awb, order.courier)
    return Part(mine.lines if mine else own, mine.warehouse_id if mine else "", *said)


def own_lines(stored: Stored, sent: Collection[travelling.Sent]) -> frozenset[str]:
    """The lines that no warehouse of others sends."""
    away = {line_id for one in sent if one.current for line_id in one.lines}
    return frozenset(line.id for line in stored.lines) - away


def own_parcel(db: Transaction, stored: Stored) -> Parcel | None:
    """The parcel that leaves the own shelf, as far as there is one; of an order that others send whole, its first."""
    found, sent = parcels.of_order(db, stored.order.id), travelling.of_order(db, stored.order.id)
    mine = [one for one in found if one.id not in sent]
    is_sent = not any(line.quantity for line in stored.lines if line.id in own_lines(stored, sent.values()))
    return next(iter(mine or (found if is_sent else ())), None)


def is_split(db: Transaction, stored: Stored) -> bool:
    """Whether warehouses of others send some of an order, and the own shelf the rest."""
    sent = travelling.of_order(db, stored.order.id).values()
    own = own_lines(stored, sent)
    return any(one.current for one in sent) and any(line.quantity for line in stored.lines if line.id in own)


class Packed(NamedTuple):
    """A parcel and what is in it, by line of the order; `outbound_id` None: it leaves the own shelf."""

    parcel: Parcel
    outbound_id: str | None
    lines: dict[str, Line]


def packed(db: Transaction, stored: Stored) -> list[Packed]:
    """The parcels of an order that have left, or are to: what was to go in another one before is not shown."""
    sent = travelling.of_order(db, stored.order.id)
    found: list[Packed] = []
    for parcel in parcels.of_order(db, stored.order.id):
        mine = sent.get(parcel.id)
        if mine is None or mine.current or parcel.left_at:
            ids = mine.lines if mine else own_lines(stored, sent.values())
            lines = {line_id: line for line_id in sorted(ids) for line in lines_of(stored, [line_id]) if line.units}
            found.append(Packed(parcel, mine.outbound_id if mine else None, lines))
    return found


def add(db: Transaction, stored: Stored) -> Parcel:
    """One more parcel of an order, which is locked."""
    order = stored.order
    number = max((each.number for each in parcels.of_order(db, order.id)), default=0) + 1
    return parcels.add(db, order.merchant_id, order.account_id, order.id, number=number)


def lines_of(stored: Stored, only: Collection[str]) -> list[Line]:
    """What is in a parcel in which `only` these lines travel: what has left of each, whatever was cancelled since, else
    what is wanted of it.
    """
    return [
        Line(
            ref=line.adds_to or line.ref, sku=line.sku, units=_units(line), package_ref=line.package_ref,
            unit_price=line.unit_price, currency=line.currency,
        )
        for line in stored.lines
        if line.id in only
    ]  # fmt: skip


def recipient_of(ring: KeyRing, stored: Stored) -> Address:
    return buyers.opened(ring, stored.order.id, stored.order.buyer).recipient


def warehouse_of(db: Transaction, stored: Stored, part: Part) -> Warehouse:
    """Where it leaves from; where its lines lie in several, or in none that is known: the merchant's default."""
    order = stored.order
    lie = {line.warehouse_id for line in stored.lines if line.id in part.lines and line.warehouse_id}
    where = part.warehouse_id or (lie.pop() if len(lie) == 1 else order.warehouse_id if not lie else None)
    if where is None:
        return warehouses.default_of(db, order.merchant_id)
    return warehouses.warehouse(db, order.merchant_id, where)


def sender_of(db: Transaction, stored: Stored, warehouse: Warehouse) -> Address:
    """Who sends it: the shop by its name, from where the warehouse stands."""
    account = standing.account(db, stored.order.merchant_id, stored.order.account_id)
    return replace(warehouse.address, name=account.name or warehouse.address.name)


def shipment_of(db: Transaction, ring: KeyRing, key: str, stored: Stored, parcel: Parcel) -> Shipment:
    order, part = stored.order, part_of(db, stored, parcel)
    known, said = (parcel.courier, parcel.awb), (part.courier, part.awb)
    (courier, awb), (other, elsewise) = (known, said) if parcel.left_at else (said, known)
    return shipments.shipment(
        key, order_ref=order.ref, order_number=order.number, recipient=recipient_of(ring, stored),
        sender=sender_of(db, stored, warehouse_of(db, stored, part)), lines=lines_of(stored, part.lines),
        courier=courier or other, awb=awb or elsewise,
    )  # fmt: skip


def _units(line: LineRow) -> int:
    return line.units if line.standing is Standing.SHIPPED else line.quantity
