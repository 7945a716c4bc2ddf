"""`ChannelContract`: the contract between hub and plugin as checks; a plugin subclasses it in ten lines."""

from hub_hookspecs.testing.contract.accounts import AccountChecks
from hub_hookspecs.testing.contract.categories import CategoryChecks
from hub_hookspecs.testing.contract.declaration import DeclarationChecks
from hub_hookspecs.testing.contract.importing import ImportChecks
from hub_hookspecs.testing.contract.labels import LabelChecks
from hub_hookspecs.testing.contract.network import NetworkChecks
from hub_hookspecs.testing.contract.orders import OrderChecks
from hub_hookspecs.testing.contract.purity import PurityChecks
from hub_hookspecs.testing.contract.pushing import PushChecks
from hub_hookspecs.testing.contract.shape import ShapeChecks
from hub_hookspecs.testing.contract.stock import StockChecks
from hub_hookspecs.testing.contract.warehouses import WarehouseChecks
from hub_hookspecs.testing.contract.webhooks import WebhookChecks
from hub_hookspecs.testing.contract.wire import WireChecks


class ChannelContract(
    ShapeChecks,
    DeclarationChecks,
    NetworkChecks,
    AccountChecks,
    ImportChecks,
    CategoryChecks,
    PushChecks,
    PurityChecks,
    WireChecks,
    StockChecks,
    OrderChecks,
    WebhookChecks,
    LabelChecks,
    WarehouseChecks,
):
    """Subclass it as `TestContract` and name the plugin's module and its sandbox.

    A check for a capability that the channel lacks, or for a wire that it declares not to have, is skipped with the
    plugin's own reason; any other skip is a mistake. What a channel does differently is overridden:
    `broken_settings`, `make_sandbox`, `levels`, `new_product`, `new_shipment`, `unfit_product`, `currency`, `undated`,
    `arrive`, `new_inbound`, `new_outbound`, `other_content`.
    """


__all__ = ["ChannelContract"]
