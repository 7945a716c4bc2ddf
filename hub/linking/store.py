"""Finds what looks like a listing: by code, barcode or name, each by its own index and no further than it shows."""

from __future__ import annotations

from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSON

from hub.catalog.rules import ListingState, SkuClass
from hub.catalog.store.filters import LAST, unseen_by_planners
from hub.catalog.store.oldest import standing
from hub.catalog.tables import listing, product
from hub.kernel.bulk import among
from hub.kernel.db import Transaction
from hub.kernel.events import Subject, event
from hub.linking.rules import UNDOINGS, Kind

SHOWN = 20  # candidates that one rule may bring
LOOKED_AT = 200  # listings of one code, barcode or name among which they are sought; steps of one thing, or of many
WINDOW = 500  # listings that one page of `suggested` looks through
PROBED = 50  # the same for each of them


class Alike(NamedTuple):
    """A listing or product that may be the same; a listing that is linked stands for its product."""

    listing_id: str | None
    product_id: str | None
    account_id: str | None
    sku: str
    name: str
    barcode_key: str
    name_key: str


_L, _P = listing.c, product.c
_MERCHANT: sa.BindParameter[str] = sa.bindparam("merchant", type_=sa.Text)


def _listings_with(same: sa.ColumnElement[bool]) -> sa.Select[tuple[str, ...]]:
    columns = (_L.id, _L.product_id, _L.account_id, _L.sku, _L.name, _L.barcode_key, _L.name_key, _L.sku_key, _L.state)
    near = sa.select(*columns).where(same, _L.merchant_id == _MERCHANT, _L.current).limit(LOOKED_AT).subquery().c
    return sa.select(
        near.id.label("listing_id"), near.product_id, near.account_id, near.sku, near.name, near.barcode_key,
        near.name_key,
    ).where(
        near.account_id != sa.bindparam("account"),
        near.sku_key != sa.bindparam("key"),
        near.state != "ignored",
    ).limit(SHOWN)  # fmt: skip


def _products_with(same: sa.ColumnElement[bool]) -> sa.Select[tuple[str, ...]]:
    nobody = sa.null().cast(sa.Text)
    return (
        sa.select(
            nobody.label("listing_id"), _P.id.label("product_id"), nobody.label("account_id"), _P.sku, _P.name,
            _P.barcode_key, _P.name_key,
        )
        .where(same, _P.merchant_id == _MERCHANT, _P.gone_by.is_(None), _P.sku_key != sa.bindparam("key"))
        .limit(SHOWN)
    )  # fmt: skip


_FOLD: sa.BindParameter[str] = sa.bindparam("fold", type_=sa.Text)
_BARCODE: sa.BindParameter[str] = sa.bindparam("barcode", type_=sa.Text)
_NAME: sa.BindParameter[str] = sa.bindparam("name", type_=sa.Text)
# The literals say the conditions of partial indexes word for word; elsewhere they are always true.
_BY_FOLD = (_listings_with(_L.sku_fold == _FOLD), _products_with(_P.sku_fold == _FOLD))
_BY_BARCODE = tuple(
    with_(sa.and_(column == _BARCODE, column != sa.literal_column("''")))
    for with_, column in ((_listings_with, _L.barcode_key), (_products_with, _P.barcode_key))
)
_BY_NAME = (_listings_with(_L.name_key == _NAME), _products_with(_P.name_key == _NAME))


def alike(db: Transaction, one: sa.RowMapping) -> list[Alike]:
    """Products and listings of other accounts that share the look of the code, the barcode or the name, but no code."""
    given = {
        "merchant": one["merchant_id"], "account": one["account_id"], "key": one["sku_key"], "fold": one["sku_fold"],
        "barcode": one["barcode_key"], "name": one["name_key"],
    }  # fmt: skip
    asked = ((_BY_FOLD, one["sku_fold"]), (_BY_BARCODE, one["barcode_key"]), (_BY_NAME, one["name_key"]))
    return [
        Alike._make(row) for queries, asks in asked if asks for query in queries for row in db.execute(query, given)
    ]


def window(
    db: Transaction, merchant_id: str, *, sku_class: str, account_id: str | None, after: str
) -> tuple[list[sa.RowMapping], str | None]:
    """Those of the next listings that wait that have a look-alike; and the last id looked at, None at the end."""
    scope = "merchant_id" if account_id is None else "account_id"
    given = {"scope": account_id or merchant_id, "after": after, "until": LAST}
    near = list(db.execute(_next_of(scope, SkuClass(sku_class)), given).scalars())
    rows = db.execute(_suggested, {"merchant": merchant_id, "ids": near}).mappings()
    return list(rows), near[-1] if len(near) == WINDOW else None


