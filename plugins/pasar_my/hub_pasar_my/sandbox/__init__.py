"""A strict sandbox of Pasar MY: one shop, its orders, couriers and labels. All there is of this market."""

from hub_pasar_my.sandbox.records import Goods, Order, Parcel, SoldOut
from hub_pasar_my.sandbox.server import PasarMySandbox

__all__ = ["Goods", "Order", "Parcel", "PasarMySandbox", "SoldOut"]
