"""What a Qimen warehouse tells by itself, proven over the raw bytes: the same signature, the other way round."""

import hmac

from hub_hookspecs import BadSignature, WebhookRequest

from hub_fastock_my.port import Callback, Unreadable
from hub_fastock_my.settings import FastockSettings
from hub_fastock_my.wire import moments, xml
from hub_fastock_my.wire.qimen.signing import sign

_DOCUMENTS = {
    "entryorder.confirm": "entryOrder/entryOrderCode",
    "deliveryorder.confirm": "deliveryOrder/deliveryOrderCode",
    "orderprocess.report": "order/orderCode",
    "itemlack.report": "deliveryOrderCode",
}
_WAREHOUSES = {"stockchange.report": "items/item", "inventory.report": "."}
_TYPE = "text/xml; charset=utf-8"
TAKEN = xml.write("response", [("flag", "success"), ("code", "0"), ("message", "taken")])


def read(request: WebhookRequest, settings: FastockSettings) -> Callback:
    """Say which documents it is about. A repeat is taken like the first: a no would have it repeated for ever."""
    _prove(request, settings)
    method = request.query["method"].removeprefix("taobao.qimen.")
    try:
        root = xml.read(request.body)
        if path := _DOCUMENTS.get(method):
            return Callback(documents=(root.text(path),), reply=TAKEN, reply_type=_TYPE)
        if path := _WAREHOUSES.get(method):
            rows = [root] if path == "." else [*root.children(path)]
            return Callback(
                warehouses=tuple(dict.fromkeys(row.word("warehouseCode") for row in rows)),
                reply=TAKEN,
                reply_type=_TYPE,
            )
    except Unreadable as error:
        return Callback(reply=_refused("missing-parameter", str(error)), reply_type=_TYPE)
    return Callback(reply=TAKEN, reply_type=_TYPE)  # about nothing that the hub reads


def _prove(request: WebhookRequest, settings: FastockSettings) -> None:
    given = request.query
    if not {"method", "sign", "timestamp"} <= given.keys():
        raise BadSignature("the callback is not signed")
    wanted = sign(given, request.body, settings.secret_key)
    if not hmac.compare_digest(given["sign"].upper().encode("utf-8", "surrogatepass"), wanted.encode()):
        raise BadSignature("the signature does not match the callback")
    if given.get("app_key") != settings.app_key or given.get("customerId") != settings.customer_code:
        raise BadSignature("the callback is for another AppKey or customer code")
    if not moments.is_fresh(given["timestamp"], request.received_at):
        raise BadSignature("the callback was signed too long ago", code="stale")


def _refused(code: str, text: str) -> bytes:
    return xml.write("response", [("flag", "failure"), ("code", code), ("message", xml.clean(text))])
