"""What happened to a product, told in one order, and how it stood at any instant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from hub.catalog.service import products
from hub.catalog.store.products import ProductData
from hub.channels.service.standing import pause
from hub.kernel.db import Database
from hub.kernel.events import CLI
from hub.kernel.ids import new_id
from hub.stock.rules.timeline import Kind
from hub.stock.service import looking_back, timeline
from hub.stock.service.timeline import Wanted
from hub.stock.store import pushes
from hub.stock.store.agreements import purge_agreements
from hub.stock.tables import agreement, movement, push, reservation
from tests.plugins.kiosk import Kiosk
from tests.slices.channels.conftest import Client, an_api
from tests.slices.stock.fair import Fair, a_fair
from tests.slices.stock.goods import statements
from tests.slices.stock.test_reserving import opened, releases, reserves, written

Json = dict[str, Any]  # Any: answers of the API
MINUTE = timedelta(minutes=1)


@pytest.fixture
def fair(database: Database) -> Iterator[Fair]:
    with a_fair(database, north=Kiosk(), south=Kiosk()) as fair:
        fair.offers("north", TEE=10)
        yield fair


@pytest.fixture
def client(fair: Fair) -> Iterator[Client]:
    with an_api(fair.channels) as client:
        yield client


def address(fair: Fair, sku: str = "TEE") -> str:
    return f"/v1/merchants/{fair.goods.merchant}/products/{fair.goods.named[sku]}/timeline"


def story(client: Client, fair: Fair, sku: str = "TEE", /, **query: object) -> list[Json]:
    """Every entry, page by page."""
    found: list[Json] = []
    answer = client.get(address(fair, sku), params={name: str(each) for name, each in query.items()})
    while True:
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        if not answer.json()["next"]:
            return found
        answer = client.get(answer.json()["next"])


def then(client: Client, fair: Fair, at: datetime, sku: str = "TEE") -> Json:
    answer = client.get(f"{address(fair, sku)}/at", params={"at": at.isoformat()})
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def moment(fair: Fair) -> datetime:
    """An instant that lies a minute from all that happened before and will happen."""
    fair.passes(MINUTE)
    at = fair.database.clock.now()
    fair.passes(MINUTE)
    return at


def resizes(fair: Fair, order: str, sku: str, count: int) -> None:
    with fair.database.writing() as db:
        book, (one,) = opened(fair.goods, db, order, sku)
        book.resize(one, count)
        written(fair.goods, db, book)


def test_everything_that_moved_a_product_and_every_push_stands_in_one_order(client: Client, fair: Fair) -> None:
    fair.goods.adjusts("TEE", -3)
    fair.works()
    reserves(fair.goods, "order-1", TEE=2)
    fair.works()
    resizes(fair, "order-1", "TEE", 4)
    releases(fair.goods, "order-1", "TEE")
    fair.works()
    client.put(f"/v1/merchants/{fair.goods.merchant}/accounts/{fair.accounts['north']}/stock-rules/"
               f"{fair.goods.named['TEE']}", json={"cap": 2})  # fmt: skip
    fair.works()

    told = story(client, fair)

    assert [one["kind"] for one in told] == [
        "push", "change", "push", "released", "resized", "push", "reserved", "push", "movement", "agreed",
        "movement", "change",
    ]  # fmt: skip
    texts = [one["text"] for one in told]
    assert "was told 2, thinking that it showed 7" in texts[0]
    assert texts[1] == "the rule of north (Kios north) is cap 2 now, before none"
    assert texts[4].startswith("4 instead of 2 reserved in")
    assert "since an adjustment of -3 (counted): confirmed" in texts[7]
    assert "showed 10 already" in texts[9]
    assert texts[10].startswith("opening stock of +10 in")
    assert "shows this product now" in texts[11]
    assert (told[7]["push"]["quantity"], told[7]["cause"]["movement_id"]) == (7, told[8]["id"])
    assert (told[6]["order_id"], told[5]["order_id"]) == ("order-1", "order-1")


def test_pages_of_any_size_come_to_the_same(client: Client, fair: Fair) -> None:
    for order in ("1", "2", "3"):
        reserves(fair.goods, order, TEE=1)
        fair.works()
    whole = story(client, fair, limit=200)

    with fair.database.writing() as db:  # all at one instant: kinds and ids part them
        at = fair.database.clock.now()
        for table, column in ((push, "sent_at"), (agreement, "at"), (reservation, "created_at")):
            db.execute(sa.update(table).values({column: at}))
    same = story(client, fair, limit=200)

    assert len(whole) == len(same) == 9
    assert [one["id"] for one in story(client, fair, limit=1)] == [one["id"] for one in same]
    assert sorted(one["id"] for one in whole) == sorted(one["id"] for one in same)


def test_a_timeline_is_narrowed_by_listing_account_kind_and_time(client: Client, fair: Fair) -> None:
    fair.offers("south", TEE=4)
    before = moment(fair)
    fair.goods.adjusts("TEE", 1)
    fair.works()
    south = fair.accounts["south"]

    told = {one["listing_id"] for one in story(client, fair, account_id=south)}
    kinds = [one["kind"] for one in story(client, fair, kind="movement")]
    newer = story(client, fair, **{"from": before.isoformat()})
    older = story(client, fair, until=before.isoformat())

    assert told == {fair.listing("south", "TEE")}
    assert story(client, fair, listing_id=fair.listing("south", "TEE")) == story(client, fair, account_id=south)
    assert kinds == ["movement", "movement"]
    assert sorted(one["kind"] for one in newer) == ["movement", "push", "push"]
    assert newer + older == story(client, fair)


def test_a_product_is_found_by_its_sku_too(client: Client, fair: Fair) -> None:
    here = f"/v1/merchants/{fair.goods.merchant}/timeline"

    by_sku = client.get(here, params={"sku": "TEE"}).json()
    at = client.get(f"{here}/at", params={"sku": "TEE", "at": fair.database.clock.now().isoformat()})

    assert by_sku["items"] == story(client, fair)
    assert at.json()["sku"] == "TEE"
    assert client.get(here, params={"sku": "NOBODY"}).status_code == 404
    assert client.get(here).status_code == 422


def test_how_it_stood_at_any_instant_is_what_was_known_then(client: Client, fair: Fair) -> None:
    """What came of a push later is not told of an instant before."""
    early = moment(fair)
    fair.kiosks["north"].refused["TEE"] = "no such product"
    fair.goods.adjusts("TEE", -3)
    reserves(fair.goods, "order-1", TEE=2)
    fair.works()
    refused = moment(fair)
    resizes(fair, "order-1", "TEE", 5)
    fair.kiosks["north"].refused.clear()
    fair.works()
    mended = moment(fair)

    first, second, third = (then(client, fair, at) for at in (early, refused, mended))

    stock = [(each["stock"][0]["on_hand"], each["stock"][0]["reserved"]) for each in (first, second, third)]
    listings = [each["listings"][0] for each in (first, second, third)]
    assert stock == [(10, 0), (7, 2), (7, 5)]
    assert [(one["told"], one["status"], one["believed"]) for one in listings] == [
        (None, None, 10), (5, "refused", 10), (2, "confirmed", 2),
    ]  # fmt: skip
    assert "no such product" in listings[1]["text"]
    assert "an order was taken in" in listings[1]["text"]


def test_a_figure_that_was_on_its_way_is_not_known_then(client: Client, fair: Fair) -> None:
    noted: list[datetime] = []

    def looks() -> None:
        fair.passes(MINUTE)
        noted.append(fair.database.clock.now())

    fair.kiosks["north"].before_call = looks
    fair.goods.adjusts("TEE", -3)
    fair.works()

    (listing,) = then(client, fair, noted[0])["listings"]

    assert (listing["told"], listing["status"], listing["believed"]) == (7, "sent", None)
    assert "had not answered yet; before that it was known to show 10" in listing["text"]


def test_a_listing_is_told_of_only_while_it_showed_the_product(client: Client, fair: Fair) -> None:
    fair.joins("south")
    fair.lists("south", TEE=10)
    before = moment(fair)
    fair.confirms("south", "TEE")
    fair.works()
    linked = moment(fair)
    client.post(f"/v1/merchants/{fair.goods.merchant}/listings/{fair.listing('south', 'TEE')}/unlink")
    after = moment(fair)

    shops = [[one["account"] for one in then(client, fair, at)["listings"]] for at in (before, linked, after)]

    assert [sorted(each) for each in shops] == [["Kios north"], ["Kios north", "Kios south"], ["Kios north"]]
    assert "shows this product no more" in story(client, fair)[0]["text"]


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2999-01-01T00:00:00Z", "in the future"),
        ("1999-01-01T00:00:00Z", "before the product came"),
        ("2026-01-01T00:00:00", "is no instant in UTC"),
        ("yesterday", "is no instant in UTC"),
        ("0001-01-01T00:00:00+23:59", "is no instant in UTC"),
    ],
)
def test_a_wrong_instant_is_refused_with_its_cure(client: Client, fair: Fair, at: str, words: str) -> None:
    answer = client.get(f"{address(fair)}/at", params={"at": at})

    assert answer.status_code == 422, answer.text
    (error,) = answer.json()["errors"]
    assert error["field"] == "at"
    assert words in error["message"]


def test_a_span_has_to_end_after_it_began(client: Client, fair: Fair) -> None:
    answer = client.get(address(fair), params={"from": "2026-02-01T00:00:00Z", "until": "2026-01-01T00:00:00Z"})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "until"


def test_what_retention_took_away_is_said(client: Client, fair: Fair) -> None:
    fair.goods.adjusts("TEE", -3)
    fair.works()
    told = moment(fair)
    fair.passes(pushes.KEEP + timedelta(days=1))
    with fair.database.writing() as db:
        purged = (pushes.purge_pushes(db), purge_agreements(db))

    found = then(client, fair, told)

    assert purged == (1, 1)
    assert "are not kept" in found["notes"][0]
    assert (found["listings"][0]["told"], found["listings"][0]["believed"]) == (None, 7)
    assert datetime.fromisoformat(client.get(address(fair)).json()["pushes_since"]) > told


def test_of_a_bundle_its_own_pushes_are_told_and_what_it_contains(client: Client, fair: Fair) -> None:
    fair.goods.sells("SET", TEE=2)
    fair.lists("north", SET=5)
    fair.confirms("north", "SET")
    fair.works()
    with fair.database.writing() as db:
        old = products.find(db, fair.goods.merchant, fair.goods.named["SET"], for_change=True)
        three = [replace(old.components[0], quantity=3)]
        products.change(db, old, data_of(old), components=three, actor=CLI)
    fair.works()

    told = story(client, fair, "SET")
    found = then(client, fair, fair.database.clock.now(), "SET")

    assert [one["kind"] for one in told] == ["push", "change", "agreed", "change"]
    assert "what the bundle contains was changed from 2 of" in told[1]["text"]
    assert [(each["sku"], each["on_hand"]) for each in found["stock"]] == [("TEE", 10)]
    assert "no stock of its own" in found["notes"][0]


def data_of(old: products.Whole) -> ProductData:
    return ProductData(**{name: getattr(old.product, name) for name in ProductData.__struct_fields__})


def test_an_account_that_is_paused_says_so_in_its_timeline(client: Client, fair: Fair) -> None:
    with fair.database.writing() as db:
        pause(db, fair.goods.merchant, fair.accounts["north"], reason="holiday", actor=CLI)

    assert "told nothing until it is resumed: holiday" in story(client, fair)[0]["text"]


def test_other_products_cost_nothing(fair: Fair) -> None:
    """Each kind is a range of an index of the product's own, whatever else there is."""
    fill(fair, 3_000)
    with fair.database.reading() as db:
        one = timeline.product(db, fair.goods.merchant, sku="TEE")

    with plans(fair.database) as told, fair.database.reading() as db:
        timeline.story(db, one, Wanted(), limit=50)
        looking_back.look_back(db, one, fair.database.clock.now())

    for table in (movement, reservation, push, agreement):
        read = [plan for plan in told if table.name in plan]
        assert read
        assert not [plan for plan in read if f"Seq Scan on {table.name}" in plan or f"SCAN {table.name}" in plan], read


