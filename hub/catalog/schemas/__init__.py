"""Listings and imports as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from hub.catalog.service.items import Details
from hub.catalog.service.tallies import Tally
from hub.catalog.store.runs import ImportRun
from hub.kernel.jobs import Job, Trouble


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """A decimal, as text so that nothing is rounded, and its ISO 4217 currency."""

    amount: str
    currency: str


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """What a channel lists. `class` says why it waits for a person; null: it is linked, or no longer current.

    `linked_sku` is the code it was linked by; where it changed at the channel since, `sku_changed` says so and the link
    holds. `decision` names the event that put it where it stands: undo that one.
    """

    id: str
    account_id: str
    ref: str
    parent_ref: str
    sku: str
    name: str
    price: Price | None
    active: bool
    quantity: int | None
    pack: int
    state: str
    sku_class: str | None = msgspec.field(name="class")
    product_id: str | None
    linked_sku: str | None
    sku_changed: bool
    decision: str | None
    current: bool
    seen_at: datetime
    details: Details


class Classes(msgspec.Struct, frozen=True, kw_only=True):
    """How many listings wait for a person, by class."""

    unmatched: int
    matched: int
    empty: int
    duplicate: int


class Import(msgspec.Struct, frozen=True, kw_only=True):
    """An import as it runs or ran; every item is counted once, as a listing or by the reason it was skipped."""

    id: str
    account_id: str
    state: str
    cancel_requested: bool
    items_seen: int
    listings: int
    new: int
    changed: int
    skipped: dict[str, int]
    error: Trouble | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


def listing_view(row: sa.RowMapping) -> Listing:
    computed = ("price", "details", "sku_changed")
    return Listing(
        price=_price(row),
        details=_details(row),
        sku_changed=row["linked_sku"] not in (None, row["sku_key"]),
        **{name: row[name] for name in Listing.__struct_fields__ if name not in computed},
    )


def import_view(found: Job | ImportRun) -> Import:
    return _of_run(found) if isinstance(found, ImportRun) else _of_job(found)


def _of_run(run: ImportRun) -> Import:
    tally: dict[str, Any] = msgspec.structs.asdict(msgspec.convert(run.tally, Tally))  # Any: its fields
    return Import(
        id=run.job_id,
        account_id=run.account_id,
        state="done",
        cancel_requested=False,
        error=None,
        created_at=run.created_at,
        started_at=run.started_at,
        finished_at=run.finished_at,
        **tally,
    )


def _of_job(job: Job) -> Import:
    tally: dict[str, Any] = msgspec.structs.asdict(msgspec.convert(job.progress or {}, Tally))  # Any: its fields
    return Import(
        **tally, **{name: getattr(job, name) for name in Import.__struct_fields__ if name not in tally}
    )  # fmt: skip


def _price(row: sa.RowMapping) -> Price | None:
    return None if row["price"] is None else Price(amount=row["price"], currency=row["currency"])


def _details(row: sa.RowMapping) -> Details:
    return msgspec.convert(row["details"], Details)
