"""Adds products to warehouses of 3PLs: each warehouse is told of them by a job that the slice of fulfilment handles."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from hub.catalog.store import products
from hub.channels import store as channels
from hub.channels.rules.warehouses import WarehouseKind
from hub.channels.store.warehouses import Warehouse
from hub.kernel import events, jobs
from hub.kernel.db import Transaction
from hub.kernel.errors import FieldError, Invalid, NotFound, Refused
from hub.kernel.events import Actor, Subject
from hub.kernel.jobs import JobKind, Ticket
from hub.merchants import service as merchants
from hub.stock.rules.offered import exploded
from hub.stock.rules.placing import plan_gap
from hub.stock.store import offers, placements
from hub.stock.store import placed as people
from hub.stock.store.placements import Pair, Placement

# Its key is the warehouse: one call after the other. What the warehouse cannot take now it takes later.
PUSH_PRODUCT = JobKind("fulfilment.push_product", lane="default", can_be_unknown=True, max_attempts=1_000_000)
TOLD = 20  # products that a warning names, and an event


class Placing(NamedTuple):
    """What was asked for: the products, those of bundles in their place, the job, and what to mind."""

    product_ids: list[str]
    ticket: Ticket
    notes: list[str]


def place(db: Transaction, merchant_id: str, warehouse_id: str, product_ids: Sequence[str], *, actor: Actor) -> Placing:
    """Have a warehouse told of these products, all or none; of those that it was told of it is told again."""
    require_plan(db, merchant_id)
    house = open_house(db, merchant_id, warehouse_id)
    wanted = sorted(_leaves(db, merchant_id, product_ids))
    placements.place(db, merchant_id, house.id, wanted)
    ticket = ask(db, house)
    after = {"products": len(wanted), "product_ids": wanted[:TOLD]}
    subject = Subject(kind="warehouse", id=house.id)
    events.record(
        db, "warehouse.products_placed", merchant_id=merchant_id, subject=subject, actor=actor, before=None, after=after
    )
    return Placing(wanted, ticket, _notes(db, house, wanted))


def ask(db: Transaction, house: Warehouse) -> Ticket:
    """Have the warehouse told of whatever waits."""
    return jobs.enqueue(db, PUSH_PRODUCT, key=house.id, merchant_id=house.merchant_id, account_id=house.account_id)


def placed(db: Transaction, pairs: Collection[Pair]) -> Mapping[Pair, Placement]:
    """How these products stand in these warehouses; a pair that is left out was never placed."""
    return placements.placed(db, pairs)


def require_plan(db: Transaction, merchant_id: str) -> None:
    """Refuse what uses a warehouse of a 3PL where the merchant's plan does not contain it."""
    if gap := plan_gap(merchants.merchant(db, merchant_id).features):
        raise Refused(gap, code="plan_lacks_fulfilment")


def open_house(db: Transaction, merchant_id: str, warehouse_id: str) -> Warehouse:
    """The warehouse of a 3PL, kept from being archived until the transaction ends."""
    found = channels.warehouses.warehouse_of(db, merchant_id, warehouse_id, keeps_open=True)
    if found is None:
        raise NotFound("warehouse")
    if found.kind is not WarehouseKind.THIRD_PARTY:
        message = f"{found.name} is the merchant's own: only warehouses of 3PLs are told of products"
        raise Refused(message, code="own_warehouse")
    if found.archived_at is not None:
        raise Refused(f"{found.name} is archived; choose another one", code="warehouse_archived")
    return found


def _leaves(db: Transaction, merchant_id: str, product_ids: Sequence[str]) -> set[str]:
    """The products that these are, or consist of."""
    known = products.of_ids(db, merchant_id, set(product_ids))
    errors = tuple(
        FieldError(field=f"product_ids[{n}]", message="is no product of this merchant; list the products to find it")
        for n, one in enumerate(product_ids)
        if one not in known
    )
    if errors:
        raise Invalid(f"{len(errors)} product(s) cannot be placed", errors=errors)
    parts = offers.parts(db, [one.id for one in known.values() if one.bundle])
    return {leaf for one in known for leaf in exploded(one, parts)}


def _notes(db: Transaction, house: Warehouse, product_ids: Sequence[str]) -> list[str]:
    """What to mind, and none of it a block: a 3PL's goods are best kept apart."""
    mixed = people.elsewhere(db, house.id, product_ids, limit=TOLD)
    return [
        f"{sku} is in {name} too: keep what lies in {house.name} apart from other warehouses, as only one of them is "
        "told what the other has"
        for sku, name in mixed
    ]  # fmt: skip
