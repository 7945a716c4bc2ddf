"""Variants: products that one parent groups, as channels group their listings or as a person says."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from hub.catalog import rules
from hub.catalog.store import links, parents, products
from hub.catalog.store.parents import NewParent, Parent
from hub.kernel import events
from hub.kernel.db import Transaction
from hub.kernel.errors import NotFound
from hub.kernel.events import Actor, Change, Subject
from hub.kernel.ids import new_id

Group = tuple[str, str]  # account, and the channel's parent there


def join_parents(
    db: Transaction, merchant_id: str, step_of: Mapping[str, str], *, made: Collection[str], actor: Actor
) -> None:
    """Give the products of newly linked listings a parent where they have none and their channel groups them.

    `step_of` has the step that linked each listing: while it stands, the product keeps what it was given. `made` are
    the products that these listings made: of the others it is told, since it changes them.
    """
    linked = parents.siblings(db, step_of)
    if not linked:
        return
    new: list[NewParent] = []

    def make(group: Group, name: str) -> str:
        new.append(NewParent(new_id(), name, group))
        return new[-1].id

    found = rules.families([one.sibling for one in linked], make)
    parents.insert(db, merchant_id, new)
    products.set_parents(db, found)
    said = {one.listing_id: found.get(one.sibling.product_id) or one.said for one in linked}
    links.say_parents(db, {step_of[listing_id]: parent for listing_id, parent in said.items() if parent})
    first = {one.sibling.product_id: step_of[one.listing_id] for one in reversed(linked)}
    step_for = {found[product_id]: step for product_id, step in reversed(first.items()) if product_id in found}
    told = [_told("parent.created", one.id, step_for[one.id], None, one.name) for one in new]
    told += _come_back(db, step_for)
    told += [_moved(each, None, found[each], first[each]) for each in found if each not in made]
    events.record_all(db, merchant_id, told, actor=actor)


def regroup(
    db: Transaction, merchant_id: str, event_of: Mapping[str, str], *, untold: Collection[str], actor: Actor
) -> None:
    """Give each product the parent that the steps say which stand, after events that turned steps of it.

    A parent that was made for a channel group is gone while it is empty, unless a person has used it. Of the products
    in `untold`, which come or go by these events, nothing more is told.
    """
    changed = [one for one in links.groupings(db, event_of) if one.parent_id != one.said] if event_of else []
    if not changed:
        return
    products.set_parents(db, {one.product_id: one.said for one in changed})
    entered = {one.said: event_of[one.product_id] for one in changed if one.said}
    left = {one.parent_id: event_of[one.product_id] for one in changed if one.parent_id}
    told = _come_back(db, entered)
    told += [
        _moved(one.product_id, one.parent_id, one.said, event_of[one.product_id])
        for one in changed
        if one.product_id not in untold
    ]
    told += _leave_empty(db, left)
    events.record_all(db, merchant_id, told, actor=actor)


def went(db: Transaction, merchant_id: str, product_id: str, event_id: str, *, actor: Actor) -> None:
    """Let the parent of a product that an event took out of the catalogue go with it, if it was the last one there."""
    left = parents.of_products(db, [product_id]).values()
    events.record_all(db, merchant_id, _leave_empty(db, dict.fromkeys(left, event_id)), actor=actor)


def came(db: Transaction, merchant_id: str, product_id: str, event_id: str, *, actor: Actor) -> None:
    """Let the parent of a product that an event brought back come with it, if it is gone."""
    entered = parents.of_products(db, [product_id]).values()
    events.record_all(db, merchant_id, _come_back(db, dict.fromkeys(entered, event_id)), actor=actor)


def _come_back(db: Transaction, event_of: Mapping[str, str]) -> list[Change]:
    gone = parents.gone(db, event_of)
    parents.leave(db, dict.fromkeys(gone))
    return [_told("parent.restored", id_, event_of[id_], None, name) for id_, name in gone.items()]


def _leave_empty(db: Transaction, event_of: Mapping[str, str]) -> list[Change]:
    empty = parents.empty(db, event_of)
    parents.leave(db, {id_: event_of[id_] for id_ in empty})
    return [_told("parent.removed", id_, event_of[id_], name, None) for id_, name in empty.items()]


def _told(kind: str, parent_id: str, cause: str, old: str | None, new: str | None) -> Change:
    before, after = ({} if name is None else {"name": name} for name in (old, new))
    return Change(kind=kind, subject=Subject(kind="parent", id=parent_id), cause=cause, before=before, after=after)


def _moved(product_id: str, old: str | None, new: str | None, cause: str) -> Change:
    subject = Subject(kind="product", id=product_id)
    before, after = {"parent_id": old}, {"parent_id": new}
    return Change(kind="product.changed", subject=subject, cause=cause, before=before, after=after)


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
