"""Reads the parameters of the two calls that read orders; where a code is not published it is a guess."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import httpx

from hub_tokopedia.sandbox.answers import Refused
from hub_tokopedia.sandbox.queries import number, only

WINDOW = timedelta(days=3)
PAGE_LIMIT = 100
_JAKARTA = timedelta(hours=7)


class Listing(NamedTuple):
    """A page of the orders of these days; `shop_id` or `warehouse_id` is 0 where it was not given."""

    fs_id: str
    start: datetime
    end: datetime
    page: int
    per_page: int
    shop_id: int
    warehouse_id: int
    status: int | None


def listing(params: httpx.QueryParams, *, jakarta: bool) -> Listing:
    """Take a page of at most three days. `jakarta`: the clock on the wall there is written as if it were UTC."""
    only(params, ("fs_id", "from_date", "to_date", "page", "per_page", "shop_id", "warehouse_id", "status"))
    if "shop_id" in params and "warehouse_id" in params:
        raise Refused(400, "Only one of shop_id and warehouse_id is allowed", code="ORD_DLV_008")
    start, end = (_required(params, name, "ORD_DLV_005") for name in ("from_date", "to_date"))
    if end < start:
        raise Refused(400, "to_date must not be before from_date", code="ORD_DLV_012")
    if end - start > WINDOW.total_seconds():
        raise Refused(400, "Date Range must be less than 3 days", code="ORD_DLV_013")
    page, per_page = (_required(params, name, "ORD_DLV_006") for name in ("page", "per_page"))
    if page < 1 or not 1 <= per_page <= PAGE_LIMIT:
        raise Refused(400, f"page begins at 1, per_page is between 1 and {PAGE_LIMIT}", code="ORD_DLV_006")
    return Listing(
        fs_id=params.get("fs_id", ""),
        start=_instant(start, jakarta=jakarta),
        end=_instant(end, jakarta=jakarta),
        page=page,
        per_page=per_page,
        shop_id=number(params.get("shop_id", "0"), "invalid shop_id format", "ORD_DLV_002"),
        warehouse_id=number(params.get("warehouse_id", "0"), "invalid warehouse_id format", "ORD_DLV_002"),
        status=number(params["status"], "invalid status format", "ORD_DLV_007") if "status" in params else None,
    )


def single(params: httpx.QueryParams) -> tuple[int | None, str]:
    """Take the order's id or its invoice number, one of the two."""
    only(params, ("order_id", "invoice_num"))
    if "order_id" in params and "invoice_num" in params:
        raise Refused(400, "Only one of order_id and invoice_num is allowed", code="ORD_DLV_004")
    if "order_id" in params:
        return number(params["order_id"], "invalid order_id format", "ORD_DLV_002"), ""
    if not params.get("invoice_num"):
        raise Refused(400, "order_id or invoice_num cannot be empty", code="ORD_DLV_003")
    return None, params["invoice_num"]


def _required(params: httpx.QueryParams, name: str, code: str) -> int:
    if not params.get(name):
        raise Refused(400, f"{name} cannot be empty", code=code)
    return number(params[name], f"invalid {name} format", code)


def _instant(seconds: int, *, jakarta: bool) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC) - (_JAKARTA if jakarta else timedelta(0))
    except (OverflowError, ValueError, OSError) as error:
        raise Refused(400, "invalid date", code="ORD_DLV_005") from error
