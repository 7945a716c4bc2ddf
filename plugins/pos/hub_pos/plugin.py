"""The hub's own point of sale, as the hub sees it."""

from hub_hookspecs import (
    Absent,
    Account,
    AccountCheck,
    Channel,
    Label,
    Listing,
    Product,
    Rejected,
    Shipment,
    hookimpl,
)

from hub_pos.declaration import POS
from hub_pos.settings import PosSettings


@hookimpl
def describe_channel() -> Channel:
    return POS


@hookimpl
def check_account(account: Account[PosSettings]) -> AccountCheck:
    """Tell the stores of all merchants apart: the code is unique within a merchant, and outlives a new name."""
    settings = account.settings
    return AccountCheck(
        identity=f"{account.merchant_id}/{settings.store_code}",
        name=settings.store_name.strip(),
        country=settings.country,
    )


@hookimpl
def push_product(account: Account[PosSettings], product: Product, resume: str) -> Listing:
    """List under the product's own key: the same product again is the same listing."""
    if not product.name.strip():
        raise Rejected("the name is empty; give the product a name before listing it to a point of sale", code="name")
    if product.listing_ref:
        return Listing(ref=product.listing_ref)
    return Listing(ref=product.key, quantity=product.quantity)


@hookimpl
def find_listing(account: Account[PosSettings], product: Product) -> Absent:
    """Nothing can be asked and nothing can be lost: pushing again is always safe."""
    return Absent(key=product.key)


@hookimpl
def create_label(account: Account[PosSettings], shipment: Shipment, resume: str) -> Label:
    """Draw it from the shipment alone, so that it stays the same when the store is renamed; no AWB is arranged."""
    from hub_pos import label  # noqa: PLC0415 - fonts and drawing take longer to load than the rest of the hub needs

    return Label(content=label.draw(shipment), media_type="application/pdf")
