"""Stock syncs as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

from hub.fulfilment.rules.syncs import Outcome, SyncPhase, SyncState
from hub.fulfilment.store.syncs import SyncLine, SyncRow


class SyncView(msgspec.Struct, frozen=True, kw_only=True):
    """A sync. `counts`: SKUs that were read so far, and by outcome what became of them; units are base units."""

    id: str
    warehouse_id: str
    account_id: str
    cause: str
    state: SyncState
    phase: SyncPhase
    counts: dict[str, int]
    reason: str
    job_id: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class SyncLineView(msgspec.Struct, frozen=True, kw_only=True):
    """A SKU of a sync: what the warehouse said (null: nothing), and the level before and after, on hand and held."""

    sku: str
    product_id: str | None
    good: int | None
    frozen: int | None
    damaged: int | None
    before: int
    held_before: int
    after: int | None
    held: int | None
    outcome: Outcome
    adopted: bool
    reason: str


class DeclineSync(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why nothing more of it is to be adopted, for whoever looks next."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class SwitchDaily(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether the warehouse is synchronised every day at 02:00 by its own clocks."""

    enabled: bool


def sync_view(row: SyncRow, *, job_id: str | None = None) -> SyncView:
    """`job_id`: the one that will do it, as long as none has begun."""
    named = {name: getattr(row, name) for name in SyncView.__struct_fields__}
    return SyncView(**{**named, "job_id": row.job_id or job_id})


def line_view(line: SyncLine) -> SyncLineView:
    shown = {name: getattr(line, name) for name in SyncLineView.__struct_fields__ if name != "adopted"}
    return SyncLineView(**shown, adopted=line.outcome is Outcome.ADOPTED)
