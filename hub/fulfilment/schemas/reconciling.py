"""Reconciliations as the API shows them."""

from __future__ import annotations

from datetime import datetime

import msgspec

from hub.fulfilment.rules.reconciling import FindingKind, Phase, RunState
from hub.fulfilment.store.reconciling import Finding, Reconciliation


class ReconciliationView(msgspec.Struct, frozen=True, kw_only=True):
    """A reconciliation of the hub with a 3PL; `counts` are what it found, by kind, once it has ended."""

    id: str
    account_id: str
    cause: str
    state: RunState
    phase: Phase
    counts: dict[str, int]
    reason: str
    job_id: str | None
    created_at: datetime
    finished_at: datetime | None


class FindingView(msgspec.Struct, frozen=True, kw_only=True):
    """How something differs: a document by its code, or a SKU, in base units here and there, and what is to be done.

    `since`: when it was first found so, in all reconciliations in a row; `age_hours`: until this one.
    """

    kind: FindingKind
    warehouse_id: str | None
    ref: str
    order_id: str | None
    product_id: str | None
    here: int | None
    there: int | None
    note: str
    since: datetime
    age_hours: int


def reconciliation_view(row: Reconciliation, *, job_id: str | None = None) -> ReconciliationView:
    """`job_id`: the one that will do it, as long as none has begun."""
    named = {name: getattr(row, name) for name in ReconciliationView.__struct_fields__}
    return ReconciliationView(**{**named, "job_id": row.job_id or job_id})


def finding_view(row: Finding, until: datetime) -> FindingView:
    """`until`: when the reconciliation ended."""
    named = {name: getattr(row, name) for name in FindingView.__struct_fields__ if name != "age_hours"}
    age = max(int((until - row.since).total_seconds() // 3600), 0)
    return FindingView(**{**named, "warehouse_id": row.warehouse_id or None}, age_hours=age)
