"""The shop and its app, as far as a merchant or Tokopedia may change them."""

from typing import Any

import msgspec

WAREHOUSES = ("Gudang Tanah Abang", "Gudang Bandung")


class State(msgspec.Struct):
    """What decides whether calls get through; the demo and the tests flip it."""

    ip_listed: bool = True
    linked: bool = True
    is_open: bool = True
    status: int = 1
    reason: str = ""
    warehouses: int = 2  # with two, every change of stock must name one


def warehouse_ids(shop_id: int, count: int) -> tuple[int, ...]:
    """The numbers of the shop's warehouses, its default one first."""
    return tuple(shop_id * 10 + number for number in range(1, count + 1))


def info(shop_id: int, state: State) -> dict[str, Any]:  # Any: JSON
    """One element of shop-info; a closed shop simply lacks `is_open`."""
    answer: dict[str, Any] = {  # Any: JSON
        "shop_id": shop_id,
        "user_id": shop_id + 5_000_000,
        "shop_name": f"Larasati &amp; Co {shop_id}",
        "logo": "https://images.tokopedia.net/img/cache/215-square/shops-1/logo.png",
        "shop_url": f"https://www.tokopedia.com/larasati-{shop_id}",
        "status": state.status,
        "date_shop_created": "2017-06-14T00:00:00Z",
        "domain": f"larasati-{shop_id}",
        "admin_id": [shop_id + 5_000_000],
        "district_id": 2253,
        "province_name": "DKI Jakarta",
        "warehouses": [_warehouse(shop_id, number) for number in range(state.warehouses)],
    }
    return answer | ({"is_open": 1} if state.is_open else {}) | ({"reason": state.reason} if state.reason else {})


def _warehouse(shop_id: int, number: int) -> dict[str, Any]:  # Any: JSON
    answer: dict[str, Any] = {  # Any: JSON
        "warehouse_id": warehouse_ids(shop_id, number + 1)[number],
        "warehouse_name": WAREHOUSES[number],
        "partner_id": {"Int64": 0, "Valid": False},
        "shop_id": {"Int64": shop_id, "Valid": True},
        "district_id": (2253, 1651)[number],
        "status": 1,
        "latlon": ("-6.1862,106.8108", "-6.9175,107.6191")[number],
        "address_detail": ("Jl. KH Mas Mansyur 12", "Jl. Braga 7")[number],
    }
    return answer | ({"is_default": 1} if number == 0 else {})
