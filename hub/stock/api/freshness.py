"""Routes of freshness: which channels may be showing other figures than are offered, and since when."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from hub.kernel.api.policy import Access, allow
from hub.kernel.api.requests import ApiRequest
from hub.kernel.api.texts import Cursor, Id, Limit
from hub.kernel.db import Database
from hub.kernel.paging import Page, page
from hub.kernel.types import microseconds
from hub.stock.schemas.freshness import StaleFigure, stale_view
from hub.stock.schemas.timeline import instant_of
from hub.stock.service import freshness
from hub.stock.store.stale import START

OlderThan = Annotated[
    int, QueryParameter(name="older_than", ge=0, le=31_536_000, description="Only those behind for so many seconds.")
]
OfAccount = Annotated[str | None, QueryParameter(name="account_id", max_length=36, description="Only this account's.")]


@get("/merchants/{merchant_id:str}/stock/stale", opt=allow(Access.READ), operation_id="list_stale_stock",
     sync_to_thread=True)  # fmt: skip
def list_stale_stock(
    request: ApiRequest,
    database: NamedDependency[Database],
    merchant_id: Id,
    older_than: OlderThan = 0,
    account_id: OfAccount = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[StaleFigure]:
    """List the figures that channels may be showing otherwise than they are offered, those behind longest first."""
    after = instant_of(cursor) or START
    with database.reading() as db:
        rows = freshness.listed(
            db, merchant_id, older_than=timedelta(seconds=older_than), account_id=account_id, after=after, limit=limit
        )  # fmt: skip
    return page(
        request.url, rows, limit=limit, key=lambda row: (microseconds(row.key[0]), *row.key[1:]), view=stale_view
    )  # fmt: skip


ROUTES = [list_stale_stock]
