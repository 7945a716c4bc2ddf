"""Stock, both ways: levels told to a store, compared before they are set, and levels read from it."""

from hub_shopify.stock.syncing import pages
from hub_shopify.stock.telling import tell

__all__ = ["pages", "tell"]
