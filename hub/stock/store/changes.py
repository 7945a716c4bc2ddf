"""Which listings ever showed a product, and what people changed about them: read from the audit trail."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from hub.catalog.tables import listing, product_link
from hub.channels.tables import account
from hub.kernel import events
from hub.kernel.bulk import among
from hub.kernel.db import Transaction
from hub.kernel.events import Event, event
from hub.kernel.types import Instant, Key
from hub.stock.rules.timeline import Kind, bound_of
from hub.stock.store.timeline import Entry, Span

OF_LISTINGS = (  # what puts a listing on a product, or takes it off
    "listing.confirmed", "listing.linked", "listing.moved", "listing.unlinked", "listing.undone", "listing.redone",
)  # fmt: skip
_PACK = "listing.pack_changed"
_RULE = "stock.rule_changed"
OF_PRODUCTS = ("product.merged", "product.unmerged", "product.archived", "product.restored", _RULE)
OF_ACCOUNTS = (
    _RULE, "stock.mode_changed", "account.places_mapped", "account.paused", "account.resumed", "account.needs_action",
)  # fmt: skip


class Outpost(NamedTuple):
    """A listing that shows the product, or did, and the account that it is of."""

    listing_id: str
    ref: str
    account_id: str
    account: str
    plugin: str


_ever = (
    sa.select(event.c.subject_id.label("id"))
    .join_from(product_link, event, event.c.id == product_link.c.step)
    .where(product_link.c.product_id == sa.bindparam("product"), event.c.subject_kind == "listing")
    .union(sa.select(listing.c.id).where(listing.c.product_id == sa.bindparam("product")))
    .subquery("ever")
)
_outposts = (
    sa.select(listing.c.id, listing.c.ref, account.c.id, account.c.name, account.c.plugin)
    .join_from(_ever, listing, listing.c.id == _ever.c.id)
    .join(account, account.c.id == listing.c.account_id)
    .order_by(listing.c.id)
)


def outposts(db: Transaction, product_id: str) -> list[Outpost]:
    """Every listing that people ever put on this product, the oldest first."""
    return [Outpost._make(row) for row in db.execute(_outposts, {"product": product_id})]


def _about(kind: str, ids: str, kinds: Collection[str], *more: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Events about some things, the newest first."""  # Any: the columns of an event
    upper = sa.tuple_(sa.bindparam("at", type_=Instant()), sa.bindparam("id", type_=Key))
    found = (
        sa.select(event)
        .where(
            event.c.subject_kind == kind,
            among(event.c.subject_id, ids),
            event.c.kind.in_(sorted(kinds)),
            sa.tuple_(event.c.occurred_at, event.c.id) < upper,
            event.c.occurred_at >= sa.bindparam("since", type_=Instant()),
            *more,
        )
        .order_by(event.c.occurred_at.desc(), event.c.id.desc())
        .limit(sa.bindparam("limit"))
    )
    return sa.select(found.subquery())


# Of what a product is, only what it contains changes what is shown.
_contains = sa.type_coerce(event.c.after, sa.Text).like('%"components"%')
_everything = sa.union_all(
    _about("listing", "listings", (*OF_LISTINGS, _PACK)),
    _about("account", "accounts", OF_ACCOUNTS),
    _about("product", "products", OF_PRODUCTS),
    _about("product", "products", ("product.changed",), _contains),
).subquery("everything")
_changes = (
    sa.select(_everything)
    .order_by(_everything.c.occurred_at.desc(), _everything.c.id.desc())
    .limit(sa.bindparam("limit"))
)


def changes(
    db: Transaction, product_id: str, span: Span, *, listings: Collection[str], accounts: Collection[str], limit: int
) -> list[Entry]:
    """What was changed of the product, and of these listings and accounts; at most `limit`."""
    at, id_ = bound_of(span.before, Kind.CHANGE, span.until)
    given = {"at": at, "id": id_, "since": span.since, "limit": limit}
    given |= {"listings": listings, "accounts": accounts, "products": [product_id]}
    found = [events.read(row) for row in db.execute(_changes, given)]
    return [Entry(one.occurred_at, Kind.CHANGE, one.id, one) for one in found]


_last_step = (
    sa.select(event.c.id)
    .where(
        event.c.subject_kind == "listing",
        event.c.subject_id == listing.c.id,
        event.c.kind.in_(OF_LISTINGS),
        event.c.occurred_at <= sa.bindparam("at", type_=Instant()),
    )
    .order_by(event.c.id.desc())
    .limit(1)
    .correlate(listing)
    .scalar_subquery()
)
_standing = (
    sa.select(event)
    .join_from(listing, event, event.c.id == _last_step)
    .where(among(listing.c.id, "listings"))
)  # fmt: skip


def standing(db: Transaction, listing_ids: Collection[str], *, at: datetime) -> Mapping[str, Event]:
    """By listing, the step that put it where it stood then; a listing that nobody had touched is left out."""
    found = (events.read(row) for row in db.execute(_standing, {"listings": listing_ids, "at": at}))
    return {one.subject.id: one for one in found}
