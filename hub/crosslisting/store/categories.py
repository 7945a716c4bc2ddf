"""Category trees: written as a new edition, then shown all at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from hub.crosslisting.rules import Placed, folded
from hub.crosslisting.tables import category, category_mapping, category_tree
from hub.kernel import bulk
from hub.kernel.bulk import among
from hub.kernel.db import Transaction, now

COLUMNS = tuple(column.name for column in category.c)


class Tree(msgspec.Struct, frozen=True, kw_only=True):
    """The tree of an account that is shown now."""

    edition: str
    categories: int
    fetched_at: datetime


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A category of a channel; `path` has the names from the root down, and only a leaf takes listings."""

    ref: str
    name: str
    path: str
    parent_ref: str
    leaf: bool
    position: int


_FOUND = [category.c[name] for name in Found.__struct_fields__]
_current = sa.and_(
    category.c.account_id == category_tree.c.account_id, category.c.edition == category_tree.c.edition
)  # fmt: skip
_shown = sa.select(*_FOUND).select_from(category_tree.join(category, _current))


def tree_of(db: Transaction, account_id: str) -> Tree | None:
    wanted = sa.select(category_tree.c.edition, category_tree.c.categories, category_tree.c.fetched_at)
    row = db.execute(wanted.where(category_tree.c.account_id == account_id)).mappings().one_or_none()
    return None if row is None else Tree(**row)


def add(db: Transaction, account_id: str, edition: str, batch: Sequence[Placed]) -> None:
    """Write a part of a new edition; the same part again changes nothing."""
    rows = [
        (account_id, edition, one.position, one.category.ref, one.category.parent_ref, one.category.name, one.path,
         folded(one.path), one.category.leaf)
        for one in batch
    ]  # fmt: skip
    bulk.upsert(db, category, COLUMNS, rows, conflict=("account_id", "edition", "position"))


def publish(db: Transaction, account_id: str, edition: str, categories: int) -> bool:
    """Show this edition from now on and drop all others; False where another has dropped part of it."""
    db.serialise(f"categories:{account_id}")
    mine = sa.and_(category.c.account_id == account_id, category.c.edition == edition)
    if db.execute(sa.select(sa.func.count()).where(mine)).scalar_one() != categories:
        return False
    insert = (postgresql.insert if db.dialect == "postgresql" else sqlite.insert)(category_tree)
    values = {"edition": edition, "categories": categories, "fetched_at": now()}
    db.execute(
        insert.values(account_id=account_id, **values).on_conflict_do_update(index_elements=["account_id"], set_=values)
    )
    db.execute(sa.delete(category).where(category.c.account_id == account_id, category.c.edition != edition))
    return True


def drop_unshown(db: Transaction, account_id: str) -> None:
    """Drop what was written of editions that are not shown."""
    db.serialise(f"categories:{account_id}")
    shown = sa.select(category_tree.c.edition).where(category_tree.c.account_id == account_id).scalar_subquery()
    others = category.c.edition != sa.func.coalesce(shown, "")
    db.execute(sa.delete(category).where(category.c.account_id == account_id, others))


def forget(db: Transaction, account_id: str) -> None:
    """Drop the tree of an account that is closed, and what was mapped to it."""
    for table in (category, category_tree, category_mapping):
        db.execute(sa.delete(table).where(table.c.account_id == account_id))


def search(
    db: Transaction, account_id: str, *, q: str | None, parent: str | None, leaf: bool | None, limit: int, after: int
) -> list[Found]:
    """Categories in the channel's order, whose path has every word of `q`; from behind position `after` on."""
    wanted = _shown.where(category_tree.c.account_id == account_id, category.c.position > after)
    for word in folded(q or "").split():
        wanted = wanted.where(category.c.folded.contains(word, autoescape=True))
    if parent is not None:
        wanted = wanted.where(category.c.parent_ref == parent)
    if leaf is not None:
        wanted = wanted.where(category.c.leaf == leaf)
    return [Found(**row) for row in db.execute(wanted.order_by(category.c.position).limit(limit)).mappings()]


_of_refs = _shown.where(category_tree.c.account_id == sa.bindparam("account"), among(category.c.ref, "refs"))


def of_refs(db: Transaction, account_id: str, refs: Collection[str]) -> dict[str, Found]:
    """Those of these that the account's tree has, by ref."""
    rows = db.execute(_of_refs, {"account": account_id, "refs": refs}).mappings()
    return {row["ref"]: Found(**row) for row in rows}


def leaves(db: Transaction, account_id: str) -> list[tuple[str, str]]:
    """Path and ref of every category that takes listings, in the channel's order."""
    wanted = sa.select(category.c.path, category.c.ref).select_from(category_tree.join(category, _current))
    mine = wanted.where(category_tree.c.account_id == account_id, category.c.leaf).order_by(category.c.position)
    return [(row.path, row.ref) for row in db.execute(mine)]