def test_a_page_and_a_look_back_are_a_dozen_statements_each(fair: Fair) -> None:
    fair.goods.adjusts_all([("TEE", -1)])
    fair.works()
    with fair.database.reading() as db:
        one = timeline.product(db, fair.goods.merchant, sku="TEE")

    with statements(fair.database) as paged, fair.database.reading() as db:
        timeline.story(db, one, Wanted(), limit=50)
    with statements(fair.database) as looked, fair.database.reading() as db:
        looking_back.look_back(db, one, fair.database.clock.now())

    assert len(paged) <= 12, "\n".join(each.split("\n")[0] for each in paged)
    assert len(looked) <= 13, "\n".join(each.split("\n")[0] for each in looked)


def test_one_kind_of_a_product_that_has_very_much_is_read_from_its_index(fair: Fair) -> None:
    fill(fair, 3_000)  # else all that there is would be this product's, and an index of the time alone as good
    fill(fair, 600, sku="TEE")

    with plans(fair.database) as told, fair.database.reading() as db:
        one = timeline.product(db, fair.goods.merchant, sku="TEE")
        told.clear()
        found = [timeline.story(db, one, Wanted(kind=kind), limit=50) for kind in (Kind.MOVEMENT, Kind.PUSH)]

    assert [len(each.entries) for each in found] == [51, 51]
    for index in ("ix_movement_timeline", "ix_push_timeline"):
        (plan,) = [each for each in told if index in each]
        assert not {"Sort", "TEMP"} & set(plan.split()), plan


