"""`hub import`: a channel's listings into the hub."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli import opening, paging, showing
from hub.cli.options import Cursor, Json, Limit, Merchant, OfAccount

if TYPE_CHECKING:
    from hub.kernel.db import Transaction
    from hub.kernel.jobs import Job

app = typer.Typer(rich_markup_mode=None)

ImportId = Annotated[str, typer.Argument(metavar="IMPORT", help="The import, by id.")]
Wait = Annotated[bool, typer.Option("--wait", "-w", help="Stay until it has ended, with its progress.")]
COLUMNS = (
    ("id", "id"), ("account", "account_id"), ("state", "state"), ("seen", "items_seen"), ("listings", "listings"),
    ("new", "new"), ("changed", "changed"), ("asked for", "created_at"), ("ended", "finished_at"),
)  # fmt: skip


@app.command()
def start(
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="The account, by id.")],
    wait: Wait = False,
    as_json: Json = False,
) -> None:
    """Import what the account's channel lists. It runs in the background, or here with --wait."""
    from hub.catalog.service import imports
    from hub.channels import store
    from hub.kernel.errors import NotFound
    from hub.kernel.events import CLI

    with opening.opened_runtime(opening.settings()) as runtime, runtime.database.writing() as db:
        row = store.accounts.account_of(db, account)
        if row is None:
            raise NotFound("account")
        ticket = imports.start(runtime.channels, db, row.merchant_id, row.id, actor=CLI)
    _tell(ticket.job_id, wait=wait, as_json=as_json)


@app.command("list")
def list_(
    merchant: Merchant, account: OfAccount = None, limit: Limit = 50, cursor: Cursor = None, as_json: Json = False
) -> None:
    """List a merchant's imports, the newest first."""
    from hub.catalog.schemas import import_view
    from hub.catalog.service.imports import IMPORT_ITEMS
    from hub.kernel import jobs
    from hub.merchants import service as merchants

    before = paging.after(cursor) or ""
    with opening.reading() as db:
        merchants.merchant(db, merchant)
        rows = jobs.listing(
            db, merchant, before=before, limit=limit + 1, kinds=[IMPORT_ITEMS.name], account_id=account or ""
        )
    paging.show_rows(rows, COLUMNS, limit=limit, as_json=as_json, view=import_view)


@app.command()
def show(import_id: ImportId, as_json: Json = False) -> None:
    """Show an import and how far it is."""
    _tell(import_id, as_json=as_json)


@app.command()
def watch(import_id: ImportId, as_json: Json = False) -> None:
    """Stay with an import until it has ended; Ctrl-C leaves it where it stands."""
    _tell(import_id, wait=True, as_json=as_json)


@app.command()
def cancel(import_id: ImportId, as_json: Json = False) -> None:
    """Stop an import after its page; what came in stays."""
    from hub.catalog.service import imports
    from hub.kernel.events import CLI

    with opening.writing() as db:
        imports.cancel(db, _found(db, import_id).merchant_id, import_id, actor=CLI)
    _tell(import_id, as_json=as_json)


@app.command()
def resume(import_id: ImportId, wait: Wait = False, as_json: Json = False) -> None:
    """Go on where a stopped import stood, as a new import."""
    from hub.catalog.service import imports
    from hub.kernel.events import CLI

    with opening.writing() as db:
        ticket = imports.resume(db, _found(db, import_id).merchant_id, import_id, actor=CLI)
    _tell(ticket.job_id, wait=wait, as_json=as_json)


def _tell(import_id: str, *, wait: bool = False, as_json: bool) -> None:
    from hub.catalog.schemas import import_view
    from hub.cli import waiting

    if wait:
        with opening.reading() as db:
            _found(db, import_id)
        ended = waiting.until_ended(import_id, quiet=as_json)
        showing.show(import_view(ended), as_json=as_json)
        waiting.require_done(ended)
        return
    with opening.reading() as db:
        job = _found(db, import_id)
    showing.show(import_view(job), as_json=as_json)


def _found(db: Transaction, import_id: str) -> Job:
    from hub.catalog.service.imports import IMPORT_ITEMS
    from hub.kernel import jobs
    from hub.kernel.errors import NotFound

    job = jobs.find(db, import_id)
    if job is None or job.kind != IMPORT_ITEMS.name:
        raise NotFound("import")
    return job
