"""Outbounds by the API: listed and shown, pushed again, looked at, and stopped with the verdict shown first."""

from __future__ import annotations

import re

import pytest
from hub_hookspecs import OrderState
from litestar import Litestar
from litestar.testing import TestClient

from hub.fulfilment.jobs import Rounds, warn
from hub.fulfilment.service import documents, label_links
from hub.kernel import events
from hub.kernel.sealing import parse_ring
from hub.notices.rules import words
from hub.stock.rules.levels import Standing
from tests.slices.fulfilment.wharf import Wharf
from tests.slices.orders.till import Json
from tests.slices.stock.fair import RING

ABSENT = "01900000-0000-7000-8000-000000000000"


def test_an_outbound_is_listed_and_shown_with_what_it_waits_for(wharf: Wharf, client: TestClient[Litestar]) -> None:
    wharf.stall.has_awb = False
    order = wharf.tells("1", 2)
    wharf.works()

    (listed,) = client.get(f"/outbounds?order_id={order}&push_status=not_pushed").json()["items"]
    shown: Json = client.get(f"/outbounds/{listed['id']}").json()

    assert client.get("/outbounds?state=complete").json()["items"] == []
    assert [each["code"] for each in listed["waits"]] == ["no_awb"]
    assert [(each["sku"], each["quantity"], each["shipped"]) for each in shown["lines"]] == [("TEE", 2, 0)]
    assert client.get(f"/outbounds/{ABSENT}").status_code == 404
    (error,) = client.get("/outbounds?push_status=sideways").json()["errors"]
    assert (error["field"], error["message"]) == (
        "push_status",
        "must be not_pushed, pushing, pushed, failed, unknown or void, not 'sideways'",
    )


def test_one_that_was_not_taken_is_pushed_again_by_the_same_code(wharf: Wharf, client: TestClient[Litestar]) -> None:
    wharf.granary.refuses = "no such SKU"
    order = wharf.tells("1", 2)
    wharf.works()
    first = wharf.outbound(order)
    wharf.granary.refuses = ""

    asked = client.post(f"/outbounds/{first.id}/push", headers={"Idempotency-Key": "again"})
    again = client.post(f"/outbounds/{first.id}/push", headers={"Idempotency-Key": "again"})
    wharf.works()
    refused = client.post(f"/outbounds/{first.id}/push")

    one = wharf.outbound(order)
    assert (asked.status_code, again.content) == (200, asked.content)
    assert (one.push_status, one.code, wharf.counter.waits("1")) == ("pushed", first.code, {})
    assert (refused.status_code, refused.json()["code"]) == (409, "outbound_pushed")


def test_refreshing_asks_the_warehouse_now(wharf: Wharf, client: TestClient[Litestar]) -> None:
    order = wharf.tells("1", 2)
    wharf.works()
    one = wharf.outbound(order)
    wharf.granary.documents[one.code].word = "picking"

    job = client.post(f"/outbounds/{one.id}/refresh")
    wharf.works()

    assert (job.status_code, wharf.outbound(order).word) == (202, "picking")


def test_the_verdict_is_shown_before_anybody_agrees(wharf: Wharf, client: TestClient[Litestar]) -> None:
    wharf.stall.has_awb = False
    held = wharf.tells("1", 1)
    wharf.works()
    wharf.stall.has_awb = True
    sent = wharf.tells("2", 1)
    gone = wharf.tells("3", 1)
    wharf.works()
    wharf.granary.ships(wharf.outbound(gone).code)
    wharf.looks()

    said = [client.get(f"/orders/{each}/cancellation").json()["items"][0] for each in (held, sent, gone)]
    alone = client.get(f"/outbounds/{wharf.outbound(gone).id}/cancellation").json()
    late = client.post(f"/outbounds/{wharf.outbound(gone).id}/cancellation", json={"reason": "wrong"})

    assert [each["verdict"] for each in said] == ["here", "asks", "too_late"]
    assert alone == said[2]
    assert "call Granary" in alone["words"]
    assert (late.status_code, late.json()["code"]) == (409, "cancel_too_late")
    assert "call Granary" in late.json()["detail"]
    assert wharf.granary.asked_to_stop == []


def test_who_agrees_to_stop_an_outbound_is_held_to_what_they_saw(wharf: Wharf, client: TestClient[Litestar]) -> None:
    wharf.stall.has_awb = False
    order = wharf.tells("1", 1)
    wharf.works()
    url = f"/outbounds/{wharf.outbound(order).id}/cancellation"
    seen = client.get(url)
    wharf.tells("1", 1, awb="AWB-1")
    wharf.works()

    stale = client.post(url, json={"reason": "wrong"}, headers={"If-Match": seen.headers["ETag"]})
    untouched = wharf.outbound(order).cancel, list(wharf.granary.asked_to_stop)
    now = client.get(url)
    agreed = client.post(url, json={"reason": "wrong"}, headers={"If-Match": now.headers["ETag"]})

    assert (seen.json()["verdict"], now.json()["verdict"]) == ("here", "asks")
    assert (stale.status_code, stale.json()["code"], untouched) == (412, "changed_since", ("", []))
    assert (agreed.status_code, agreed.json()["cancel"]) == (200, "asked")


