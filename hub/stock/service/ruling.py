"""Rules of accounts as people make them; whatever a rule changes is told."""

from __future__ import annotations

from hub.catalog.service import products
from hub.channels.service import standing
from hub.channels.service.hearing import retell
from hub.kernel.db import Transaction
from hub.kernel.events import Actor, Subject, record
from hub.stock.rules.offered import Rule
from hub.stock.service.touching import touch
from hub.stock.store import rules
from hub.stock.store.rules import ALL


def rule_of(db: Transaction, merchant_id: str, account_id: str, product_id: str) -> Rule:
    """The rule for a product in an account, or with "" for all of it."""
    standing.account(db, merchant_id, account_id)
    if product_id != ALL:
        products.find(db, merchant_id, product_id)
    return rules.of(db, account_id, product_id)


def locked(db: Transaction, merchant_id: str, account_id: str, product_id: str) -> Rule:
    """The same, of an open account that others leave alone until the transaction ends."""
    standing.open_account(db, merchant_id, account_id, for_change=True)
    return rule_of(db, merchant_id, account_id, product_id)


def put(
    db: Transaction, merchant_id: str, account_id: str, product_id: str, old: Rule, new: Rule, *, actor: Actor
) -> None:  # fmt: skip
    """Let this rule stand for the one read by `locked`. That of a product stands alone: the account's adds nothing."""
    if old == new:
        return
    rules.put(db, merchant_id, account_id, product_id, new)
    if product_id == ALL:
        retell(db, merchant_id, account_id)
    else:
        touch(db, [product_id], cause=f"rule:{account_id}")
    record(
        db,
        "stock.rule_changed",
        merchant_id=merchant_id,
        subject=Subject(kind="account", id=account_id) if product_id == ALL else Subject(kind="product", id=product_id),
        actor=actor,
        before={"account_id": account_id, "product_id": product_id or None, **old._asdict()},
        after={"account_id": account_id, "product_id": product_id or None, **new._asdict()},
    )
