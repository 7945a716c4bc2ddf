"""Outbounds as the API shows them, and what stopping one would come to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from hub_hookspecs import OrderState

from hub.channels.schemas.warehouses import Line
from hub.fulfilment.rules.cancelling import Cancel, Cause, OrderVerdict, Verdict
from hub.fulfilment.rules.documents import PushStatus, State
from hub.fulfilment.schemas.answers import AnswerView, WishView, answer_view, wish_view
from hub.fulfilment.service.calling_off import Foreseen
from hub.fulfilment.service.cancelling import Stoppable
from hub.fulfilment.store.outbounds import OutboundLine, OutboundRow


class Waits(msgspec.Struct, frozen=True, kw_only=True):
    """What an outbound waits for before it is pushed."""

    code: str
    reason: str


class OutboundLineView(msgspec.Struct, frozen=True, kw_only=True):
    """So many base units of a product that a line of the order wants, and how many have left; bundles are exploded."""

    line_id: str
    product_id: str
    sku: str
    quantity: int
    shipped: int


class OutboundSummary(msgspec.Struct, frozen=True, kw_only=True):
    """An outbound. `push_status` says whether the warehouse has it, `state` how far it is, `word` how that says it.

    `code` is what the warehouse knows it by. `current`: it is for what its order holds there now; else it was taken
    back or replaced. `waits`: what it waits for before it is pushed; nothing: it is pushed by itself.
    """

    id: str
    order_id: str
    parcel_id: str
    warehouse_id: str
    account_id: str
    number: int
    code: str
    current: bool
    push_status: PushStatus
    state: State
    word: str
    ref: str
    reason: str
    waits: list[Waits]
    cancel: Cancel
    cancel_cause: Cause
    cancel_reason: str
    courier: str
    awb: str
    ship_by: datetime | None
    pushed_at: datetime | None
    left_at: datetime | None
    next_look_at: datetime | None
    created_at: datetime
    changed_at: datetime


class OutboundView(OutboundSummary, frozen=True, kw_only=True):
    """The same with its lines."""

    lines: list[OutboundLineView]


class Stopping(msgspec.Struct, frozen=True, kw_only=True):
    """What stopping an outbound would come to now: nothing is done by asking.

    `cancel` and `cancel_reason` are what came of an earlier wish; `remedy` says whom to call where it does not stop.
    """

    outbound_id: str
    code: str
    push_status: PushStatus
    state: State
    word: str
    cancel: Cancel
    cancel_reason: str
    verdict: Verdict
    words: str
    remedy: str


class OrderCancellation(msgspec.Struct, frozen=True, kw_only=True):
    """What cancelling an order would come to now: `verdict` and `words` of the order itself, `items` of each outbound.

    No items: nothing was given to a 3PL. `wish`: its buyer asks for it; null: nobody does. `answer`: what a person
    said to that last. `next` is always null.
    """

    order_id: str
    order_state: OrderState
    verdict: OrderVerdict
    words: str
    items: list[Stopping]
    wish: WishView | None
    answer: AnswerView | None
    next: str | None = None


class WhyStopped(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why, in words that the warehouse is told."""

    reason: Line = ""


def summary(row: OutboundRow) -> OutboundSummary:
    return OutboundSummary(**_fields(row, OutboundSummary))


def shown(row: OutboundRow, lines: Sequence[OutboundLine]) -> OutboundView:
    names = OutboundLineView.__struct_fields__
    views = [OutboundLineView(**{name: getattr(one, name) for name in names}) for one in lines]
    return OutboundView(**_fields(row, OutboundSummary), lines=views)


def stopping(one: Stoppable) -> Stopping:
    row = one.outbound
    return Stopping(
        outbound_id=row.id, code=row.code, push_status=row.push_status, state=row.state, word=row.word,
        cancel=row.cancel, cancel_reason=row.cancel_reason, verdict=one.verdict, words=one.words, remedy=one.remedy,
    )  # fmt: skip


def order_cancellation(found: Foreseen) -> OrderCancellation:
    order = found.stored.order
    return OrderCancellation(
        order_id=order.id, order_state=order.state, verdict=found.verdict, words=found.words,
        items=[stopping(each) for each in found.outbounds], wish=wish_view(found.wish),
        answer=answer_view(found.answer),
    )  # fmt: skip


def _fields(row: OutboundRow, view: type[OutboundSummary]) -> dict[str, Any]:  # Any: columns of an outbound
    found = {name: getattr(row, name) for name in view.__struct_fields__ if name != "waits"}
    return found | {"waits": [Waits(code=each.code, reason=each.reason) for each in row.waits_for]}