def test_what_is_stopped_by_hand_is_pushed_again_by_another_code(wharf: Wharf, client: TestClient[Litestar]) -> None:
    order = wharf.tells("1", 2)
    wharf.works()
    first = wharf.outbound(order)

    stopped = client.post(f"/outbounds/{first.id}/cancellation", json={"reason": "wrong gift"})
    wharf.works()
    pushed = client.post(f"/outbounds/{first.id}/push")
    wharf.works()

    old, new = wharf.outbounds(order)
    assert (stopped.status_code, stopped.json()["cancel"]) == (200, "asked")
    assert wharf.granary.asked_to_stop == [(first.code, "wrong gift")]
    assert (pushed.status_code, pushed.json()["id"], pushed.json()["code"] != first.code) == (200, new.id, True)
    assert (old.state, old.current, new.push_status, wharf.stock()) == ("invalid", False, "pushed", Standing(100, 2, 0))
    assert wharf.counter.waits("1") == {}


def test_one_that_waits_is_taken_back_by_hand_and_can_be_pushed_again(
    wharf: Wharf, client: TestClient[Litestar]
) -> None:
    wharf.stall.has_awb = False
    order = wharf.tells("1", 2)
    wharf.works()
    first = wharf.outbound(order)

    client.post(f"/outbounds/{first.id}/cancellation", json={})
    wharf.tells("1", 2, awb="AWB-1")
    wharf.works()
    void = wharf.outbound(order), list(wharf.granary.told)
    client.post(f"/outbounds/{first.id}/push")
    wharf.works()

    assert (void[0].push_status, void[1], wharf.stock()) == ("void", [], Standing(100, 2, 0))
    assert (wharf.outbound(order).push_status, len(wharf.granary.told)) == ("pushed", 1)


def test_the_address_of_a_label_gives_just_that_file_and_ends(wharf: Wharf, client: TestClient[Litestar]) -> None:
    order = wharf.tells("1", 2)
    wharf.works()
    label = wharf.granary.told[0].parcels[0].label
    assert label is not None
    path = label.url.removeprefix("https://hub.example")
    client.base_url, client.headers["Authorization"] = client.base_url.join("/"), ""

    given = client.get(path)
    forged = client.get(path[:-3] + ("AAA" if not path.endswith("AAA") else "BBB"))
    wharf.passes(label_links.VALID)
    wharf.passes(label_links.VALID)

    assert re.fullmatch(r"/labels/v1\.[\w-]+\.[\w-]+", path)
    assert (given.status_code, given.content, given.headers["content-type"]) == (200, label.content, "application/pdf")
    assert wharf.prints(order).content == label.content
    assert (forged.status_code, client.get("/labels/nothing").status_code) == (404, 404)
    with pytest.raises(Exception, match="no such label"), wharf.database.reading() as db:
        label_links.file_of(db, parse_ring(RING), path.rpartition("/")[2], at=wharf.database.clock.now())


def test_a_hint_has_the_document_asked_for_and_names_nobody_elses(wharf: Wharf) -> None:
    order = wharf.tells("1", 2)
    wharf.works()
    wharf.granary.ships(wharf.outbound(order).code)

    with wharf.database.writing() as db:
        known = documents.hint(
            db, wharf.goods.merchant, wharf.accounts["granary"], {wharf.outbound(order).code, "PAPER-1"}
        )
    wharf.works()

    assert known == {wharf.outbound(order).code}
    assert (wharf.outbound(order).state, wharf.stock()) == ("complete", Standing(98, 0, 0))


def test_documents_are_asked_for_by_themselves_ever_more_seldom(wharf: Wharf) -> None:
    order = wharf.tells("1", 2)
    wharf.works()
    made = wharf.granary.reads

    def rounds() -> None:
        turn = Rounds()
        with wharf.database.writing() as db:
            while turn(db):
                pass
        wharf.works()

    rounds()
    at_once = wharf.granary.reads
    wharf.passes(label_links.VALID / 30 / 24)  # an hour
    rounds()
    due = wharf.outbound(order).next_look_at

    assert (at_once, wharf.granary.reads) == (made, made + 1)
    assert due is not None
    assert (due - wharf.database.clock.now()).total_seconds() > 200


def test_people_are_told_before_a_deadline_passes(wharf: Wharf) -> None:
    soon = wharf.database.clock.now() + label_links.VALID / 30 / 12  # two hours
    wharf.tells("1", 2, ship_by=soon)
    wharf.works()

    with wharf.database.writing() as db:
        counts = [warn(db), warn(db)]

    with wharf.database.reading() as db:
        (told,) = events.listing(db, wharf.goods.merchant, kind="outbound.late", limit=5)
    said = words(told.kind, told.after or {})
    assert (counts, "outbound_late" in wharf.counter.waits("1")) == ([1, 0], True)
    assert said is not None
    assert said.title.endswith("may leave too late")


def test_a_deadline_that_its_channel_says_later_or_moves_is_the_one_that_people_are_told_of(wharf: Wharf) -> None:
    now, hour = wharf.database.clock.now(), label_links.VALID / 30 / 24
    order = wharf.tells("1", 2)
    wharf.works()
    late: list[tuple[int, bool]] = []

    for ship_by in (None, now + 2 * hour, now + 48 * hour):
        wharf.tells("1", 2, ship_by=ship_by)
        wharf.works()
        with wharf.database.writing() as db:
            told = warn(db)
        late.append((told, "outbound_late" in wharf.counter.waits("1")))

    assert late == [(0, False), (1, True), (0, False)]
    assert wharf.outbound(order).ship_by == now + 48 * hour


def test_an_order_that_left_by_its_channels_word_is_looked_at_and_not_stopped(wharf: Wharf) -> None:
    order = wharf.tells("1", 2)
    wharf.works()

    wharf.tells("1", 2, state=OrderState.SHIPPED, awb="OTHER")
    wharf.works()

    assert wharf.granary.asked_to_stop == []
    assert "shipped_elsewhere" in wharf.counter.waits("1")
    assert wharf.outbound(order).state == "pending"
