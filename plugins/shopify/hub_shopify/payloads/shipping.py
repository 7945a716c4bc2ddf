"""What of an order is still to leave, and what left."""

from hub_shopify.envelope import Wire
from hub_shopify.payloads.catalogue import Nodes
from hub_shopify.payloads.orders import AssignedLocation, Named, Tracking


class ParcelLine(Wire, frozen=True):
    line_item: Named
    quantity: int | None = None


class Parcel(Wire, frozen=True):
    id: str
    status: str = ""
    tracking_info: tuple[Tracking, ...] = ()
    fulfillment_line_items: Nodes[ParcelLine] = Nodes()


class Share(Wire, frozen=True):
    id: str
    line_item: Named
    remaining_quantity: int = 0
    sku: str | None = None


class Action(Wire, frozen=True):
    action: str = ""


class Part(Wire, frozen=True):
    id: str
    status: str = ""
    assigned_location: AssignedLocation = AssignedLocation()
    supported_actions: tuple[Action, ...] = ()
    line_items: Nodes[Share] = Nodes()

    @property
    def may_ship(self) -> bool:
        return any(one.action == "CREATE_FULFILLMENT" for one in self.supported_actions)


class Parts(Wire, frozen=True):
    fulfillments: tuple[Parcel, ...] = ()
    fulfillment_orders: Nodes[Part] = Nodes()


class PartsOfOrder(Wire, frozen=True):
    order: Parts | None


class Shipped(Wire, frozen=True):
    fulfillment: Named | None = None
