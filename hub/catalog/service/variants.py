"""Variants: products that one parent groups, as channels group their listings or as a person says."""

from __future__ import annotations

from collections.abc import Collection

from hub.catalog import rules
from hub.catalog.store import parents, products
from hub.catalog.store.parents import NewParent, Parent
from hub.kernel import events
from hub.kernel.db import Transaction
from hub.kernel.errors import NotFound
from hub.kernel.events import Actor, Subject
from hub.kernel.ids import new_id


def join_parents(
    db: Transaction, merchant_id: str, listing_ids: Collection[str], *, made: Collection[str], actor: Actor
) -> None:
    """Give the products of newly linked listings a parent where they have none and their channel groups them.

    `made` are the products that these listings made: of the others it is told, since it changes them.
    """
    new: list[NewParent] = []

    def make(name: str) -> str:
        new.append(NewParent(new_id(), name))
        return new[-1].id

    parent_of = rules.families(parents.siblings(db, listing_ids), make)
    if not parent_of:
        return
    parents.insert(db, merchant_id, new)
    products.set_parents(db, parent_of)
    for product_id in parent_of.keys() - set(made):
        subject = Subject(kind="product", id=product_id)
        before, after = {"parent_id": None}, {"parent_id": parent_of[product_id]}
        events.record(
            db, "product.changed", subject=subject, actor=actor, merchant_id=merchant_id, before=before, after=after
        )


def create_parent(db: Transaction, merchant_id: str, name: str, *, actor: Actor) -> Parent:
    """Make a parent by hand; products join it one by one, by their `parent_id`."""
    made = NewParent(new_id(), name)
    parents.insert(db, merchant_id, [made])
    _record(db, "parent.created", merchant_id, made.id, actor, None, name)
    return parent(db, merchant_id, made.id)


def rename_parent(db: Transaction, merchant_id: str, old: Parent, name: str, *, actor: Actor) -> Parent:
    """Give a parent, found for this change, another name."""
    if old.name == name:
        return old
    parents.rename(db, old.id, name)
    _record(db, "parent.renamed", merchant_id, old.id, actor, old.name, name)
    return parent(db, merchant_id, old.id)


def parent(db: Transaction, merchant_id: str, parent_id: str, *, for_change: bool = False) -> Parent:
    """The parent as it stands; `for_change` takes the merchant's turn first."""
    if for_change:
        db.serialise(f"catalog:{merchant_id}")
    found = parents.find(db, merchant_id, parent_id)
    if found is None:
        raise NotFound("parent")
    return found


def _record(
    db: Transaction, kind: str, merchant_id: str, parent_id: str, actor: Actor, old: str | None, new: str
) -> None:  # fmt: skip
    before = None if old is None else {"name": old}
    subject = Subject(kind="parent", id=parent_id)
    events.record(db, kind, subject=subject, actor=actor, merchant_id=merchant_id, before=before, after={"name": new})
