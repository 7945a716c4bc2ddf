"""What an item has at every location of a store: an answer holds the first twenty of them."""

from hub_hookspecs import Temporary

from hub_shopify import documents
from hub_shopify.client import ShopifyClient
from hub_shopify.payloads import catalogue

_MOST_PAGES = 40  # of 250 locations each


def of_item(client: ShopifyClient, item: str, first: catalogue.Nodes[catalogue.Level]) -> list[catalogue.Level]:
    """Give the levels of `first`, and read those that it does not hold."""
    found, info = list(first.nodes), first.page_info
    for _ in range(_MOST_PAGES):
        if not info.has_next_page:
            return found
        more = client.query(documents.MORE_LEVELS, catalogue.MoreLevels, id=item, after=info.end_cursor)
        if more.inventory_item is None:  # deleted meanwhile: what is known must do
            return found
        found += more.inventory_item.inventory_levels.nodes
        info = more.inventory_item.inventory_levels.page_info
    raise Temporary(f"Shopify lists ever more locations for {item}")
