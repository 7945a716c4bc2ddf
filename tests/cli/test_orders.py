"""Manual orders from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

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
    cancelled = hub("order", "cancel", made.document["id"], "-m", merchant, "--json")

    assert made.document["lines"][0]["standing"] == "reserved", made.err
    assert "TEE-M: 9 wanted, 3 available" in short.err
    assert shown.document == made.document
    assert made.document["number"] in listed.out
    assert (edited.document["lines"][0]["quantity"], edited.document["note"]) == (4, "gift"), edited.err
    assert edited.document["recipient"] == made.document["recipient"]
    assert (too_many.code, "TEE-M: 6 wanted, 5 available" in too_many.err) == (1, True)
    assert (nameless.code, "recipient" in nameless.err) == (2, True)
    assert cancelled.document["state"] == "cancelled"
    assert hub("order", "show", "x", "-m", merchant).code == 1


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
