"""Inbounds as the API takes and shows them: push status and the warehouse's state are two facts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec

from hub.catalog.schemas.products import NewPrice
from hub.channels.schemas.warehouses import Line as OneLine
from hub.fulfilment.rules.cancelling import Cancel
from hub.fulfilment.rules.documents import PushStatus, State
from hub.fulfilment.rules.inbounds import MOST_LINES, Line, received_cost
from hub.fulfilment.service.announcing import Wish
from hub.fulfilment.store.discrepancies import Discrepancy
from hub.fulfilment.store.inbounds import InboundLine, InboundRow
from hub.kernel.api.texts import Int64, Note
from hub.kernel.ids import is_id
from hub.stock.schemas.levels import Identifier, Reference

Sku = Annotated[str, msgspec.Meta(max_length=100, description="the SKU of the product, instead of its id")]


class NewLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many of a product, named by `sku` or `product_id`, are on their way, and what one base unit cost.

    `quantity` is always needed, `unit_cost` where the warehouse wants it; what is missing is told for every line.
    """

    sku: Sku | None = None
    product_id: Identifier | None = None
    quantity: Int64 | None = None
    unit_cost: NewPrice | None = None

    def given(self) -> Line:
        cost = self.unit_cost.money() if self.unit_cost else None
        return Line(self.sku, self.product_id, self.quantity, cost)


class NewInbound(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Goods on their way to a warehouse of a 3PL, all lines or none.

    `source_warehouse_id`: what is received leaves this warehouse of the merchant's own, as far as it lies free there.
    `quantities`: "added" come on top of what lies there; "total" is what is to lie there in all, of which is announced
    what neither lies there nor is on its way.
    """

    warehouse_id: Identifier
    lines: Annotated[tuple[NewLine, ...], msgspec.Meta(min_length=1, max_length=MOST_LINES)]
    source_warehouse_id: Identifier | None = None
    kind: Literal["purchase", "return"] = "purchase"
    reference: Reference = ""
    note: Note = ""
    expected_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    quantities: Literal["added", "total"] = "added"

    def given(self) -> Wish:
        return Wish(
            warehouse_id=self.warehouse_id if is_id(self.warehouse_id) else "",
            lines=[each.given() for each in self.lines], source_id=self.source_warehouse_id, kind=self.kind,
            reference=self.reference, note=self.note, expected_at=self.expected_at, in_all=self.quantities == "total",
        )  # fmt: skip


class WhyTakenBack(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why an inbound is taken back, for whoever reads it later."""

    reason: OneLine = ""


class InboundSummary(msgspec.Struct, frozen=True, kw_only=True):
    """An inbound. `push_status` says whether the warehouse has it, `state` how far it is, `word` how that says it.

    `code` is what the warehouse knows it by, `ref` what that calls it. `reason`: why it was not taken, waits, or what
    is wrong with it there. `closed_at`: when the warehouse said that nothing more will come.
    """

    id: str
    warehouse_id: str
    source_warehouse_id: str | None
    code: str
    kind: str
    reference: str
    push_status: PushStatus
    state: State
    word: str
    ref: str
    reason: str
    cancel: Cancel
    cancel_reason: str
    expected_at: datetime | None
    pushed_at: datetime | None
    closed_at: datetime | None
    next_look_at: datetime | None
    created_at: datetime
    changed_at: datetime


class InboundLineView(msgspec.Struct, frozen=True, kw_only=True):
    """A line in base units: planned, and what came of it and is booked; damaged units are there and held.

    `received_cost` is what the units that came cost, in `currency`; null: nobody said. `from_source`: how many of them
    left the warehouse that they come from.
    """

    number: int
    product_id: str
    sku: str
    quantity: int
    good: int
    damaged: int
    from_source: int
    note: str
    unit_cost: Decimal | None
    currency: str | None
    received_cost: Decimal | None


class InboundView(InboundSummary, frozen=True, kw_only=True):
    """An inbound with its lines, and how what came differs from what was planned, also what is settled by now."""

    note: str
    lines: list[InboundLineView]
    discrepancies: list[Discrepancy]


def summary(row: InboundRow) -> InboundSummary:
    return InboundSummary(**_fields(row))


def shown(row: InboundRow, lines: Sequence[InboundLine], found: Sequence[Discrepancy]) -> InboundView:
    return InboundView(
        **_fields(row), note=row.note, lines=[_line(one) for one in lines], discrepancies=list(found)
    )  # fmt: skip


def _fields(row: InboundRow) -> dict[str, Any]:  # Any: the fields of a summary
    named = {name: getattr(row, name) for name in InboundSummary.__struct_fields__ if name != "source_warehouse_id"}
    return named | {"source_warehouse_id": row.source_id}


def _line(one: InboundLine) -> InboundLineView:
    return InboundLineView(
        number=one.number, product_id=one.product_id, sku=one.sku, quantity=one.quantity, good=one.good,
        damaged=one.damaged, from_source=one.taken, note=one.note, unit_cost=one.cost, currency=one.currency,
        received_cost=received_cost(one.cost, one.part),
    )  # fmt: skip
