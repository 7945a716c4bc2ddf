"""What Shopify's Admin API can and cannot do for a merchant, in words an operator can read."""

from datetime import timedelta

from hub_hookspecs import Capability, Channel, Kind, Paper, Rate

from hub_shopify import scopes
from hub_shopify.settings import ShopifySettings

_NO_WAREHOUSE = "Shopify is not a warehouse: it takes no documents and moves no goods"
_NO_LABEL = "no shipping label: Shopify sells labels only through Shopify Shipping, which this plugin does not buy"

SHOPIFY = Channel(
    name="shopify",
    title="Shopify",
    kind=Kind.MARKETPLACE,
    settings=ShopifySettings,
    offers=frozenset(
        {
            Capability.IMPORT_ITEMS,
            Capability.PUSH_PRODUCT,
            Capability.PUSH_STOCK,
            Capability.SYNC_STOCK,
            Capability.IMPORT_ORDERS,
            Capability.PARSE_WEBHOOK,
            Capability.CONFIRM_SHIPMENT,
        }
    ),
    lacks={
        Capability.LIST_CATEGORIES: "Shopify products need no category; its taxonomy is optional",
        Capability.ANSWER_CANCELLATION: "buyers do not ask Shopify to cancel an order; only the store cancels one",
        Capability.CREATE_LABEL: _NO_LABEL,
        Capability.PUSH_INBOUND: _NO_WAREHOUSE,
        Capability.PUSH_OUTBOUND: _NO_WAREHOUSE,
        Capability.CANCEL_OUTBOUND: _NO_WAREHOUSE,
    },
    lacks_papers=dict.fromkeys(Paper, _NO_LABEL),
    # Shopify counts the cost of each request, not requests, and says in each answer what is left; this is only a
    # pace at which an ordinary store's cheap requests never meet that limit.
    rate=Rate(requests=10, per=timedelta(seconds=1)),
    # Its search answers with new orders some seconds after the stock fell; no page says how many at most.
    orders_visible_after=timedelta(seconds=30),
    stock_batch=250,  # Shopify's most entries of one input
    compare_and_set=True,
    token_settings=("shop", "client_id", "client_secret", "access_token", "sandbox_url"),
    preconditions=(
        "The same product carries the same SKU code in every store.",
        "An app of your own exists in Shopify's Dev Dashboard, in the same organisation as the store, "
        "and is installed on the store.",
        f"The app was granted these scopes: {', '.join(scopes.ALL)}.",
        "No other system writes stock to this store; unlink it there first.",
    ),
    advice=(
        "Tidy up SKU codes first: products are linked by them, variants included. Shopify's Duplicate copies them.",
        "Switch on Track quantity for every variant: stock of an untracked one cannot be kept.",
        "A new product appears in a sales channel only once it is published there.",
        "Pictures are sent only to a product that has none: change the others in Shopify.",
        "Title, description, vendor and type belong to a product with all its variants: change those of one that has "
        "several in Shopify.",
        "Above 10,000 variants the catalogue is read by a bulk operation; Shopify needs some minutes for it.",
    ),
)
