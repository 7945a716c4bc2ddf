"""A strict sandbox of Tokopedia's fs API: one app, one shop, a catalogue of any size."""

from hub_tokopedia.sandbox.catalogue import Expected
from hub_tokopedia.sandbox.goods import Unit
from hub_tokopedia.sandbox.order_wire import buyer_of
from hub_tokopedia.sandbox.sales import Order, SoldOut
from hub_tokopedia.sandbox.server import Seen, TokopediaSandbox

__all__ = ["Expected", "Order", "Seen", "SoldOut", "TokopediaSandbox", "Unit", "buyer_of"]
