"""Bulk operations move with each poll, leave lines of JSON, and refuse what Shopify refuses."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest
from hub_hookspecs.testing.faults import SteppedClock
from hub_shopify.sandbox import ShopifySandbox

START = datetime(2026, 11, 21, 8, tzinfo=UTC)
RUN = """
mutation HubBulkStart($query: String!, $grouped: Boolean!) {
  bulkOperationRunQuery(query: $query, groupObjects: $grouped) {
    bulkOperation { id status url objectCount }
    userErrors { field message code }
  }
}
"""
POLL = """
query HubBulkPoll($id: ID!) {
  bulkOperation(id: $id) { id status errorCode objectCount rootObjectCount fileSize url partialDataUrl completedAt }
}
"""
CATALOGUE = """
query HubBulkCatalogue {
  productVariants {
    edges { node {
      id sku
      product { id title status }
      inventoryItem {
        id tracked
        inventoryLevels { edges { node { id isActive location { id } quantities(names: ["available"]) { quantity } } } }
      }
    } }
  }
}
"""


def run(sandbox: ShopifySandbox, query: str = CATALOGUE, *, grouped: bool = False) -> dict[str, Any]:
    answer: dict[str, Any] = sandbox.ask(RUN, query=query, grouped=grouped)["data"]["bulkOperationRunQuery"]
    return answer


def started(sandbox: ShopifySandbox, query: str = CATALOGUE, *, grouped: bool = False) -> str:
    ref: str = run(sandbox, query, grouped=grouped)["bulkOperation"]["id"]
    return ref


def poll(sandbox: ShopifySandbox, ref: str) -> dict[str, Any]:
    found: dict[str, Any] = sandbox.ask(POLL, id=ref)["data"]["bulkOperation"]
    return found


def ended(sandbox: ShopifySandbox, ref: str) -> dict[str, Any]:
    while (found := poll(sandbox, ref))["status"] in ("CREATED", "RUNNING"):
        pass
    return found


def fetch(sandbox: ShopifySandbox, url: str, **headers: str) -> httpx.Response:
    return sandbox.handle(httpx.Request("GET", url, headers=headers))


def lines(answer: httpx.Response) -> list[dict[str, Any]]:
    return [msgspec.json.decode(line) for line in answer.content.splitlines()]


def test_an_operation_goes_through_its_states_by_being_polled() -> None:
    sandbox = ShopifySandbox(size=60, bulk_polls=2)

    ref = started(sandbox)
    states = [poll(sandbox, ref)["status"] for _ in range(4)]

    assert states == ["RUNNING", "RUNNING", "COMPLETED", "COMPLETED"]


def test_a_large_export_grows_from_poll_to_poll() -> None:
    sandbox = ShopifySandbox(size=25_000, rate=None, bulk_polls=0)
    ref = started(sandbox, "{ productVariants { edges { node { id } } } }")

    first, second = poll(sandbox, ref), poll(sandbox, ref)

    assert (first["status"], first["objectCount"]) == ("RUNNING", "20000")
    assert (second["status"], second["objectCount"]) == ("COMPLETED", "25000")


def test_nested_objects_are_lines_of_their_own_that_name_their_parent() -> None:
    sandbox = ShopifySandbox(size=60)

    done = ended(sandbox, started(sandbox))
    found = lines(fetch(sandbox, done["url"]))

    parents = {line["id"] for line in found if "__parentId" not in line}
    levels = [line for line in found if "__parentId" in line]
    assert parents == {f"gid://shopify/ProductVariant/{variant.id}" for variant in sandbox.variants()}
    assert {level["__parentId"] for level in levels} < parents
    assert all(level["id"].startswith("gid://shopify/InventoryLevel/") for level in levels)
    assert (done["objectCount"], done["rootObjectCount"]) == (str(len(found)), "60")
    assert "inventoryLevels" not in found[0]["inventoryItem"]


def test_children_stand_behind_their_parent_only_where_objects_are_grouped() -> None:
    sandbox = ShopifySandbox(size=60)

    apart, together = (
        lines(fetch(sandbox, ended(sandbox, started(sandbox, grouped=grouped))["url"])) for grouped in (False, True)
    )

    def adjacent(found: list[dict[str, Any]]) -> bool:
        parent = ""
        for line in found:
            if line.get("__parentId", parent) != parent:
                return False
            parent = line["id"] if "__parentId" not in line else parent
        return True

    assert adjacent(together)
    assert not adjacent(apart)
    assert sorted(map(str, apart)) == sorted(map(str, together))


def test_slashes_are_escaped_as_shopify_writes_them() -> None:
    sandbox = ShopifySandbox(size=10)

    text = fetch(sandbox, ended(sandbox, started(sandbox))["url"]).text

    assert text.startswith(r'{"id":"gid:\/\/shopify\/ProductVariant\/')


def test_a_file_can_be_read_on_from_a_byte() -> None:
    sandbox = ShopifySandbox(size=30)
    url = ended(sandbox, started(sandbox))["url"]
    whole = fetch(sandbox, url).content

    part = fetch(sandbox, url, Range="bytes=100-299")
    rest = fetch(sandbox, url, Range="bytes=300-")
    beyond = fetch(sandbox, url, Range=f"bytes={len(whole)}-")

    assert (part.status_code, rest.status_code, beyond.status_code) == (206, 206, 416)
    assert part.headers["content-range"] == f"bytes 100-299/{len(whole)}"
    assert whole[:100] + part.content + rest.content == whole


def test_the_address_ends_after_seven_days_and_wants_no_token() -> None:
    clock = SteppedClock(START)
    sandbox = ShopifySandbox(size=10, clock=clock)
    url = ended(sandbox, started(sandbox))["url"]

    leaked = fetch(sandbox, url, **{"X-Shopify-Access-Token": sandbox.legacy_settings()["access_token"]})
    clock.advance(timedelta(days=7))
    late = fetch(sandbox, url)

    assert (leaked.status_code, late.status_code) == (400, 400)
    assert "ExpiredToken" in late.text


def test_an_export_of_nothing_has_no_address() -> None:
    sandbox = ShopifySandbox(size=0)

    done = ended(sandbox, started(sandbox))

    assert (done["status"], done["url"], done["objectCount"], done["fileSize"]) == ("COMPLETED", None, "0", "0")


def test_a_failed_export_leaves_the_first_half_cut_in_a_line() -> None:
    sandbox = ShopifySandbox(size=30)
    sandbox.fail_next_bulk("TIMEOUT")

    failed = ended(sandbox, started(sandbox))
    partial = fetch(sandbox, failed["partialDataUrl"]).content

    assert (failed["status"], failed["errorCode"], failed["url"]) == ("FAILED", "TIMEOUT", None)
    assert partial
    assert not partial.endswith(b"\n")


def test_a_missing_scope_fails_the_export() -> None:
    sandbox = ShopifySandbox(size=30, scopes=("read_products",))

    failed = ended(sandbox, started(sandbox))

    assert (failed["status"], failed["errorCode"]) == ("FAILED", "ACCESS_DENIED")


def test_one_more_than_may_run_is_refused_with_the_names_of_those_that_do() -> None:
    sandbox = ShopifySandbox(size=10, bulk_at_once=1)
    running = started(sandbox)

    refused = run(sandbox)
    ended(sandbox, running)

    assert refused["bulkOperation"] is None
    assert refused["userErrors"] == [
        {
            "field": None,
            "message": f"A bulk query operation for this app and shop is already in progress: {running}.",
            "code": "OPERATION_IN_PROGRESS",
        }
    ]
    assert run(sandbox)["userErrors"] == []


def test_a_cancelled_operation_ends_when_it_is_looked_at() -> None:
    sandbox = ShopifySandbox(size=10)
    ref = started(sandbox)

    cancel = "mutation C($id: ID!) { bulkOperationCancel(id: $id) { bulkOperation { status } userErrors { message } } }"
    told = sandbox.ask(cancel, id=ref)["data"]["bulkOperationCancel"]["bulkOperation"]["status"]

    assert (told, poll(sandbox, ref)["status"]) == ("CANCELING", "CANCELED")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        pytest.param(
            "{ products { nodes { id title } } }",
            [
                "All connection fields in a bulk query must select their contents using 'edges' > 'node', e.g: "
                "'products { edges { node {'. Selecting via 'nodes' is not supported. Invalid connection fields: "
                "'products'."
            ],
            id="nodes instead of edges",
        ),
        pytest.param(
            '{ node(id: "gid://shopify/Product/0") { id } }',
            [
                "Bulk queries cannot contain a top level `node` field.",
                "Bulk queries must contain at least one connection.",
            ],
            id="a node at the top",
        ),
        pytest.param("{ shop { id } }", ["Bulk queries must contain at least one connection."], id="no connection"),
        pytest.param(
            """{ products { edges { node { id variants { edges { node { id inventoryItem { id inventoryLevels {
                edges { node { id location { id inventoryLevels { edges { node { id } } } } } } } } } } } } } } }""",
            ["Bulk queries cannot contain connections with a nesting depth greater than 2."],
            id="nested too deep",
        ),
        pytest.param(
            """{ products { edges { node {
                id
                a: variants { edges { node { id } } }
                b: variants { edges { node { id } } }
                c: media { edges { node { id } } }
                d: media { edges { node { id } } }
                e: metafields { edges { node { id } } }
            } } } }""",
            ["Bulk queries cannot contain more than 5 connections."],
            id="six connections",
        ),
        pytest.param(
            "{ products { edges { node { title variants { edges { node { id } } } } } } }",
            [
                "The parent 'node' field for a nested connection must select the 'id' field without an alias and must "
                "be of 'ID' return type. Connection fields without 'id': products."
            ],
            id="a parent without its id",
        ),
        pytest.param(
            "mutation { productDelete(input: {id: 1}) { userErrors { message } } }",
            ["Invalid operation type. Only `query` operations are supported."],
            id="a mutation",
        ),
        pytest.param(
            """{ orders { edges { node { id fulfillments { id fulfillmentOrders { edges { node { id } } } } } } } }""",
            ["Queries that contain a connection field within a list field are not currently supported."],
            id="a connection within a list",
        ),
    ],
)
def test_a_query_that_does_not_fit_is_refused_as_recorded(query: str, said: list[str]) -> None:
    refused = run(ShopifySandbox(), query)

    assert refused["bulkOperation"] is None
    assert refused["userErrors"] == [{"field": ["query"], "message": each, "code": "INVALID"} for each in said]


@pytest.mark.parametrize("query", ["", "{ products { edges { node { definitelyNot } } } }"])
def test_what_is_no_query_is_refused(query: str) -> None:
    (error,) = run(ShopifySandbox(), query)["userErrors"]

    assert error["message"].startswith("Invalid bulk query: ")
