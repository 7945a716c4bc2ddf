"""Every document is held against Shopify's published schema, its variables too, and the version is pinned once."""

from pathlib import Path
from typing import Any

import hub_shopify
import pytest
from graphql import OperationDefinitionNode, get_variable_values, parse, validate
from graphql.execution.values import VariableValues
from hub_hookspecs import Product, StockTarget
from hub_shopify import documents, inputs, scopes, translate, version
from hub_shopify.sandbox import schema
from hub_shopify.stock import telling
from hub_shopify.stock.shown import Shown

HERE = Path(hub_shopify.__file__).parent
FILTER = {"filter": translate.EVERY_STATUS}
TEE = Product(
    key="0190-tee",
    sku="TEE-M",
    name="Tee",
    barcode="899",
    weight_g=250,
    description="Soft.",
    image_urls=("https://cdn.example/tee.jpg",),
    options={"Size": "M"},
    attributes={"vendor": "Larasati", "product_type": "Shirts"},
)
GID = "gid://shopify/ProductVariant/1"
PLACE = "gid://shopify/Location/1"
ENTRY = telling.Entry(
    StockTarget(listing_ref=GID, place_ref=PLACE, quantity=7, expected=9),
    Shown("gid://shopify/InventoryItem/1", PLACE, 9),
)
VARIABLES: dict[str, dict[str, Any]] = {  # Any: JSON
    "CHECK": {},
    "LOCATIONS": {"after": None},
    "COUNT_VARIANTS": {**FILTER, "limit": 10_001},
    "IMPORT_VARIANTS": {**FILTER, "first": 250, "after": None},
    "MORE_LEVELS": {"id": GID, "after": "x"},
    "BULK_VARIANTS": {},
    "START_BULK": {"query": documents.BULK_VARIANTS % FILTER},
    "POLL_BULK": {"id": GID},
    "FIND_BY_KEY": {"identifier": inputs.identifier(TEE)},
    "FIND_BY_SKU": {"filter": inputs.having_sku(TEE.sku)},
    "FIND_KEY_DEFINITION": {"namespace": inputs.KEY_NAMESPACE, "key": inputs.KEY},
    "DEFINE_KEY": {"definition": inputs.KEY_DEFINITION},
    "READ_LISTING": {"id": GID},
    "READ_SIBLINGS": {"id": GID, "after": None},
    "CREATE_PRODUCT": {"input": inputs.created(TEE, status="draft")},
    "UPDATE_PRODUCT": {"product": {"id": GID, **inputs.product_fields(TEE)}, "media": inputs.media(TEE)},
    "UPDATE_VARIANT": {"productId": GID, "variants": [{"id": GID, **inputs.variant_fields(TEE)}]},
    "LEVELS_AT": {"ids": [GID], "place": PLACE},
    "LEVELS_ANYWHERE": {"ids": [GID]},
    "ALL_LEVELS": {"first": 250, "filter": f"{translate.EVERY_STATUS} id:>1"},
    "IMPORT_ORDERS": {"first": 25, "after": None, "filter": "updated_at:>='2026-11-22T00:00:00Z'"},
    "READ_ORDERS": {"ids": [GID]},
    "MORE_LINES": {"id": GID, "after": "x"},
    "ALL_PLACES": {"id": GID},
    "READ_PARTS": {"id": GID},
    "SHIP": {
        "fulfillment": {
            "lineItemsByFulfillmentOrder": [
                {"fulfillmentOrderId": GID, "fulfillmentOrderLineItems": [{"id": GID, "quantity": 1}]}
            ],
            "trackingInfo": {"company": "JNE", "number": "1"},
            "notifyCustomer": False,
        }
    },
    "SUBSCRIPTIONS": {"after": None},
    "SUBSCRIBE": {"topic": "ORDERS_CREATE", "input": {"uri": "https://hub.example/w", "format": "JSON"}},
    "UNSUBSCRIBE": {"id": GID},
    "SET_STOCK": {"input": telling.input_of([ENTRY], "k"), "key": "k"},
    "ADD_VARIANT": {"productId": GID, "variants": [inputs.added(TEE)]},
}


def text(name: str) -> str:
    found: str = getattr(documents, name)
    return found % FILTER if name == "BULK_VARIANTS" else found


def objections(document: str, variables: dict[str, Any]) -> list[str]:  # Any: JSON
    """What speaks against a document or its variables, in the words of the library that checks both."""
    tree = parse(document)
    (operation,) = (each for each in tree.definitions if isinstance(each, OperationDefinitionNode))
    declared = {each.variable.name.value for each in operation.variable_definitions or ()}
    values = get_variable_values(schema.load(), operation.variable_definitions or (), variables)
    errors = [] if isinstance(values, VariableValues) else values
    strangers = [f"${name} is not declared" for name in variables if name not in declared]
    return [error.message for error in [*validate(schema.load(), tree), *errors]] + strangers


def test_every_document_is_listed_here() -> None:
    assert {name for name in vars(documents) if name.isupper() and not name.startswith("_")} == VARIABLES.keys()


@pytest.mark.parametrize("name", VARIABLES)
def test_a_document_and_its_variables_are_shopifys(name: str) -> None:
    assert objections(text(name), VARIABLES[name]) == []


@pytest.mark.parametrize(
    ("name", "variables"),
    [
        pytest.param("CREATE_PRODUCT", {"identifier": {"handle": "a", "id": GID}, "input": {}}, id="two identifiers"),
        pytest.param("UPDATE_VARIANT", {"productId": GID, "variants": [{"sku": "A"}]}, id="a SKU at the wrong place"),
        pytest.param("POLL_BULK", {"id": GID, "surprise": 1}, id="a variable that nobody declared"),
        pytest.param("MORE_LEVELS", {}, id="a variable that is missing"),
    ],
)
def test_the_check_finds_what_shopify_would_refuse(name: str, variables: dict[str, Any]) -> None:  # Any: JSON
    assert objections(text(name), variables) != []


@pytest.mark.parametrize("name", [name for name in VARIABLES if "mutation" in getattr(documents, name)])
def test_every_mutation_asks_what_shopify_did_not_take(name: str) -> None:
    assert "userErrors { field message" in text(name)


def test_the_version_is_pinned_in_one_place() -> None:
    own = [path for path in HERE.rglob("*.py") if "sandbox" not in path.parts]

    pinned = [path.name for path in own if version.API_VERSION in path.read_text()]

    assert pinned == ["version.py"]
    assert schema.VERSION == version.API_VERSION


def test_the_scopes_that_are_asked_for_are_those_of_the_capabilities() -> None:
    needed = {scope for scopes_of_one in scopes.NEEDS.values() for scope in scopes_of_one}
    included = {scope.replace("write_", "read_", 1) for scope in scopes.ALL if scope.startswith("write_")}

    assert needed - included == set(scopes.ALL)
    assert not scopes.lacking(scopes.ALL)
