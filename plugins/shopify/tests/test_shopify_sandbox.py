"""The sandbox lets in whom Shopify would, answers in its envelopes, and is as messy as a real shop."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hub_hookspecs.testing import serve
from hub_hookspecs.testing.faults import SteppedClock
from hub_shopify import sandbox as sandbox_package
from hub_shopify.sandbox import SCOPES, ShopifySandbox

START = datetime(2026, 11, 21, 8, tzinfo=UTC)
SHOP = "query Shop { shop { id myshopifyDomain } }"
VARIANTS = """
query Variants($first: Int, $after: String, $filter: String) {
  productVariants(first: $first, after: $after, query: $filter, sortKey: ID) {
    nodes {
      id sku
      product { id title status }
      inventoryItem {
        tracked duplicateSkuCount
        inventoryLevels(first: 10, includeInactive: true) {
          nodes { isActive quantities(names: ["available"]) { quantity } }
        }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""


def login(sandbox: ShopifySandbox, **other: str) -> httpx.Response:
    settings = sandbox.settings()
    form = {"grant_type": "client_credentials"} | {name: settings[name] for name in ("client_id", "client_secret")}
    return sandbox.handle(httpx.Request("POST", f"{sandbox.base_url}/admin/oauth/access_token", data=form | other))


def post(sandbox: ShopifySandbox, token: str, document: str = SHOP, version: str = "2026-10") -> httpx.Response:
    address = f"{sandbox.base_url}/admin/api/{version}/graphql.json"
    headers = {"X-Shopify-Access-Token": token}
    return sandbox.handle(httpx.Request("POST", address, json={"query": document}, headers=headers))


def everything(sandbox: ShopifySandbox, **wanted: str) -> list[dict[str, Any]]:
    """Walk the variants, 100 a page."""
    found: list[dict[str, Any]] = []
    after = None
    while True:
        page = sandbox.ask(VARIANTS, first=100, after=after, **wanted)["data"]["productVariants"]
        found += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]


def test_the_apps_credentials_give_a_token_for_a_day() -> None:
    clock = SteppedClock(START)
    sandbox = ShopifySandbox(clock=clock)

    answer = login(sandbox).json()
    clock.advance(timedelta(seconds=86_398))
    before = post(sandbox, answer["access_token"])
    clock.advance(timedelta(seconds=1))
    after = post(sandbox, answer["access_token"])

    assert (answer["expires_in"], answer["scope"]) == (86_399, ",".join(SCOPES))
    assert before.json()["data"]["shop"]["myshopifyDomain"] == sandbox.settings()["shop"]
    assert after.status_code == 401
    assert after.json() == {"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"}


def test_a_pasted_token_never_ends_until_it_is_revoked() -> None:
    clock = SteppedClock(START)
    sandbox = ShopifySandbox(clock=clock)
    token = sandbox.legacy_settings()["access_token"]

    clock.advance(timedelta(days=400))
    later = post(sandbox, token)
    sandbox.revoke_token()

    assert later.status_code == 200
    assert post(sandbox, token).status_code == 401


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(ShopifySandbox.uninstall, "Oauth error app_not_installed", id="the app is not installed"),
        pytest.param(
            ShopifySandbox.move_to_another_organisation,
            "Oauth error shop_not_permitted: Client credentials cannot be performed on this shop.",
            id="the shop is another organisation's",
        ),
    ],
)
def test_setup_errors_are_told_in_a_page_under_400(change: Any, said: str) -> None:
    sandbox = ShopifySandbox()
    change(sandbox)

    answer = login(sandbox)

    assert answer.status_code == 400
    assert said in answer.text


def test_a_wrong_secret_and_another_grant_get_no_token() -> None:
    sandbox = ShopifySandbox()

    assert login(sandbox, client_secret="wrong").status_code == 400
    assert login(sandbox, grant_type="authorization_code").status_code == 400


def test_every_answer_names_the_version_that_spoke_and_the_request() -> None:
    sandbox = ShopifySandbox()
    token = sandbox.legacy_settings()["access_token"]

    first = post(sandbox, token).headers
    sandbox.fall_forward("2027-01")
    fallen = post(sandbox, token).headers

    assert (first["x-shopify-api-version"], fallen["x-shopify-api-version"]) == ("2026-10", "2027-01")
    assert first["x-request-id"] != fallen["x-request-id"]


def test_a_version_to_come_and_any_other_path_are_not_found() -> None:
    sandbox = ShopifySandbox()
    token = sandbox.legacy_settings()["access_token"]

    assert post(sandbox, token, version="2027-01").json() == {"errors": "Not Found"}
    assert sandbox.handle(httpx.Request("GET", f"{sandbox.base_url}/admin/products.json")).status_code == 404


def test_a_field_without_its_scope_is_null_and_says_which_scope_opens_it() -> None:
    sandbox = ShopifySandbox(scopes=("write_products",))

    answer = sandbox.ask("query Both { shop { id } publications(first: 5) { nodes { id } } }")
    locations = sandbox.ask("query Places { locations(first: 5) { nodes { id name } } }")

    assert answer["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"
    assert answer["errors"][0]["message"] == (
        "Access denied for publications field. Required access: `read_publications` access scope."
    )
    assert answer["errors"][0]["path"] == ["publications"]
    assert locations["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"


def test_a_shop_of_a_few_hundred_has_everything_that_goes_wrong() -> None:
    variants = everything(ShopifySandbox(size=300, rate=None))

    skus = Counter(variant["sku"] for variant in variants)
    levels = [variant["inventoryItem"]["inventoryLevels"]["nodes"] for variant in variants]
    amounts = [level["quantities"][0]["quantity"] for each in levels for level in each]
    assert len({variant["id"] for variant in variants}) == 300
    assert {variant["product"]["status"] for variant in variants} == {"ACTIVE", "ARCHIVED", "DRAFT", "UNLISTED"}
    assert skus[None] > 1
    assert skus[""] > 0
    assert any(times > 1 for sku, times in skus.items() if sku)
    assert any(sku and sku != sku.strip() for sku in skus)
    assert any(sku and sku.islower() for sku in skus)
    assert any(variant["inventoryItem"]["duplicateSkuCount"] for variant in variants)
    assert {variant["inventoryItem"]["tracked"] for variant in variants} == {True, False}
    assert {0, 1, 2, 3} == {len(each) for each in levels}
    assert min(amounts) < 0 < max(amounts)
    assert any(not level["isActive"] for each in levels for level in each)
    titles = " ".join(variant["product"]["title"] for variant in variants)
    assert all(word in titles for word in ("Kaos", "Tudung", "Hoodie"))


def test_the_locations_include_a_closed_one_and_a_fulfilment_services() -> None:
    places = """
    query Places($closed: Boolean, $legacy: Boolean) {
      locations(first: 250, includeInactive: $closed, includeLegacy: $legacy) {
        nodes { name isActive isFulfillmentService fulfillmentService { handle } }
      }
    }
    """
    sandbox = ShopifySandbox()

    some = sandbox.ask(places)["data"]["locations"]["nodes"]
    every = sandbox.ask(places, closed=True, legacy=True)["data"]["locations"]["nodes"]

    assert (len(some), len(every)) == (2, 4)
    assert [place["isActive"] for place in every].count(False) == 1
    assert [place["fulfillmentService"] for place in every if place["isFulfillmentService"]] == [
        {"handle": "fastock-fulfilment-my"}
    ]


def test_the_same_seed_lists_the_same_shop_and_another_one_shares_a_third_of_its_codes() -> None:
    skus = [
        {variant.sku for variant in ShopifySandbox(seed=seed, size=900).variants() if variant.sku} for seed in (1, 1, 2)
    ]

    assert skus[0] == skus[1]
    assert 0.2 < len(skus[0] & skus[2]) / len(skus[0]) < 0.5


def test_a_hundred_thousand_variants_cost_nothing_until_they_are_asked_for() -> None:
    sandbox = ShopifySandbox(size=100_000, rate=None)

    nodes = sandbox.ask(VARIANTS, first=3, filter="id:>42000000000000")["data"]["productVariants"]["nodes"]

    assert len(nodes) == 3


def test_what_was_asked_is_remembered_and_counted_by_its_name() -> None:
    sandbox = ShopifySandbox()
    login(sandbox)

    sandbox.ask(SHOP)
    sandbox.ask(VARIANTS, first=1)
    sandbox.ask(VARIANTS, first=1)

    assert sandbox.counts == {"/admin/oauth/access_token": 1, "Shop": 1, "Variants": 2}
    assert [seen.operation for seen in sandbox.requests] == ["", "Shop", "Variants", "Variants"]
    assert sandbox.documents == {"Shop": SHOP, "Variants": VARIANTS}


def test_it_can_be_served_on_loopback() -> None:
    sandbox = ShopifySandbox()

    with serve(sandbox) as address:
        answer = httpx.post(f"{address}/admin/api/2026-10/graphql.json", json={"query": SHOP})

    assert sandbox.settings()["sandbox_url"] == address
    assert answer.status_code == 401


def test_the_sandbox_shares_no_code_with_the_plugin_it_is_meant_to_test() -> None:
    sources = "".join(path.read_text() for path in Path(sandbox_package.__file__).parent.rglob("*.py"))

    imported = set(re.findall(r"(?:from|import) hub_shopify[.\w]*", sources))

    assert imported
    assert all(".sandbox" in name for name in imported)
