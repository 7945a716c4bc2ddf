"""What channels sent is kept as it came, for those who must know: sealed, shown to few, and nowhere in clear."""

from __future__ import annotations

import base64
import hashlib

import sqlalchemy as sa
from hub_hookspecs import Hint, HintKind, WebhookRequest

from hub.channels.tables import account
from hub.kernel import jobs
from hub.kernel.api.policy import Access
from hub.kernel.sealing import KeyRing
from hub.webhooks.service import messages
from hub.webhooks.service.messages import HEADERS, reseal_messages
from hub.webhooks.service.receiving import DISPATCH
from hub.webhooks.store import deliveries
from hub.webhooks.tables import webhook
from tests.callers import a_key, a_merchant, bearer
from tests.plugins.bell import Bell
from tests.slices.webhooks.street import Street
from tests.slices.webhooks.test_dispatching import events_of

ORDER = ("order", "o-1", "7")
DELIVERY = 6  # statements of one, with those that find its address and those that begin and end


def test_a_message_is_shown_as_it_came_and_who_looked_stands_in_the_audit_trail(street: Street, bell: Bell) -> None:
    ring = bell.rings(ORDER, ("order", "o-2", "7"))
    street.delivers(ring, headers={"X-Forwarded-For": "10.0.0.9", "Cookie": "session=canary"})
    street.works()

    answers = [street.client.get(f"{of_hint(street, ref)}/message") for ref in ("o-1", "o-2")]

    for shown in (answer.json() for answer in answers):
        assert (shown["body"], shown["body_base64"]) == (ring.body.decode(), None)
        assert shown["headers"]["x-bell-signature"] == ring.headers["X-Bell-Signature"]
        assert not {"cookie", "x-forwarded-for", "host"} & shown["headers"].keys()
    assert [event.actor.kind for event in events_of(street, "webhook.message_seen")] == ["key", "key"]
    assert answers[0].headers["cache-control"] == "private, no-store"


def test_a_body_that_is_no_text_comes_back_byte_for_byte(street: Street, bell: Bell) -> None:
    told, body = hashlib.sha256(b"d-1").hexdigest(), b"\xff\x00\x80"
    request = WebhookRequest(headers={}, query={"q": "1"}, body=body, received_at=street.database.clock.now())
    hint = Hint(kind=HintKind.ORDER, ref="o-1", shop_ref="7")
    with street.database.writing() as db:
        credentials = db.execute(sa.select(account.c.credentials)).scalar_one()
        message = messages.sealed(street.runtime.ring, request)
        deliveries.keep(
            db, credentials, message, plugin="bell", digest=told, hints=[hint], received_at=request.received_at
        )
        jobs.enqueue(db, DISPATCH, key=credentials)
    street.works()

    shown = street.client.get(f"{of_hint(street, 'o-1')}/message").json()

    assert (shown["body"], base64.b64decode(shown["body_base64"]), shown["query"]) == (None, body, {"q": "1"})


def test_in_the_database_it_is_sealed_for_its_own_row(street: Street, bell: Bell) -> None:
    for ref in ("canary-1", "canary-2"):
        street.delivers(bell.rings(("order", ref, "7"), name=f"somebody-{ref}"))
    street.works()
    with street.database.writing() as db:
        rows = db.execute(sa.select(webhook.c.raw).order_by(webhook.c.id)).scalars().all()
        db.execute(sa.update(webhook).where(webhook.c.ref == "canary-2").values(raw=rows[0]))

    answer = street.client.get(f"{of_hint(street, 'canary-2')}/message")

    assert not any(b"somebody" in sealed or b"canary" in sealed for sealed in rows)
    assert answer.status_code == 500, "a message that was moved to another row does not open"