def fill(fair: Fair, count: int, *, sku: str = "") -> None:
    """Movements and pushes of one product, or of as many others."""
    at, mine = fair.database.clock.now(), fair.goods.named.get(sku)
    common = {"merchant_id": fair.goods.merchant, "warehouse_id": fair.goods.named["main"]}
    moved = common | {"kind": "adjustment", "quantity": 1, "reason": "counted", "note": "", "occurred_at": at}
    moved |= {"actor_kind": "cli", "actor_id": ""}
    sent = {"merchant_id": fair.goods.merchant, "account_id": "a", "place_ref": "", "quantity": 1, "cause": "linked"}
    sent |= {"status": "confirmed", "reason": ""}
    with fair.database.writing() as db:
        ids = [(new_id(), mine or new_id(), at - timedelta(seconds=n + 1)) for n in range(count)]
        db.execute(
            sa.insert(movement),
            [moved | {"id": i, "product_id": p, "cause": i, "recorded_at": t} for i, p, t in ids],
        )
        db.execute(
            sa.insert(push),
            [sent | {"id": i, "product_id": p, "listing_id": p, "sent_at": t, "settled_at": t} for i, p, t in ids],
        )
    if not fair.database.embedded:
        with fair.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE movement, push")


@contextmanager
def plans(database: Database) -> Iterator[list[str]]:
    """How the database goes about each statement."""
    told: list[str] = []
    explain = "EXPLAIN QUERY PLAN" if database.embedded else "EXPLAIN"

    def explained(connection: sa.Connection, _: object, sql: str, parameters: Any, *rest: object) -> None:
        if sql.startswith(("SELECT", "WITH")):  # Any: SQLAlchemy's own
            told.append("\n".join(str(row[-1]) for row in connection.exec_driver_sql(f"{explain} {sql}", parameters)))

    sa.event.listen(database.engine, "before_cursor_execute", explained)
    yield told
    sa.event.remove(database.engine, "before_cursor_execute", explained)
