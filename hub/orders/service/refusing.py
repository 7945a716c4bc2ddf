"""Tells the merchant's people of an order that cannot be kept as its channel tells it: once, as often as it comes."""

from __future__ import annotations

from hub_hookspecs import Order

from hub.kernel import events
from hub.kernel.db import Transaction
from hub.kernel.events import Subject
from hub.orders.service.drafts import Seller

_LONGEST = 100  # characters of a ref or number


def announce(db: Transaction, seller: Seller, order: Order, reason: str, *, digest: int) -> None:
    """`digest`: of what was told; told otherwise it is announced once more."""
    account = seller.account
    cause = f"refused:{account.id}:{digest}"
    if events.caused_by(db, cause, about="account", limit=1):
        return
    facts = {
        "plugin": account.plugin, "name": account.name, "ref": order.ref[:_LONGEST],
        "number": order.number[:_LONGEST], "reason": reason,
    }  # fmt: skip
    events.record(
        db, "order.refused", merchant_id=account.merchant_id, subject=Subject(kind="account", id=account.id),
        actor=seller.actor, after=facts, cause=cause, announce=True,
    )  # fmt: skip
