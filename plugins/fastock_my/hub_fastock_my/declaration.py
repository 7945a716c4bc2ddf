"""What Fastock MY can and cannot do for a merchant, in words an operator can read."""

from datetime import timedelta

from hub_hookspecs import Capability, Channel, Kind, Paper, Rate

from hub_fastock_my.settings import FastockSettings

_SELLS_NOTHING = "Fastock keeps and sends goods; it sells nothing and has no orders of buyers"

FASTOCK_MY = Channel(
    name="fastock_my",
    title="Fastock MY",
    kind=Kind.FULFILMENT,
    settings=FastockSettings,
    offers=frozenset(
        {
            Capability.CANCEL_OUTBOUND,
            Capability.PARSE_WEBHOOK,
            Capability.PUSH_INBOUND,
            Capability.PUSH_OUTBOUND,
            Capability.PUSH_PRODUCT,
            Capability.SYNC_STOCK,
        }
    ),
    lacks={
        Capability.IMPORT_ITEMS: "Fastock lists nothing for sale; it knows the products that the hub pushes to it",
        Capability.PUSH_STOCK: "the warehouse counts itself: its stock comes by inbound and is read, never set",
        Capability.IMPORT_ORDERS: _SELLS_NOTHING,
        Capability.CONFIRM_SHIPMENT: "Fastock sends the parcel itself and so need not be told",
        Capability.ANSWER_CANCELLATION: _SELLS_NOTHING,
        Capability.CREATE_LABEL: "no shipping label: Fastock sticks on the one that the selling channel supplies",
        Capability.LIST_CATEGORIES: "Fastock sorts goods by SKU alone",
    },
    needs=frozenset({Paper.LABEL_PDF, Paper.AWB}),
    inbound_needs_cost=True,
    one_parcel_per_outbound=True,
    countries=frozenset({"MY"}),
    cancel_until="the outbound is complete; afterwards call Fastock",
    rate=Rate(requests=5, per=timedelta(seconds=1)),  # nothing is published: our guess at what nobody minds
    advice=(
        "Set up shipping-warehouse rules: without one no order goes to this warehouse.",
        "Only orders of stores in Malaysia, with a label as PDF and a courier's AWB, can be sent from here.",
        "Keep the SKUs that lie at Fastock apart from those of other warehouses.",
        "Give Fastock the account's callback address for its confirmations; without them the hub asks by itself.",
    ),
)
