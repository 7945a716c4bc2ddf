"""What channels send: proven over the raw bytes, kept once, and answered in the channel's own way."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from hub.kernel.db import Database
from hub.webhooks.api.inbox import LARGEST
from hub.webhooks.tables import webhook, webhook_refusal
from tests.callers import a_merchant
from tests.plugins.bell import Bell
from tests.slices.dropping import works_twice
from tests.slices.webhooks.street import PROXY, Street, a_street

ORDER = ("order", "o-1", "7")
UNKNOWN_TOKEN = "A" * 43


def test_a_genuine_delivery_is_answered_as_the_channel_wants_and_its_order_is_read(street: Street, bell: Bell) -> None:
    bell.sells("o-1")
    ring = bell.rings(ORDER)

    answer = street.delivers(ring)
    told = street.told()
    street.works()

    path = ring.url.removeprefix("https://hub.example")
    assert path.startswith(PROXY)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/x-bell")
    assert answer.text == hashlib.sha256(path.encode()).hexdigest(), "the path is the one that the channel was told"
    assert told == [("order", "o-1", "waiting")]
    assert street.told() == [("order", "o-1", "reading")]
    assert (bell.read, street.orders()) == ([("7", "o-1")], {"o-1"})


def test_a_hint_alone_moves_nothing(street: Street, bell: Bell) -> None:
    street.delivers(bell.rings(ORDER))

    street.works()

    assert street.orders() == set(), "the channel knows of no such order"


def test_a_repeat_is_answered_like_the_first_and_has_no_second_effect(street: Street, bell: Bell) -> None:
    ring = bell.rings(ORDER, ("order", "o-2", "7"), name="d-1")
    first = street.delivers(ring)
    street.works()
    read = list(bell.read)

    again = [street.delivers(ring) for _ in range(3)]
    street.works()

    assert {(one.status_code, one.text) for one in again} == {(200, first.text)}
    assert bell.read == read
    assert len(street.told()) == 2
    assert street.jobs("webhooks.dispatch") == ["done"]


def test_one_delivery_may_hint_at_many_things_and_at_nothing(street: Street, bell: Bell) -> None:
    answers = [street.delivers(bell.rings(*(("order", f"o-{n}", "7") for n in range(250))))]
    answers.append(street.delivers(bell.rings()))
    street.works()

    assert [one.status_code for one in answers] == [200, 200]
    assert len({ref for _, ref in bell.read}) == 250
    assert street.told()[-1] == ("", "", "nothing")


@pytest.mark.parametrize("case", ["forged", "changed", "unsigned", "empty", "another type"])
def test_what_the_channel_did_not_send_is_refused_and_nothing_is_kept(street: Street, bell: Bell, case: str) -> None:
    ring = bell.rings(ORDER)
    answer = {
        "forged": lambda: street.delivers(bell.rings(ORDER, secret="another")),
        "changed": lambda: street.delivers(ring, body=ring.body.replace(b"o-1", b"o-2")),
        "unsigned": lambda: street.delivers(ring, headers={"X-Bell-Signature": ""}),
        "empty": lambda: street.delivers(ring, body=b""),
        "another type": lambda: street.delivers(ring, body=b"\xff\x00<xml>", headers={"Content-Type": "text/xml"}),
    }[case]()
    street.works()

    assert (answer.status_code, answer.json()["code"]) == (401, "bad_signature")
    assert (street.told(), street.refused()) == ([], {"bad_signature": 1})


def test_the_raw_bytes_count_whatever_type_is_announced(street: Street, bell: Bell) -> None:
    ring = bell.rings(ORDER)

    answers = [
        street.delivers(ring, headers={"Content-Type": media_type})
        for media_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "")
    ]

    assert [one.status_code for one in answers] == [200] * 4


def test_what_was_recorded_and_is_sent_again_later_is_refused_as_stale(street: Street, bell: Bell) -> None:
    ring = bell.rings(ORDER)
    street.passes(timedelta(minutes=16))

    answer = street.delivers(ring)

    assert (answer.status_code, answer.json()["code"]) == (401, "stale")
    assert (street.told(), street.refused()) == ([], {"stale": 1})


def test_whoever_guesses_learns_nothing_of_what_there_is(street: Street, bell: Bell) -> None:
    token = bell.registered["app-1"][0].rpartition("/")[2]
    paths = [
        "/webhooks/bell/short", f"/webhooks/bell/{UNKNOWN_TOKEN}", f"/webhooks/bell/{token}x",
        f"/webhooks/lone/{token}",
        f"/webhooks/nobody/{token}", f"/webhooks/nobody/{UNKNOWN_TOKEN}", f"/webhooks/be%00ll/{token}",
    ]  # fmt: skip

    answers = [street.delivers(bell.rings(ORDER), path=path) for path in paths]

    said = {(one.status_code, one.json()["code"], one.json()["detail"]) for one in answers}
    assert said == {(404, "not_found", "no such webhook address")}
    assert (street.told(), street.refused()) == ([], {})


def test_the_body_is_not_even_read_where_nobody_is_called(street: Street, bell: Bell) -> None:
    answer = street.delivers(bell.rings(), path=f"/webhooks/bell/{UNKNOWN_TOKEN}", body=b"x" * (LARGEST + 1))

    assert answer.status_code in (404, 413)
    assert street.refused() == {}


def test_a_body_that_is_too_large_is_refused(street: Street, bell: Bell) -> None:
    answer = street.delivers(bell.rings(ORDER), body=b"x" * (LARGEST + 1))

    assert (answer.status_code, street.told(), street.refused()) == (413, [], {})


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE"])
def test_channels_call_by_post_alone(street: Street, bell: Bell, method: str) -> None:
    path = bell.registered["app-1"][0].removeprefix(f"https://hub.example{PROXY}")

    answer = street.client.request(method, path)

    assert answer.status_code == 405
    assert "POST" in answer.headers["allow"]


def test_the_account_is_asked_for_no_key_and_an_idempotency_key_means_nothing(street: Street, bell: Bell) -> None:
    street.client.headers.pop("Authorization")

    answers = [street.delivers(bell.rings(ORDER), headers={"Idempotency-Key": "same"}) for _ in range(2)]

    assert [one.status_code for one in answers] == [200, 200]
    assert len(street.told()) == 2


def test_what_is_disabled_is_refused_and_counted_until_it_is_enabled_again(street: Street, bell: Bell) -> None:
    street.switches(street.merchant, enabled=False)

    refused = street.delivers(bell.rings(ORDER))
    street.switches(street.merchant, enabled=True)
    taken = street.delivers(bell.rings(ORDER))

    assert (refused.status_code, refused.json()["code"]) == (403, "plugin_disabled")
    assert (taken.status_code, street.refused()) == (200, {"plugin_disabled": 1})


def test_after_its_last_account_is_closed_an_address_is_unknown(street: Street, bell: Bell) -> None:
    ring = bell.rings(ORDER)
    closed = street.client.post(f"/v1/merchants/{street.merchant}/accounts/{street.accounts['7']}/close")

    answer = street.delivers(ring)

    assert closed.status_code == 200, closed.text
    assert answer.status_code == 404


def test_a_flood_of_forgeries_leaves_one_row_and_all_are_counted_in_the_end(street: Street, bell: Bell) -> None:
    for _ in range(40):
        street.delivers(bell.rings(ORDER, secret="another"))

    with street.database.reading() as db:
        counts = list(db.execute(sa.select(webhook_refusal.c.count)).scalars())
    shown = street.client.get("/metrics").text
    assert len(counts) == 1
    assert 0 < counts[0] <= 40
    assert int(re.findall(r'hub_webhooks_total\{outcome="bad_signature",plugin="bell"\} (\d+)', shown)[0]) >= 40


def test_nothing_of_who_sent_it_or_what_is_kept_in_clear(street: Street, bell: Bell) -> None:
    street.delivers(bell.rings(ORDER, name="delivery-of-somebody"))

    with street.database.reading() as db:
        (row,) = db.execute(sa.select(webhook)).mappings().all()
    secret = bell.registered["app-1"][1]
    assert not any("delivery-of-somebody" in str(value) or secret in str(value) for value in row.values())


def test_a_plugin_that_breaks_answers_for_itself_and_takes_nothing(street: Street, bell: Bell) -> None:
    def breaks(request: object) -> None:
        raise KeyError("canary")

    bell.on_parse = breaks

    answer = street.delivers(bell.rings(ORDER))

    assert (answer.status_code, answer.json()["source"]) == (502, "plugin:bell")
    assert street.told() == []


def test_two_deliveries_of_one_kind_to_two_merchants_of_one_app_go_to_their_own(street: Street, bell: Bell) -> None:
    other = a_merchant(street.database, "Warung Sari")
    street.joins("8", merchant=other)

    street.delivers(bell.rings(("order", "o-1", "7"), ("order", "o-2", "8")))
    street.works()

    lists = [
        street.client.get(f"/v1/merchants/{merchant}/webhooks").json()["items"] for merchant in (street.merchant, other)
    ]
    assert sorted(bell.read) == [("7", "o-1"), ("8", "o-2")]
    assert [[(one["ref"], one["account_id"]) for one in rows] for rows in lists] == [
        [("o-1", street.accounts["7"])],
        [("o-2", street.accounts["8"])],
    ]


def test_a_worker_may_die_between_any_two_steps(database: Database) -> None:
    with a_street(database) as street:
        street.bell.sells("o-1")
        street.delivers(street.bell.rings(ORDER, ("account", "7", "7")))

        kinds = works_twice(
            street.runtime.work,
            lambda: [
                state
                for kind in ("webhooks.dispatch", "webhooks.check_account", "orders.read")
                for state in street.jobs(kind)
                if state != "done"
            ],
        )

        assert kinds >= {"webhooks.dispatch", "webhooks.check_account", "orders.read"}
        assert (street.orders(), street.hinted()) == ({"o-1"}, set())
        assert street.told() == [("order", "o-1", "reading"), ("account", "7", "checking")]
