"""What the plugin asks of Shopify's Admin API, word for word; the tests hold each against the published schema."""

from hub_shopify.documents.catalogue import (
    BULK_VARIANTS,
    COUNT_VARIANTS,
    IMPORT_VARIANTS,
    MORE_LEVELS,
    POLL_BULK,
    START_BULK,
)
from hub_shopify.documents.orders import ALL_PLACES, IMPORT_ORDERS, MORE_LINES, READ_ORDERS
from hub_shopify.documents.products import (
    ADD_VARIANT,
    CREATE_PRODUCT,
    DEFINE_KEY,
    FIND_BY_KEY,
    FIND_BY_SKU,
    FIND_KEY_DEFINITION,
    READ_LISTING,
    READ_SIBLINGS,
    UPDATE_PRODUCT,
    UPDATE_VARIANT,
)
from hub_shopify.documents.shipping import READ_PARTS, SHIP
from hub_shopify.documents.stock import ALL_LEVELS, LEVELS_ANYWHERE, LEVELS_AT, SET_STOCK
from hub_shopify.documents.store import CHECK, LOCATIONS
from hub_shopify.documents.webhooks import SUBSCRIBE, SUBSCRIPTIONS, UNSUBSCRIBE

__all__ = [
    "ADD_VARIANT",
    "ALL_LEVELS",
    "ALL_PLACES",
    "BULK_VARIANTS",
    "CHECK",
    "COUNT_VARIANTS",
    "CREATE_PRODUCT",
    "DEFINE_KEY",
    "FIND_BY_KEY",
    "FIND_BY_SKU",
    "FIND_KEY_DEFINITION",
    "IMPORT_ORDERS",
    "IMPORT_VARIANTS",
    "LEVELS_ANYWHERE",
    "LEVELS_AT",
    "LOCATIONS",
    "MORE_LEVELS",
    "MORE_LINES",
    "POLL_BULK",
    "READ_LISTING",
    "READ_ORDERS",
    "READ_PARTS",
    "READ_SIBLINGS",
    "SET_STOCK",
    "SHIP",
    "START_BULK",
    "SUBSCRIBE",
    "SUBSCRIPTIONS",
    "UNSUBSCRIBE",
    "UPDATE_PRODUCT",
    "UPDATE_VARIANT",
]
