"""A buyer at Tokopedia asks to cancel: people see it, agree or refuse here, and Tokopedia is told once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from hub_hookspecs.testing import serve
from hub_hookspecs.testing.faults import Faulty, Plan, failing_after, meanwhile
from hub_tokopedia.sandbox import TokopediaSandbox

from hub.kernel.jobs.tables import job
from tests.acceptance.stock.test_telling import confirms, joins, shows, warehouse_of
from tests.conftest import fresh
from tests.servers import Server
from tests.webhooks import books
from tests.world import Json, Merchant, a_sandbox, production_hub, worker_process

AGREE, REFUSE, KEEP = "/nack", "/reject-cancel", {"accept": False, "reason": "sudah dikemas"}
ACCEPTED = 400


@dataclass
class Counter:
    """A shop of which the hub has ten shirts, behind a wire that faults can be put on."""

    merchant: Merchant
    shop: TokopediaSandbox
    wire: Faulty
    account: Json
    shirt: int

    @classmethod
    def opened(cls, merchant: Merchant, shop: TokopediaSandbox, wire: Faulty) -> Counter:
        shirt = shop.add("Kaos", "TEE-M", stock=10)
        account = joins(merchant, wire)  # type: ignore[arg-type]  # only its settings are asked for
        confirms(merchant, "TEE-M", account)
        return cls(merchant, shop, wire, account, shirt)

    def hears(self) -> None:
        """What Tokopedia has to tell by itself, and what a poll does, at this moment."""
        for request in self.shop.deliveries():
            headers = {name: value for name, value in request.headers.items() if name not in ("host", "content-length")}
            path = request.url.raw_path.decode()
            answer = self.merchant.hub.api.post(path, content=request.content, headers=headers)
            assert answer.status_code == 200, answer.text
        books.settled(self.merchant.hub.runtime.database, self.merchant.id)
        self.merchant.call("POST", f"/accounts/{self.account['id']}/orders/import", status=202)
        self.merchant.settles()

    def sold(self, *, cashless: bool = False) -> int:
        """Two shirts, accepted, of which the hub knows; gives Tokopedia's number."""
        number = self.shop.sell(self.shirt, 2, status=ACCEPTED, cashless=cashless)
        self.hears()
        return number

    def wished(self) -> int:
        """The same, and then the buyer asks to cancel it."""
        number = self.sold()
        self.asks(number)
        return number

    def asks(self, number: int) -> None:
        self.shop.ask_to_cancel(number)
        self.hears()

    def order(self, number: int) -> Json:
        (found,) = [each for each in self.merchant.all("/orders") if each["ref"] == str(number)]
        return self.merchant.call("GET", f"/orders/{found['id']}")

    def flags(self, number: int) -> dict[str, Json]:
        return {each["code"]: each for each in self.order(number)["flags"]}

    def cancellation(self, number: int) -> Json:
        return self.merchant.call("GET", f"/orders/{self.order(number)['id']}/cancellation")

    def post(self, number: int, body: Json, **headers: str) -> httpx.Response:
        path = f"/v1/merchants/{self.merchant.id}/orders/{self.order(number)['id']}/cancellation/answer"
        return self.merchant.hub.api.post(path, json=body, headers=headers)

    def answers(self, number: int, body: Json, *, status: int = 202) -> Json:
        """A person answers, and the work is done."""
        answer = self.post(number, body)
        assert answer.status_code == status, answer.text
        self.merchant.settles()
        return dict(answer.json())

    def told(self, path: str) -> int:
        """How often Tokopedia was told so."""
        return sum(request.url.path.endswith(path) for request in self.wire.requests)

    def status(self, number: int) -> int:
        return next(each.status for each in self.shop.orders() if each.number == number)

    def stock(self) -> tuple[int, int]:
        """On hand and reserved."""
        (row,) = self.merchant.all(f"/warehouses/{warehouse_of(self.merchant)}/stock")
        return row["on_hand"], row["reserved"]

    def history(self, number: int) -> list[str]:
        events = self.merchant.all("/events?limit=200")
        mine = [each for each in events if each["subject"]["id"] == self.order(number)["id"]]
        return [each["kind"] for each in reversed(mine) if each["kind"].startswith("order.cancel")]


