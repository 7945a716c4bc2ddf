"""Orders as a store has them: imported by their changes, or read again by their ids."""

from hub_shopify.orders.feed import pages
from hub_shopify.orders.reading import by_id

__all__ = ["by_id", "pages"]
