"""`hub product`: what the merchant sells."""

from __future__ import annotations

from typing import Annotated

import typer

from hub.cli import opening, paging, showing
from hub.cli.options import Cursor, Json, Limit, Merchant

app = typer.Typer(rich_markup_mode=None)

COLUMNS = (("id", "id"), ("sku", "sku"), ("name", "name"), ("since", "created_at"))


@app.command("list")
def list_(
    merchant: Merchant,
    sku: Annotated[str | None, typer.Option(help="Exactly this SKU.")] = None,
    q: Annotated[
        str | None, typer.Option("-q", metavar="TEXT", help="The beginning of the SKU or of the name.")
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    as_json: Json = False,
) -> None:
    """List a merchant's products, the oldest first."""
    from hub.catalog.schemas import product_view
    from hub.catalog.store import pages
    from hub.merchants import service as merchants

    with opening.reading() as db:
        merchants.merchant(db, merchant)
        rows = pages.products(db, merchant, sku=sku, q=q, limit=limit + 1, after=paging.after(cursor) or "")
    paging.show_rows([product_view(row) for row in rows], COLUMNS, limit=limit, as_json=as_json)


@app.command()
def show(
    product: Annotated[str, typer.Argument(metavar="PRODUCT", help="The product, by id.")],
    merchant: Merchant,
    as_json: Json = False,
) -> None:
    """Show a product."""
    from hub.catalog.schemas import product_view
    from hub.catalog.store import pages
    from hub.kernel.errors import NotFound

    with opening.reading() as db:
        row = pages.product_of(db, merchant, product)
    if row is None:
        raise NotFound("product")
    showing.show(product_view(row), as_json=as_json)


@app.command()
def merge(
    product: Annotated[str, typer.Argument(metavar="PRODUCT", help="The product that gives its listings, by id.")],
    merchant: Merchant,
    into: Annotated[str, typer.Option("--into", metavar="ID", help="The product that takes them, by id.")],
    as_json: Json = False,
) -> None:
    """Put all listings of a product on another one; the emptied one leaves the catalogue."""
    from hub.cli.given import checked
    from hub.kernel import events
    from hub.kernel.events import CLI
    from hub.linking.schemas import Merge
    from hub.linking.service import merging

    wanted = checked(Merge, {"into": into})
    with opening.writing() as db:
        event_id = merging.merge(db, merchant, product, wanted.into, actor=CLI)
        event = events.find(db, merchant, event_id)
    showing.show(event, as_json=as_json)
