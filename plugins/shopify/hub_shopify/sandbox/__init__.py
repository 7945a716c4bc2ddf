"""A strict sandbox of Shopify's Admin API: one app, one shop, a catalogue of any size."""

from hub_shopify.sandbox.hands import Expected, Unit
from hub_shopify.sandbox.server import SCOPES, Seen, ShopifySandbox

__all__ = ["SCOPES", "Expected", "Seen", "ShopifySandbox", "Unit"]
