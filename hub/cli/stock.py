"""`hub stock`: what lies where, and what moves it."""

from __future__ import annotations

from typing import Annotated

import typer

from hub.cli import opening, paging, planning, retelling, showing, stocktaking, timeline
from hub.cli.options import Account, Cursor, Json, Limit, Merchant

app = typer.Typer(rich_markup_mode=None)
app.add_typer(stocktaking.app)
app.add_typer(planning.app)
app.add_typer(retelling.app)
app.add_typer(timeline.app)

Product = Annotated[str, typer.Argument(metavar="PRODUCT", help="The product, by id.")]
Warehouse = Annotated[str, typer.Option("--warehouse", "-w", metavar="ID", help="The warehouse, by id.")]
Reason = Annotated[
    str, typer.Option(help="counted, received, returned, found, lost, damaged, sample, correction or other.")
]
Note = Annotated[str | None, typer.Option(help="A remark for people.")]
Reference = Annotated[str | None, typer.Option(help="Of your own: the same one moves nothing twice.")]
SHELVES = (
    ("product", "product_id"), ("sku", "sku"), ("warehouse", "warehouse"), ("on hand", "on_hand"),
    ("reserved", "reserved"), ("held", "held"), ("available", "available"),
)  # fmt: skip
MOVEMENTS = (
    ("id", "id"), ("at", "occurred_at"), ("kind", "kind"), ("quantity", "quantity"), ("product", "product_id"),
    ("warehouse", "warehouse_id"), ("reason", "reason"), ("cause", "cause"),
)  # fmt: skip


@app.command()
def show(product: Product, merchant: Merchant, as_json: Json = False) -> None:
    """Show where a product lies."""
    from hub.catalog.service import products
    from hub.stock.store import levels

    with opening.reading() as db:
        products.find(db, merchant, product)
        rows = levels.of_product(db, merchant, product)
    showing.show_page(rows, SHELVES, as_json=as_json)


@app.command("list")
def list_(
    warehouse: Warehouse, merchant: Merchant, limit: Limit = 50, cursor: Cursor = None, as_json: Json = False
) -> None:
    """List what lies in a warehouse, the oldest product first."""
    from hub.channels.service import warehouses
    from hub.kernel.paging import cursor_of
    from hub.stock.store import levels

    after = paging.after(cursor) or ""
    with opening.reading() as db:
        warehouses.warehouse(db, merchant, warehouse)
        rows = levels.of_warehouse(db, merchant, warehouse, limit=limit, after=after)
    following = cursor_of((rows[limit - 1].product_id,)) if len(rows) > limit else None
    showing.show_page(rows[:limit], SHELVES, following=following, as_json=as_json)


