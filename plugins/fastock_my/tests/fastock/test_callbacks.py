"""What the warehouse tells by itself is believed as it was signed, and hints at what to read again."""

from datetime import timedelta

import httpx
import pytest
from hub_fastock_my import plugin
from hub_fastock_my.sandbox import jsonfx, qimen
from hub_hookspecs import BadSignature, Delivery, Hint, HintKind, WebhookRequest
from hub_hookspecs.testing.faults import SteppedClock

from .steps import Stand, connected, inbound, outbound


def received(stand: Stand, sent: httpx.Request, **later: float) -> WebhookRequest:
    return WebhookRequest(
        headers={name.lower(): value for name, value in sent.headers.items()},
        query=dict(sent.url.params.multi_items()),
        body=sent.content,
        received_at=stand.sandbox.clock() + timedelta(**later),
        path=sent.url.path,
    )


def taken(stand: Stand) -> list[Delivery]:
    return [plugin.parse_webhook(stand.account, received(stand, sent)) for sent in stand.sandbox.deliveries()]


def hints(deliveries: list[Delivery]) -> list[str]:
    return [hint.ref for delivery in deliveries for hint in delivery.hints]


def test_a_receipt_names_its_document(stand: Stand) -> None:
    plugin.push_inbound(stand.account, inbound())
    stand.sandbox.receive("IB-1")

    (delivery,) = taken(stand)
    assert delivery.hints == (Hint(kind=HintKind.TASK, ref="IB-1"),)
    assert delivery.reply_status == 200
    assert b"success" in delivery.reply_body.lower()


def test_a_parcel_that_left_names_its_document(stand: Stand) -> None:
    plugin.push_outbound(stand.account, outbound())
    stand.sandbox.ship("OB-1")

    assert hints(taken(stand)) == ["OB-1"]


def test_progress_is_told_only_where_the_warehouse_was_asked_to(stand: Stand) -> None:
    plugin.push_outbound(stand.account, outbound())
    stand.sandbox.advance("OB-1", 2)
    silent = taken(stand)
    stand.sandbox.report_progress()
    stand.sandbox.advance("OB-1", 2)

    assert (silent, hints(taken(stand))) == ([], ["OB-1", "OB-1"])


def test_a_repeat_has_the_same_key_whenever_it_was_signed(stand: Stand) -> None:
    plugin.push_inbound(stand.account, inbound())
    stand.sandbox.receive("IB-1")
    first = taken(stand)
    stand.sandbox.repeat_confirm()
    clock = stand.sandbox.clock
    assert isinstance(clock, SteppedClock)
    clock.advance(timedelta(minutes=5))

    again = taken(stand)
    assert [each.key for each in first] == [each.key for each in again]
    assert first[0].reply_body == again[0].reply_body


def test_parts_are_news_each(stand: Stand) -> None:
    plugin.push_inbound(stand.account, inbound())
    for count, final in ((4, False), (4, False), (2, True)):
        stand.sandbox.receive("IB-1", {"TEE-M": count}, final=final)
    stand.sandbox.reorder_confirms()

    found = taken(stand)
    assert len({each.key for each in found}) == 3
    assert hints(found) == ["IB-1"] * 3


def test_what_was_dropped_is_read_all_the_same(stand: Stand) -> None:
    plugin.push_outbound(stand.account, outbound())
    stand.sandbox.ship("OB-1")
    stand.sandbox.drop_confirms()

    assert taken(stand) == []
    assert stand.state("OB-1").closed


def test_another_secret_is_refused(stand: Stand) -> None:
    stand.sandbox.stir()
    stand.sandbox.faults.bad_signatures = True

    with pytest.raises(BadSignature, match="signature does not match"):
        taken(stand)


@pytest.mark.parametrize("minutes", [-11, 11, 60 * 24])
def test_what_is_too_old_or_too_new_is_refused(stand: Stand, minutes: int) -> None:
    stand.sandbox.stir()
    (sent,) = stand.sandbox.deliveries()

    with pytest.raises(BadSignature, match="too long ago") as refused:
        plugin.parse_webhook(stand.account, received(stand, sent, minutes=minutes))

    assert refused.value.code == "stale"


def test_a_callback_for_another_account_is_refused(stand: Stand) -> None:
    stand.sandbox.stir()
    (sent,) = stand.sandbox.deliveries()

    with connected(stand.sandbox, app_key="another") as other, pytest.raises(BadSignature):
        plugin.parse_webhook(other.account, received(stand, sent))


def test_what_was_signed_and_cannot_be_read_hints_at_nothing(stand: Stand) -> None:
    stand.sandbox.stir()
    (sent,) = stand.sandbox.deliveries()
    broken = resigned(
        stand, sent, b"<request><entryOrder/></request>" if "sign" in sent.url.params else b'{"event": 1}'
    )

    delivery = plugin.parse_webhook(stand.account, broken)
    assert delivery.hints == ()
    assert b"missing-parameter" in delivery.reply_body


def test_changes_of_stock_name_the_warehouse(stand: Stand) -> None:
    stand.sandbox.stir()
    (sent,) = stand.sandbox.deliveries()
    body = (
        b"<request><items><item><warehouseCode>MYKL01</warehouseCode></item></items></request>"
        if "sign" in sent.url.params
        else b'{"event": "inventory.changed", "warehouseCode": "MYKL01"}'
    )

    delivery = plugin.parse_webhook(stand.account, resigned(stand, sent, body, method="stockchange.report"))
    assert delivery.hints == (Hint(kind=HintKind.STOCK, ref="MYKL01"),)


def test_a_message_that_nobody_knows_is_taken_and_hints_at_nothing(stand: Stand) -> None:
    stand.sandbox.stir()
    (sent,) = stand.sandbox.deliveries()
    body = b"<request/>" if "sign" in sent.url.params else b'{"event": "party"}'

    assert plugin.parse_webhook(stand.account, resigned(stand, sent, body, method="party.report")).hints == ()


def resigned(stand: Stand, sent: httpx.Request, body: bytes, method: str = "") -> WebhookRequest:
    """The same callback with another body, signed as the warehouse would."""
    secret = stand.account.settings.secret_key
    request = received(stand, sent)
    if "sign" in request.query:
        query = {**request.query, "method": method or request.query["method"]}
        query["sign"] = qimen.signature(query, body, secret)
        return WebhookRequest(headers=request.headers, query=query, body=body, received_at=request.received_at)
    text = f"POST${request.headers['x-timestamp']}$".encode() + body
    signed = f"{stand.account.settings.app_key}:{jsonfx.signature(text, secret)}"
    headers = {**request.headers, "authorization": signed}
    return WebhookRequest(headers=headers, query={}, body=body, received_at=request.received_at)
