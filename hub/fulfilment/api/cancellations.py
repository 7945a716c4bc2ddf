"""Routes of whole orders that are called off: what that would come to, then that, and an answer to who asks for it."""

from __future__ import annotations

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from litestar.params import JSONBody

from hub.channels.service.wiring import Channels
from hub.fulfilment.rules.answering import OPEN
from hub.fulfilment.schemas.answers import CancellationAnswer
from hub.fulfilment.schemas.outbounds import OrderCancellation, WhyStopped, order_cancellation
from hub.fulfilment.service import answering, calling_off
from hub.kernel.api.etags import etag_of, require_match
from hub.kernel.api.policy import Access, allow
from hub.kernel.api.requests import ApiRequest
from hub.kernel.api.texts import Id
from hub.kernel.db import Database
from hub.orders.service import manual

ONE = "/merchants/{merchant_id:str}/orders/{order_id:str}/cancellation"


@get(ONE, opt=allow(Access.READ), operation_id="get_order_cancellation", sync_to_thread=True)
def get_order_cancellation(
    request: ApiRequest,
    database: NamedDependency[Database],
    channels: NamedDependency[Channels],
    merchant_id: Id,
    order_id: Id,
) -> Response[OrderCancellation]:
    """Say what cancelling an order would come to, here and at each 3PL, before anybody agrees; nothing is done.

    Sent back as If-Match its ETag holds whoever agrees to what they have seen.
    """
    with database.reading() as db:
        stored = manual.find(db, merchant_id, order_id)
        found = order_cancellation(calling_off.foresee(db, channels, stored, actor=request.actor))
    return Response(found, headers={"ETag": etag_of(found)})


@post(
    ONE, opt=allow(Access.WRITE, matches=True), operation_id="call_off_order", status_code=200, sync_to_thread=True
)  # fmt: skip
def call_off_order(
    request: ApiRequest,
    database: NamedDependency[Database],
    channels: NamedDependency[Channels],
    merchant_id: Id,
    order_id: Id,
    data: JSONBody[WhyStopped],
) -> Response[OrderCancellation]:
    """Cancel an order that is cancelled here, of any other stop what 3PLs were asked to send; shows what is so then.

    What a 3PL has nothing of is taken back at once, else it is asked by a job. Twice is once.
    """
    with database.writing() as db:
        stored = manual.find(db, merchant_id, order_id, for_change=True)
        seen = calling_off.foresee(db, channels, stored, actor=request.actor)
        require_match(request, order_cancellation(seen))
        now = calling_off.call_off(db, channels, seen, why=data.reason, actor=request.actor)
        found = order_cancellation(now)
        return request.answer(db, found, status=200, headers={"ETag": etag_of(found)})


@post(
    f"{ONE}/answer",
    opt=allow(Access.WRITE, matches=True),
    operation_id="answer_cancellation",
    status_code=202,
    responses={200: ResponseSpec(OrderCancellation, generate_examples=False, description="It was said before.")},
    sync_to_thread=True,
)
def answer_cancellation(
    request: ApiRequest,
    database: NamedDependency[Database],
    channels: NamedDependency[Channels],
    merchant_id: Id,
    order_id: Id,
    data: JSONBody[CancellationAnswer],
) -> Response[OrderCancellation]:
    """Agree to a buyer's wish to cancel, or refuse it; its channel is told by a job, whose outcome `answer` shows.

    Agreeing first stops what 3PLs were asked to send, and is told once all of it is stopped. Where goods have left it
    is refused with whom to call, unless `goods_left` says so. Until its channel is being told one may think again.
    """
    wanted = data.wanted()
    with database.writing() as db:
        stored = manual.find(db, merchant_id, order_id, for_change=True)
        seen = calling_off.foresee(db, channels, stored, actor=request.actor)
        require_match(request, order_cancellation(seen))
        one = answering.answer(db, channels, seen, wanted, actor=request.actor)
        now = manual.find(db, merchant_id, order_id, for_change=True)
        found = order_cancellation(calling_off.foresee(db, channels, now, actor=request.actor))
        status = 202 if one.state in OPEN else 200
        return request.answer(db, found, status=status, headers={"ETag": etag_of(found)})


ROUTES = [get_order_cancellation, call_off_order, answer_cancellation]
