"""Routes of the past: what happened to a product, by id or by SKU, and how it stood at an instant."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from hub.kernel.api.policy import Access, allow
from hub.kernel.api.requests import ApiRequest
from hub.kernel.api.texts import Cursor, Id, Limit
from hub.kernel.db import Database
from hub.kernel.paging import page_of
from hub.stock.rules.timeline import Kind
from hub.stock.schemas.instants import EXAMPLE, instant, span
from hub.stock.schemas.looking_back import ProductThen, past_view
from hub.stock.schemas.timeline import Timeline, key_of, position_of, timeline_view
from hub.stock.service import looking_back
from hub.stock.service import timeline as service
from hub.stock.service.timeline import Wanted

M = "/merchants/{merchant_id:str}"
P = f"{M}/products/{{product_id:str}}/timeline"
OfKind = Annotated[Kind | None, QueryParameter(name="kind", description="Only entries of this kind.")]
OfListing = Annotated[
    str | None, QueryParameter(name="listing_id", max_length=36, description="Only what concerns this listing.")
]
OfAccount = Annotated[
    str | None,
    QueryParameter(name="account_id", max_length=36, description="Only what concerns listings of this account."),
]
Since = Annotated[
    str | None, QueryParameter(name="from", max_length=40, description=f"From this instant on, such as {EXAMPLE}.")
]
Until = Annotated[
    str | None,
    QueryParameter(name="until", max_length=40, description=f"Before this instant, such as {EXAMPLE}."),
]
Sku = Annotated[str, QueryParameter(max_length=200, pattern=r"^[^\x00]*$", description="The product's SKU.")]
At = Annotated[str, QueryParameter(max_length=40, description=f"The instant, such as {EXAMPLE}.")]


@get(P, opt=allow(Access.READ), operation_id="get_product_timeline", sync_to_thread=True)
def get_product_timeline(
    request: ApiRequest,
    database: NamedDependency[Database],
    merchant_id: Id,
    product_id: Id,
    kind: OfKind = None,
    listing_id: OfListing = None,
    account_id: OfAccount = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Timeline:
    """Tell what happened to a product, the newest first: goods, promises, what channels were told, changes."""
    wanted = Wanted(kind, listing_id, account_id, *span(since, until))
    return _told(request, database, merchant_id, wanted, limit, cursor, product_id=product_id)


@get(f"{M}/timeline", opt=allow(Access.READ), operation_id="get_timeline_of_sku", sync_to_thread=True)
def get_timeline_of_sku(
    request: ApiRequest,
    database: NamedDependency[Database],
    merchant_id: Id,
    sku: Sku,
    kind: OfKind = None,
    listing_id: OfListing = None,
    account_id: OfAccount = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Timeline:
    """Tell the same of the product that has this SKU."""
    wanted = Wanted(kind, listing_id, account_id, *span(since, until))
    return _told(request, database, merchant_id, wanted, limit, cursor, sku=sku)


@get(f"{P}/at", opt=allow(Access.READ), operation_id="get_product_then", sync_to_thread=True)
def get_product_then(database: NamedDependency[Database], merchant_id: Id, product_id: Id, at: At) -> ProductThen:
    """Tell how a product stood at an instant: what lay where, what each channel was told and believed to show, why."""
    return _then(database, merchant_id, at, product_id=product_id)


@get(f"{M}/timeline/at", opt=allow(Access.READ), operation_id="get_sku_then", sync_to_thread=True)
def get_sku_then(database: NamedDependency[Database], merchant_id: Id, sku: Sku, at: At) -> ProductThen:
    """Tell the same of the product that has this SKU."""
    return _then(database, merchant_id, at, sku=sku)


def _told(
    request: ApiRequest, database: Database, merchant_id: str, wanted: Wanted, limit: int, cursor: str | None, *,
    product_id: str | None = None, sku: str | None = None,
) -> Timeline:  # fmt: skip
    before = position_of(cursor)
    with database.reading() as db:
        one = service.product(db, merchant_id, product_id=product_id, sku=sku)
        found = service.story(db, one, wanted, limit=limit, before=before)
    shown = found.entries[:limit]
    following = key_of(shown[-1].position) if len(found.entries) > limit else None
    link = page_of(request.url, shown, following=following, view=lambda entry: entry).next
    return timeline_view(found, shown, link)


def _then(
    database: Database, merchant_id: str, at: str, *, product_id: str | None = None, sku: str | None = None
) -> ProductThen:  # fmt: skip
    moment = instant(at, field="at")
    with database.reading() as db:
        one = service.product(db, merchant_id, product_id=product_id, sku=sku)
        return past_view(looking_back.look_back(db, one, moment))


ROUTES = [get_product_timeline, get_timeline_of_sku, get_product_then, get_sku_then]