@pytest.fixture
def counter(merchant: Merchant) -> object:
    shop = a_sandbox()
    wire = Faulty(shop)
    with serve(wire):
        yield Counter.opened(merchant, shop, wire)
    assert shop.exceptions == []


@pytest.mark.row("F-60")
def test_a_wish_is_seen_and_agreed_to_and_its_stock_is_free_once_tokopedia_has_cancelled(counter: Counter) -> None:
    number = counter.wished()
    seen, flagged, held = counter.cancellation(number), counter.flags(number), counter.stock()

    said = counter.answers(number, {"accept": True, "reason": "baik"})

    assert (seen["order_state"], seen["verdict"], seen["items"]) == ("cancel_requested", "channel", [])
    assert (seen["wish"]["lacks"], seen["wish"]["since"]) == ("", flagged["cancel_requested"]["since"])
    assert (said["answer"]["state"], said["answer"]["accept"], held) == ("due", True, (10, 2))
    assert (counter.status(number), counter.told(AGREE), counter.told(REFUSE)) == (10, 1, 0)
    assert (counter.order(number)["state"], counter.stock(), counter.flags(number)) == ("cancelled", (10, 0), {})
    assert counter.cancellation(number)["answer"]["state"] == "given"
    assert counter.history(number) == ["order.cancel_answered", "order.cancel_answer_given"]
    counter.hears()
    assert (counter.stock(), shows(counter.shop, counter.shirt)) == ((10, 0), 10)


def test_a_wish_is_refused_with_a_reason_and_the_order_is_sent(counter: Counter) -> None:
    number = counter.wished()

    reasonless = counter.post(number, {"accept": False})
    counter.answers(number, KEEP)

    assert (reasonless.status_code, reasonless.json()["errors"][0]["field"]) == (422, "reason")
    assert (counter.status(number), counter.told(AGREE), counter.told(REFUSE)) == (ACCEPTED, 0, 1)
    assert (counter.order(number)["state"], counter.stock(), counter.flags(number)) == ("ready", (10, 2), {})
    counter.merchant.call("POST", f"/orders/{counter.order(number)['id']}/ship", {"courier": "JNE", "awb": "JNE-1"})
    counter.merchant.settles()
    assert (counter.status(number), counter.stock()) == (500, (8, 0))


def test_who_agrees_holds_to_what_was_seen_and_says_it_once(counter: Counter) -> None:
    number = counter.wished()
    order = counter.order(number)["id"]
    seen = counter.merchant.hub.api.get(f"/v1/merchants/{counter.merchant.id}/orders/{order}/cancellation")
    stale = counter.post(number, KEEP, **{"If-Match": '"of another moment"'})

    first = counter.post(number, KEEP, **{"If-Match": seen.headers["etag"], "Idempotency-Key": "once"})
    again = counter.post(number, KEEP, **{"If-Match": seen.headers["etag"], "Idempotency-Key": "once"})
    counter.merchant.settles()

    assert (stale.status_code, first.status_code, again.content) == (412, 202, first.content)
    assert counter.told(REFUSE) == 1


@pytest.mark.row("F-60")
def test_what_has_left_is_refused_with_whom_to_call_unless_a_person_says_that_it_left(counter: Counter) -> None:
    number = counter.sold(cashless=True)
    order = counter.order(number)["id"]
    counter.merchant.call("POST", f"/orders/{order}/ship", {"courier": "JNE", "awb": "JNE-1"})
    counter.merchant.settles()
    counter.asks(number)

    late = counter.answers(number, {"accept": True}, status=409)
    flagged, told = counter.flags(number), counter.told(AGREE)
    counter.answers(number, {"accept": True, "goods_left": True})

    assert (late["code"], late["errors"][0]["field"]) == ("cancel_too_late", "goods_left")
    assert "parcel 1 has left: call JNE" in late["detail"]
    assert ("cancelled_late" in flagged, told) == (True, 0)
    assert (counter.status(number), counter.order(number)["state"]) == (10, "cancelled")
    assert counter.stock() == (8, 0)


