"""Writes orders in the two shapes that Tokopedia has for them, with the buyer's data sealed or masked."""

import html
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric import rsa

from hub_tokopedia.sandbox.sales import Line, Order, Wish
from hub_tokopedia.sandbox.sealing import masked, sealed

Json = dict[str, Any]  # Any: JSON
_JAKARTA = timedelta(hours=7)
_SHIPPING = 9_000  # rupiah
_NEVER = "0001-01-01T00:00:00Z"
_NAMES = ("Siti Rahmawati", "Budi Santoso", "Dewi &amp; Rizky Hartono", "Agus Setiawan", "Ni Luh Ayu Pratiwi")
_PLACES = (
    ("Jl. Gatot Subroto Kav. 12", "Jagakarsa", "Kota Administrasi Jakarta Selatan", "DKI Jakarta", "12620"),
    ("Jl. Ir. H. Juanda 45, RT 3/RW 2", "Coblong", "Kota Bandung", "Jawa Barat", "40132"),
    ("Jl. Sunset Road 88", "Kuta", "Kab. Badung", "Bali", "80361"),
)


class Buyer(NamedTuple):
    """Who gets an order; the same for the same order."""

    name: str
    phone: str
    email: str
    street: str
    district: str
    city: str
    province: str
    postcode: str


def buyer_of(number: int) -> Buyer:
    """Give the buyer of an order, made from its number."""
    name = _NAMES[number % len(_NAMES)]
    return Buyer(name, f"0812{number % 10**8:08d}", f"buyer{number}@example.com", *_PLACES[number % len(_PLACES)])


def invoice(order: Order) -> str:
    return f"INV/{order.made + _JAKARTA:%Y%m%d}/MPL/{order.number}"


class OrderCodec:
    """Writes one shop's orders. `key`: what the app has registered to seal the buyer's data for; None: only masks."""

    def __init__(self, fs_id: int, shop_id: int, warehouses: tuple[int, ...]) -> None:
        self._fs_id, self._shop_id, self._warehouses = fs_id, shop_id, warehouses
        self.key: rsa.RSAPublicKey | None = None
        self.key_size = 32  # bytes of the AES key; which one it is was never published

    def listed(self, order: Order) -> Json:
        """One element of the list: amounts and weights of its own, its times as seconds."""
        buyer = buyer_of(order.number)
        total = _total(order)
        shown = {
            "fs_id": str(self._fs_id),
            "order_id": order.number,
            "is_cod_mitra": False,
            "accept_partial": False,
            "invoice_ref_num": invoice(order),
            "products": [_listed_line(line) for line in order.lines],
            "products_fulfilled": [_fulfilled(line) for line in order.lines],
            "device_type": "",
            "buyer": {"id": order.number % 10**6, "name": masked(buyer.name), "phone": "***", "email": "***"},
            "shop_id": self._shop_id,
            "payment_id": order.number + 7,
            "recipient": _recipient(buyer),
            "logistics": {"shipping_id": 1, "shipping_agency": "JNE", "service_type": "Reguler"},
            "amt": {"ttl_product_price": total, "shipping_cost": _SHIPPING, "ttl_amount": total + _SHIPPING},
            "order_status": order.status,
            "warehouse_id": self._warehouse(order),
            "fulfill_by": order.fulfil_by,
            "create_time": int(order.made.timestamp()),
            "custom_fields": {"awb": order.awb} if order.awb else None,
            "shipment_fulfillment": _deadlines(order),
        }
        return shown | self._sealed(_behind_listed(buyer))

    def notified(self, order: Order) -> Json:
        """A webhook's new order: as in the list, but the buyer is a customer."""
        shown = self.listed(order)
        shown["customer"] = shown.pop("buyer")
        return shown | {"shop_name": f"Larasati & Co {self._shop_id}", "payment_date": _wall(order.made)}

    def changed(self, order: Order) -> Json:
        """A webhook's order in another status."""
        return {
            "order_status": order.status,
            "fs_id": self._fs_id,
            "order_id": order.number,
            "shop_id": self._shop_id,
            "warehouse_id": self._warehouse(order),
            "product_details": [_listed_line(line) for line in order.lines],
        }

    def single(self, order: Order) -> Json:
        """The one order that was asked for: other names for the same, its times as they stand on a wall in Jakarta."""
        buyer = buyer_of(order.number)
        shown = {
            "order_id": order.number,
            "seller_id": self._shop_id,
            "order_warehouse": {"warehouse_id": self._warehouse(order), "fulfill_by": order.fulfil_by},
            "order_status": order.status,
            "invoice_number": invoice(order),
            "item_price": _total(order),
            "open_amt": _total(order) + _SHIPPING,
            "buyer_info": {"buyer_id": order.number % 10**6, "buyer_fullname": masked(buyer.name)},
            "shop_info": {"shop_id": self._shop_id},
            "shipment_fulfillment": _deadlines(order),
            "order_info": {
                "order_detail": [_single_line(line) for line in order.lines],
                "order_history": [_step(status, at) for status, at in reversed(order.history)],
                "shipping_info": _shipping(order),
                "destination": _destination(buyer),
            },
            "cancel_request_info": order.wish and _asked(order.wish),
            "create_time": _wall(order.made),
            "update_time": _wall(order.changed),
        }
        return shown | self._sealed(_behind_single(buyer))

    def _warehouse(self, order: Order) -> int:
        return self._warehouses[-1] if order.second else self._warehouses[0]

    def _sealed(self, content: Json) -> Json:
        return {"encryption": sealed(content, self.key, size=self.key_size)} if self.key else {}


