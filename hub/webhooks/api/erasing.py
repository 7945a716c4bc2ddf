"""The route by which a person has a buyer erased."""

from __future__ import annotations

from litestar import Response, post
from litestar.di import NamedDependency

from hub.kernel.api.policy import Access, allow
from hub.kernel.api.requests import ApiRequest
from hub.kernel.api.texts import Id
from hub.kernel.db import Database
from hub.webhooks.service import erasing
from hub.webhooks.service.erasing import Erasure


@post(
    "/orders/{order_id:str}/erase",
    opt=allow(Access.ADMIN),
    operation_id="erase_buyer",
    status_code=200,
    sync_to_thread=True,
    tags=["orders"],
)
def erase_buyer(
    request: ApiRequest, database: NamedDependency[Database], merchant_id: Id, order_id: Id
) -> Response[Erasure]:
    """Erase who made an order, its labels and the messages about it, for good; what was sold, and for how much, stays.

    An open order is sent or cancelled first: the answer says that it waits, and its buyer goes within a day of that.
    """
    with database.writing() as db:
        done = erasing.by_hand(db, merchant_id, order_id, actor=request.actor)
        return request.answer(db, done, status=200)


ROUTES = [erase_buyer]
