"""The verbs of `hub listing` that put right what a code says wrongly: link, unlink, and what may be mistyped."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from hub.cli import opening, paging, showing
from hub.cli.options import Cursor, Json, Limit, Merchant, OfAccount

ListingId = Annotated[str, typer.Argument(metavar="LISTING", help="The listing, by id.")]
Waits = Annotated[Literal["empty", "duplicate", "matched", "unmatched"], typer.Option("--class", help="Their class.")]
FOUND = (("id", "id"), ("sku", "sku"), ("name", "name"), ("account", "account_id"), ("class", "class"))
ALIKE = (
    ("strength", "strength"), ("sku", "sku"), ("name", "name"), ("product", "product_id"), ("listing", "listing_id"),
    ("evidence", "evidence"),
)  # fmt: skip


def link(
    listing: ListingId,
    merchant: Merchant,
    product: Annotated[str, typer.Option("--product", metavar="ID", help="The product, by id.")],
    as_json: Json = False,
) -> None:
    """Link a listing to a product by hand, whatever the codes say, or move it there from another."""
    from hub.cli.given import checked
    from hub.kernel.events import CLI
    from hub.linking.schemas import Target
    from hub.linking.service import relinking

    wanted = checked(Target, {"product_id": product})
    with opening.writing() as db:
        relinking.link(db, merchant, listing, wanted.product_id, actor=CLI)
    _show(merchant, listing, as_json=as_json)


def unlink(listing: ListingId, merchant: Merchant, as_json: Json = False) -> None:
    """Take a listing off its product: it waits again, in the class that it has by now."""
    from hub.kernel.events import CLI
    from hub.linking.service import deciding

    with opening.writing() as db:
        deciding.unlink(db, merchant, listing, actor=CLI)
    _show(merchant, listing, as_json=as_json)


def suggestions(listing: ListingId, merchant: Merchant, as_json: Json = False) -> None:
    """Show what may be the same under another code, with the evidence; nothing is linked by it."""
    from hub.linking.service import suggesting

    with opening.reading() as db:
        found = suggesting.suggestions(db, merchant, listing)
    showing.show_page(found, ALIKE, as_json=as_json)


def suggested(
    merchant: Merchant,
    sku_class: Waits = "unmatched",
    account: OfAccount = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    as_json: Json = False,
) -> None:
    """List those that wait and have suggestions; a page may be short while there are more."""
    from hub.catalog.rules import SkuClass
    from hub.catalog.schemas import listing_view
    from hub.kernel.paging import cursor_of
    from hub.linking.service import suggesting
    from hub.merchants import service as merchants

    with opening.reading() as db:
        merchants.merchant(db, merchant)
        found = suggesting.suggested(
            db,
            merchant,
            sku_class=SkuClass(sku_class),
            account_id=account,
            limit=limit,
            after=paging.after(cursor) or "",
        )
    following = cursor_of((found.following,)) if found.following else None
    showing.show_page([listing_view(row) for row in found.rows], FOUND, following=following, as_json=as_json)


def _show(merchant: str, listing: str, *, as_json: bool) -> None:
    from hub.catalog.schemas import listing_view
    from hub.catalog.store import pages
    from hub.kernel.errors import NotFound

    with opening.reading() as db:
        row = pages.listing_of(db, merchant, listing)
    if row is None:
        raise NotFound("listing")
    showing.show(listing_view(row), as_json=as_json)
