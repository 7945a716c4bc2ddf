"""Reads the parameters of product/info as strictly as the table of error codes allows."""

import re
from typing import NamedTuple

import httpx

from hub_tokopedia.sandbox.answers import Refused

PAGE_LIMIT = 50
LISTED_BY_PAGE_ALONE = 10_000
_LISTING = ("shop_id", "page", "per_page", "sort", "last_sort")
_BY_ID = ("product_id",)
_BY_SKU = ("sku",)


class Listing(NamedTuple):
    shop_id: int
    page: int
    per_page: int
    last_sort: int | None


class ByIds(NamedTuple):
    refs: tuple[int, ...]


class BySku(NamedTuple):
    sku: str


def product_query(params: httpx.QueryParams) -> Listing | ByIds | BySku:
    """Take exactly one selector, a shop's page, ids or a code, and nothing that does not belong to it."""
    if "sku" in params:
        only(params, _BY_SKU)
        if not params["sku"]:
            raise Refused(400, "sku cannot be empty", code="PRD_DLV_045")
        return BySku(params["sku"])
    if "product_id" in params:
        only(params, _BY_ID)
        return ByIds(_refs(params["product_id"]))
    if "shop_id" not in params:
        raise Refused(400, "parameter cannot be empty", code="PRD_DLV_004")
    only(params, _LISTING)
    return _listing(params)


def only(params: httpx.QueryParams, allowed: tuple[str, ...]) -> None:
    """Refuse what the endpoint does not know, and what is said twice; the code for it is a guess."""
    for name, value in params.multi_items():
        if name not in allowed or len(params.get_list(name)) > 1:
            reason = f"Value [{value}] of field [{name}] is not allowed, the allowed fields are {', '.join(allowed)}"
            raise Refused(400, reason, code="PRD_DLV_038")


def _listing(params: httpx.QueryParams) -> Listing:
    shop_id = number(params["shop_id"], "invalid shop_id format", "PRD_DLV_003")
    if "page" not in params:
        raise Refused(400, "page cannot be empty when shop_id or warehouse_id is filled", code="PRD_DLV_005")
    if "per_page" not in params:
        raise Refused(400, "per_page cannot be empty when shop_id is filled", code="PRD_DLV_009")
    page = number(params["page"], "invalid page format", "PRD_DLV_006")
    if page < 1:
        raise Refused(400, "invalid page format", code="PRD_DLV_006")
    per_page = number(params["per_page"], "invalid per_page format", "PRD_DLV_010")
    if not 1 <= per_page <= PAGE_LIMIT:
        raise Refused(400, f"products to show must between 1-{PAGE_LIMIT} items per page", code="PRD_DLV_012")
    if not 1 <= number(params.get("sort", "1"), "invalid sort format", "PRD_DLV_007") <= 10:
        raise Refused(400, "sort must between 1 to 10", code="PRD_DLV_008")
    return Listing(shop_id, page, per_page, _last_sort(params, page * per_page))


def _last_sort(params: httpx.QueryParams, reach: int) -> int | None:
    """Beyond 10,000 products the page number alone is not enough. Format and codes are guesses."""
    if reach <= LISTED_BY_PAGE_ALONE:
        return None
    if not params.get("last_sort"):
        raise Refused(400, "Field [last_sort] should not be empty, please fill the empty field", code="PRD_DLV_045")
    return number(params["last_sort"], "Invalid field [last_sort] format, value should be a number", "PRD_DLV_042")


def _refs(joined: str) -> tuple[int, ...]:
    if not joined:
        raise Refused(400, "product_id cannot be empty", code="PRD_DLV_017")
    refs = tuple(number(ref, "invalid product_id format", "PRD_DLV_021") for ref in joined.split(","))
    if len(refs) > PAGE_LIMIT:
        raise Refused(400, f"Maximun products allowed are {PAGE_LIMIT}", code="PRD_DLV_037")
    return refs


def number(text: str, reason: str, code: str) -> int:
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise Refused(400, reason, code=code)
    return int(text)
