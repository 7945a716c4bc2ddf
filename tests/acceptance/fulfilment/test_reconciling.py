"""Row B-27: each night, and whenever somebody asks, the hub says how Fastock and it differ."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from hub.fulfilment.service.reconciling import RECONCILE, Daily
from hub.kernel import jobs
from tests.acceptance.fulfilment.harbour import Harbour
from tests.world import Json


def reconciles(harbour: Harbour) -> Json:
    """Have Fastock held against the hub; gives how that ended."""
    path = f"/accounts/{harbour.keeper}/reconciliations"
    asked = harbour.call("POST", path, status=202)
    harbour.works()
    return harbour.call("GET", f"{path}/{asked['id']}")


def findings(harbour: Harbour, one: Json, query: str = "") -> dict[tuple[str, str], Json]:
    path = f"/accounts/{harbour.keeper}/reconciliations/{one['id']}/findings?limit=2{query}"
    return {(each["kind"], each["ref"]): each for each in harbour.merchant.all(path)}


@pytest.mark.row("B-27")
def test_a_reconciliation_lists_all_that_fastock_and_the_hub_know_differently(harbour: Harbour) -> None:
    lost, left = harbour.outbound(harbour.sold(TEE=2)), harbour.outbound(harbour.sold(TEE=3))
    fastock = harbour.fastock
    del fastock.outbounds()[lost["code"]]
    fastock.ship(left["code"])
    fastock.drop_confirms()
    fastock.stir()  # goods come that were announced on paper, and it tells of that
    harbour.hears()
    fastock.stock("CAP", 15)
    fastock.shelf("CAP").frozen = 4  # for nobody that the hub knows

    done = reconciles(harbour)
    again = reconciles(harbour)

    found, later = findings(harbour, done), findings(harbour, again)
    (paper,) = [ref for kind, ref in found if kind == "unknown_here"]
    on_paper = next(iter(fastock.inbounds()[paper].wish.lines)).code
    there = {sku: fastock.shelf(sku).good + fastock.shelf(sku).frozen for sku in ("TEE", "CAP")}
    assert (done["state"], done["cause"], done["reason"]) == ("done", "hand", "")
    assert {key: (each["here"], each["there"]) for key, each in found.items()} == {
        ("unknown_there", lost["code"]): (2, 0),
        ("shipped_there", left["code"]): (0, 3),
        ("unknown_here", paper): (None, None),
        ("frozen", "CAP"): (0, 4),
        ("stock", "CAP"): (20, there["CAP"]),
        **({("stock", "TEE"): (17, there["TEE"])} if on_paper == "TEE" else {}),
    }
    assert done["counts"]["unknown_there"] == done["counts"]["shipped_there"] == 1
    assert all(each["note"] and each["age_hours"] == 0 for each in found.values())
    assert harbour.stock("TEE") == (17, 2, 15), "what had left is booked; what lies there waits for a sync"
    assert ("shipped_there", left["code"]) not in later, "it is known by now"
    assert {key: later[key]["since"] for key in later} == {key: found[key]["since"] for key in later}
    assert set(findings(harbour, done, "&kind=frozen")) == {("frozen", "CAP")}
    notices = [each for each in harbour.merchant.all("/notices") if "and the hub differ" in each["title"]]
    assert notices, "people are told"
    assert comes(harbour) == 3, "and it comes round by itself"


def comes(harbour: Harbour) -> int:
    """At which hour of the clocks of the warehouse it comes round by itself."""
    database, caretaker = harbour.merchant.hub.runtime.database, Daily()
    with database.writing() as db:
        while caretaker(db):
            pass
    with database.reading() as db:
        assert jobs.comes_next(db, RECONCILE, account_id=harbour.store) is None
        at = jobs.comes_next(db, RECONCILE, account_id=harbour.keeper)
    assert at is not None
    return at.astimezone(ZoneInfo("Asia/Kuala_Lumpur")).hour