def _next_of(scope: str, sku_class: SkuClass) -> sa.Select[str]:
    waiting = standing(scope, ListingState.PENDING, sku_class)
    return sa.select(_L.id).where(*waiting).order_by(_L.sku_class, _L.id).limit(WINDOW)


def _probes() -> list[sa.ColumnElement[bool]]:
    other = listing.alias("other").c
    made = product.alias("made").c
    pairs = (
        (
            sa.and_(other.sku_fold == _L.sku_fold, other.sku_fold != ""),
            sa.and_(made.sku_fold == _L.sku_fold, made.sku_fold != ""),
        ),
        (
            sa.and_(other.barcode_key == _L.barcode_key, other.barcode_key != sa.literal_column("''")),
            sa.and_(made.barcode_key == _L.barcode_key, made.barcode_key != sa.literal_column("''")),
        ),
    )
    return [probe for theirs, ours in pairs for probe in (_listed(other, theirs), _made(made, ours))]


def _listed(other: sa.ColumnCollection[str, sa.Column[str]], same: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    columns = (other.account_id, other.sku_key, other.state)
    near = sa.select(*columns).where(same, other.merchant_id == _L.merchant_id, other.current).limit(PROBED)
    seen = near.correlate(listing).subquery().c
    differs = (seen.account_id != _L.account_id, seen.sku_key != _L.sku_key, seen.state != "ignored")
    return _some(sa.select(sa.literal(1)).where(*differs).correlate(listing))


def _made(made: sa.ColumnCollection[str, sa.Column[str]], same: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    differs = (same, made.merchant_id == _L.merchant_id, made.gone_by.is_(None), made.sku_key != _L.sku_key)
    return _some(sa.select(sa.literal(1)).where(*differs).correlate(listing))


def _some(rows: sa.Select[int]) -> sa.ColumnElement[bool]:
    """EXISTS, said so that PostgreSQL looks one row up instead of hashing all that the merchant has."""
    return rows.limit(1).scalar_subquery().is_not(None)


_suggested = (
    sa.select(listing)
    .where(among(_L.id, "ids"), unseen_by_planners([_L.merchant_id == _MERCHANT]), sa.or_(*_probes()))
    .order_by(_L.id)
)


def _standing(said: sa.ColumnElement[str]) -> sa.Select[int, int | None]:
    # One listing looked up after another, never a join that reads all that the merchant has.
    stands_by = sa.select(_L.decision).where(_L.id == event.c.subject_id).correlate(event).scalar_subquery()
    led_to = sa.case((event.c.kind.in_(sorted(UNDOINGS)), said), else_=event.c.id)
    here = (event.c.cause == sa.bindparam("step"), event.c.subject_kind == "listing")
    stands = sa.case((stands_by.is_not_distinct_from(led_to), 1), else_=0).label("stands")
    first = sa.select(stands).where(*here).order_by(event.c.id).limit(sa.bindparam("limit")).subquery()
    counts = (sa.func.count().label("looked_at"), sa.func.sum(first.c.stands).label("standing"))
    return sa.select(*counts).select_from(first)


_after = sa.type_coerce(event.c.after, sa.Text)
_first_standing = {
    "sqlite": _standing(sa.func.json_extract(_after, "$.decision")),
    "postgresql": _standing(sa.cast(_after, JSON).op("->>")("decision")),
}


def may_stand(db: Transaction, step: str) -> bool:
    """Whether a listing may stand where this step of many put it, so that undoing the step would move it.

    Only the first LOOKED_AT are looked at, which an undoing reaches last: of more than these nobody knows.
    """
    found = db.execute(_first_standing[db.dialect], {"step": step, "limit": LOOKED_AT}).one()
    return bool(found.standing) or found.looked_at == LOOKED_AT


class Told(NamedTuple):
    """What an event says of the thing that it is about."""

    id: str
    kind: str
    before: dict[str, Any] | None  # Any: JSON
    after: dict[str, Any] | None  # Any: JSON


def steps_of(db: Transaction, subject: Subject) -> list[Told]:
    """The last steps of linking that moved a listing or emptied a product, the newest first."""
    return [Told._make(row) for row in db.execute(_steps_of, {"kind": subject.kind, "id": subject.id})]


_steps_of = (
    sa.select(*(event.c[name] for name in Told._fields))
    .where(
        event.c.subject_kind == sa.bindparam("kind"),
        event.c.subject_id == sa.bindparam("id"),
        event.c.kind.in_(sorted(Kind)),
    )
    .order_by(event.c.id.desc())
    .limit(LOOKED_AT)
)


def newest(db: Transaction, merchant_id: str) -> str:
    """The last of the merchant's listings in the order of their ids, "" where there are none."""
    last: str | None = db.execute(_newest, {"merchant": merchant_id}).scalar_one_or_none()
    return last or ""


_newest = sa.select(_L.id).where(_L.merchant_id == _MERCHANT).order_by(_L.id.desc()).limit(1)
