"""`hub listing`: what channels list, and a person's word on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from hub.cli import opening, relinking, showing
from hub.cli.options import Cursor, Json, Limit, Merchant, OfAccount

if TYPE_CHECKING:
    from hub.catalog.schemas import Listing
    from hub.kernel.db import Transaction

app = typer.Typer(rich_markup_mode=None)

Class = Literal["empty", "duplicate", "matched", "unmatched"]
Standing = Literal["pending", "linked", "ignored"]
OfClass = Annotated[Class | None, typer.Option("--class", help="Only those that wait in this class.")]
Begins = Annotated[str | None, typer.Option("-q", metavar="TEXT", help="The beginning of the SKU or of the name.")]
ListingId = Annotated[str, typer.Argument(metavar="LISTING", help="The listing, by id.")]
COLUMNS = (
    ("id", "id"), ("sku", "sku"), ("name", "name"), ("class", "class"), ("state", "state"), ("quantity", "quantity"),
    ("product", "product_id"), ("decision", "decision"),
)  # fmt: skip
ANSWERS = (("id", "id"), ("outcome", "outcome"), ("product", "product_id"), ("reason", "reason"), ("remedy", "remedy"))


@app.command("list")
def list_(
    merchant: Merchant,
    sku_class: OfClass = None,
    account: OfAccount = None,
    state: Annotated[Standing | None, typer.Option(help="What people decided.")] = None,
    sku: Annotated[str | None, typer.Option(help="Exactly this SKU.")] = None,
    sku_changed: Annotated[bool, typer.Option("--sku-changed", help="Linked, and the SKU changed since.")] = False,
    q: Begins = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    as_json: Json = False,
) -> None:
    """List what channels list, the oldest first; with -q by SKU, then by name, a page of which may be short."""
    from hub.catalog.rules import ListingState, SkuClass
    from hub.catalog.schemas import listing_view
    from hub.catalog.store import pages
    from hub.kernel.paging import cursor_of, position
    from hub.merchants import service as merchants

    wanted = pages.ListingFilter(
        sku_class=SkuClass(sku_class) if sku_class else None,
        state=ListingState(state) if state else None,
        account_id=account,
        sku=sku,
        sku_changed=sku_changed,
        q=q,
    )
    with opening.reading() as db:
        merchants.merchant(db, merchant)
        found = pages.page(db, merchant, wanted, limit=limit, after=position(cursor, *pages.keyed_by(wanted)))
    following = None if found.following is None else cursor_of(found.following)
    showing.show_page([listing_view(row) for row in found.rows], COLUMNS, following=following, as_json=as_json)


@app.command()
def show(listing: ListingId, merchant: Merchant, as_json: Json = False) -> None:
    """Show a listing; `hub event undo` takes its decision back."""
    with opening.reading() as db:
        found = _found(db, merchant, listing)
    showing.show(found, as_json=as_json)


@app.command()
def classes(merchant: Merchant, account: OfAccount = None, as_json: Json = False) -> None:
    """Count the listings that wait for a person, by class."""
    from hub.catalog.schemas import Classes
    from hub.catalog.store import pages
    from hub.merchants import service as merchants

    with opening.reading() as db:
        merchants.merchant(db, merchant)
        counts = Classes(**pages.counts(db, merchant, account))
    showing.show(counts, as_json=as_json)


@app.command()
def confirm(
    merchant: Merchant,
    listings: Annotated[list[str] | None, typer.Argument(metavar="[LISTING]...", help="Up to 500, by id.")] = None,
    all_fitting: Annotated[bool, typer.Option("--all", help="All that wait and fit, by a job.")] = False,
    sku_class: OfClass = None,
    account: OfAccount = None,
    q: Begins = None,
    wait: Annotated[bool, typer.Option("--wait", "-w", help="With --all: stay until it has ended.")] = False,
    as_json: Json = False,
) -> None:
    """Link listings to the products of their SKUs, which are made where there are none."""
    from hub.cli import confirming

    if bool(listings) == all_fitting:
        raise typer.BadParameter("name listings by id, or give --all with what they must fit")
    if listings and (sku_class or account or q):
        raise typer.BadParameter("--class, --account and -q go with --all, not with ids")
    if listings:
        confirming.by_id(merchant, listings, as_json=as_json)
        return
    confirming.by_filter(merchant, sku_class=sku_class, account=account, q=q, wait=wait, as_json=as_json)


@app.command()
def ignore(listing: ListingId, merchant: Merchant, as_json: Json = False) -> None:
    """Take a listing out of what waits; it is kept."""
    from hub.kernel.events import CLI
    from hub.linking.service import deciding

    with opening.writing() as db:
        deciding.ignore(db, merchant, listing, actor=CLI)
        found = _found(db, merchant, listing)
    showing.show(found, as_json=as_json)


@app.command()
def restore(listing: ListingId, merchant: Merchant, as_json: Json = False) -> None:
    """Put an ignored listing back among what waits."""
    from hub.kernel.events import CLI
    from hub.linking.service import deciding

    with opening.writing() as db:
        deciding.restore(db, merchant, listing, actor=CLI)
        found = _found(db, merchant, listing)
    showing.show(found, as_json=as_json)


@app.command()
def pack(
    listing: ListingId,
    units: Annotated[
        int, typer.Argument(metavar="UNITS", min=1, max=10_000, help="How many of its product one unit there is.")
    ],
    merchant: Merchant,
    as_json: Json = False,
) -> None:
    """Say how many units of its product one unit of a listing is; no import changes it."""
    from hub.catalog.service.packs import set_pack
    from hub.kernel.events import CLI

    with opening.writing() as db:
        set_pack(db, merchant, listing, units, actor=CLI)
        found = _found(db, merchant, listing)
    showing.show(found, as_json=as_json)


app.command()(relinking.link)
app.command()(relinking.unlink)
app.command()(relinking.suggestions)
app.command()(relinking.suggested)


def _found(db: Transaction, merchant: str, listing_id: str) -> Listing:
    from hub.catalog.schemas import listing_view
    from hub.catalog.store import pages
    from hub.kernel.errors import NotFound

    row = pages.listing_of(db, merchant, listing_id)
    if row is None:
        raise NotFound("listing")
    return listing_view(row)
