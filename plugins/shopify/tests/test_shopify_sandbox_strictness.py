"""The sandbox refuses what Shopify refuses, in recorded words, and what would pass there unseen."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from graphql import parse, validate
from hub_hookspecs.testing.faults import SteppedClock
from hub_shopify.sandbox import ShopifySandbox, schema

START = datetime(2026, 11, 21, 8, tzinfo=UTC)
WALK = """
query Walk($first: Int, $after: String, $filter: String) {
  productVariants(first: $first, after: $after, query: $filter) {
    nodes { id }
    pageInfo { hasNextPage endCursor }
  }
}
"""
SET_STOCK = """
mutation HubSetStock($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup { id }
    userErrors { field message code }
  }
}
"""
UPDATE_VARIANTS = """
mutation HubUpdateVariants($productId: ID!, $variants: [ProductVariantsBulkInput!]!) {
  productVariantsBulkUpdate(productId: $productId, variants: $variants) {
    productVariants { id }
    userErrors { field message code }
  }
}
"""
PRODUCT_SET = """
mutation HubUpsertProduct($identifier: ProductSetIdentifiers, $input: ProductSetInput!) {
  productSet(identifier: $identifier, input: $input, synchronous: true) {
    product { id }
    userErrors { field message code }
  }
}
"""
# As the protocol's page has it: 167 points at 250 a page.
IMPORT = """
query HubImportVariants($first: Int!, $after: String, $filter: String) {
  productVariants(first: $first, after: $after, query: $filter, sortKey: ID) {
    nodes {
      id title sku barcode price compareAtPrice inventoryPolicy updatedAt
      selectedOptions { name value }
      media(first: 1) { nodes { id preview { image { url } } } }
      inventoryItem {
        id tracked requiresShipping duplicateSkuCount countryCodeOfOrigin harmonizedSystemCode
        unitCost { amount currencyCode }
        measurement { weight { unit value } }
      }
      product {
        id title handle status vendor productType tags updatedAt
        featuredMedia { id preview { image { url altText } } }
      }
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""


def code(answer: dict[str, Any]) -> str:
    found: str = answer["errors"][0]["extensions"]["code"]
    return found


def quantities(**entry: object) -> dict[str, Any]:
    asked = {"inventoryItemId": "gid://shopify/InventoryItem/1", "locationId": "gid://shopify/Location/1"}
    return {"name": "available", "reason": "correction", "quantities": [asked | {"quantity": 7} | entry]}


@pytest.mark.parametrize(
    ("document", "variables", "at"),
    [
        pytest.param(
            SET_STOCK,
            {"key": "k", "input": quantities(compareQuantity=9, changeFromQuantity=None)},
            ["quantities", 0, "compareQuantity"],
            id="compareQuantity, gone since 2026-04",
        ),
        pytest.param(
            SET_STOCK,
            {"key": "k", "input": {**quantities(changeFromQuantity=1), "ignoreCompareQuantity": True}},
            ["ignoreCompareQuantity"],
            id="ignoreCompareQuantity, gone since 2026-04",
        ),
        pytest.param(
            UPDATE_VARIANTS,
            {"productId": "gid://shopify/Product/1", "variants": [{"sku": "TEE-M"}]},
            [0, "sku"],
            id="a sku directly in a variant of the bulk mutations",
        ),
        pytest.param(
            PRODUCT_SET,
            {"identifier": {"id": "gid://shopify/Product/1", "handle": "kaos"}, "input": {"title": "Kaos"}},
            [],
            id="two keys where one is allowed",
        ),
        pytest.param(PRODUCT_SET, {"input": {"title": 5}}, ["title"], id="a number for a text"),
        pytest.param(
            UPDATE_VARIANTS,
            {"productId": "gid://shopify/Product/1", "variants": [{"price": "12,50"}]},
            [0, "price"],
            id="a price that is none",
        ),
        pytest.param(UPDATE_VARIANTS, {"variants": []}, [], id="a variable that is missing"),
    ],
)
def test_variables_are_coerced_which_validating_a_document_never_does(
    document: str, variables: dict[str, Any], at: list[Any]
) -> None:
    assert validate(schema.load(), parse(document)) == []

    answer = ShopifySandbox().ask(document, **variables)

    assert code(answer) == "INVALID_VARIABLE"
    assert answer["errors"][0]["extensions"]["problems"][0]["path"] == at
    assert "data" not in answer


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        pytest.param("query A { shop { id ", "PARSE_ERROR", id="no GraphQL"),
        pytest.param("query A { shop { definitelyNot } }", "undefinedField", id="an unknown field"),
        pytest.param("query A { shop }", "selectionMismatch", id="nothing selected of an object"),
        pytest.param("query A { productVariants(frist: 1) { nodes { id } } }", "argumentNotAccepted", id="a typo"),
        pytest.param("query A { product { id } }", "missingRequiredArguments", id="no id"),
        pytest.param("query A { shop { id @idempotnt } }", "undefinedDirective", id="an unknown directive"),
    ],
)
def test_a_document_that_is_not_valid_never_runs(document: str, expected: str) -> None:
    answer = ShopifySandbox().ask(document)

    assert code(answer) == expected
    assert "data" not in answer


def test_a_missing_key_is_refused_as_recorded() -> None:
    document = SET_STOCK.replace(" @idempotent(key: $key)", "").replace(", $key: String!", "")

    answer = ShopifySandbox().ask(document, input=quantities(changeFromQuantity=9))

    assert answer["data"] == {"inventorySetQuantities": None}
    assert answer["errors"][0]["message"] == (
        "The @idempotent directive is required for this mutation but was not provided."
    )
    assert code(answer) == "BAD_REQUEST"
    assert answer["errors"][0]["path"] == ["inventorySetQuantities"]


@pytest.mark.parametrize("blank", ["", " "])
def test_a_blank_key_is_none_written_out_or_in_a_variable(blank: str) -> None:
    written_out = SET_STOCK.replace("key: $key", f'key: "{blank}"').replace(", $key: String!", "")

    told = [
        ShopifySandbox().ask(SET_STOCK, input=quantities(changeFromQuantity=9), key=blank),
        ShopifySandbox().ask(written_out, input=quantities(changeFromQuantity=9)),
    ]

    assert [code(answer) for answer in told] == ["BAD_REQUEST", "BAD_REQUEST"]


def test_a_missing_comparison_is_refused_as_recorded() -> None:
    answer = ShopifySandbox().ask(SET_STOCK, key="k", input=quantities())

    assert answer["data"] == {"inventorySetQuantities": None}
    assert answer["errors"][0]["message"] == (
        "InventoryQuantityInput must include the following argument: changeFromQuantity."
    )
    assert code(answer) == "INVALID_FIELD_ARGUMENTS"


def test_a_mutation_without_its_user_errors_is_refused_though_shopify_lets_it_pass() -> None:
    document = "mutation M($input: ProductSetInput!) { productSet(input: $input) { product { id } } }"
    sandbox = ShopifySandbox()

    answer = sandbox.ask(document, input={"title": "Kaos"})

    assert "without its userErrors (R3)" in answer["errors"][0]["message"]
    assert not any(product.title == "Kaos" for product in sandbox.products())


@pytest.mark.parametrize(
    ("first", "said"),
    [
        pytest.param(None, "you must provide one of first or last", id="none"),
        pytest.param(300, "first must be between 1 and 250, not 300", id="too many"),
        pytest.param(0, "first must be between 1 and 250, not 0", id="nothing"),
    ],
)
def test_a_page_says_how_many_it_wants(first: int | None, said: str) -> None:
    answer = ShopifySandbox().ask(WALK, first=first)

    assert (code(answer), answer["errors"][0]["message"]) == ("BAD_REQUEST", said)


def test_an_array_of_more_than_250_is_refused_but_for_the_variants_of_product_set() -> None:
    nodes = "query N($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    values = [f"{number}" for number in range(300)]
    given = {
        "title": "Kaos",
        "productOptions": [{"name": "Nomor", "values": [{"name": value} for value in values[:250]]}],
        "variants": [{"optionValues": [{"optionName": "Nomor", "name": value}]} for value in values],
    }

    refused = ShopifySandbox().ask(nodes, ids=["gid://shopify/Product/1"] * 251)
    taken = ShopifySandbox().ask(PRODUCT_SET, input=given)

    assert code(refused) == "MAX_INPUT_SIZE_EXCEEDED"
    assert "errors" not in taken


@pytest.mark.parametrize("written_out", [False, True])
@pytest.mark.parametrize(("length", "is_taken"), [(250, True), (251, False)])
def test_an_array_is_as_long_written_out_as_in_a_variable(written_out: bool, length: int, is_taken: bool) -> None:
    variants = [{"id": f"gid://shopify/ProductVariant/{number}"} for number in range(1, length + 1)]
    given: dict[str, Any] = {"productId": "gid://shopify/Product/1", "variants": variants}
    document = UPDATE_VARIANTS
    if written_out:
        literal = ", ".join(f'{{id: "{each["id"]}"}}' for each in variants)
        document = document.replace("variants: $variants", f"variants: [{literal}]")
        document = document.replace(", $variants: [ProductVariantsBulkInput!]!", "")
        del given["variants"]

    answer = ShopifySandbox().ask(document, **given)

    if is_taken:
        assert answer["data"]["productVariantsBulkUpdate"]["userErrors"][0]["code"] == "PRODUCT_DOES_NOT_EXIST"
    else:
        assert code(answer) == "MAX_INPUT_SIZE_EXCEEDED"
        assert answer["errors"][0]["extensions"]["path"] == ["productVariantsBulkUpdate", "variants"]


def test_a_request_of_more_than_1000_points_is_refused_on_every_plan() -> None:
    document = """
    query Dear {
      products(first: 250) {
        nodes { variants(first: 250) { nodes { inventoryItem { inventoryLevels(first: 250) { nodes { id } } } } } }
      }
    }
    """
    sandbox = ShopifySandbox(rate=None)

    answer = sandbox.ask(document)

    assert code(answer) == "MAX_COST_EXCEEDED"
    assert answer["errors"][0]["extensions"]["cost"] > answer["errors"][0]["extensions"]["maxCost"] == 1_000
    assert "data" not in answer


def test_costs_are_those_of_recorded_answers() -> None:
    sandbox = ShopifySandbox(size=300, clock=SteppedClock(START))

    first = sandbox.ask(IMPORT, first=250)["extensions"]["cost"]
    polled = sandbox.ask('query B { bulkOperation(id: "gid://shopify/BulkOperation/1") { id status } }')

    assert first["requestedQueryCost"] == 167
    assert first["throttleStatus"] == {
        "maximumAvailable": 2000,
        "currentlyAvailable": 2000 - first["actualQueryCost"],
        "restoreRate": 100,
    }
    assert polled["extensions"]["cost"]["requestedQueryCost"] == 1


def test_an_empty_bucket_throttles_under_200_and_fills_with_time() -> None:
    clock = SteppedClock(START)
    sandbox = ShopifySandbox(size=300, clock=clock)
    sandbox.drain(150)

    throttled = sandbox.ask(IMPORT, first=250)
    clock.advance(timedelta(seconds=1))
    later = sandbox.ask(IMPORT, first=250)

    assert code(throttled) == "THROTTLED"
    assert "data" not in throttled
    assert throttled["extensions"]["cost"] == {
        "requestedQueryCost": 167,
        "actualQueryCost": None,
        "throttleStatus": {"maximumAvailable": 2000, "currentlyAvailable": 150, "restoreRate": 100},
    }
    assert len(later["data"]["productVariants"]["nodes"]) == 250


def test_numbers_of_the_bucket_are_sometimes_floats() -> None:
    sandbox = ShopifySandbox()

    told = [sandbox.ask("query S { shop { id } }")["extensions"]["cost"]["throttleStatus"] for _ in range(7)]

    assert {type(each["maximumAvailable"]) for each in told} == {int, float}


@pytest.mark.parametrize(
    "search",
    [
        pytest.param("status:active", id="a filter of products, which Shopify would ignore"),
        pytest.param("product_status:aktif", id="a status that does not exist"),
        pytest.param("updated_at:>='yesterday'", id="a time that is none"),
        pytest.param("updated_at:>='2026-11-21T00:00:00'", id="a time without a zone"),
        pytest.param("kaos polos", id="words"),
        pytest.param("sku:A OR sku:B", id="or"),
    ],
)
def test_a_search_that_is_not_understood_is_refused_instead_of_ignored(search: str) -> None:
    answer = ShopifySandbox().ask(WALK, first=5, filter=search)

    assert code(answer) == "SANDBOX_REFUSES"


def test_searches_find_what_they_name() -> None:
    sandbox = ShopifySandbox(size=300, clock=SteppedClock(START), rate=None)
    coded = next(variant for variant in sandbox.variants() if variant.sku and variant.sku.strip() == variant.sku)
    sandbox.change(coded.id, sku="KAOS-1")

    def found(search: str) -> int:
        return len(sandbox.ask(WALK, first=250, filter=search)["data"]["productVariants"]["nodes"])

    per_status = [found(f"product_status:{status}") for status in ("active", "archived", "draft", "unlisted")]
    assert min(per_status) > 0
    assert found("sku:kaos-1") == found("sku:KAOS-1 AND product_status:active,archived,draft,unlisted") == 1
    assert found("updated_at:>='2026-11-21T08:00:00Z'") == 1
    assert found("updated_at:>'2026-11-21T08:00:00Z'") == 0


def test_a_walk_by_cursors_ends_at_25000() -> None:
    sandbox = ShopifySandbox(size=26_000, rate=None)

    after, pages = None, 0
    while (answer := sandbox.ask(WALK, first=250, after=after)).get("data"):
        after, pages = answer["data"]["productVariants"]["pageInfo"]["endCursor"], pages + 1

    assert pages == 100
    assert "Cannot paginate beyond 25000" in answer["errors"][0]["message"]


def test_what_is_not_built_says_so() -> None:
    sandbox = ShopifySandbox()

    items = sandbox.ask("query I { inventoryItems(first: 1) { nodes { id } } }")

    assert items["errors"][0]["message"] == "the sandbox refuses: QueryRoot.inventoryItems is not built"


def test_an_unknown_id_is_null_and_no_id_at_all_is_refused() -> None:
    document = "query P($id: ID!) { product(id: $id) { id } node(id: $id) { id } }"
    sandbox = ShopifySandbox()

    unknown = sandbox.ask(document, id="gid://shopify/Product/1")
    nonsense = sandbox.ask(document, id="4711")

    assert unknown["data"] == {"product": None, "node": None}
    assert "errors" not in unknown
    assert code(nonsense) == "RESOURCE_NOT_FOUND"
