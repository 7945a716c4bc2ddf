"""Bundles: what they contain, how deep, and never themselves, whoever edits at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.catalog.rules import DEEPEST_BUNDLE, component_fault
from hub.catalog.service import products
from hub.catalog.store import bundles
from hub.catalog.store.bundles import Component
from hub.catalog.store.products import ProductData
from hub.catalog.tables import product_component
from hub.kernel.db import Database, Transaction
from hub.kernel.errors import Invalid
from hub.kernel.events import CLI
from hub.kernel.ids import new_id
from tests.callers import a_merchant
from tests.slices.catalog.shelf import Client, Json, events, made, named

Graph = dict[str, set[str]]


def parts(*ids: str, quantity: int = 1) -> list[Json]:
    return [{"product_id": each, "quantity": quantity} for each in ids]


def test_a_bundle_says_what_it_contains_and_how_many(platform: Client, address: str) -> None:
    shirt, cap = (made(platform, address, sku=sku)["id"] for sku in ("SHIRT", "CAP"))

    bundle = made(platform, address, sku="SET", components=[*parts(shirt, quantity=2), *parts(cap)])

    assert bundle["bundle"]
    assert bundle["components"] == [*parts(shirt, quantity=2), *parts(cap)]
    assert platform.get(f"{address}/products/{bundle['id']}").json() == bundle


def test_what_a_bundle_contains_is_replaced_dissolved_and_told(platform: Client, address: str) -> None:
    shirt, cap = (made(platform, address, sku=sku)["id"] for sku in ("SHIRT", "CAP"))
    one = f"{address}/products/{made(platform, address, sku='SET', components=parts(shirt))['id']}"

    replaced = platform.patch(one, json={"components": parts(cap, quantity=3)}).json()
    untouched = platform.patch(one, json={"name": "Paket"}).json()
    dissolved = platform.patch(one, json={"components": []}).json()

    assert [each["components"] for each in (replaced, untouched, dissolved)] == [
        parts(cap, quantity=3), parts(cap, quantity=3), [],
    ]  # fmt: skip
    assert (replaced["bundle"], dissolved["bundle"]) == (True, False)
    told = [event["after"].get("components") for event in reversed(events(platform, address, "product.changed"))]
    assert told == [parts(cap, quantity=3), None, []]


def test_a_component_of_another_merchant_is_no_product(platform: Client, database: Database, address: str) -> None:
    theirs = made(platform, f"/v1/merchants/{a_merchant(database, 'Warung')}")["id"]
    ours = made(platform, address, sku="OURS")["id"]

    answer = platform.post(f"{address}/products", json={"sku": "B", "name": "B", "components": parts(ours, theirs)})

    assert (answer.status_code, named(answer)) == (422, ["components[1].product_id"])
    assert answer.json()["errors"][0]["message"] == "no such product"
    assert platform.get(f"{address}/products?sku=B").json()["items"] == []


def test_a_component_stands_in_a_bundle_once(platform: Client, address: str) -> None:
    shirt = made(platform, address)["id"]

    answer = platform.post(f"{address}/products", json={"sku": "B", "name": "B", "components": parts(shirt, shirt)})

    assert (answer.status_code, named(answer)) == (422, ["components[0].product_id", "components[1].product_id"])


def test_a_bundle_never_contains_itself_directly_or_by_others(platform: Client, address: str) -> None:
    a = made(platform, address, sku="A")["id"]
    b = made(platform, address, sku="B", components=parts(a))["id"]
    c = made(platform, address, sku="C", components=parts(b))["id"]
    leaf = made(platform, address, sku="LEAF")["id"]

    answers = [
        platform.patch(f"{address}/products/{a}", json={"components": [*parts(leaf), *parts(each)]})
        for each in (a, b, c)
    ]  # fmt: skip

    for answer in answers:
        assert (answer.status_code, named(answer)) == (422, ["components[1].product_id"])
        assert "contain itself" in answer.json()["errors"][0]["message"]
    assert platform.get(f"{address}/products/{a}").json()["components"] == []


def test_bundles_stand_no_deeper_than_said_whichever_end_grows(platform: Client, address: str) -> None:
    bottom = made(platform, address, sku="0")["id"]
    chain = [bottom]
    for level in range(1, DEEPEST_BUNDLE + 1):
        chain.append(made(platform, address, sku=str(level), components=parts(chain[-1]))["id"])
    leaf = made(platform, address, sku="LEAF")["id"]

    above = platform.post(f"{address}/products", json={"sku": "T", "name": "T", "components": parts(chain[-1])})
    below = platform.patch(f"{address}/products/{bottom}", json={"components": parts(leaf)})

    assert (above.status_code, below.status_code) == (422, 422)
    assert "deep" in above.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    ("below", "above", "meets", "allowed"),
    [
        pytest.param(0, 0, False, True, id="a plain product"),
        pytest.param(DEEPEST_BUNDLE - 1, 0, False, True, id="as deep as may be"),
        pytest.param(DEEPEST_BUNDLE, 0, False, False, id="too deep below"),
        pytest.param(1, DEEPEST_BUNDLE - 1, False, False, id="too deep together"),
        pytest.param(0, DEEPEST_BUNDLE - 1, False, True, id="into the lowest bundle"),
        pytest.param(0, 0, True, False, id="itself"),
    ],
)
def test_a_component_is_refused_for_depth_or_for_a_circle(below: int, above: int, meets: bool, allowed: bool) -> None:
    fault = component_fault(levels_below=below, levels_above=above, meets=meets)

    assert (fault is None) is allowed


# -- any sequence of edits -------------------------------------------------------------------------------------------


def depth(graph: Graph, product: str, seen: frozenset[str] = frozenset()) -> int:
    """How many levels of bundles hang on a product; a circle is endless."""
    if product in seen:
        return 10**6
    below = [depth(graph, each, seen | {product}) for each in graph.get(product, ())]
    return 1 + max(below) if below else 0


EDITS = st.lists(st.tuples(st.integers(0, 5), st.sets(st.integers(0, 5), max_size=3)), min_size=1, max_size=12)


@given(edits=EDITS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_edited_exactly_what_would_make_a_circle_or_go_too_deep_is_refused(
    database: Database, edits: list[tuple[int, set[int]]]
) -> None:
    merchant, graph = new_id(), Graph()
    ids = some_products(database, merchant, 6)

    for whole, contents in edits:
        wished = graph | {ids[whole]: {ids[each] for each in contents}}
        allowed = all(depth(wished, each) <= DEEPEST_BUNDLE for each in ids)
        assert contains(database, merchant, ids[whole], *(ids[each] for each in contents)) is allowed
        graph = wished if allowed else graph

    assert stored(database, ids) == {whole: contents for whole, contents in graph.items() if contents}


def some_products(database: Database, merchant: str, count: int) -> list[str]:
    with database.writing() as db:
        return [
            products.create(db, merchant, ProductData(sku=f"S-{n}", name="Kaos"), actor=CLI).product.id
            for n in range(count)
        ]


def contains(
    database: Database, merchant: str, bundle_id: str, *component_ids: str, meet: Barrier | None = None
) -> bool:
    """Try to let a bundle consist of these; whether it was allowed. `meet`: where another does so too."""
    wanted = [Component(product_id=each, quantity=1) for each in component_ids]
    try:
        with database.writing() as db:
            if meet:
                meet.wait(10)  # both transactions are open now
            old = products.find(db, merchant, bundle_id, for_change=True)
            products.change(db, old, old.product, components=wanted, actor=CLI)
    except Invalid:
        return False
    return True


def stored(database: Database, ids: list[str]) -> Graph:
    graph = Graph()
    with database.reading() as db:
        rows: Any = db.execute(sa.select(product_component))  # Any: rows of the table
        for row in rows:
            if row.bundle_id in ids:
                graph.setdefault(row.bundle_id, set()).add(row.product_id)
    return graph


@pytest.mark.parametrize("attempt", range(5))
def test_of_two_who_close_a_circle_at_the_same_moment_one_is_refused(postgres_url: str, attempt: int) -> None:
    database, merchant, meet = Database(postgres_url), new_id(), Barrier(2)
    a, b = some_products(database, merchant, 2)

    with ThreadPoolExecutor(2) as pool:
        tries = [
            pool.submit(contains, database, merchant, *pair, meet=meet) for pair in ((a, b), (b, a))
        ]  # fmt: skip
        allowed = sorted(each.result(30) for each in tries)

    assert allowed == [False, True]
    assert len(stored(database, [a, b])) == 1
    database.dispose()


def test_without_taking_turns_both_would_be_let_in(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Transaction, "serialise", lambda db, subject: None)
    database, merchant, meet = Database(postgres_url), new_id(), Barrier(2)
    a, b = some_products(database, merchant, 2)
    looked = Barrier(2)
    monkeypatch.setattr(bundles, "replace", _after_both_looked(looked))

    with ThreadPoolExecutor(2) as pool:
        tries = [pool.submit(contains, database, merchant, *pair, meet=meet) for pair in ((a, b), (b, a))]
        allowed = [each.result(30) for each in tries]

    assert allowed == [True, True]
    database.dispose()


def _after_both_looked(looked: Barrier) -> Callable[..., None]:
    replace = bundles.replace

    def wait_and_replace(*given: Any) -> None:  # Any: handed on
        looked.wait(10)
        replace(*given)

    return wait_and_replace
