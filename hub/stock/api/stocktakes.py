"""Routes of stocktakes: begin one, look, hand in what was counted."""

from __future__ import annotations

from typing import Annotated

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from hub.kernel.api.policy import Access, allow
from hub.kernel.api.requests import ApiRequest
from hub.kernel.api.texts import Cursor, Id, Limit
from hub.kernel.api.uploads import takes
from hub.kernel.db import Database
from hub.kernel.paging import Page, after_id, page, position
from hub.kernel.sealing import KeyRing
from hub.kernel.workbooks import MEDIA_TYPE, Limits
from hub.stock.rules.stocktaking import Outcome
from hub.stock.schemas.stocktakes import NewStocktake, StocktakeRow, StocktakeView, row_view, stocktake_view
from hub.stock.service import stocktaking
from hub.stock.store import counts, stocktakes

S = "/merchants/{merchant_id:str}/stocktakes"
ONE = f"{S}/{{stocktake_id:str}}"
LARGEST = Limits().file
OfOutcome = Annotated[Outcome | None, QueryParameter(name="outcome", description="Only rows that ended so.")]


@post(S, opt=allow(Access.WRITE), operation_id="begin_stocktake", status_code=202, sync_to_thread=True)
def begin_stocktake(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, data: JSONBody[NewStocktake]
) -> Response[StocktakeView]:
    """Ask for a workbook of what lies in the merchant's own warehouses; a notice tells when it is there."""
    with database.writing() as db:
        view = stocktake_view(stocktaking.start(db, merchant_id, data.chosen, actor=request.actor))
        return request.answer(db, view, status=202, headers={"Location": f"{request.url.path}/{view.id}"})


@get(S, opt=allow(Access.READ), operation_id="list_stocktakes", sync_to_thread=True)
def list_stocktakes(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, limit: Limit = 50, cursor: Cursor = None
) -> Page[StocktakeView]:
    """List a merchant's stocktakes, the newest first."""
    before = after_id(cursor)
    with database.reading() as db:
        found = stocktakes.page(db, merchant_id, limit=limit, before=before)
    return page(request.url, found, limit=limit, key=lambda one: (one.id,), view=stocktake_view)


@get(ONE, opt=allow(Access.READ), operation_id="get_stocktake", sync_to_thread=True)
def get_stocktake(database: NamedDependency[Database], merchant_id: Id, stocktake_id: Id) -> StocktakeView:
    """Show a stocktake and how its rows ended."""
    with database.reading() as db:
        return stocktake_view(stocktaking.expect(db, merchant_id, stocktake_id))


@get(f"{ONE}/rows", opt=allow(Access.READ), operation_id="list_stocktake_rows", sync_to_thread=True)
def list_stocktake_rows(
    request: ApiRequest,
    database: NamedDependency[Database],
    merchant_id: Id,
    stocktake_id: Id,
    outcome: OfOutcome = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[StocktakeRow]:
    """List the rows of the last upload that somebody counted, and what became of them."""
    found = position(cursor, int)
    after = int(found[0]) if found else 0
    with database.reading() as db:
        stocktake = stocktaking.expect(db, merchant_id, stocktake_id)
        rows = counts.page(db, stocktake.id, limit=limit + 1, after=after, outcome=outcome)
    return page(request.url, rows, limit=limit, key=lambda row: (row.number,), view=row_view)


@post(
    f"{ONE}/workbook",
    opt=allow(Access.WRITE) | takes(MEDIA_TYPE),
    operation_id="upload_stocktake_workbook",
    status_code=202,
    request_max_body_size=LARGEST,
    sync_to_thread=True,
)
def upload_stocktake_workbook(
    request: ApiRequest,
    database: NamedDependency[Database],
    ring: NamedDependency[KeyRing],
    merchant_id: Id,
    stocktake_id: Id,
    body: bytes,
) -> Response[StocktakeView]:
    """Hand in the filled workbook: what was counted is booked, row by row; handed in again, nothing moves again."""
    with database.writing() as db:
        found = stocktaking.hand_in(ring, db, merchant_id, stocktake_id, body, actor=request.actor)
        headers = {"Location": request.url.path.removesuffix("/workbook")}
        return request.answer(db, stocktake_view(found), status=202, headers=headers)


ROUTES = [begin_stocktake, list_stocktakes, get_stocktake, list_stocktake_rows, upload_stocktake_workbook]
