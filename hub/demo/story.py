"""Takes in a merchant, connects shops, imports, looks at the classes, confirms, and lists products to more channels."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

import httpx
import msgspec

from hub.demo.calls import POLL_SECONDS, DemoFailed, Json, call, finished
from hub.demo.crosslisting import cross_list

Tell = Callable[[str, Json], None]  # told how far each import is


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What the story came to; classes are as imported, before anything was confirmed.

    `cross_listed` counts by plugin the products that were listed to a channel of the hub's own.
    """

    items_seen: int
    listings: int
    skipped: dict[str, int]
    classes: dict[str, int]
    products: int
    cross_listed: dict[str, int]
    seconds: float


def tell_story(api: httpx.Client, shops: list[tuple[str, Json]], tell: Tell) -> tuple[str, Summary]:
    begun = time.monotonic()
    merchant = call(api, "POST", "/v1/merchants", {"name": "Toko Batik Ayu"})["id"]
    root = f"/v1/merchants/{merchant}"
    for plugin in {plugin for plugin, _ in shops}:
        call(api, "PUT", f"{root}/plugins/{plugin}", {"enabled": True})
    for plugin, given in shops:
        wish = {"plugin": plugin, "settings": given, "preconditions_confirmed": True}
        call(api, "POST", f"{root}/accounts", wish)
    done = _watch_imports(api, root, len(shops), tell)
    classes = call(api, "GET", f"{root}/listings/classes")
    job = call(api, "POST", f"{root}/listings/confirm", {"filter": {}})
    linked = finished(api, f"{root}/jobs/{job['id']}")
    if linked["state"] != "done":
        raise DemoFailed(f"confirming ended as {linked['state']}: {linked['error']}")
    cross_listed = cross_list(api, root)
    skipped: Counter[str] = sum((Counter(one["skipped"]) for one in done), Counter())
    return merchant, Summary(
        items_seen=sum(one["items_seen"] for one in done),
        listings=sum(one["listings"] for one in done),
        skipped=dict(skipped),
        classes=classes,
        products=_count_products(api, root),
        cross_listed=cross_listed,
        seconds=round(time.monotonic() - begun, 2),
    )


def _watch_imports(api: httpx.Client, root: str, expected: int, tell: Tell) -> list[Json]:
    while True:
        found: list[Json] = call(api, "GET", f"{root}/imports")["items"]
        if len(found) != expected:
            raise DemoFailed(f"{len(found)} imports began by themselves, not {expected}")
        for one in found:
            tell(one["account_id"], one)
        if all(one["finished_at"] for one in found):
            break
        time.sleep(POLL_SECONDS)
    if failed := [one for one in found if one["state"] != "done"]:
        raise DemoFailed(f"an import ended as {failed[0]['state']}: {failed[0]['error']}")
    return found


def _count_products(api: httpx.Client, root: str) -> int:
    count, path = 0, f"{root}/products?limit=200"
    while path:
        page = call(api, "GET", path)
        count, path = count + len(page["items"]), page["next"]
    return count