@app.command()
def movements(
    merchant: Merchant,
    product: Annotated[str | None, typer.Option("--product", metavar="ID", help="Only this product's.")] = None,
    warehouse: Annotated[str | None, typer.Option("--warehouse", "-w", metavar="ID", help="Only in this one.")] = None,
    kind: Annotated[str | None, typer.Option(help="Only of this kind, such as opening or adjustment.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    as_json: Json = False,
) -> None:
    """List every movement, the newest first."""
    from hub.cli.given import checked
    from hub.stock.store import movements as store
    from hub.stock.store.movements import Wanted

    wanted = checked(Wanted, {"product_id": product, "warehouse_id": warehouse, "kind": kind})
    before = paging.after(cursor)
    with opening.reading() as db:
        rows = store.page(db, merchant, wanted, limit=limit, before=before)
    paging.show_rows(rows, MOVEMENTS, limit=limit, as_json=as_json)


@app.command(context_settings={"ignore_unknown_options": True})  # -3 is a quantity and no option
def adjust(
    product: Product,
    quantity: Annotated[int, typer.Argument(help="Base units that come, or below 0 go.")],
    warehouse: Warehouse,
    merchant: Merchant,
    reason: Reason,
    note: Note = None,
    reference: Reference = None,
    as_json: Json = False,
) -> None:
    """Raise or lower a level, by a difference and for a reason."""
    from hub.cli.given import checked
    from hub.kernel.events import CLI
    from hub.stock.schemas.levels import Adjustment, step_view
    from hub.stock.service import levels

    lines = [{"product_id": product, "quantity": quantity}]
    given: dict[str, object] = {"warehouse_id": warehouse, "lines": lines, "reason": reason}
    given |= {"note": note, "reference": reference}
    wanted, said = checked(Adjustment, given).given()
    with opening.writing() as db:
        moved = levels.adjust(db, merchant, warehouse, wanted, said, actor=CLI)
    showing.show(step_view(moved), as_json=as_json)


@app.command()
def transfer(
    product: Product,
    quantity: Annotated[int, typer.Argument(help="Base units.")],
    source: Annotated[str, typer.Option("--from", metavar="ID", help="The warehouse they leave, by id.")],
    target: Annotated[str, typer.Option("--to", metavar="ID", help="The warehouse they come to, by id.")],
    merchant: Merchant,
    reason: Reason = "other",
    note: Note = None,
    reference: Reference = None,
    as_json: Json = False,
) -> None:
    """Move goods from one of the merchant's own warehouses to another."""
    from hub.cli.given import checked
    from hub.kernel.events import CLI
    from hub.stock.schemas.levels import Transfer, step_view
    from hub.stock.service import levels

    given: dict[str, object] = {"from_warehouse_id": source, "to_warehouse_id": target, "reason": reason, "note": note}
    given |= {"lines": [{"product_id": product, "quantity": quantity}], "reference": reference}
    wanted, said = checked(Transfer, given).given()
    with opening.writing() as db:
        moved = levels.transfer(db, merchant, source, target, wanted, said, actor=CLI)
    showing.show(step_view(moved), as_json=as_json)


OfProduct = Annotated[
    str | None,
    typer.Option("--product", metavar="ID", help="Only this product; without, all but those with their own."),
]
PUSHES = (
    ("sent", "sent_at"), ("place", "place_ref"), ("figure", "quantity"), ("expected", "expected"),
    ("status", "status"), ("actual", "actual"), ("reason", "reason"), ("cause", "cause"),
)  # fmt: skip
RULES = (("product", "product_id"), ("buffer", "buffer"), ("percent", "percent"), ("cap", "cap"), ("fixed", "fixed"))


@app.command()
def why(
    listing: Annotated[str, typer.Argument(metavar="LISTING", help="The listing, by id.")],
    merchant: Merchant,
    as_json: Json = False,
) -> None:
    """Tell why the figure of a listing on its channel is what it is."""
    from hub.stock.schemas.telling import listing_view
    from hub.stock.service import explaining

    with opening.reading() as db:
        view = listing_view(listing, explaining.explain(db, merchant, listing))
    showing.show(view, as_json=as_json)


@app.command()
def pushes(
    listing: Annotated[str, typer.Argument(metavar="LISTING", help="The listing, by id.")],
    merchant: Merchant,
    limit: Limit = 50,
    cursor: Cursor = None,
    as_json: Json = False,
) -> None:
    """List what the channel was told of a listing, the newest first."""
    from hub.stock.service import explaining
    from hub.stock.store import pushes as store

    before = paging.after(cursor)
    with opening.reading() as db:
        explaining.explain(db, merchant, listing)
        rows = store.of_listing(db, merchant, listing, limit=limit, before=before)
    paging.show_rows(rows, PUSHES, limit=limit, as_json=as_json)


@app.command()
def rules(account: Account, limit: Limit = 50, cursor: Cursor = None, as_json: Json = False) -> None:
    """List the rules of an account, that of all its products first."""
    from hub.cli.places import found
    from hub.kernel.paging import cursor_of
    from hub.stock.schemas.telling import rule_view
    from hub.stock.store import rules as store

    after = paging.after(cursor)
    with opening.reading() as db:
        found(db, account)
        rows = store.page(db, account, limit=limit, after=after)
    following = cursor_of((rows[limit - 1][0],)) if len(rows) > limit else None
    shown = [rule_view(account, *row) for row in rows[:limit]]
    showing.show_page(shown, RULES, following=following, as_json=as_json)


@app.command()
def rule(
    account: Account,
    product: OfProduct = None,
    buffer: Annotated[int | None, typer.Option(help="Base units that are kept back.")] = None,
    percent: Annotated[int | None, typer.Option(help="How much of the rest is offered.")] = None,
    cap: Annotated[int | None, typer.Option(help="At most so many base units.")] = None,
    fixed: Annotated[int | None, typer.Option(help="So many, whatever there is: for goods made to order.")] = None,
    as_json: Json = False,
) -> None:
    """Say what an account is offered of what is free, in the place of the rule that stands; without limits: all."""
    from hub.cli.given import checked
    from hub.cli.places import found
    from hub.kernel.events import CLI
    from hub.stock.schemas.telling import NewRule, rule_view
    from hub.stock.service import ruling

    wanted = checked(NewRule, {"buffer": buffer, "percent": percent, "cap": cap, "fixed": fixed}).rule
    with opening.writing() as db:
        merchant = found(db, account).merchant_id
        old = ruling.locked(db, merchant, account, product or "")
        ruling.put(db, merchant, account, product or "", old, wanted, actor=CLI)
    showing.show(rule_view(account, product or "", wanted), as_json=as_json)
