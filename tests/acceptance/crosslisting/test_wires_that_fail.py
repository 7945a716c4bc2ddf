"""Rows P-10 and P-11 while the wire fails: whatever a channel answers, what it was told stands there once or not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from hub_hookspecs.testing import serve
from hub_hookspecs.testing.faults import (
    Fault,
    Faulty,
    rate_limited,
    server_error,
    time_out_after,
    time_out_before,
    wrong_json,
)
from hub_shopify.sandbox import ShopifySandbox
from hub_tokopedia.sandbox import TokopediaSandbox

from tests.acceptance.crosslisting.conftest import a_store
from tests.acceptance.crosslisting.steps import Saying, lists_all, makes, results, told
from tests.sheets import Line
from tests.world import Json, Merchant, a_sandbox

SNEAKERS = "2052"
THROTTLED = wrong_json(b'{"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED"}}]}')


@dataclass(frozen=True, kw_only=True)
class Wire:
    """The way to one channel, which fails as it is told to."""

    plugin: str
    faulty: Faulty
    sandbox: TokopediaSandbox | ShopifySandbox
    creates: Saying  # the request that lists a product
    chosen: dict[str, str]  # of a cross-listing to it

    def fails(self, sku: str, fault: Fault, *, times: int | None = 1) -> None:
        """Let calls that list this SKU go wrong."""
        self.faulty.inject(fault, replace(self.creates, words=(*self.creates.words, f'"{sku}"'), times=times))

    def listed(self) -> dict[str, str]:
        """What really stands at the channel: SKU to ref; each SKU once."""
        units = [(str(unit.sku), str(unit.ref)) for unit in self.sandbox.units()]
        assert len(dict(units)) == len(units), units
        return dict(units)


def to_tokopedia() -> Wire:
    sandbox = a_sandbox()
    creates = Saying(path="/create", words=())
    return Wire(
        plugin="tokopedia", faulty=Faulty(sandbox), sandbox=sandbox, creates=creates, chosen={"category_ref": SNEAKERS}
    )


def to_shopify() -> Wire:
    sandbox = a_store()
    creates = Saying(path="/graphql.json", words=("mutation HubCreateProduct",))
    return Wire(plugin="shopify", faulty=Faulty(sandbox), sandbox=sandbox, creates=creates, chosen={})


@pytest.fixture(params=[to_tokopedia, to_shopify])
def wire(request: pytest.FixtureRequest) -> Iterator[Wire]:
    made: Wire = request.param()
    with serve(made.faulty):
        yield made
    assert [*made.faulty.exceptions, *made.sandbox.exceptions] == []


def in_stock(found: list[Line]) -> list[Line]:
    return [line | {"Stock": 5} for line in found]


def linked(merchant: Merchant, account: Json) -> dict[str, str]:
    """What the hub has of the account: SKU to ref; each SKU once, and linked."""
    found = merchant.listings(f"account_id={account['id']}")
    assert {listing["state"] for listing in found} <= {"linked"}, found
    assert len({listing["sku"] for listing in found}) == len(found), found
    return {listing["sku"]: listing["ref"] for listing in found}


@pytest.mark.row("P-10")
@pytest.mark.row("P-11")
def test_a_product_stands_there_once_however_the_call_that_lists_it_ends(seller: Merchant, wire: Wire) -> None:
    account = seller.connects(wire.faulty, wire.plugin)
    troubles: dict[str, Fault] = {
        "HILANG": time_out_before,
        "TELAT": time_out_after,
        "SIBUK": rate_limited(1) if wire.plugin == "tokopedia" else THROTTLED,
        "RUSAK": server_error(500),
    }
    for sku, fault in troubles.items():
        wire.fails(sku, fault)
    makes(seller, "UTUH", *troubles)

    finished = lists_all(seller, account, in_stock, filter={}, **wire.chosen)
    there = wire.listed()
    seen = seller.imports(account)

    assert {*there} == {"UTUH", *troubles}
    assert told(finished) == {sku: f"listed as {ref}" for sku, ref in there.items()}
    assert linked(seller, account) == there
    assert seen["items_seen"] == len(there)


@pytest.mark.row("P-10")
@pytest.mark.parametrize("wire", [to_tokopedia], indirect=True)
@pytest.mark.parametrize("hub", ["production"], indirect=True)  # twelve tries at the channel's pace: once is enough
def test_a_channel_that_stays_away_lists_nothing_and_the_result_says_why(seller: Merchant, wire: Wire) -> None:
    account = seller.connects(wire.faulty, wire.plugin)
    wire.fails("HILANG", server_error(503), times=None)
    makes(seller, "UTUH", "HILANG")

    finished = lists_all(seller, account, in_stock, filter={}, **wire.chosen)

    there = wire.listed()
    assert {*there} == {"UTUH"}
    assert linked(seller, account) == there
    assert (finished["level"], finished["title"].partition(": ")[2]) == ("warning", "1 of 2 rows listed")
    assert told(finished)["HILANG"] == "Tokopedia answered 503: no reason given"
    became = {sku: (line["Outcome"], line["What became of it"]) for sku, line in results(seller, finished).items()}
    assert became == {
        "UTUH": ("done", f"listed as {there['UTUH']}"),
        "HILANG": ("failed", "Tokopedia answered 503: no reason given"),
    }


def test_a_second_product_at_the_channel_would_be_seen(wire: Wire) -> None:
    for _ in range(2):
        wire.sandbox.add("Sepatu", "DUA")

    with pytest.raises(AssertionError, match="DUA"):
        wire.listed()
