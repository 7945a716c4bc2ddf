"""What is answered, and what is told by itself, in Qimen's words."""

import httpx

from hub_fastock_my.sandbox import clocks
from hub_fastock_my.sandbox.elements import Fields, Writer
from hub_fastock_my.sandbox.postbox import Confirm, Message
from hub_fastock_my.sandbox.records import Refused, units

TYPE = {"Content-Type": "text/xml; charset=utf-8"}
LARGEST_PAGE = 100


def all_read(*fields: Fields) -> None:
    """Refuse what is not in the standard before anything happens."""
    for each in fields:
        each.done()


def no(code: str, text: str) -> Writer:
    return Writer("response").put("flag", "failure").put("code", code).put("message", text)


def yes() -> Writer:
    return Writer("response").put("flag", "success").put("code", "0").put("message", "")


def answer(said: Writer) -> httpx.Response:
    return httpx.Response(200, content=said.write(), headers=TYPE)


def stock_row(said: Writer, place: str, code: str, sort: str, free: int, locked: int) -> None:
    said.row("items/item", warehouseCode=place, itemCode=code, inventoryType=sort, quantity=free, lockQuantity=locked)


def paged(said: Writer, asked: Fields, rows: list[dict[str, object]]) -> Writer:
    page, size = units(asked.need("page"), "page"), units(asked.need("pageSize"), "pageSize")
    if size > LARGEST_PAGE:
        raise Refused("missing-parameter", f"pageSize is at most {LARGEST_PAGE}")
    said.put("totalLines", len(rows))
    for row in rows[(page - 1) * size : page * size]:
        said.row("orderLines/orderLine", **row)
    return said


def told(message: Message, owner: str) -> tuple[str, bytes]:
    """Give the method and the document of a message."""
    said = Writer("request")
    if not isinstance(message, Confirm):
        said.put("order/orderCode", message.code).put("order/orderId", message.ref).put("order/orderType", "JYCK")
        said.put("order/warehouseCode", message.warehouse)
        said.put("process/processStatus", message.happened.status)
        said.put("process/operateTime", clocks.wall(message.happened.at))
        return "orderprocess.report", said.write()
    root, name = ("deliveryOrder", "deliveryorder") if message.outbound else ("entryOrder", "entryorder")
    ended, part = ("DELIVERED", "PARTDELIVERED") if message.outbound else ("FULFILLED", "PARTFULFILLED")
    kind = "JYCK" if message.outbound else ("THRK" if message.is_return else "CGRK")
    said.put(f"{root}/{root}Code", message.code).put(f"{root}/{root}Id", message.ref)
    said.put(f"{root}/warehouseCode", message.warehouse).put(f"{root}/ownerCode", owner)
    said.put(f"{root}/{'orderType' if message.outbound else 'entryOrderType'}", kind)
    said.put(f"{root}/outBizCode", message.message_id).put(f"{root}/confirmType", 0 if message.final else 1)
    said.put(f"{root}/status", ended if message.final else part)
    said.put(f"{root}/operateTime", clocks.wall(message.at))
    if message.outbound:
        said.row("packages/package", logisticsCode=message.courier, expressCode=message.awb)
    for line in message.lines:
        said.row(
            "orderLines/orderLine",
            orderLineNo=line.number or "",
            itemCode=line.code,
            planQty=line.planned,
            actualQty=line.actual,
            inventoryType=line.type,
        )
    return f"{name}.confirm", said.write()
