"""Row B-29, and what of inbounds cannot be cancelled: a warehouse number stays as long as its documents are open."""

from __future__ import annotations

import pytest

from tests.acceptance.fulfilment.conftest import Opens
from tests.acceptance.fulfilment.harbour import COST, Harbour
from tests.world import Json


def numbers(harbour: Harbour, wanted: str, *, status: int = 200) -> Json:
    """Correct the warehouse numbers in the settings of the account."""
    known = harbour.merchant.hub.api.get(f"/v1/merchants/{harbour.merchant.id}/accounts/{harbour.keeper}")
    tag = {"If-Match": known.headers["etag"]}
    change = {"settings": {"warehouse_numbers": wanted}}
    return harbour.call("PATCH", f"/accounts/{harbour.keeper}", change, status=status, **tag)


@pytest.mark.row("B-29")
def test_a_number_is_taken_away_only_once_nothing_is_open_there(opens: Opens) -> None:
    harbour = opens()
    outbound = harbour.outbound(harbour.sold(TEE=2))
    lines = [{"sku": "CAP", "quantity": 4, "unit_cost": COST}]
    inbound = harbour.call("POST", "/inbounds", {"warehouse_id": harbour.house, "lines": lines}, status=201)
    harbour.works()

    both = numbers(harbour, "MYJB02", status=409)
    kept = harbour.call("GET", f"/accounts/{harbour.keeper}")["settings"]["warehouse_numbers"]
    harbour.fastock.ship(outbound["code"])
    harbour.hears()
    one = numbers(harbour, "MYJB02", status=409)
    cannot = harbour.call("POST", f"/inbounds/{inbound['id']}/cancellation", {"reason": "late"}, status=409)
    harbour.fastock.end(inbound["code"], "CANCELED")
    harbour.call("POST", f"/inbounds/{inbound['id']}/refresh", status=202)
    harbour.works()
    numbers(harbour, "MYJB02")

    assert (both["code"], kept) == ("work_open", "MYKL01")
    assert f"inbounds are open: {inbound['code']}" in both["detail"]
    assert f"outbounds are open: {outbound['code']}; have them sent or stopped" in both["detail"]
    assert (inbound["code"] in one["detail"], "outbounds" in one["detail"]) == (True, False)
    assert (cannot["code"], "no means to cancel an inbound there: call the warehouse" in cannot["detail"]) == (
        "inbound_pushed", True,
    )  # fmt: skip
    assert harbour.call("GET", f"/inbounds/{inbound['id']}")["state"] == "invalid"
    assert harbour.call("GET", f"/warehouses/{harbour.house}")["archived_at"] is not None
    assert {each["place_ref"] for each in harbour.merchant.all("/warehouses") if not each["archived_at"]} >= {"MYJB02"}
