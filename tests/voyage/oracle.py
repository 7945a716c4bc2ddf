"""What must be so once all is calm: either side knows the same of stock and documents, and each is there once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import sqlalchemy as sa

from hub.channels.tables import account
from hub.fulfilment.tables import inbound, outbound
from hub.kernel.jobs.tables import job
from hub.orders.tables import order_flag
from hub.stock.tables import level, movement
from tests.slices.orders.books import faults_of_the_books
from tests.voyage.sea import Sea

ENDED_BADLY = ("failed", "dead", "cancelled")


def violations(sea: Sea) -> list[str]:
    """Everything that is not as it must be."""
    checks = (_books, _stock, _documents, _inbounds, _market, _trouble)
    return [f"{check.__name__.strip('_')}: {fault}" for check in checks for fault in check(sea)]


def _books(sea: Sea) -> Iterator[str]:
    """on_hand is the sum of movements, reserved the sum of what is held."""
    yield from faults_of_the_books(sea.database)


def _stock(sea: Sea) -> Iterator[str]:
    """The hub's figures are those of the warehouse, and what left or came there was booked once."""
    gone, come, frozen = _gone(sea), _come(sea), _wanted(sea)
    with sea.database.reading() as db:
        levels = {row.product_id: row for row in db.execute(sa.select(level))}
        kinds = Counter[tuple[str, str]]()
        for row in db.execute(sa.select(movement)):
            kinds[row.product_id, row.kind] += row.quantity
    for sku, product in sea.products.items():
        shelf, ours = sea.fastock.shelf(sku), levels[product]
        bad = sum(shelf.bad.values())
        stands = {
            "on hand": (ours.on_hand, shelf.good + shelf.frozen + bad),
            "reserved": (ours.reserved, frozen[sku]),
            "held": (ours.held, bad),
            "available": (ours.on_hand - ours.reserved - ours.held, shelf.good - _unaccepted(sea, sku)),
            "shipped": (-kinds[product, "shipment"], gone[sku]),
            "received": (kinds[product, "receipt"], come[sku]),
            "moved by syncs": (kinds[product, "sync"], 0),
        }  # fmt: skip
        for what, (here, there) in stands.items():
            if here != there:
                yield f"{sku} {what}: {here} here, {there} there"


def _documents(sea: Sea) -> Iterator[str]:
    """Of each order there is exactly one outbound there, and it is the hub's; of a cancelled one none is live."""
    with sea.database.reading() as db:
        pushed = set(db.execute(sa.select(outbound.c.code).where(outbound.c.push_status == "pushed")).scalars())
    there = sea.fastock.outbounds()
    if pushed != there.keys():
        yield f"the hub knows {sorted(pushed - there.keys())}, Fastock {sorted(there.keys() - pushed)} besides"
    made = Counter(each.wish.order_number for each in there.values())
    live = Counter(each.wish.order_number for each in there.values() if each.status != "CANCELED")
    for order in sea.pasar.orders():
        wanted = int(order.state != "cancelled")
        if (made[order.number], live[order.number]) != (1, wanted):
            yield f"{order.number} {order.state}: {made[order.number]} outbounds there, {live[order.number]} live"


def _inbounds(sea: Sea) -> Iterator[str]:
    with sea.database.reading() as db:
        ours = sorted(db.execute(sa.select(inbound.c.code).where(inbound.c.push_status == "pushed")).scalars())
    if ours != sorted(sea.fastock.inbounds()):
        yield f"{ours} here, {sorted(sea.fastock.inbounds())} there"


def _market(sea: Sea) -> Iterator[str]:
    """The market shows what is offered, and knows of each parcel, once, what has left."""
    with sea.database.reading() as db:
        levels = {row.product_id: row for row in db.execute(sa.select(level))}
    for sku, ref in sea.listed.items():
        ours = levels[sea.products[sku]]
        free = ours.on_hand - ours.reserved - ours.held
        if sea.pasar.goods(ref).stock != free:
            yield f"{sku}: it shows {sea.pasar.goods(ref).stock}, {free} are offered"
    there = {each.wish.order_number: each for each in sea.fastock.outbounds().values()}
    for order in sea.pasar.orders():
        document = there.get(order.number)
        left = document is not None and document.status == "DELIVERED"
        if left != (order.state == "shipped"):
            yield f"{order.number} is {order.state} there, its outbound {document.status if document else 'nowhere'}"
        if [each.awb for each in order.parcels.values()] != ([document.wish.awb] if document else []):
            yield f"{order.number} has other parcels than its outbound: {order.parcels}"


def _trouble(sea: Sea) -> Iterator[str]:
    """Nothing is left for people to see to."""
    with sea.database.reading() as db:
        for row in db.execute(sa.select(order_flag)):
            yield f"an order waits: {row.code}, {row.reason}"
        for row in db.execute(sa.select(job).where(job.c.state.in_(ENDED_BADLY))):
            yield f"{row.kind} {row.state}: {row.error}"
        for row in db.execute(sa.select(account).where(account.c.state != "active")):
            yield f"{row.name} is {row.state}: {row.reason}"


# -- what is true outside


def _gone(sea: Sea) -> Counter[str]:
    left = Counter[str]()
    for each in sea.fastock.outbounds().values():
        for line in each.wish.lines:
            left[line.code] += each.shipped[line.number]
    return left


def _come(sea: Sea) -> Counter[str]:
    came = Counter[str]()
    for each in sea.fastock.inbounds().values():
        for received, units in each.received.items():
            came[received.code] += units
    return came


def _wanted(sea: Sea) -> Counter[str]:
    """What orders still want of what has not left."""
    wanted = Counter[str]()
    for order in sea.pasar.orders():
        for line in order.lines:
            wanted[line.goods.sku] += line.units if order.state == "paid" else 0
    for each in sea.fastock.outbounds().values():
        if not each.ended:
            for part in each.wish.lines:
                wanted[part.code] -= each.shipped[part.number]
    return wanted


def _unaccepted(sea: Sea, sku: str) -> int:
    """What was taken and not accepted: nothing is frozen for it there yet."""
    waiting = (each for each in sea.fastock.outbounds().values() if each.status == "NEW")
    return sum(line.quantity for each in waiting for line in each.wish.lines if line.code == sku)
