"""`hub crosslisting`: products out to other channels, by a workbook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from hub.cli import given, opening, paging, showing
from hub.cli.options import LARGEST, Cursor, Json, Limit, Merchant, OfAccount
from hub.cli.uploading import content_of

if TYPE_CHECKING:
    from hub.crosslisting.schemas import Crosslisting
    from hub.crosslisting.store.runs import Run
    from hub.kernel.db import Transaction

app = typer.Typer(rich_markup_mode=None)

RunId = Annotated[str, typer.Argument(metavar="CROSSLISTING", help="The cross-listing, by id.")]
Account = Annotated[str, typer.Argument(metavar="ACCOUNT", help="The account that is to list them, by id.")]
Begins = Annotated[str | None, typer.Option("-q", metavar="TEXT", help="The beginning of the SKU or of the name.")]
State = Literal["checked", "refused", "queued", "pushing", "done", "failed", "cancelled"]
COLUMNS = (
    ("id", "id"), ("account", "account_id"), ("state", "state"), ("products", "products"), ("rows", "rows"),
    ("since", "created_at"),
)  # fmt: skip
ROWS = (
    ("row", "number"), ("sku", "sku"), ("state", "state"), ("listing", "listing_ref"), ("reason", "reason"),
    ("cells", "errors"),
)  # fmt: skip


@app.command()
def start(
    account: Account,
    merchant: Merchant,
    products: Annotated[list[str] | None, typer.Argument(metavar="[PRODUCT]...", help="Up to 500, by id.")] = None,
    all_fitting: Annotated[bool, typer.Option("--all", help="All that fit.")] = False,
    q: Annotated[
        str | None, typer.Option("-q", metavar="TEXT", help="The beginning of the SKU or of the name.")
    ] = None,
    unlisted: Annotated[bool, typer.Option("--unlisted", help="Only what the account does not list.")] = False,
    category: Annotated[str | None, typer.Option(metavar="REF", help="Of those that no mapping knows.")] = None,
    as_json: Json = False,
) -> None:
    """Choose products and an account; a notice tells when the workbook to fill in is there."""
    from hub.crosslisting.schemas import NewCrosslisting
    from hub.crosslisting.service import asking
    from hub.kernel.events import CLI

    if bool(products) == all_fitting:
        raise typer.BadParameter("name products by id, or give --all with what they must fit")
    if products and (q or unlisted):
        raise typer.BadParameter("-q and --unlisted go with --all, not with ids")
    fitting = {"q": q, "unlisted": unlisted} if all_fitting else None
    chosen = {"product_ids": products or None, "filter": fitting, "category_ref": category}
    wish = given.checked(NewCrosslisting, {"account_id": account, **chosen})
    with opening.opened_runtime(opening.settings()) as runtime, runtime.database.writing() as db:
        run = asking.start(runtime.channels, db, merchant, wish.account_id, wish.chosen(), actor=CLI)
        found = _view(db, run)
    showing.show(found, as_json=as_json)


@app.command("list")
def list_(
    merchant: Merchant, account: OfAccount = None, limit: Limit = 50, cursor: Cursor = None, as_json: Json = False
) -> None:
    """List a merchant's cross-listings, the newest first."""
    from hub.crosslisting.schemas import shown
    from hub.crosslisting.service import asking
    from hub.crosslisting.store import runs
    from hub.merchants import service as merchants

    before = paging.after(cursor)
    with opening.reading() as db:
        merchants.merchant(db, merchant)
        found = runs.listing(db, merchant, limit=limit + 1, before=before, account_id=account)
        outcomes = asking.outcomes(db, found)
    views = [shown(run, outcomes[run.id]) for run in found]
    paging.show_rows(views, COLUMNS, limit=limit, as_json=as_json)


@app.command()
def show(run_id: RunId, merchant: Merchant, as_json: Json = False) -> None:
    """Show a cross-listing and how its rows stand."""
    from hub.crosslisting.service import asking

    with opening.reading() as db:
        found = _view(db, asking.run_of(db, merchant, run_id))
    showing.show(found, as_json=as_json)


@app.command()
def rows(
    run_id: RunId,
    merchant: Merchant,
    state: Annotated[State | None, typer.Option(help="Only rows in this state.")] = None,
    limit: Limit = 50,
    after: Annotated[int, typer.Option(min=0, max=LARGEST, help="Only rows behind this one.")] = 0,
    as_json: Json = False,
) -> None:
    """List the rows of the last upload, what is wrong with their cells, and what became of them."""
    from hub.crosslisting import store
    from hub.crosslisting.rules import RowState
    from hub.crosslisting.schemas import shown_row
    from hub.crosslisting.service import asking

    states = [RowState(state)] if state else ()
    with opening.reading() as db:
        run = asking.run_of(db, merchant, run_id)
        found = store.rows.listing(db, run.id, limit=limit + 1, after=after, states=states)
    following = str(found[limit - 1].number) if len(found) > limit else None
    showing.show_page([shown_row(row) for row in found[:limit]], ROWS, following=following, as_json=as_json)


@app.command()
def upload(
    run_id: RunId,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The workbook, filled in.")],
    merchant: Merchant,
    as_json: Json = False,
) -> None:
    """Hand in the filled workbook: its rows are checked, and those with nothing wrong are listed."""
    from hub.crosslisting.service import asking
    from hub.kernel.events import CLI

    content = content_of(file)
    with opening.opened_runtime(opening.settings()) as runtime, runtime.database.writing() as db:
        run = asking.hand_in(runtime.channels, runtime.ring, db, merchant, run_id, content, actor=CLI)
        found = _view(db, run)
    showing.show(found, as_json=as_json)


@app.command()
def cancel(run_id: RunId, merchant: Merchant, as_json: Json = False) -> None:
    """Stop a cross-listing: what was not sent yet is taken back."""
    from hub.crosslisting.service import asking
    from hub.kernel.events import CLI

    with opening.writing() as db:
        found = _view(db, asking.cancel(db, merchant, run_id, actor=CLI))
    showing.show(found, as_json=as_json)


def _view(db: Transaction, run: Run) -> Crosslisting:
    from hub.crosslisting.schemas import shown
    from hub.crosslisting.service import asking

    return shown(run, asking.outcomes(db, [run])[run.id])
