"""Routes by which a person has figures told again."""

from __future__ import annotations

from litestar import Response, post
from litestar.di import NamedDependency

from hub.kernel.api.policy import Access, allow
from hub.kernel.api.requests import ApiRequest
from hub.kernel.api.texts import Id
from hub.kernel.db import Database
from hub.stock.api.telling import A, L
from hub.stock.schemas.retelling import Retelling
from hub.stock.schemas.telling import ListingStock, listing_view
from hub.stock.service import explaining, retrying


@post(f"{A}/stock/retell", opt=allow(Access.WRITE), operation_id="retell_account_stock", status_code=202,
      sync_to_thread=True)  # fmt: skip
def retell_account_stock(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, account_id: Id
) -> Response[Retelling]:
    """Have every figure of an account looked at again, what was refused too; what it shows already is not sent."""
    with database.writing() as db:
        ticket = retrying.by_hand(db, merchant_id, account_id, actor=request.actor)
        db.flush()
        return request.answer(db, Retelling(job_id=ticket.job_id), status=202)


@post(f"{L}/stock/retell", opt=allow(Access.WRITE), operation_id="retell_listing_stock", status_code=202,
      sync_to_thread=True)  # fmt: skip
def retell_listing_stock(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, listing_id: Id
) -> Response[ListingStock]:
    """Have the figures of a listing told again, once what was refused is put right; answers how they stand."""
    with database.writing() as db:
        retrying.one_by_hand(db, merchant_id, listing_id, actor=request.actor)
        view = listing_view(listing_id, explaining.explain(db, merchant_id, listing_id))
        return request.answer(db, view, status=202)


ROUTES = [retell_account_stock, retell_listing_stock]
