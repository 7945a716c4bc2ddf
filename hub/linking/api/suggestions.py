"""Routes that show which codes may be mistyped."""

from __future__ import annotations

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from hub.catalog.rules import SkuClass
from hub.catalog.schemas import Listing, listing_view
from hub.kernel.api.policy import Access, allow
from hub.kernel.api.requests import ApiRequest
from hub.kernel.api.texts import Cursor, Id, Limit, Words
from hub.kernel.db import Database
from hub.kernel.paging import Page, after_id, page_of
from hub.linking.schemas import Suggestions
from hub.linking.service import suggesting

M = "/merchants/{merchant_id:str}"
Class = Annotated[SkuClass, QueryParameter(name="class", description="The class in which they wait.")]


@get(f"{M}/listings/{{listing_id:str}}/suggestions", opt=allow(Access.READ), operation_id="suggest_links",
     sync_to_thread=True)  # fmt: skip
def suggest_links(database: NamedDependency[Database], merchant_id: Id, listing_id: Id) -> Suggestions:
    """Show what may be the same under another code, the strongest first, with the evidence; nothing is linked by it."""
    with database.reading() as db:
        return Suggestions(items=suggesting.suggestions(db, merchant_id, listing_id))


@get(f"{M}/listings/suggested", opt=allow(Access.READ), operation_id="list_suggested", sync_to_thread=True)
def list_suggested(
    request: ApiRequest,
    database: NamedDependency[Database],
    merchant_id: Id,
    sku_class: Class = SkuClass.UNMATCHED,
    account_id: Words = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[Listing]:
    """List those that wait and have suggestions by code or barcode.

    Each answer looks through a bounded number of listings: a page may be short, even empty, while `next` leads on.
    """
    with database.reading() as db:
        found = suggesting.suggested(
            db, merchant_id, sku_class=sku_class, account_id=account_id, limit=limit, after=after_id(cursor) or ""
        )
    following = None if found.following is None else (found.following,)
    return page_of(request.url, found.rows, following=following, view=listing_view)


ROUTES = [suggest_links, list_suggested]
