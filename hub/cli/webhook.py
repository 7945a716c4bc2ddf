"""`hub webhook`: what channels sent, and what was refused."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from hub.cli import opening, paging
from hub.cli.options import Cursor, Json, Limit, Merchant, OfAccount

app = typer.Typer(rich_markup_mode=None)

Outcome = Literal[
    "waiting",
    "reading",
    "importing",
    "listing",
    "checking",
    "asking",
    "erasing",
    "noted",
    "nothing",
    "no_account",
    "unknown_order",
    "disabled",
]
COLUMNS = (
    ("id", "id"), ("when", "received_at"), ("channel", "plugin"), ("account", "account_id"), ("hint", "kind"),
    ("of", "ref"), ("outcome", "outcome"), ("reason", "reason"),
)  # fmt: skip
REFUSED = (
    ("id", "id"), ("day", "day"), ("channel", "plugin"), ("why", "code"), ("count", "count"), ("last", "last_at"),
)  # fmt: skip


@app.command("list")
def list_(
    merchant: Merchant,
    account: OfAccount = None,
    outcome: Annotated[Outcome | None, typer.Option(help="Only those that this became of.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    as_json: Json = False,
) -> None:
    """List what a merchant's channels hinted at and what became of it, the newest first."""
    from hub.merchants import service as merchants
    from hub.webhooks import rules
    from hub.webhooks.store import deliveries

    before = paging.after(cursor)
    wanted = rules.Outcome(outcome) if outcome else None
    with opening.reading() as db:
        merchants.merchant(db, merchant)
        rows = deliveries.listing(db, merchant, limit=limit + 1, before=before, account_id=account, outcome=wanted)
    paging.show_rows(rows, COLUMNS, limit=limit, as_json=as_json)


@app.command()
def refused(merchant: Merchant, limit: Limit = 50, cursor: Cursor = None, as_json: Json = False) -> None:
    """List how many deliveries were refused at the addresses of a merchant's accounts, by day and reason."""
    from hub.merchants import service as merchants
    from hub.webhooks.store import refusals

    before = paging.after(cursor)
    with opening.reading() as db:
        merchants.merchant(db, merchant)
        rows = refusals.listing(db, merchant, limit=limit + 1, before=before)
    paging.show_rows(rows, REFUSED, limit=limit, as_json=as_json)


@app.command()
def message(
    webhook: Annotated[str, typer.Argument(metavar="WEBHOOK", help="The hint, by id.")],
    merchant: Merchant,
    as_json: Json = False,
) -> None:
    """Show what a channel sent, as it came, buyers and all; that it was looked at stands in the audit trail."""
    from hub.cli import showing
    from hub.kernel.events import CLI
    from hub.kernel.sealing import open_ring
    from hub.webhooks.service import messages

    with opening.writing() as db:
        found = messages.show(db, open_ring(opening.settings()), merchant, webhook, actor=CLI)
    showing.show(found, as_json=as_json)