def test_only_administrators_of_the_merchant_see_it(street: Street, bell: Bell) -> None:
    street.delivers(bell.rings(ORDER))
    street.works()
    where = f"{of_hint(street, 'o-1')}/message"
    other = a_merchant(street.database, "Warung Sari")

    keys = [a_key(street.database, access=Access.WRITE), a_key(street.database, merchants=(other,))]
    answers = [street.client.get(where, headers=bearer(key)) for key in keys]
    answers.append(street.client.get(where.replace(street.merchant, other)))

    assert [each.status_code for each in answers] == [403, 404, 404]
    assert events_of(street, "webhook.message_seen") == []


def test_what_concerns_two_merchants_is_shown_to_neither(street: Street, bell: Bell) -> None:
    street.joins("8", merchant=a_merchant(street.database, "Warung Sari"))
    street.delivers(bell.rings(ORDER, ("order", "o-2", "8")))
    street.works()

    answer = street.client.get(f"{of_hint(street, 'o-1')}/message")

    assert (answer.status_code, answer.json()["code"]) == (409, "shared_message")


def test_what_names_a_shop_that_nobody_has_any_more_is_not_shown(street: Street, bell: Bell) -> None:
    street.delivers(bell.rings(ORDER, ("order", "o-2", "unknown")))
    street.works()

    answer = street.client.get(f"{of_hint(street, 'o-1')}/message")

    assert (answer.status_code, answer.json()["code"]) == (409, "shared_message")


def test_a_repeat_leaves_the_first_message_as_it_is(street: Street, bell: Bell) -> None:
    ring = bell.rings(ORDER)
    street.delivers(ring, headers={"X-Try": "1"})
    street.delivers(ring, headers={"X-Try": "2"})
    street.works()

    shown = street.client.get(f"{of_hint(street, 'o-1')}/message").json()

    assert shown["headers"]["x-try"] == "1"


def test_headers_are_kept_up_to_a_bound(street: Street, bell: Bell) -> None:
    street.delivers(bell.rings(ORDER), headers={f"X-Filler-{n}": "x" * 4_000 for n in range(8)})
    street.works()

    shown = street.client.get(f"{of_hint(street, 'o-1')}/message").json()

    assert 4_000 < sum(len(name) + len(value) for name, value in shown["headers"].items()) <= HEADERS


def test_what_looks_like_a_password_in_a_header_is_not_shown(street: Street, bell: Bell) -> None:
    street.delivers(bell.rings(ORDER), headers={"X-Given": "Bearer canary-canary-canary-canary"})
    street.works()

    answer = street.client.get(f"{of_hint(street, 'o-1')}/message")

    assert (answer.status_code, "canary" in answer.text) == (200, False)


def test_messages_follow_the_newest_key(street: Street, bell: Bell) -> None:
    for ref in ("o-1", "o-2", "o-3"):
        street.delivers(bell.rings(("order", ref, "7")))
    street.works()
    ring = street.runtime.ring
    both = KeyRing({"newer": bytes(range(32)), **ring.keys})

    with street.database.writing() as db:
        moved = [reseal_messages(db, both, limit=2) for _ in range(3)]
        keys = set(db.execute(sa.select(webhook.c.raw_key)).scalars())

    assert (moved, keys) == ([2, 1, 0], {"newer"})


def test_keeping_a_message_costs_no_statement(street: Street, bell: Bell) -> None:
    statements: list[str] = []
    street.delivers(bell.rings(ORDER))
    sa.event.listen(street.database.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))

    street.delivers(bell.rings(("order", "o-2", "7")))

    written = [each.split()[0:3] for each in statements if each.startswith(("INSERT", "UPDATE", "DELETE"))]
    assert [words[2] for words in written] == ["webhook", "job"]
    assert len(statements) <= DELIVERY, statements


def of_hint(street: Street, ref: str) -> str:
    """Where the hint at this is."""
    rows = street.client.get(f"/v1/merchants/{street.merchant}/webhooks?limit=200").json()["items"]
    return f"/v1/merchants/{street.merchant}/webhooks/{next(row['id'] for row in rows if row['ref'] == ref)}"
