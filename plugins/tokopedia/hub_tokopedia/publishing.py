"""Lists products in a shop: looks for the code first, creates what is new, edits what has changed."""

from hub_hookspecs import Absent, Listing, Product, Rejected

from hub_tokopedia import limits, payloads, rows, translate
from hub_tokopedia.client import TokopediaClient

_DELETED = 0
_EDITABLE = (1, 3)  # active, inactive


def publish(client: TokopediaClient, product: Product) -> Listing:
    """Create the product or bring its listing up to date; what is already as it should be is left alone."""
    limits.require(product)
    current = _current(client, product)
    if current is not None:
        return _bring_up_to_date(client, product, current)
    if product.listing_ref:
        raise Rejected(
            f"Tokopedia has no product {product.listing_ref} in this shop any more; unlink the listing and list the "
            "product anew",
            code="listing",
        )
    limits.require_whole(product)
    created = client.create(rows.encoded(rows.new(product)))
    return Listing(ref=str(created), quantity=rows.first_stock(product))


def find(client: TokopediaClient, product: Product) -> Listing | Absent:
    """Say whether the shop shows the product as it was pushed."""
    current = _current(client, product)
    if current is None:
        return Absent(key=product.key)
    # A new product counts as soon as its code is there; an old one only when it shows what was changed.
    behind = set(rows.changed(product, current)) - {"pictures"} if product.listing_ref else set()
    return Absent(key=product.key) if behind else _listing(current)


def _current(client: TokopediaClient, product: Product) -> payloads.Product | None:
    """The one product of this shop that is meant: by the id of its listing, else by its code."""
    if product.listing_ref:
        found = client.products_by_id([_number(product.listing_ref)])
    else:
        found = client.products_by_sku(product.sku.strip())
    mine = [each for each in found if _is_ours(each, client.shop_id)]
    if len(mine) > 1:
        raise Rejected(
            f"SKU: the shop has {len(mine)} products with the code {product.sku}; leave it to one of them in "
            "Tokopedia's seller centre, then list the product again",
            code="SKU",
        )
    return mine[0] if mine else None


def _is_ours(found: payloads.Product, shop_id: str) -> bool:
    """A code is looked up over all shops of the app, and parents never carry the code of what they group."""
    basic = found.basic or payloads.Basic()
    elsewhere = basic.shop_id and str(basic.shop_id) != shop_id
    return not elsewhere and basic.status != _DELETED and not translate.children(found)


def _bring_up_to_date(client: TokopediaClient, product: Product, current: payloads.Product) -> Listing:
    changes = rows.changed(product, current)
    if changes:
        _require_editable(product, current, changes)
        client.edit(rows.encoded(rows.edit(product, _id(current), changes)))
    return _listing(current)


def _require_editable(product: Product, current: payloads.Product, changes: rows.Row) -> None:
    basic = current.basic or payloads.Basic()
    if basic.status not in _EDITABLE:
        raise Rejected(
            "status: Tokopedia lets only active and inactive products be edited, and this one is "
            f"{translate.status(basic)}; mend that in Tokopedia's seller centre first",
            code="status",
        )
    if current.variant and current.variant.parent_id:
        raise Rejected(
            f"variant: {', '.join(sorted(changes))} of a variant can be changed only together with all its sisters; do "
            "it in Tokopedia's seller centre",
            code="variant",
        )
    if "name" in changes and current.sales and current.sales.count > 0:
        raise Rejected(
            "name: a product that has been sold cannot be renamed on Tokopedia; keep the name "
            f"{translate.name(basic)!r} for this listing, or list the product anew under another code",
            code="name",
        )


def _number(ref: str) -> int:
    if not ref.isascii() or not ref.isdecimal():
        raise Rejected(f"{ref[:50]!r} is no product of Tokopedia: its ids are numbers", code="listing")
    return int(ref)


def _id(current: payloads.Product) -> int:
    return current.basic.product_id if current.basic else 0


def _listing(current: payloads.Product) -> Listing:
    return Listing(ref=str(_id(current)), url=current.other.url if current.other else "")
