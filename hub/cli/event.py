"""`hub event`: what happened, by whom."""

from __future__ import annotations

from typing import Annotated

import typer

from hub.cli import opening, paging, showing
from hub.cli.options import Cursor, Json, Limit, Merchant

app = typer.Typer(rich_markup_mode=None)

EventId = Annotated[str, typer.Argument(metavar="EVENT", help="The event, by id.")]
COLUMNS = (
    ("event", "id"), ("when", "occurred_at"), ("what", "kind"), ("of", "subject.id"), ("by", "actor.kind"),
    ("by id", "actor.id"), ("after", "after"),
)  # fmt: skip


@app.command("list")
def list_(
    merchant: Merchant,
    kind: Annotated[str | None, typer.Option(help="Only this kind, such as account.paused.")] = None,
    subject_kind: Annotated[str | None, typer.Option(help="Only about this kind of thing.")] = None,
    subject_id: Annotated[str | None, typer.Option(help="Only about this one.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    as_json: Json = False,
) -> None:
    """List what happened for a merchant, the newest first."""
    from hub.kernel import events
    from hub.merchants import service as merchants

    before_id = paging.after(cursor)
    with opening.reading() as db:
        merchants.merchant(db, merchant)
        rows = events.listing(
            db, merchant, limit=limit + 1, before_id=before_id, kind=kind, subject=(subject_kind, subject_id)
        )
    paging.show_rows(rows, COLUMNS, limit=limit, as_json=as_json)


@app.command()
def show(event: EventId, merchant: Merchant, as_json: Json = False) -> None:
    """Show what happened: to what, by whom, before and after."""
    from hub.kernel import events
    from hub.kernel.errors import NotFound

    with opening.reading() as db:
        found = events.find(db, merchant, event)
    if found is None:
        raise NotFound("event")
    showing.show(found, as_json=as_json)


@app.command()
def undo(
    event: Annotated[str, typer.Argument(metavar="EVENT", help="The event of the step, by id.")],
    merchant: Merchant,
    wait: Annotated[bool, typer.Option("--wait", "-w", help="Where a job undoes it: stay until it has ended.")] = False,
    as_json: Json = False,
) -> None:
    """Take a step of linking back; what undoes it is an event that can be undone itself."""
    from hub.cli import undoing

    undoing.undo(merchant, event, wait=wait, as_json=as_json)
