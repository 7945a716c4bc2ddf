"""What a point of sale can and cannot do for a merchant, in words an operator can read."""

from datetime import timedelta

from hub_hookspecs import Capability, Channel, Kind, Paper

from hub_pos.settings import PosSettings

_SELLS = "a point of sale sells; it has no warehouse that takes documents"

POS = Channel(
    name="pos",
    title="Point of sale",
    kind=Kind.POS,
    settings=PosSettings,
    offers=frozenset({Capability.PUSH_PRODUCT, Capability.CREATE_LABEL}),
    lacks={
        Capability.IMPORT_ITEMS: "the hub itself holds what is listed here; list products to this channel instead",
        Capability.PUSH_STOCK: "a point of sale sells from the hub's own stock; there is no second figure to tell",
        Capability.SYNC_STOCK: "a point of sale sells from the hub's own stock; there is no second figure to read",
        Capability.IMPORT_ORDERS: "its orders are entered in the hub by hand; there is nothing to fetch",
        Capability.CONFIRM_SHIPMENT: "nobody outside the hub waits to hear that a parcel left",
        Capability.ANSWER_CANCELLATION: "a manual order is cancelled in the hub itself; nobody asks from outside",
        Capability.PUSH_INBOUND: _SELLS,
        Capability.PUSH_OUTBOUND: _SELLS,
        Capability.CANCEL_OUTBOUND: _SELLS,
        Capability.PARSE_WEBHOOK: "nobody calls back: the channel talks to no network",
        Capability.LIST_CATEGORIES: "a point of sale needs no categories",
    },
    supplies=frozenset({Paper.LABEL_PDF}),
    lacks_papers={Paper.AWB: "the hub's own label carries no courier's AWB"},
    absent_means_lost_after=timedelta(0),  # nothing is ever under way
    advice=(
        "List a product here before a manual order is to contain it.",
        "Parcels of manual orders cannot go to a warehouse that needs a courier's AWB.",
    ),
    offline="a point of sale is the hub's own: what is listed here is a row of the hub",
)