def _total(order: Order) -> int:
    return sum(line.quantity * line.unit.price for line in order.lines)


def _recipient(buyer: Buyer) -> Json:
    where = {
        "address_full": masked(buyer.street),
        "district": buyer.district,
        "city": buyer.city,
        "province": buyer.province,
        "country": "Indonesia",
        "postal_code": buyer.postcode,
    }
    return {"name": masked(buyer.name), "phone": "***", "address": where}


def _behind_listed(buyer: Buyer) -> Json:
    whole = f"{buyer.street}, {buyer.district}, {buyer.city}, {buyer.postcode}"
    who = {"name": buyer.name, "phone": buyer.phone}
    return {"buyer": {**who, "email": buyer.email}, "recipient": {**who, "address": {"address_full": whole}}}


def _destination(buyer: Buyer) -> Json:
    return {
        "receiver_name": masked(buyer.name),
        "receiver_phone": "***",
        "address_street": masked(buyer.street),
        "address_district": buyer.district,
        "address_city": buyer.city,
        "address_province": buyer.province,
        "address_postal": buyer.postcode,
    }


def _behind_single(buyer: Buyer) -> Json:
    where = {"receiver_name": buyer.name, "receiver_phone": buyer.phone, "address_street": buyer.street}
    who = {"buyer_fullname": buyer.name, "buyer_email": buyer.email, "buyer_phone": buyer.phone}
    return {"buyer_info": who, "order_info": {"destination": where}}


def _shipping(order: Order) -> Json:
    courier = {"shipping_id": 1, "logistic_name": "JNE", "logistic_service": "Reguler"}
    return {**courier, "awb": order.awb, "isCashless": order.cashless}


def _step(status: int, at: datetime) -> Json:
    return {"action_by": "system", "hist_status_code": status, "timestamp": _wall(at), "message": ""}


def _asked(wish: Wish) -> Json:
    return {"create_time": _wall(wish.at), "reason": wish.reason, "status": wish.status}


def _listed_line(line: Line) -> Json:
    return {
        "id": line.unit.ref,
        "name": html.escape(line.unit.name),
        "quantity": line.quantity,
        "notes": "",
        "weight": line.unit.kind.grams / 1000,
        "total_weight": line.quantity * line.unit.kind.grams / 1000,
        "price": line.unit.price,
        "total_price": line.quantity * line.unit.price,
        "currency": "Rp",
        "sku": line.unit.sku or "",
    }


def _fulfilled(line: Line) -> Json:
    return {
        "product_id": line.unit.ref,
        "quantity_deliver": line.quantity - line.rejected,
        "quantity_reject": line.rejected,
    }


def _single_line(line: Line) -> Json:
    return {
        "order_detail_id": line.detail,
        "product_id": line.unit.ref,
        "product_name": html.escape(line.unit.name),
        "product_price": line.unit.price,
        "subtotal_price": line.quantity * line.unit.price,
        "quantity": line.quantity,
        "quantity_deliver": line.quantity - line.rejected,
        "quantity_reject": line.rejected,
        "sku": line.unit.sku or "",
    }


def _deadlines(order: Order) -> Json:
    if not order.paid:
        return {"accept_deadline": _NEVER, "confirm_shipping_deadline": _NEVER}
    ship_by = order.made + timedelta(days=2)
    return {"accept_deadline": _wall(order.made + timedelta(days=1)), "confirm_shipping_deadline": _wall(ship_by)}


def _wall(moment: datetime) -> str:
    """The time on a clock in Jakarta, with a Z behind it that means nothing."""
    return f"{moment + _JAKARTA:%Y-%m-%dT%H:%M:%S.%f}Z"
