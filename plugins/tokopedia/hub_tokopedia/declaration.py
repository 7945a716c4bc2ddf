"""What Tokopedia's fs API can and cannot do for a merchant, in words an operator can read."""

from datetime import timedelta

from hub_hookspecs import Capability, Channel, Kind, Paper, Rate

from hub_tokopedia.settings import TokopediaSettings

_NO_WAREHOUSE = "Tokopedia sells; it has no warehouse that takes documents from an ordinary shop"

TOKOPEDIA = Channel(
    name="tokopedia",
    title="Tokopedia",
    kind=Kind.MARKETPLACE,
    settings=TokopediaSettings,
    offers=frozenset(
        {
            Capability.ANSWER_CANCELLATION,
            Capability.CONFIRM_SHIPMENT,
            Capability.CREATE_LABEL,
            Capability.IMPORT_ITEMS,
            Capability.IMPORT_ORDERS,
            Capability.LIST_CATEGORIES,
            Capability.PARSE_WEBHOOK,
            Capability.PUSH_PRODUCT,
            Capability.PUSH_STOCK,
            Capability.SYNC_STOCK,
        }
    ),
    lacks={
        Capability.PUSH_INBOUND: _NO_WAREHOUSE,
        Capability.PUSH_OUTBOUND: _NO_WAREHOUSE,
        Capability.CANCEL_OUTBOUND: _NO_WAREHOUSE,
    },
    # The AWB comes per order: a courier who is paid through Tokopedia tells it, of any other the seller enters it.
    supplies=frozenset({Paper.LABEL_PDF, Paper.AWB}),
    countries=frozenset({"ID"}),
    stock_batch=100,
    rate=Rate(requests=5, per=timedelta(seconds=1), scope="endpoint"),
    token_settings=("accounts_url", "client_id", "client_secret"),
    preconditions=(
        "The same product carries the same SKU code in every store.",
        "The store is an Official Store or a Power Merchant.",
        "The store is not connected to another system; unlink it there first.",
        "The store is active and not on holiday.",
        "The store's owner has pressed Accept in the e-mail with which Tokopedia asks about this app.",
        "The hub's IP address is on the app's whitelist in Tokopedia's developer console.",
    ),
    advice=(
        "Tidy up SKU codes first: products are linked by them, variants included.",
        "Tokopedia closed this API on 30 September 2025. Merged shops live behind TikTok Shop's API and cannot be "
        "connected here; the two addresses can point to a service that still speaks the fs API.",
        "A shop with several warehouses wants to be told the stock of each: map them to warehouses of the hub.",
        "Tokopedia cannot compare before it sets stock: a sale in between is overwritten until the next look at its "
        "orders. A buffer is the cure.",
        "A shop may hold back stock for a campaign; the hub counts only what is not held back.",
        "Pictures are sent only to a product that has none: change the others in Tokopedia's seller centre.",
        "One answer holds 50 products and five requests a second are allowed: 10,000 products take about a minute.",
    ),
)