@pytest.mark.parametrize("accept", [True, False])
def test_a_wish_that_was_withdrawn_meanwhile_is_answered_to_nobody(counter: Counter, accept: bool) -> None:
    number = counter.wished()
    counter.shop.move_order(number, ACCEPTED, wish=None)  # of which the hub has not heard

    counter.answers(number, {"accept": accept, "reason": "baik"})

    answer = counter.cancellation(number)["answer"]
    assert (counter.told(AGREE), counter.told(REFUSE), counter.status(number)) == (0, 0, ACCEPTED)
    assert answer["state"] == ("moot" if accept else "given")
    assert (counter.order(number)["state"], counter.stock(), counter.flags(number)) == ("ready", (10, 2), {})


@pytest.mark.row("B-12")
@pytest.mark.parametrize("path", [AGREE, REFUSE])
def test_an_answer_whose_receipt_was_lost_is_found_by_reading_the_order(counter: Counter, path: str) -> None:
    number = counter.wished()
    counter.wire.inject(failing_after(504), Plan(path=path))

    counter.answers(number, {"accept": path == AGREE, "reason": "baik"})

    assert (counter.told(path), counter.cancellation(number)["answer"]["state"]) == (1, "given")
    cancelled = path == AGREE
    assert counter.order(number)["state"] == ("cancelled" if cancelled else "ready")
    assert counter.stock() == ((10, 0) if cancelled else (10, 2))


@pytest.mark.row("B-12")
@pytest.mark.parametrize("path", [AGREE, REFUSE])
def test_an_answer_that_never_arrived_is_given_again(counter: Counter, path: str) -> None:
    number = counter.wished()
    counter.wire.inject(_proxy_away, Plan(path=path))

    counter.answers(number, {"accept": path == AGREE, "reason": "baik"})

    assert (counter.told(path), counter.cancellation(number)["answer"]["state"]) == (2, "given")
    assert counter.order(number)["state"] == ("cancelled" if path == AGREE else "ready")


def _proxy_away(request: httpx.Request, answer: object) -> httpx.Response:
    return httpx.Response(502, text="Bad Gateway")


def test_channels_that_take_no_answers_say_where_to_answer(counter: Counter) -> None:
    number = counter.wished()
    counter.merchant.call("PUT", "/plugins/tokopedia", {"enabled": False})

    refused = counter.post(number, KEEP)

    assert (refused.status_code, refused.json()["code"]) == (409, "not_supported")
    assert refused.json()["errors"] == [
        {"field": "accept", "message": "answer its buyer there; the hub hears what comes of it"}
    ]
    assert counter.cancellation(number)["wish"]["lacks"].startswith("tokopedia is disabled")


@pytest.mark.row("B-12")
@pytest.mark.parametrize("path", [AGREE, REFUSE])
def test_a_worker_that_is_killed_while_tokopedia_is_told_has_told_it_once(
    path: str, tmp_path: Path, postgres_server: Server, redis: Server
) -> None:
    shop = a_sandbox()
    wire = Faulty(shop)
    with (
        fresh(postgres_server) as url,
        production_hub(tmp_path, url, redis.url) as hub,
        serve(wire),
    ):
        assert hub.worker is not None
        counter = Counter.opened(hub.merchant(), shop, wire)
        number = counter.wished()
        wire.inject(meanwhile(hub.worker.kill), Plan(path=path))
        counter.post(number, {"accept": path == AGREE, "reason": "baik"})
        hub.worker.wait(30)
        left = counter.cancellation(number)["answer"]["state"]

        with hub.runtime.database.writing() as db:  # its lease is over
            over = sa.type_coerce(job.c.lease_until, sa.BigInteger) - timedelta(minutes=2) // timedelta(microseconds=1)
            db.execute(sa.update(job).where(job.c.lease_until.is_not(None)).values(lease_until=over))
        with worker_process(hub.runtime.settings):
            counter.merchant.settles()

        assert left == "asking"
        assert (counter.told(path), counter.cancellation(number)["answer"]["state"]) == (1, "given")
        assert counter.stock() == ((10, 0) if path == AGREE else (10, 2))
    assert shop.exceptions == []
