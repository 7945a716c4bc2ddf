"""Plans of what is due, and their approval, as the API shows and takes them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

from hub.kernel.errors import FieldError, Invalid
from hub.stock.rules.planning import PlanState, Standing, Verdict
from hub.stock.schemas.levels import Identifier
from hub.stock.service.approving import Approved
from hub.stock.service.planning import Compared
from hub.stock.store.due import Outlet
from hub.stock.store.plans import Plan
from hub.stock.store.pushes import PushStatus

MOST = 200
PlaceRef = Annotated[str, msgspec.Meta(max_length=200, description="of the place; empty: an account without places")]


class Mode(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How an account is told: by itself, or only the figures of a plan that a person has approved."""

    approved_only: bool


class PlanView(msgspec.Struct, frozen=True, kw_only=True):
    """A plan of what was due when it was made: so many figures. `no_reading`: why the channel was not asked."""

    id: str
    account_id: str
    state: PlanState
    rows: int
    no_reading: str
    job_id: str | None
    created_at: datetime
    made_at: datetime | None


class PlanRow(msgspec.Struct, frozen=True, kw_only=True):
    """A figure of a plan, in the listing's own packs.

    `offered`: what the plan would tell, `offered_now`: what is offered by now. `shown` was confirmed last, `expected`
    is what we believe the channel shows, `live` what it was last seen to show, at `live_at`. `difference` is what is
    offered less what it shows, as far as either is known. `cause`: what made it due. `told` is how telling it ended.
    """

    listing_id: str
    place_ref: str
    standing: Standing
    offered: int
    offered_now: int | None
    shown: int | None
    expected: int | None
    live: int | None
    live_at: datetime | None
    difference: int | None
    cause: str
    since: datetime
    approved_at: datetime | None
    told: PushStatus | None
    reason: str


class ChosenRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A row of a plan."""

    listing_id: Identifier
    place_ref: PlaceRef = ""


class Approval(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which rows of which plan: up to 200 by name, or all of it."""

    plan_id: Identifier
    rows: Annotated[tuple[ChosenRow, ...], msgspec.Meta(min_length=1, max_length=MOST)] | None = None
    all: bool = False

    @property
    def outlets(self) -> list[Outlet] | None:
        """The rows that are named, each once; None: all."""
        if (self.rows is None) != self.all:
            one = FieldError(field="rows", message="give either `rows`, or `all` as true")
            raise Invalid("name the rows to approve, or say that all are", errors=(one,))
        return None if self.rows is None else list(dict.fromkeys((one.listing_id, one.place_ref) for one in self.rows))


class ApprovedRow(msgspec.Struct, frozen=True, kw_only=True):
    """What came of approving a row; `figure` is what was planned."""

    listing_id: str
    place_ref: str
    outcome: Verdict
    figure: int | None
    reason: str


class ApprovalView(msgspec.Struct, frozen=True, kw_only=True):
    """What came of each row; where all were approved, the job that does it."""

    items: list[ApprovedRow]
    job_id: str | None


def plan_view(plan: Plan) -> PlanView:
    return PlanView(**{name: getattr(plan, name) for name in PlanView.__struct_fields__})


def row_view(one: Compared) -> PlanRow:
    planned, push = one.planned, one.push
    known = one.told.expected if one.told.expected is not None else one.live.figure
    return PlanRow(
        listing_id=planned.listing_id, place_ref=planned.place_ref, standing=one.standing, offered=planned.offered,
        offered_now=one.offered, shown=one.told.shown, expected=one.told.expected, live=one.live.figure,
        live_at=one.live.at, difference=None if known is None else planned.offered - known, cause=planned.cause,
        since=planned.since, approved_at=planned.approved_at, told=push.status if push else None,
        reason=push.reason if push else "",
    )  # fmt: skip


def approved_view(found: list[Approved], job_id: str | None = None) -> ApprovalView:
    items = [
        ApprovedRow(
            listing_id=one.outlet[0], place_ref=one.outlet[1], outcome=one.verdict, figure=one.figure, reason=one.reason
        )
        for one in found
    ]
    return ApprovalView(items=items, job_id=job_id)
