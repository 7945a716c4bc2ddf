"""Routes of what channels list."""

from __future__ import annotations

from typing import Annotated, Literal

import sqlalchemy as sa
from litestar import Response, get, patch
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from hub.catalog.rules import ListingState, SkuClass
from hub.catalog.schemas import Classes, Listing, listing_view
from hub.catalog.schemas.products import ListingChange
from hub.catalog.service.packs import set_pack
from hub.catalog.store import pages
from hub.catalog.store.pages import ListingFilter
from hub.kernel.api.etags import etag_of, require_match
from hub.kernel.api.policy import Access, allow
from hub.kernel.api.requests import ApiRequest
from hub.kernel.api.texts import Cursor, Id, Limit, Words
from hub.kernel.db import Database, Transaction
from hub.kernel.errors import NotFound
from hub.kernel.paging import Page, page_of, position

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
    """List what channels list, the oldest first; `class` narrows to what waits for a person.

    `q` searches how SKU or name begin, and answers in the order of the SKUs, then of the names. Each answer looks at a
    bounded number of listings: together with other filters a page may be short, even empty, while `next` leads on.
    """
    wanted = ListingFilter(
        sku_class=sku_class, account_id=account_id, product_id=product_id, state=listing_state, sku=sku,
        sku_changed=sku_changed is not None, q=q,
    )  # fmt: skip
    with database.reading() as db:
        found = pages.page(db, merchant_id, wanted, limit=limit, after=position(cursor, *pages.keyed_by(wanted)))
    return page_of(request.url, found.rows, following=found.following, view=listing_view)


@get(f"{M}/listings/classes", opt=allow(Access.READ), operation_id="count_classes", sync_to_thread=True)
def count_classes(database: NamedDependency[Database], merchant_id: Id, account_id: Words = None) -> Classes:
    """Count the listings that wait for a person, by class."""
    with database.reading() as db:
        return Classes(**pages.counts(db, merchant_id, account_id))


@get(f"{M}/listings/{{listing_id:str}}", opt=allow(Access.READ), operation_id="get_listing", sync_to_thread=True)
def get_listing(database: NamedDependency[Database], merchant_id: Id, listing_id: Id) -> Response[Listing]:
    """Show a listing; its `sku` finds the others that share the code."""
    with database.reading() as db:
        row = _found(db, merchant_id, listing_id)
    return Response(listing_view(row), headers={"ETag": etag_of(_tag(row))})


@patch(
    f"{M}/listings/{{listing_id:str}}",
    opt=allow(Access.WRITE, matches=True),
    operation_id="change_listing",
    sync_to_thread=True,
)
def change_listing(
    request: ApiRequest,
    database: NamedDependency[Database],
    merchant_id: Id,
    listing_id: Id,
    data: JSONBody[ListingChange],
) -> Response[Listing]:
    """Say how many units of its product one unit of a listing is; an import never changes it."""
    with database.writing() as db:
        db.serialise(f"catalog:{merchant_id}")
        require_match(request, _tag(_found(db, merchant_id, listing_id)))
        set_pack(db, merchant_id, listing_id, data.pack, actor=request.actor)
        row = _found(db, merchant_id, listing_id)
    return Response(listing_view(row), headers={"ETag": etag_of(_tag(row))})


def _found(db: Transaction, merchant_id: str, listing_id: str) -> sa.RowMapping:
    row = pages.listing_of(db, merchant_id, listing_id)
    if row is None:
        raise NotFound("listing")
    return row


def _tag(row: sa.RowMapping) -> object:
    """What a person may change; what a channel says changes by the hour."""
    return row["id"], row["pack"]


ROUTES = [list_listings, count_classes, get_listing, change_listing]
