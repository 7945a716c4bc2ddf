"""The verbs of `hub account` about how a 3PL and the hub differ."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from hub.cli import opening, paging, places, showing
from hub.cli.options import Account, Cursor, Json, Limit

Kind = Literal["unknown_there", "unknown_here", "frozen", "shipped_there", "stock"]
COLUMNS = (
    ("id", "id"), ("cause", "cause"), ("state", "state"), ("phase", "phase"), ("counts", "counts"),
    ("reason", "reason"), ("since", "created_at"), ("until", "finished_at"),
)  # fmt: skip
FINDINGS = (
    ("kind", "kind"), ("ref", "ref"), ("here", "here"), ("there", "there"), ("hours", "age_hours"),
    ("order", "order_id"), ("note", "note"),
)  # fmt: skip


def reconcile(account: Account, as_json: Json = False) -> None:
    """Hold the hub against what a 3PL knows; a worker does it, `findings` shows what differs. Each night by itself."""
    from hub.fulfilment.schemas.reconciling import reconciliation_view
    from hub.fulfilment.service import reconciling
    from hub.kernel.events import CLI

    with opening.writing() as db:
        asked = reconciling.ask(db, places.found(db, account).merchant_id, account, actor=CLI)
        db.flush()  # the job's id is known once it is written
        showing.show(reconciliation_view(asked.reconciliation, job_id=asked.ticket.job_id), as_json=as_json)


def reconciliations(account: Account, limit: Limit = 50, cursor: Cursor = None, as_json: Json = False) -> None:
    """List how often a 3PL was reconciled with the hub, the newest first, and how much differed."""
    from hub.fulfilment.schemas.reconciling import reconciliation_view
    from hub.fulfilment.store import reconciling as store

    before = paging.after(cursor)
    with opening.reading() as db:
        rows = store.page(db, places.found(db, account).id, limit=limit, before=before)
    paging.show_rows(rows, COLUMNS, limit=limit, as_json=as_json, view=reconciliation_view)


def findings(
    account: Account,
    reconciliation: Annotated[
        str | None, typer.Argument(metavar="RECONCILIATION", help="Which one, by id; left out: the last.")
    ] = None,
    kind: Annotated[Kind | None, typer.Option(help="Only differences of this kind.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    as_json: Json = False,
) -> None:
    """List how a 3PL and the hub differ, for how many hours, and what is to be done about each."""
    from hub.fulfilment.rules.reconciling import FindingKind
    from hub.fulfilment.schemas.reconciling import finding_view
    from hub.fulfilment.service import reconciling
    from hub.fulfilment.store import reconciling as store
    from hub.kernel.paging import cursor_of, position

    after = position(cursor, str, str, str) or ("", "", "")
    with opening.reading() as db:
        merchant_id = places.found(db, account).merchant_id
        last = [one.id for one in store.page(db, account, limit=1)] if reconciliation is None else [reconciliation]
        found = reconciling.expect(db, merchant_id, account, last[0] if last else "")
        rows = store.findings(db, found.id, limit=limit, after=after, kind=FindingKind(kind) if kind else None)
    shown, until = rows[:limit], found.finished_at or found.created_at
    behind = (shown[-1].kind.value, shown[-1].warehouse_id, shown[-1].ref) if len(rows) > limit else None
    showing.show_page(
        [finding_view(row, until) for row in shown], FINDINGS, following=cursor_of(behind) if behind else None,
        as_json=as_json,
    )  # fmt: skip
