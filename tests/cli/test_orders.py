"""Manual orders from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hub_tokopedia.sandbox import TokopediaSandbox

from hub.cli import waiting
from hub.kernel.db import Database
from tests.cli.conftest import Hub
from tests.slices.orders.till import list_at


@pytest.fixture
def till(hub: Hub, merchant: str) -> dict[str, Any]:
    """A point of sale that lists nothing yet."""
    assert hub("plugin", "enable", "pos", "-m", merchant).code == 0
    arguments = ("--set", "store_name=Tanah Abang", "--confirm-preconditions", "--json")
    made: dict[str, Any] = hub("account", "connect", "pos", "-m", merchant, *arguments).document["account"]
    return made


@pytest.fixture
def listed_product(hub: Hub, merchant: str, till: dict[str, Any], database_url: str) -> str:
    """One with five in stock that the point of sale lists."""
    product = hub("product", "create", "--sku", "TEE-M", "--name", "Kaos", "-m", merchant, "--json").document["id"]
    main = hub("warehouse", "list", "-m", merchant, "--json").document["items"][0]["id"]
    hub("stock", "adjust", product, "5", "-w", main, "-m", merchant, "--reason", "counted")
    database = Database(database_url)
    list_at(database, merchant, till["id"], "TEE-M")
    database.dispose()
    return str(product)


def test_an_order_of_what_is_not_listed_is_refused_in_one_line(hub: Hub, merchant: str, till: dict[str, Any]) -> None:
    product = hub("product", "create", "--sku", "TEE-M", "--name", "Kaos", "-m", merchant, "--json").document["id"]
    order = ("order", "create", till["id"], "-m", merchant, "--source", "Instagram", "--name", "Ibu Sari")

    refused = hub(*order, "--line", f"{product}=2")
    wrong = hub(*order, "--line", product)
    listed = hub("order", "list", "-m", merchant, "--state", "ready", "--json")

    assert (refused.code, refused.err.count("\n")) == (1, 1)
    assert "is not listed to Tanah Abang: cross-list the product there first" in refused.err
    assert (wrong.code, "PRODUCT=UNITS" in wrong.err) == (2, True)
    assert listed.document == {"items": [], "next": None}


def test_an_order_is_made_shown_listed_edited_and_cancelled(
    hub: Hub, merchant: str, till: dict[str, Any], listed_product: str
) -> None:
    order = ("order", "create", till["id"], "-m", merchant, "--source", "Instagram", "--name", "Ibu Sari")

    made = hub(*order, "--line", f"{listed_product}=2", "--city", "Bandung", "--json")
    short = hub(*order, "--line", f"{listed_product}=9")
    shown = hub("order", "show", made.document["id"], "-m", merchant, "--json")
    listed = hub("order", "list", "-m", merchant)
    edit = ("order", "edit", made.document["id"], "-m", merchant)
    edited = hub(*edit, "--line", f"{listed_product}=4", "--note", "gift", "--json")
    too_many = hub(*edit, "--line", f"{listed_product}=6")
    nameless = hub(*edit, "--city", "Cimahi")
    waiting = hub("order", "erase", made.document["id"], "-m", merchant, "--json")
    cancelled = hub("order", "cancel", made.document["id"], "-m", merchant, "--json")
    erased = hub("order", "erase", made.document["id"], "-m", merchant, "--json")
    nobody = hub("order", "show", made.document["id"], "-m", merchant, "--json")

    assert made.document["lines"][0]["standing"] == "reserved", made.err
    assert "TEE-M: 9 wanted, 3 available" in short.err
    assert shown.document == made.document
    assert made.document["number"] in listed.out
    assert (edited.document["lines"][0]["quantity"], edited.document["note"]) == (4, "gift"), edited.err
    assert edited.document["recipient"] == made.document["recipient"]
    assert (too_many.code, "TEE-M: 6 wanted, 5 available" in too_many.err) == (1, True)
    assert (nameless.code, "recipient" in nameless.err) == (2, True)
    assert cancelled.document["state"] == "cancelled"
    assert (waiting.document["outcome"], erased.document["outcome"]) == ("waiting", "erased"), waiting.err
    assert nobody.document["recipient"]["name"] == ""
    assert hub("order", "show", "x", "-m", merchant).code == 1


def test_a_line_may_name_a_listing_and_a_price_and_a_change_the_version_that_it_is_decided_on(
    hub: Hub, merchant: str, till: dict[str, Any], listed_product: str
) -> None:
    order = ("order", "create", till["id"], "-m", merchant, "--source", "Instagram", "--name", "Ibu Sari")
    listing = hub("listing", "list", "-m", merchant, "--json").document["items"][0]["id"]

    made = hub(*order, "--line", f"listing:{listing}=2@75000:IDR", "--json")
    wrong = [hub(*order, "--line", each) for each in (f"shop:{listing}=2", f"{listed_product}=2@75000", "listing:=1")]
    cheap = hub(*order, "--line", f"{listed_product}=1@7,5:IDR")
    one = (made.document["id"], "-m", merchant)
    edited = hub("order", "edit", *one, "--note", "gift", "--if-version", str(made.document["version"]), "--json")
    stale = [hub("order", verb, *one, "--if-version", str(made.document["version"])) for verb in ("edit", "cancel")]
    by_itself = hub("order", "acknowledge", *one[:1], "short", *one[1:])
    no_flag = hub("order", "acknowledge", *one[:1], "lost", *one[1:])

    assert made.document["total"] == {"amount": "150000", "currency": "IDR"}, made.err
    assert made.document["lines"][0]["listing_id"] == listing
    assert [(each.code, "PRODUCT=UNITS" in each.err) for each in wrong] == [(2, True)] * 3
    assert (cheap.code, "unit_price" in cheap.err) == (2, True), cheap.err
    assert edited.document["version"] == made.document["version"] + 1, edited.err
    assert [(each.code, "changed since you read it" in each.err) for each in stale] == [(1, True)] * 2
    assert (by_itself.code, "goes by itself" in by_itself.err) == (1, True)
    assert (no_flag.code, "cancelled_late" in no_flag.err) == (2, True)


@pytest.mark.usefixtures("worker")
def test_an_order_is_labelled_sent_and_its_parcel_shown(
    hub: Hub, merchant: str, till: dict[str, Any], listed_product: str, tmp_path: Path
) -> None:
    order = ("order", "create", till["id"], "-m", merchant, "--source", "Instagram", "--name", "Ibu Sari")
    made = hub(*order, "--line", f"{listed_product}=2", "--address", "Jl. Melati 5", "--city", "Bandung", "--json")
    one, files = (made.document["id"], "-m", merchant), [tmp_path / f"{n}.pdf" for n in range(2)]
    main = hub("warehouse", "list", "-m", merchant, "--json").document["items"][0]["id"]

    nowhere = hub("order", "label", *one, "--out", str(files[0]))
    hub("warehouse", "change", main, "-m", merchant, "--line", "Jl. Gudang 1", "--city", "Jakarta")
    labels = [hub("order", "label", *one, "--out", str(file)) for file in files]
    unwritable = hub("order", "label", *one, "--out", str(tmp_path))
    sent = hub("order", "ship", *one, "--courier", "JNE", "--awb", "JNE-1", "--json")
    parcels = hub("order", "parcels", *one, "--json")

    assert (nowhere.code, nowhere.err.count("\n"), "give the warehouse" in nowhere.err) == (1, 1, True)
    assert [each.code for each in labels] == [0, 0], labels[0].err
    assert files[0].read_bytes() == files[1].read_bytes()
    assert files[0].read_bytes().startswith(b"%PDF-")
    assert (unwritable.code, "--out" in unwritable.err) == (2, True)
    assert (sent.document["state"], sent.document["awb"]) == ("shipped", "JNE-1"), sent.err
    assert [(each["awb"], each["confirmation"]) for each in parcels.document["items"]] == [("JNE-1", "nobody")]


def test_an_account_with_open_orders_is_closed_by_who_says_how_many(
    hub: Hub, merchant: str, till: dict[str, Any], listed_product: str
) -> None:
    order = ("order", "create", till["id"], "-m", merchant, "--source", "Instagram", "--name", "Ibu Sari")
    made = hub(*order, "--line", f"{listed_product}=2", "--json").document
    close = ("account", "close", till["id"], "--yes")

    unsaid = hub(*close)
    wrong, closed = (hub(*close, "--abandon-open-orders", count, "--json") for count in ("2", "1"))
    cancelled = hub("order", "cancel", made["id"], "-m", merchant, "--json")

    assert (unsaid.code, wrong.code, closed.code) == (1, 1, 0)
    assert "abandon_open_orders=1" in unsaid.err
    assert "1 orders are open, and not 2" in wrong.err
    assert (closed.document["state"], cancelled.document["state"]) == ("closed", "cancelled")


def test_what_cancelling_comes_to_is_said_before_it_is_done(
    hub: Hub, merchant: str, till: dict[str, Any], listed_product: str
) -> None:
    order = ("order", "create", till["id"], "-m", merchant, "--source", "Instagram", "--name", "Ibu Sari")
    made = hub(*order, "--line", f"{listed_product}=2", "--json").document["id"]

    asked = hub("outbound", "order-cancellation", made, "-m", merchant, "--json")
    read = hub("outbound", "order-cancellation", made, "-m", merchant)
    still = hub("order", "show", made, "-m", merchant, "--json").document["state"]
    done = [hub("outbound", "cancel-order", made, "-m", merchant, "--why", "wrong gift", "--json") for _ in range(2)]
    absent = hub("outbound", "cancel-order", "x", "-m", merchant)
    unlabelled = hub("outbound", "label", "x", "-m", merchant)

    assert (asked.document["verdict"], asked.document["items"], still) == ("here", [], "ready")
    assert read.out.startswith("ready: the order is cancelled here; what it holds is free again")
    assert [(each.document["order_state"], each.document["verdict"]) for each in done] == [("cancelled", "ended")] * 2
    assert (absent.code, absent.err.count("\n")) == (1, 1)
    assert (unlabelled.code, unlabelled.err) == (1, "hub: no such outbound\n")


@pytest.mark.usefixtures("worker")
def test_a_buyer_who_asks_to_cancel_is_answered(
    hub: Hub, merchant: str, connected: dict[str, Any], sandbox: TokopediaSandbox
) -> None:
    shirt = sandbox.add("Kaos", "TEE-M", stock=5)
    number = sandbox.sell(shirt, 2, status=400)
    sandbox.ask_to_cancel(number)
    imported = hub("order", "import", connected["id"], "-m", merchant, "--json").document
    waiting.until_ended(imported["id"], quiet=True)
    (asked,) = hub("order", "list", "-m", merchant, "--flag", "cancel_requested", "--json").document["items"]
    one = (asked["id"], "-m", merchant)

    reasonless = hub("order", "answer-cancellation", *one, "--refuse")
    undecided = hub("order", "answer-cancellation", *one)
    said = hub("order", "answer-cancellation", *one, "--refuse", "--why", "sudah dikemas", "--json")
    jobs = hub("job", "list", "-m", merchant, "--json").document["items"]
    (told,) = [each["id"] for each in jobs if each["kind"] == "fulfilment.answer_cancellation"]
    waiting.until_ended(told, quiet=True)
    read = hub("outbound", "order-cancellation", *one)

    assert (reasonless.code, reasonless.err.count("\n"), "with a reason" in reasonless.err) == (1, 1, True)
    assert undecided.code == 2
    assert (said.document["answer"]["accept"], said.document["wish"]["lacks"]) == (False, ""), said.err
    assert "refused, given" in read.out
    (order,) = [each for each in sandbox.orders() if each.number == number]
    assert order.wish is not None
    assert order.wish.status == 0
