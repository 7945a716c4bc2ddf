"""Arranges a parcel as far as Tokopedia demands, a step a call, and then reads its label.

Each call looks first, so a call whose answer was lost is made again without harm: an order that is accepted is not
accepted again, and a courier who was asked is not asked twice.
"""

from datetime import timedelta

from hub_hookspecs import Label, OrderState, Rejected, Shipment, Waiting

from hub_tokopedia import order_translate
from hub_tokopedia.acting import the_order
from hub_tokopedia.client import TokopediaClient
from hub_tokopedia.order_payloads import OrderInfo, ShippingInfo, SingleOrder

_PAID, _ACCEPTED, _IN_PART = 220, 400, 401
_SETTLED = timedelta(seconds=6)  # five between accepting and asking for the courier, and one for clocks
_AWB_AFTER, _LOOKS = timedelta(seconds=15), 20  # how often it is looked for, before the label goes without
ACCEPTED, CALLED = "accepted", "called"  # where it stands: what `resume` says, the latter with the number of looks
_LABELLED = frozenset({OrderState.READY, OrderState.CANCEL_REQUESTED, OrderState.SHIPPED})


def create(client: TokopediaClient, shipment: Shipment, resume: str) -> Label | Waiting:
    """Accept the order, call its courier where he tells the AWB, wait for that, and read the label."""
    order = the_order(client, shipment.order_ref)
    state, shipping = order_translate.state_of(order), (order.order_info or OrderInfo()).shipping_info or ShippingInfo()
    if state not in _LABELLED:
        raise Rejected(
            f"order {shipment.order_number} has no label: Tokopedia has it in status {order.order_status}", code="state"
        )
    if order.order_status == _PAID:
        client.act(shipment.order_ref, "ack", b"")
        return Waiting(after=_SETTLED, state=ACCEPTED, note="accepted on Tokopedia")
    waits = _arranged(client, shipment, order, shipping, resume) if shipping.is_cashless else None
    if waits is not None:
        return waits
    courier = " ".join(filter(None, (shipping.logistic_name, shipping.logistic_service)))
    content = client.label(shipment.order_ref)
    return Label(content=content, media_type="text/html", awb=shipping.awb.strip(), courier=courier)


def _arranged(
    client: TokopediaClient, shipment: Shipment, order: SingleOrder, shipping: ShippingInfo, resume: str
) -> Waiting | None:
    """What is waited for until a courier who tells the AWB has told it; None where it is there, or is not to come."""
    if shipping.awb.strip():
        return None
    if order.order_status in (_ACCEPTED, _IN_PART):
        if not resume:  # whoever has accepted it may have done so this moment
            return Waiting(after=_SETTLED, state=ACCEPTED)
        client.ask_for_pick_up(shipment.order_ref)
        return Waiting(after=_AWB_AFTER, state=f"{CALLED} 1", note="the courier is called")
    looks = int(resume.partition(" ")[2] or 0) if resume.startswith(CALLED) else 0
    return Waiting(after=_AWB_AFTER, state=f"{CALLED} {looks + 1}") if looks < _LOOKS else None
