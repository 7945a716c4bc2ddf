"""The verbs of `hub warehouse` and `hub product` about products in warehouses of 3PLs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from hub.cli import opening, paging, showing
from hub.cli.given import checked
from hub.cli.options import Cursor, Json, Limit, Merchant

if TYPE_CHECKING:
    from hub.kernel.db import Transaction
    from hub.stock.service.placing import Placing

Place = Annotated[str | None, typer.Option(metavar="WAREHOUSE", help="A 3PL's warehouse to add it to, by id.")]
WarehouseId = Annotated[str, typer.Argument(metavar="WAREHOUSE", help="The warehouse of a 3PL, by id.")]
Standing = Literal["not_pushed", "pushing", "pushed", "failed", "unknown"]
COLUMNS = (
    ("product", "product_id"), ("sku", "sku"), ("known as", "known_as"), ("status", "status"), ("reason", "reason"),
    ("due", "due"), ("pushed", "pushed_at"), ("on hand", "on_hand"), ("available", "available"),
)  # fmt: skip
HOUSES = (("warehouse", "warehouse_id"), ("name", "warehouse"), *COLUMNS[2:7])


def place(
    warehouse: WarehouseId,
    merchant: Merchant,
    product_ids: Annotated[
        list[str] | None, typer.Argument(metavar="PRODUCT...", help="What it is told of, by id; also again.")
    ] = None,
    listings: Annotated[
        list[str] | None,
        typer.Option("--listing", metavar="ID", help="A listing of which a product is made first; may be repeated."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Add products to a warehouse of a 3PL, or have it told of them again; a worker tells it."""
    from hub.fulfilment.schemas.placements import PlacedProducts
    from hub.fulfilment.service import choosing
    from hub.kernel.events import CLI
    from hub.stock.service import placing

    wanted = checked(PlacedProducts, {"product_ids": product_ids, "listing_ids": listings})
    with opening.writing() as db:
        chosen = choosing.chosen(db, merchant, wanted.product_ids, wanted.listing_ids, actor=CLI)
        made = placing.place(db, merchant, warehouse, chosen, actor=CLI)
        _show(db, merchant, warehouse, made, as_json=as_json)


def products(
    warehouse: WarehouseId,
    merchant: Merchant,
    status: Annotated[Standing | None, typer.Option(help="Only those that stand so.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    as_json: Json = False,
) -> None:
    """List the products of a 3PL's warehouse: whether it was told of each, why not, and what lies there."""
    from hub.channels.service import warehouses
    from hub.kernel.paging import cursor_of
    from hub.stock.rules.placing import Status
    from hub.stock.store import placed

    wanted = Status(status) if status else None
    with opening.reading() as db:
        warehouses.warehouse(db, merchant, warehouse)
        rows = placed.page(db, warehouse, status=wanted, after=paging.after(cursor) or "", limit=limit)
    following = cursor_of((rows[limit - 1].product_id,)) if len(rows) > limit else None
    showing.show_page(rows[:limit], COLUMNS, following=following, as_json=as_json)


def placements(
    product: Annotated[str, typer.Argument(metavar="PRODUCT", help="The product, by id.")],
    merchant: Merchant,
    as_json: Json = False,
) -> None:
    """Show the warehouses of 3PLs that a product was added to, and whether each was told of it."""
    from hub.catalog.service import products as catalogue
    from hub.stock.store import placed

    with opening.reading() as db:
        catalogue.find(db, merchant, product)
        rows = placed.of_products(db, merchant, [product])
    showing.show_page(rows, HOUSES, as_json=as_json)


def _show(db: Transaction, merchant: str, warehouse: str, made: Placing, *, as_json: bool) -> None:
    from hub.fulfilment.schemas.placements import Placed
    from hub.stock.store import placed

    db.flush()  # the job's id is known once it is written
    rows = placed.of_products(db, merchant, made.product_ids, warehouse)
    if as_json:
        showing.document(Placed(items=rows, notes=made.notes, job_id=made.ticket.job_id))
        return
    showing.show_page(rows, COLUMNS, as_json=False)
    for note in made.notes:
        showing.say(note)
    showing.say(f"A worker tells the warehouse of it: hub job show {made.ticket.job_id}")
