"""A parcel as plugins are told of it: out of its order, the account that sold it, and the warehouse that sends it."""

from __future__ import annotations

from hub_hookspecs import Address, Shipment
from msgspec.structs import replace

from hub.channels.service import standing, warehouses
from hub.channels.store.warehouses import Warehouse
from hub.fulfilment.rules import shipments
from hub.fulfilment.rules.shipments import Line
from hub.fulfilment.store.parcels import Parcel
from hub.kernel.db import Transaction
from hub.kernel.sealing import KeyRing
from hub.orders.rules.lines import Standing
from hub.orders.service import buyers
from hub.orders.store.orders import LineRow, Stored


def lines_of(stored: Stored) -> list[Line]:
    """What is in the parcel: what has left of each line, whatever was cancelled since, else what is wanted of it."""
    return [
        Line(
            ref=line.ref, sku=line.sku, units=_units(line), package_ref=line.package_ref, unit_price=line.unit_price,
            currency=line.currency,
        )
        for line in stored.lines
    ]  # fmt: skip


def recipient_of(ring: KeyRing, stored: Stored) -> Address:
    return buyers.opened(ring, stored.order.id, stored.order.buyer).recipient


def warehouse_of(db: Transaction, stored: Stored) -> Warehouse:
    """Where it leaves from; where its lines lie in several, or in none that is known: the merchant's default."""
    order = stored.order
    if order.warehouse_id is None:
        return warehouses.default_of(db, order.merchant_id)
    return warehouses.warehouse(db, order.merchant_id, order.warehouse_id)


def sender_of(db: Transaction, stored: Stored, warehouse: Warehouse) -> Address:
    """Who sends it: the shop by its name, from where the warehouse stands."""
    account = standing.account(db, stored.order.merchant_id, stored.order.account_id)
    return replace(warehouse.address, name=account.name or warehouse.address.name)


def shipment_of(db: Transaction, ring: KeyRing, key: str, stored: Stored, parcel: Parcel) -> Shipment:
    order = stored.order
    return shipments.shipment(
        key, order_ref=order.ref, order_number=order.number, recipient=recipient_of(ring, stored),
        sender=sender_of(db, stored, warehouse_of(db, stored)), lines=lines_of(stored),
        courier=parcel.courier or order.courier, awb=parcel.awb or order.awb,
    )  # fmt: skip


def _units(line: LineRow) -> int:
    return line.units if line.standing is Standing.SHIPPED else line.quantity
