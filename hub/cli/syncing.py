"""The verbs of `hub warehouse` about stock syncs: what a 3PL's warehouse says lies there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from hub.cli import opening, paging, showing
from hub.cli.options import Cursor, Json, Limit, Merchant

if TYPE_CHECKING:
    from hub.fulfilment.service.syncs import Asked
    from hub.kernel.db import Transaction

WarehouseId = Annotated[str, typer.Argument(metavar="WAREHOUSE", help="The warehouse of a 3PL, by id.")]
SyncId = Annotated[str, typer.Argument(metavar="SYNC", help="The stock sync, by id.")]
Ended = Literal["planned", "adopted", "same", "changed", "short", "unknown", "unnamed"]
COLUMNS = (
    ("id", "id"), ("cause", "cause"), ("state", "state"), ("phase", "phase"), ("counts", "counts"),
    ("reason", "reason"), ("since", "started_at"), ("until", "finished_at"),
)  # fmt: skip
LINES = (
    ("sku", "sku"), ("product", "product_id"), ("good", "good"), ("frozen", "frozen"), ("damaged", "damaged"),
    ("before", "before"), ("after", "after"), ("held", "held"), ("outcome", "outcome"), ("reason", "reason"),
)  # fmt: skip


def sync(warehouse: WarehouseId, merchant: Merchant, as_json: Json = False) -> None:
    """Have a 3PL's warehouse say what lies there; a worker asks it, and `syncs` shows how far it is."""
    from hub.fulfilment.service import syncs
    from hub.kernel.events import CLI

    with opening.writing() as db:
        _show(db, syncs.ask(db, merchant, warehouse, actor=CLI), as_json=as_json)


def sync_approve(warehouse: WarehouseId, sync: SyncId, merchant: Merchant, as_json: Json = False) -> None:
    """Adopt a stock sync that waits, just as `sync-lines` shows it; what does not fit, as near as can be."""
    from hub.fulfilment.service import syncs
    from hub.kernel.events import CLI

    with opening.writing() as db:
        _show(db, syncs.approve(db, merchant, warehouse, sync, actor=CLI), as_json=as_json)


def sync_decline(
    warehouse: WarehouseId,
    sync: SyncId,
    merchant: Merchant,
    reason: Annotated[str, typer.Option(help="Why, for whoever looks next.")],
    as_json: Json = False,
) -> None:
    """Adopt nothing more of a stock sync that waits; the stock stays as it is until the next one."""
    from hub.cli.given import checked
    from hub.fulfilment.schemas.syncs import DeclineSync, sync_view
    from hub.fulfilment.service import syncs
    from hub.kernel.events import CLI

    why = checked(DeclineSync, {"reason": reason}).reason
    with opening.writing() as db:
        row = syncs.decline(db, merchant, warehouse, sync, why=why, actor=CLI)
    showing.show(sync_view(row), as_json=as_json)


def syncs(
    warehouse: WarehouseId, merchant: Merchant, limit: Limit = 50, cursor: Cursor = None, as_json: Json = False
) -> None:  # fmt: skip
    """List the stock syncs of a 3PL's warehouse, the newest first, and how far each is."""
    from hub.channels.service import warehouses
    from hub.fulfilment.schemas.syncs import sync_view
    from hub.fulfilment.store import syncs as store

    before = paging.after(cursor)
    with opening.reading() as db:
        warehouses.warehouse(db, merchant, warehouse)
        rows = store.page(db, warehouse, limit=limit, before=before)
    paging.show_rows(rows, COLUMNS, limit=limit, as_json=as_json, view=sync_view)


def sync_lines(
    warehouse: WarehouseId,
    sync: SyncId,
    merchant: Merchant,
    outcome: Annotated[Ended | None, typer.Option(help="Only SKUs that came to this.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    as_json: Json = False,
) -> None:
    """List the SKUs of a stock sync: what the warehouse said of each, what it came to, and why."""
    from hub.fulfilment.rules.syncs import Outcome
    from hub.fulfilment.schemas.syncs import line_view
    from hub.fulfilment.service import syncs
    from hub.fulfilment.store import syncs as store
    from hub.kernel.paging import cursor_of

    after = paging.after(cursor)
    with opening.reading() as db:
        found = syncs.expect(db, merchant, warehouse, sync)
        rows = store.lines(db, found.id, limit=limit, after=after, outcome=Outcome(outcome) if outcome else None)
    following = cursor_of((rows[limit - 1].sku,)) if len(rows) > limit else None
    showing.show_page([line_view(row) for row in rows[:limit]], LINES, following=following, as_json=as_json)


def sync_daily(
    warehouse: WarehouseId,
    merchant: Merchant,
    on: Annotated[bool | None, typer.Option("--on/--off", help="Switch it; left out, it is shown.")] = None,
    as_json: Json = False,
) -> None:
    """Have a 3PL's warehouse synchronised every day at 02:00 by its own clocks, or no more."""
    from hub.fulfilment.service import syncs
    from hub.kernel.events import CLI

    if on is None:
        with opening.reading() as db:
            daily = syncs.daily_of(db, merchant, warehouse)
    else:
        with opening.writing() as db:
            daily = syncs.turn_daily(db, merchant, warehouse, enabled=on, actor=CLI)
    showing.show(daily, as_json=as_json)


def _show(db: Transaction, asked: Asked, *, as_json: bool) -> None:
    from hub.fulfilment.schemas.syncs import sync_view

    db.flush()  # the job's id is known once it is written
    showing.show(sync_view(asked.sync, job_id=asked.ticket.job_id), as_json=as_json)
