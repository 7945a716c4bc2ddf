"""Which listings are meant, and how a statement says so."""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa

from hub.catalog.rules import ListingState, SkuClass, name_key, sku_key
from hub.catalog.tables import listing

LAST = "\U0010ffff"  # sorts after every text that begins with what stands before it


class ListingFilter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Which listings are meant; what is left out does not narrow."""

    sku_class: SkuClass | None = None  # of those that wait for a person
    account_id: str | None = None
    state: ListingState | None = None
    product_id: str | None = None
    sku: str | None = None  # exactly
    sku_changed: bool = False  # since a person linked it
    q: str | None = None  # the beginning of the SKU or of the name

    @property
    def standing(self) -> ListingState | None:
        """The state that is meant: only what is pending waits in a class."""
        return self.state or (ListingState.PENDING if self.sku_class else None)


def by_key(wanted: ListingFilter) -> list[sa.ColumnElement[bool]]:
    """What leads to few listings by an index of its own."""
    found: list[sa.ColumnElement[bool]] = []
    if wanted.product_id is not None:
        found.append(listing.c.product_id == wanted.product_id)
    if wanted.sku is not None:
        found.append(listing.c.sku_key == sku_key(wanted.sku))
    if wanted.sku_changed:
        found += [listing.c.linked_sku.is_not(None), listing.c.linked_sku != listing.c.sku_key]
    return found


def by_place(wanted: ListingFilter) -> list[sa.ColumnElement[bool]]:
    """In which account, state and class they stand."""
    given = {
        listing.c.account_id: wanted.account_id,
        listing.c.state: wanted.standing and wanted.standing.value,
        listing.c.sku_class: wanted.sku_class and wanted.sku_class.value,
    }
    return [column == value for column, value in given.items() if value is not None]


def unseen_by_planners(conditions: list[sa.ColumnElement[bool]]) -> sa.ColumnElement[bool]:
    """All of these, in words that let no database choose an index by them."""
    return sa.case((sa.and_(sa.true(), *conditions), 1), else_=0) == 1


def begins(columns: Any) -> sa.ColumnElement[bool]:  # Any: the columns of either table
    """Whether the SKU or the name begins as what `bounds` was given."""
    return sa.or_(within(columns.sku_key, "sku_key"), within(columns.name_key, "name_key"))


def within(column: sa.ColumnElement[str], key: str) -> sa.ColumnElement[bool]:
    # Not BETWEEN: PostgreSQL takes no COLLATE, which `Key` brings, between its bounds.
    return sa.and_(column >= sa.bindparam(f"{key}_from"), column <= sa.bindparam(f"{key}_to"))


def bounds(q: str | None) -> dict[str, str]:
    """Between which texts the keys lie that begin as `q` does."""
    starts = {"sku_key": sku_key(q or ""), "name_key": name_key(q or "")}
    ends = {"from": "", "to": LAST}
    return {f"{key}_{end}": start + more for key, start in starts.items() for end, more in ends.items()}
