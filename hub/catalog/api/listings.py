"""Routes of what channels list."""

from __future__ import annotations

from typing import Annotated, Literal

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from hub.catalog.rules import ListingState, SkuClass
from hub.catalog.schemas import Classes, Listing, listing_view
from hub.catalog.store import pages
from hub.catalog.store.pages import ListingFilter
from hub.kernel.api.policy import Access, allow
from hub.kernel.api.requests import ApiRequest
from hub.kernel.api.texts import Cursor, Id, Limit, Words
from hub.kernel.db import Database
from hub.kernel.errors import NotFound
from hub.kernel.paging import Page, after_id, page

M = "/merchants/{merchant_id:str}"
State = Annotated[ListingState | None, QueryParameter(name="state")]
Class = Annotated[SkuClass | None, QueryParameter(name="class", description="Only those that wait in this class.")]
Changed = Annotated[
    Literal["true"] | None,
    QueryParameter(description="Only linked ones whose SKU changed at the channel since they were linked."),
]


@get(f"{M}/listings", opt=allow(Access.READ), operation_id="list_listings", sync_to_thread=True)
def list_listings(
    request: ApiRequest,
    database: NamedDependency[Database],
    merchant_id: Id,
    sku_class: Class = None,
    account_id: Words = None,
    product_id: Words = None,
    listing_state: State = None,
    sku: Words = None,
    sku_changed: Changed = None,
    q: Words = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Listing]:
    """List what channels list: `class` narrows to what waits for a person, `q` searches the start of SKU or name."""
    wanted = ListingFilter(
        sku_class=sku_class, account_id=account_id, product_id=product_id, state=listing_state, sku=sku,
        sku_changed=sku_changed is not None, q=q,
    )  # fmt: skip
    with database.reading() as db:
        rows = pages.listings(db, merchant_id, wanted, limit=limit + 1, after=after_id(cursor) or "")
    return page(request.url, rows, limit=limit, key=lambda row: (row["id"],), view=listing_view)


@get(f"{M}/listings/classes", opt=allow(Access.READ), operation_id="count_classes", sync_to_thread=True)
def count_classes(database: NamedDependency[Database], merchant_id: Id, account_id: Words = None) -> Classes:
    """Count the listings that wait for a person, by class."""
    with database.reading() as db:
        return Classes(**pages.counts(db, merchant_id, account_id))


@get(f"{M}/listings/{{listing_id:str}}", opt=allow(Access.READ), operation_id="get_listing", sync_to_thread=True)
def get_listing(database: NamedDependency[Database], merchant_id: Id, listing_id: Id) -> Listing:
    """Show a listing; its `sku` finds the others that share the code."""
    with database.reading() as db:
        row = pages.listing_of(db, merchant_id, listing_id)
    if row is None:
        raise NotFound("listing")
    return listing_view(row)


ROUTES = [list_listings, count_classes, get_listing]
