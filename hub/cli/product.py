"""`hub product`: what the merchant sells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli import describing as given
from hub.cli import opening, paging, placing, showing
from hub.cli.given import checked
from hub.cli.options import Cursor, Json, Limit, Merchant

if TYPE_CHECKING:
    from hub.catalog.schemas.products import ProductChange, ProductDetail
    from hub.catalog.service.products import Whole
    from hub.kernel.db import Transaction

app = typer.Typer(rich_markup_mode=None)
app.command()(placing.placements)

ProductId = Annotated[str, typer.Argument(metavar="PRODUCT", help="The product, by id.")]
COLUMNS = (
    ("id", "id"), ("sku", "sku"), ("name", "name"), ("bundle", "bundle"), ("parent", "parent_id"),
    ("since", "created_at"),
)  # fmt: skip


@app.command("list")
def list_(
    merchant: Merchant,
    sku: Annotated[str | None, typer.Option(help="Exactly this SKU.")] = None,
    q: Annotated[
        str | None, typer.Option("-q", metavar="TEXT", help="The beginning of the SKU or of the name.")
    ] = None,
    parent: Annotated[str | None, typer.Option(metavar="ID", help="Only the variants of this parent.")] = None,
    bundles: Annotated[bool | None, typer.Option("--bundles/--no-bundles", help="Only these, or all others.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
    as_json: Json = False,
) -> None:
    """List a merchant's products, the oldest first."""
    from hub.catalog.schemas.products import product_view
    from hub.catalog.store import pages
    from hub.merchants import service as merchants

    with opening.reading() as db:
        merchants.merchant(db, merchant)
        rows = pages.products(
            db, merchant, sku=sku, q=q, parent_id=parent, bundle=bundles, limit=limit + 1,
            after=paging.after(cursor) or "",
        )  # fmt: skip
    paging.show_rows([product_view(row) for row in rows], COLUMNS, limit=limit, as_json=as_json)


@app.command()
def show(product: ProductId, merchant: Merchant, as_json: Json = False) -> None:
    """Show a product, what it contains and where it is listed."""
    from hub.catalog.service import products

    with opening.reading() as db:
        view = _detail(db, products.find(db, merchant, product))
    showing.show(view, as_json=as_json)


@app.command()
def create(
    merchant: Merchant,
    sku: Annotated[str, typer.Option(help="Its code; one product of a merchant has it.")],
    name: Annotated[str, typer.Option(help="What people call it.")],
    price: given.Price = None,
    barcode: given.Barcode = None,
    weight: given.Weight = None,
    size: given.Size = None,
    image: given.Images = None,
    description: given.Description = None,
    attribute: given.Attributes = None,
    option: given.Options = None,
    parent: given.OfParent = None,
    components: given.Components = None,
    place: placing.Place = None,
    as_json: Json = False,
) -> None:
    """Make a product by hand; with components it is a bundle. With --place a 3PL's warehouse is told of it."""
    from hub.catalog.schemas.products import NewProduct, components_of, data_of
    from hub.catalog.service import products
    from hub.kernel.events import CLI
    from hub.merchants import service as merchants
    from hub.stock.service import placing as placing_service

    typed = given.body(
        sku=sku, name=name, price=price, barcode=barcode, weight_g=weight, size_mm=size, image_urls=image,
        description=description, attributes=attribute, options=option, parent_id=parent,
    )  # fmt: skip
    new = checked(NewProduct, {**typed, "components": given.parts(components or ())})
    with opening.writing() as db:
        merchants.merchant(db, merchant)
        made = products.create(db, merchant, data_of(new), components=components_of(new) or (), actor=CLI)
        if place is not None:
            placing_service.place(db, merchant, place, [made.product.id], actor=CLI)
        view = _detail(db, made)
    showing.show(view, as_json=as_json)


