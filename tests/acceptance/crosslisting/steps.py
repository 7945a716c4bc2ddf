"""What a merchant does to list products on another channel: choose, download, fill in, upload, and read the result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import httpx
import sqlalchemy as sa
from hub_hookspecs.testing.faults import Plan

from tests.servers import Pause
from tests.sheets import Line, lines, refilled
from tests.world import PATIENCE, Json, Merchant

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WHILE = timedelta(hours=1)  # no next try, and no channel that shows new listings late, takes longer
Change = Callable[[list[Line]], list[Line]]

_SOONER = sa.text(
    "UPDATE job SET run_at = run_at - :back WHERE merchant_id = :merchant AND kind = 'crosslisting.push'"
    " AND state IN ('waiting', 'unknown') RETURNING account_id, key, lane"
)
_LONGER_AGO = sa.text(
    "UPDATE crosslisting_row SET asked_at = asked_at - :back"
    " WHERE account_id = :account AND product_id = :product AND asked_at IS NOT NULL"
)
_RESTED = sa.text("UPDATE rate SET tat = tat - :back")  # the pace that channels ask for; of all who test here


@dataclass(frozen=True, kw_only=True)
class Saying(Plan):
    """Befall requests whose body says all of this: on Shopify every request has the same path."""

    words: tuple[str, ...]

    def matches(self, request: httpx.Request) -> bool:
        return super().matches(request) and all(word.encode() in request.content for word in self.words)


def makes(merchant: Merchant, *skus: str) -> None:
    """Products of the merchant's own that no channel lists yet."""
    for sku in skus:
        price = {"amount": "75000", "currency": "IDR"}
        made = {"sku": sku, "name": f"Sepatu {sku}", "price": price, "weight_g": 800}
        merchant.call("POST", "/products", made, status=201)


def opens_a_point_of_sale(merchant: Merchant) -> Json:
    wish = {"plugin": "pos", "settings": {"store_name": "Tanah Abang"}, "preconditions_confirmed": True}
    account: Json = merchant.call("POST", "/accounts", wish, status=201)["account"]
    return account


def cross_lists(merchant: Merchant, account: Json, **chosen: object) -> Json:
    """Choose products and the target channel, press Submit, and wait for the notification."""
    wish = {"account_id": account["id"]} | (chosen or {"filter": {}})
    begun = merchant.call("POST", "/crosslistings", wish, status=202)
    return notified(merchant, begun, "crosslisting.workbook_ready")


def notified(merchant: Merchant, crosslisting: Json, kind: str) -> Json:
    """Wait for a notification; what waits for its next try needs no more patience than the rest."""
    pause = Pause(PATIENCE)
    while True:
        for notice in merchant.all("/notices?unread=true"):
            if (notice["kind"], notice["subject"]["id"]) == (kind, crosslisting["id"]):
                return merchant.call("POST", f"/notices/{notice['id']}/read")
        time_passes(merchant)
        pause.briefly()


def time_passes(merchant: Merchant, span: timedelta = WHILE) -> None:
    """Make what waits to be pushed, every call without an answer, and the last requests so much older than they are."""
    back = {"back": span // timedelta(microseconds=1)}
    with merchant.hub.runtime.database.writing() as db:
        for waiting in db.execute(_SOONER, back | {"merchant": merchant.id}).all():
            db.execute(_LONGER_AGO, back | {"account": waiting.account_id, "product": waiting.key})
            db.wakes.add(waiting.lane)
        db.execute(_RESTED, back)


def downloads(merchant: Merchant, notice: Json) -> bytes:
    answer = merchant.hub.api.get(notice["link"])
    assert (answer.status_code, answer.headers["content-type"]) == (200, XLSX)
    return answer.content


def uploads(merchant: Merchant, notice: Json, content: bytes) -> httpx.Response:
    path = f"/v1/merchants/{merchant.id}/crosslistings/{notice['subject']['id']}/workbook"
    return merchant.hub.api.post(path, content=content, headers={"Content-Type": XLSX})


def hands_in(merchant: Merchant, ready: Json, change: Change = lambda found: found) -> Json:
    """Fill in the workbook, upload it and wait for the result."""
    answer = uploads(merchant, ready, refilled(downloads(merchant, ready), change))
    assert answer.status_code == 202, answer.text
    return notified(merchant, ready["subject"], "crosslisting.finished")


def lists_all(
    merchant: Merchant, account: Json, change: Change = lambda found: found, **chosen: object
) -> Json:  # fmt: skip
    """Cross-list everything, or what is chosen, with the workbook filled in so; gives the notice of the result."""
    return hands_in(merchant, cross_lists(merchant, account, **chosen), change)


def told(finished: Json) -> dict[str, str]:
    """What the notice says of each row, by SKU."""
    return dict(line.split(": ", 1) for line in finished["text"].splitlines())


def results(merchant: Merchant, finished: Json) -> dict[str, Line]:
    """The rows of the result workbook, by SKU."""
    return {line["SKU"]: line for line in lines(downloads(merchant, finished), "Result")}
