"""What is answered, and what is told by itself, in words of the JSON dialect."""

import httpx
import msgspec

from hub_fastock_my.sandbox import clocks
from hub_fastock_my.sandbox.documents import Inbound
from hub_fastock_my.sandbox.jsonfx import shapes
from hub_fastock_my.sandbox.postbox import Confirm, Message
from hub_fastock_my.sandbox.records import Refused, need, within

TYPE = {"Content-Type": "application/json"}
INBOUND_WORDS = {"NEW": "wait_inbound", "PARTFULFILLED": "part_inbound", "FULFILLED": "inbound"}
WORDS = {
    "NEW": "wait_outbound",
    "ACCEPT": "accepted",
    "PRINT": "printed",
    "PICK": "picking",
    "CHECK": "checked",
    "PACKAGE": "packed",
    "READY": "ready",
    "PARTDELIVERED": "part_outbound",
    "DELIVERED": "outbound",
    "SIGN": "signed",
    "REFUSE": "refused_by_buyer",
    "EXCEPTION": "exception",
    "REJECT": "rejected",
    "CANCELED": "cancelled",
    "CLOSED": "closed",
    "CANCELEDFAIL": "cancel_failed",
    "WEIGH": "weighed",
    "TMSCANCELED": "intercepted",
    "TMSCANCELFAILED": "intercept_failed",
}


def line(order: Inbound, number: int, code: str, planned: int) -> dict[str, object]:
    came = {each: count for each, count in order.received.items() if (each.number, each.code) == (number, code)}
    return {
        "lineNo": number or None,
        "itemSku": code,
        "requestQuantity": planned,
        "actualQuantity": sum(count for each, count in came.items() if each.type == "ZP"),
        "defectiveQuantity": sum(count for each, count in came.items() if each.type != "ZP"),
        "failReason": "; ".join(filter(None, (order.notes.get(each, "") for each in came))),
    }


def label(given: shapes.Outbound) -> str:
    """The label comes by its address; what it must be is told by its digest."""
    path = within(given.face_sheet_pdf_path, 1000, "faceSheetPdfPath")
    if path and not path.startswith(("https://", "http://")):
        raise Refused("label-missing", "faceSheetPdfPath is no address")
    return given.face_sheet_sha256 if path else ""


def person(of: shapes.Person) -> tuple[str, ...]:
    needed = {"name": of.name, "phone": of.phone, "state": of.state, "city": of.city, "address": of.address}
    return (*(need(text, f"recipient.{name}") for name, text in needed.items()), of.postcode, of.country)


def answer(code: str, message: str = "", *, data: object = None) -> httpx.Response:
    said = {"code": code, "message": message, "data": data, "extra": None, "transactionId": "sandbox"}
    return httpx.Response(200, content=msgspec.json.encode(said), headers=TYPE)


def told(message: Message) -> dict[str, object]:
    if not isinstance(message, Confirm):
        status = WORDS.get(message.happened.status, message.happened.status.lower())
        return {
            "event": "outbound.progress",
            "warehouseCode": message.warehouse,
            "outboundNo": message.code,
            "status": status,
            "operateTime": clocks.wall(message.happened.at),
        }
    side = "outbound" if message.outbound else "inbound"
    return {
        "event": f"{side}.confirmed",
        "messageId": message.message_id,
        "final": message.final,
        "warehouseCode": message.warehouse,
        f"{side}No": message.code,
        "operateTime": clocks.wall(message.at),
        "details": [{"itemSku": line.code, "quantity": line.actual, "quality": line.type} for line in message.lines],
    }