@app.command()
def change(
    product: ProductId,
    merchant: Merchant,
    sku: given.Sku = None,
    name: given.ProductName = None,
    price: given.Price = None,
    barcode: given.Barcode = None,
    weight: given.Weight = None,
    size: given.Size = None,
    image: given.Images = None,
    description: given.Description = None,
    attribute: given.Attributes = None,
    option: given.Options = None,
    parent: given.OfParent = None,
    unset: Annotated[list[str] | None, typer.Option(metavar="FIELD", help="Empty this field.")] = None,
    as_json: Json = False,
) -> None:
    """Change what is given; the rest stays. A list is replaced as a whole; no import overwrites it."""
    from hub.catalog.schemas.products import ProductChange

    typed = given.body(
        unset or (), sku=sku, name=name, price=price, barcode=barcode, weight_g=weight, size_mm=size, image_urls=image,
        description=description, attributes=attribute, options=option, parent_id=parent,
    )  # fmt: skip
    _change(merchant, product, checked(ProductChange, typed, keep_none=tuple(typed)), as_json=as_json)


@app.command()
def bundle(
    product: ProductId,
    merchant: Merchant,
    components: given.Components = None,
    dissolve: Annotated[bool, typer.Option("--dissolve", help="Make it an ordinary product again.")] = False,
    as_json: Json = False,
) -> None:
    """Let a product consist of exactly these components."""
    from hub.catalog.schemas.products import ProductChange

    if bool(components) == dissolve:
        raise typer.BadParameter("name the components by id, or say --dissolve")
    _change(
        merchant, product, checked(ProductChange, {"components": given.parts(components or ())}), as_json=as_json
    )  # fmt: skip


@app.command()
def archive(product: ProductId, merchant: Merchant, as_json: Json = False) -> None:
    """Take a product that nothing uses out of the catalogue; it is kept, and its SKU is free."""
    from hub.catalog.service import archiving
    from hub.kernel.events import CLI

    with opening.writing() as db:
        view = _detail(db, archiving.archive(db, merchant, product, actor=CLI))
    showing.show(view, as_json=as_json)


@app.command()
def restore(product: ProductId, merchant: Merchant, as_json: Json = False) -> None:
    """Put an archived product back into the catalogue; refused while another one has its SKU."""
    from hub.catalog.service import archiving
    from hub.kernel.events import CLI

    with opening.writing() as db:
        view = _detail(db, archiving.restore(db, merchant, product, actor=CLI))
    showing.show(view, as_json=as_json)


@app.command()
def merge(
    product: Annotated[str, typer.Argument(metavar="PRODUCT", help="The product that gives its listings, by id.")],
    merchant: Merchant,
    into: Annotated[str, typer.Option("--into", metavar="ID", help="The product that takes them, by id.")],
    as_json: Json = False,
) -> None:
    """Put all listings of a product on another one; the emptied one leaves the catalogue."""
    from hub.kernel import events
    from hub.kernel.events import CLI
    from hub.linking.schemas import Merge
    from hub.linking.service import merging

    wanted = checked(Merge, {"into": into})
    with opening.writing() as db:
        event_id = merging.merge(db, merchant, product, wanted.into, actor=CLI)
        event = events.find(db, merchant, event_id)
    showing.show(event, as_json=as_json)


def _change(merchant: str, product: str, wanted: ProductChange, *, as_json: bool) -> None:
    from hub.catalog.schemas.products import changed, components_of
    from hub.catalog.service import products
    from hub.kernel.events import CLI

    with opening.writing() as db:
        old = products.find(db, merchant, product, for_change=True)
        new = products.change(db, old, changed(old.product, wanted), components=components_of(wanted), actor=CLI)
        view = _detail(db, new)
    showing.show(view, as_json=as_json)


def _detail(db: Transaction, whole: Whole) -> ProductDetail:
    from hub.catalog.schemas.products import detail_view
    from hub.catalog.store import pages

    wanted = pages.ListingFilter(product_id=whole.product.id)
    return detail_view(
        whole, pages.listings(db, whole.product.merchant_id, wanted, limit=pages.LISTINGS_SHOWN)
    )  # fmt: skip
