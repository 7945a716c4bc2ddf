"""Row B-06: rows of a stocktake end one by one, and what was counted reaches the channels."""

from __future__ import annotations

import pytest

from hub.kernel.workbooks import MEDIA_TYPE
from tests.acceptance.conftest import Market
from tests.acceptance.stock.test_telling import confirms, joins, shows
from tests.sheets import Line, lines, refilled
from tests.world import Json, Merchant


def downloaded(merchant: Merchant, address: str) -> bytes:
    answer = merchant.hub.api.get(address)
    assert answer.status_code == 200, answer.text
    return answer.content


def counts(merchant: Merchant, **counted: object) -> Json:
    """Ask for a workbook, fill in these SKUs, hand it in; gives the stocktake as it ended."""
    begun = merchant.call("POST", "/stocktakes", {}, status=202)
    merchant.settles()
    ready = merchant.call("GET", f"/stocktakes/{begun['id']}")

    def fill(rows: list[Line]) -> list[Line]:
        return [row | {"Counted": counted.get(row["SKU"], "")} for row in rows]

    filled = refilled(downloaded(merchant, ready["workbook"]), fill, "Stock")
    path = f"/v1/merchants/{merchant.id}/stocktakes/{begun['id']}/workbook"
    answer = merchant.hub.api.post(path, content=filled, headers={"Content-Type": MEDIA_TYPE})
    assert answer.status_code == 202, answer.text
    merchant.settles()
    return merchant.call("GET", f"/stocktakes/{begun['id']}")


@pytest.mark.row("B-06")
def test_what_was_counted_is_told_and_a_wrong_row_costs_no_other(merchant: Merchant, market: Market) -> None:
    shop = market()
    tee, cap = shop.add("Kaos", "TEE-M", stock=10), shop.add("Topi", "CAP", stock=5)
    account = joins(merchant, shop)
    for sku in ("TEE-M", "CAP"):
        confirms(merchant, sku, account)

    ended = counts(merchant, **{"TEE-M": 7, "CAP": -1})

    assert (ended["state"], ended["outcomes"]) == ("done", {"booked": 1, "refused": 1})
    assert (shows(shop, tee), shows(shop, cap)) == (7, 5)
    told = {row["SKU"]: row["What became of it"] for row in lines(downloaded(merchant, ended["result"]), "Result")}
    assert told["TEE-M"] == "-3 booked"
    assert "at least 0" in told["CAP"]
    (notice,) = [one for one in merchant.all("/notices") if "booked" in one["title"]]
    assert (notice["level"], notice["link"]) == ("warning", ended["result"])
