"""Tells Tokopedia what became of an order: it was shipped, or a buyer's wish to cancel was answered."""

import msgspec
from hub_hookspecs import OrderState, Receipt, Rejected, Shipment

from hub_tokopedia import order_translate
from hub_tokopedia.client import TokopediaClient
from hub_tokopedia.order_payloads import OrderInfo, ShippingInfo, SingleOrder

_PAID, _SHIPPED = 220, 500
_BUYERS_WISH = 8
_REASON = 200  # characters
_HERE = frozenset({OrderState.READY, OrderState.CANCEL_REQUESTED})
_GONE = frozenset({OrderState.SHIPPED, OrderState.DELIVERED, OrderState.RETURNED})


def confirm_shipment(client: TokopediaClient, shipment: Shipment) -> Receipt:
    """Hand in the AWB of a courier that does not tell its own; one that does, or was told, needs no more."""
    order = the_order(client, shipment.order_ref)
    state, shipping = order_translate.state_of(order), (order.order_info or OrderInfo()).shipping_info or ShippingInfo()
    if state in _GONE or (shipping.is_cashless and state in _HERE):
        return Receipt(ref=shipping.awb)
    if state not in _HERE:
        raise Rejected(
            f"order {shipment.order_number} cannot be shipped: Tokopedia has it in status {order.order_status}"
        )
    if not shipment.awb.strip():
        raise Rejected("Tokopedia wants the AWB of this courier: enter it, then confirm the shipment again", code="awb")
    if order.order_status == _PAID:
        client.act(shipment.order_ref, "ack", b"")
    told = {"order_status": _SHIPPED, "shipping_ref_num": shipment.awb.strip()}
    client.act(shipment.order_ref, "status", msgspec.json.encode(told))
    return Receipt(ref=shipment.awb.strip())


def answer_cancellation(client: TokopediaClient, order_ref: str, *, accept: bool, reason: str) -> Receipt:
    """Agree to a buyer's wish to cancel, which is a refusal of the order for that reason, or refuse the wish."""
    order = the_order(client, order_ref)
    state = order_translate.state_of(order)
    if state is OrderState.CANCELLED:
        if accept:
            return Receipt(ref=order_ref)
        raise Rejected("the order is cancelled already", code="cancelled")
    if state is not OrderState.CANCEL_REQUESTED:
        if not accept:
            return Receipt(ref=order_ref)  # nobody asks any more
        raise Rejected("the buyer does not ask for a cancellation any more", code="not_asked")
    if accept:
        told = {"reason_code": _BUYERS_WISH, "reason": reason.strip()[:_REASON] or "Pembatalan diminta pembeli"}
        client.act(order_ref, "nack", msgspec.json.encode(told))
    else:
        client.act(order_ref, "reject-cancel", b"", of_shop=True)
    return Receipt(ref=order_ref)


def the_order(client: TokopediaClient, ref: str) -> SingleOrder:
    """Look before acting; a look that fails has done nothing."""
    found = client.order(ref) if ref.isascii() and ref.isdecimal() else ()
    if not found:
        raise Rejected(f"Tokopedia has no order {ref[:50]!r} in this shop", code="order")
    return found[0]
