"""Cross-listing, its categories and its notices from the command line."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.catalog.store import products
from hub.catalog.store.products import ProductData
from hub.kernel.db import Database
from hub.kernel.ids import new_id
from hub.runtime import assemble
from hub.settings import Settings
from hub.worker import run_embedded
from tests.cli.conftest import Hub
from tests.servers import Pause
from tests.sheets import lines, refilled

PATIENCE = 30.0


@pytest.fixture
def counter(hub: Hub, merchant: str, tmp_path: Path) -> str:
    """A point of sale of the merchant."""
    settings = tmp_path / "pos.json"
    settings.write_text('{"store_name": "Tanah Abang"}')
    hub("plugin", "enable", "pos", "-m", merchant)
    made = hub("account", "connect", "pos", "-m", merchant, "--settings", str(settings), "--json")
    assert made.code == 0, made.err
    return str(made.document["account"]["id"])


@pytest.fixture
def a_product(database: Database, merchant: str) -> str:
    made = new_id()
    with database.writing() as db:
        products.insert(db, merchant, made, ProductData(sku="TEE-M", name="Kaos"))
    return made


@pytest.fixture
def embedded_worker(hub: Hub) -> Iterator[None]:
    """Whoever serves the hub works beside the commands, on both databases."""
    settings = Settings.from_environment(os.environ)
    runtime = assemble(settings)
    with run_embedded(runtime.work, settings):
        yield
    runtime.close()


def notified(hub: Hub, merchant: str, kind: str) -> str:
    """Work until people are told; gives the notice."""
    pause = Pause(PATIENCE)
    while True:
        for notice in hub("notice", "list", "-m", merchant, "--unread", "--json").document["items"]:
            if notice["kind"] == kind:
                assert hub("notice", "read", notice["id"], "-m", merchant).code == 0
                return str(notice["id"])
        pause.briefly()


def test_products_are_listed_by_a_workbook_that_is_saved_filled_in_and_uploaded(
    hub: Hub, merchant: str, counter: str, a_product: str, embedded_worker: None, tmp_path: Path
) -> None:
    begun = hub("crosslisting", "start", counter, a_product, "-m", merchant, "--json").document
    ready = notified(hub, merchant, "crosslisting.workbook_ready")
    book = tmp_path / "book.xlsx"
    assert hub("notice", "download", ready, "-m", merchant, "--to", str(book)).out.strip() == str(book)
    book.write_bytes(refilled(book.read_bytes(), lambda found: [line | {"Name": "Kaos Baru"} for line in found]))

    handed = hub("crosslisting", "upload", begun["id"], str(book), "-m", merchant, "--json").document
    finished = notified(hub, merchant, "crosslisting.finished")

    assert (begun["state"], handed["state"]) == ("drafting", "checking")
    assert hub("crosslisting", "show", begun["id"], "-m", merchant, "--json").document["rows"] == {"done": 1}
    (row,) = hub("crosslisting", "rows", begun["id"], "-m", merchant, "--state", "done", "--json").document["items"]
    assert row["sku"] == "TEE-M"
    assert hub("notice", "show", finished, "-m", merchant, "--json").document["read_at"]
    assert hub("notice", "download", finished, "-m", merchant, "--to", str(book)).code == 0
    assert [line["Outcome"] for line in lines(book.read_bytes(), "Result")] == ["done"]
    listed = hub("crosslisting", "list", "-m", merchant, "-a", counter, "--json").document["items"]
    assert [each["id"] for each in listed] == [begun["id"]]


def test_a_cross_listing_is_stopped_once_and_its_choice_must_be_clear(
    hub: Hub, merchant: str, counter: str, a_product: str, embedded_worker: None
) -> None:
    begun = hub("crosslisting", "start", counter, "-m", merchant, "--all", "--unlisted", "--json").document
    notified(hub, merchant, "crosslisting.workbook_ready")

    stopped = hub("crosslisting", "cancel", begun["id"], "-m", merchant, "--json").document
    again = hub("crosslisting", "cancel", begun["id"], "-m", merchant)
    unclear = hub("crosslisting", "start", counter, a_product, "-m", merchant, "--all")
    missing = hub("crosslisting", "upload", begun["id"], "no-such-file.xlsx", "-m", merchant)

    assert stopped["state"] == "cancelled"
    assert (again.code, unclear.code, missing.code) == (1, 2, 2)
    assert "no-such-file.xlsx cannot be read" in missing.err


def test_what_is_too_long_too_many_or_too_large_is_told_by_its_name(
    hub: Hub, merchant: str, counter: str, a_product: str
) -> None:
    begun = hub("crosslisting", "start", counter, a_product, "-m", merchant, "--json").document

    words = hub("crosslisting", "start", counter, "-m", merchant, "--all", "-q", "x" * 5_000)
    many = hub("crosslisting", "start", counter, *([a_product] * 501), "-m", merchant)
    long = hub("crosslisting", "start", counter, "x" * 37, "-m", merchant)
    rows = hub("crosslisting", "rows", begun["id"], "-m", merchant, "--after", "9" * 23)
    categories = hub("category", "list", counter, "-m", merchant, "--after", "9" * 23)

    assert [each.code for each in (words, many, long, rows, categories)] == [2] * 5
    assert ["filter.q" in words.err, "product_ids" in many.err, "product_ids" in long.err] == [True] * 3
    assert ["--after" in each.err for each in (rows, categories)] == [True] * 2


def test_a_channel_without_categories_says_so_and_maps_none(hub: Hub, merchant: str, counter: str) -> None:
    listed = hub("category", "list", counter, "-m", merchant)
    refreshed = hub("category", "refresh", counter, "-m", merchant)
    mapped = hub("category", "map", counter, "Jenis", "Kaos", "11", "-m", merchant)
    unmapped = hub("category", "unmap", counter, "nothing", "-m", merchant)

    assert [each.code for each in (listed, refreshed, mapped, unmapped)] == [1] * 4
    assert "a point of sale needs no categories" in listed.err
    assert "refresh them" in mapped.err
    assert hub("category", "mappings", counter, "-m", merchant, "--json").document["items"] == []


def test_categories_are_fetched_found_mapped_and_unmapped(
    hub: Hub, merchant: str, connected: dict[str, str], worker: None
) -> None:
    account = connected["id"]
    assert hub("category", "refresh", account, "-m", merchant, "--wait").code == 0

    first = hub("category", "list", account, "-m", merchant, "--leaves", "--limit", "1", "--json").document
    leaf = first["items"][0]
    mapped = hub("category", "map", account, "Jenis", "Kaos", leaf["ref"], "-m", merchant, "--json").document

    blank = hub("category", "map", account, " ", "Kaos", leaf["ref"], "-m", merchant)

    assert (blank.code, "field: " in blank.err) == (2, True)
    assert first["next"] == str(leaf["position"])
    assert mapped["category_ref"] == leaf["ref"]
    assert hub("category", "mappings", account, "-m", merchant, "--json").document["items"] == [mapped]
    assert hub("category", "unmap", account, mapped["id"], "-m", merchant).code == 0
    assert hub("category", "mappings", account, "-m", merchant, "--json").document["items"] == []
