"""Who is let in, what is asked, and what is done about it."""

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlencode

import httpx

from hub_fastock_my.sandbox import clocks, elements
from hub_fastock_my.sandbox.documents import Inbound, Outbound
from hub_fastock_my.sandbox.elements import Fields, Writer
from hub_fastock_my.sandbox.hands import Faults
from hub_fastock_my.sandbox.postbox import Message
from hub_fastock_my.sandbox.qimen import reading, telling
from hub_fastock_my.sandbox.qimen.signing import signature
from hub_fastock_my.sandbox.records import (
    Goods,
    InboundWish,
    OutboundWish,
    Refused,
    WishLine,
    amount,
    need,
    units,
)
from hub_fastock_my.sandbox.warehouse import Warehouse

_SYSTEM = ("app_key", "customerId", "format", "method", "sign", "sign_method", "timestamp", "v")
_WITHIN = frozenset({"PRINT", "PICK", "CHECK", "PACKAGE", "READY"})  # steps, not states of the document
_INBOUND_TYPES = {"CGRK": False, "THRK": True}


class QimenDoor:
    creating = frozenset({"singleitem.synchronize", "entryorder.create", "deliveryorder.create", "order.cancel"})

    def __init__(
        self,
        warehouse: Warehouse,
        keys: tuple[str, str, str],
        clock: Callable[[], datetime],
        faults: Faults,
    ) -> None:
        self._warehouse, self._clock, self._faults = warehouse, clock, faults
        self._customer, self._app_key, self._secret = keys
        self._methods: dict[str, Callable[[Fields], Writer]] = {
            "singleitem.synchronize": self._item,
            "entryorder.create": self._inbound,
            "deliveryorder.create": self._outbound,
            "order.cancel": self._cancel,
            "orderprocess.query": self._process,
            "deliveryorder.query": self._outbound_query,
            "entryorder.query": self._inbound_query,
            "stock.query": self._stock_page,
            "inventory.query": self._stock_of,
        }

    def method_of(self, request: httpx.Request) -> str:
        return str(request.url.params.get("method", "")).removeprefix("taobao.qimen.")

    def handle(self, request: httpx.Request) -> httpx.Response:
        try:
            self._let_in(request)
            asked = elements.read(request.content)
            said = self._answering(request)(asked)
            asked.done()
        except Refused as why:
            return telling.answer(
                Writer("response").put("flag", "failure").put("code", why.code).put("message", why.text)
            )
        return telling.answer(said)

    def _answering(self, request: httpx.Request) -> Callable[[Fields], Writer]:
        found = self._methods.get(self.method_of(request))
        if found is None:
            raise Refused("unknown-method", f"there is no {self.method_of(request)}")
        return found

    def take_secret(self, secret: str) -> None:
        self._secret = secret

    def busy(self) -> httpx.Response:
        return telling.answer(telling.no("system-busy", "later, please"))

    def say(self, message: Message, url: str) -> httpx.Request:
        """Put a message in words, signed as requests to the warehouse are."""
        method, body = telling.told(message, self._warehouse.owner)
        given = {
            "app_key": self._app_key,
            "customerId": self._customer,
            "format": "xml",
            "method": method,
            "sign_method": "md5",
            "timestamp": clocks.wall(self._clock()),
            "v": "2.0",
        }
        secret = "not-the-secret" if self._faults.bad_signatures else self._secret
        given["sign"] = signature(given, body, secret)
        return httpx.Request("POST", f"{url}?{urlencode(given)}", content=body, headers=telling.TYPE)

    # -- who is let in

    def _let_in(self, request: httpx.Request) -> None:
        given = dict(request.url.params.multi_items())
        if request.method != "POST" or set(given) != set(_SYSTEM):
            raise Refused("missing-parameter", f"POST, and these parameters exactly: {', '.join(_SYSTEM)}")
        if (given["format"], given["v"], given["sign_method"]) != ("xml", "2.0", "md5"):
            raise Refused("missing-parameter", "format xml, v 2.0, sign_method md5")
        if given["app_key"] != self._app_key or given["customerId"] != self._customer:
            raise Refused("invalid-customer", "no such customer or AppKey")
        if given["sign"] != signature(given, request.content, self._secret):
            raise Refused("sign-check-failure", "Illegal request")
        if not clocks.in_window(given["timestamp"], self._clock()):
            raise Refused("timestamp-out-of-window", f"it is {clocks.wall(self._clock())} here")

    def _place(self, fields: Fields) -> str:
        number, owner = fields.need("warehouseCode"), fields.need("ownerCode")
        self._warehouse.require_place(number, owner)
        return number

    # -- what is asked

    def _item(self, asked: Fields) -> Writer:
        place, action, item = self._place(asked), asked.need("actionType"), asked.inner("item")
        if action not in ("add", "update") or item.need("itemType") != "ZC":
            raise Refused("missing-parameter", "actionType add or update, itemType ZC")
        sizes = [item.text(name) for name in ("length", "width", "height")]
        goods = Goods(
            warehouse=place,
            code=item.need("itemCode"),
            name=item.need("itemName"),
            barcode=item.need("barCode"),
            variant=item.text("skuProperty"),
            weight_g=reading.scaled(item.text("grossWeight"), 1000),
            size_mm=(reading.mm(sizes[0]), reading.mm(sizes[1]), reading.mm(sizes[2])) if all(sizes) else None,
        )
        if price := item.text("retailPrice"):
            amount(price, "retailPrice")
        item_id = item.text("itemId")
        telling.all_read(item, asked)
        known = self._warehouse.put_item(goods, item_id=item_id, updates=action == "update")
        self._warehouse.shelves.named.add((place, goods.code))
        return telling.yes().put("itemId", known)

    def _inbound(self, asked: Fields) -> Writer:
        order = asked.inner("entryOrder")
        place, kind, expected = self._place(order), order.need("orderType"), order.text("expectStartTime")
        if kind not in _INBOUND_TYPES or (expected and not clocks.is_time(expected)):
            raise Refused("missing-parameter", "orderType CGRK or THRK, times as 2026-01-05 10:00:00")
        lines, ids = self._lines(asked, costs=True)
        wish = InboundWish(
            code=order.need("entryOrderCode"),
            warehouse=place,
            is_return=_INBOUND_TYPES[kind],
            lines=lines,
            expected=expected,
        )
        telling.all_read(order, asked)
        return telling.yes().put("entryOrderId", self._warehouse.put_inbound(wish, ids))

    def _outbound(self, asked: Fields) -> Writer:
        order = asked.inner("deliveryOrder")
        place = self._place_of_outbound(order)
        for name in ("sourcePlatformCode", "shopNick", "logisticsCode"):
            order.need(name)
        for name in ("createTime", "placeOrderTime", "operateTime"):
            if not clocks.is_time(order.need(name)):
                raise Refused("missing-parameter", f"{name} must be a time such as 2026-01-05 10:00:00")
        if order.need("orderType") != "JYCK":
            raise Refused("missing-parameter", "orderType JYCK")
        numbers = {line.text("sourceOrderCode") for line in asked.each("orderLines", "orderLine")}
        lines, ids = self._lines(asked, costs=False)
        wish = OutboundWish(
            code=order.need("deliveryOrderCode"),
            warehouse=place,
            order_number=need("".join(numbers), "orderLine/sourceOrderCode"),
            courier=order.text("logisticsName"),
            awb=order.text("expressCode"),
            label=reading.label(order.inner("extendProps")),
            recipient=reading.person(order.inner("receiverInfo")),
            lines=lines,
        )
        order.inner("senderInfo")
        telling.all_read(order, asked)
        return telling.yes().put("deliveryOrderId", self._warehouse.put_outbound(wish, ids))

    def _place_of_outbound(self, order: Fields) -> str:
        """The owner of an outbound stands on its lines."""
        number = order.need("warehouseCode")
        self._warehouse.require_place(number, self._warehouse.owner)
        return number

    def _lines(self, asked: Fields, *, costs: bool) -> tuple[tuple[WishLine, ...], list[str]]:
        lines, ids = [], []
        for line in asked.each("orderLines", "orderLine"):
            if line.need("ownerCode") != self._warehouse.owner:
                raise Refused("warehouse-not-found", "these goods are another owner's")
            price = amount(line.need("purchasePrice" if costs else "actualPrice"), "the price")
            line.text("sourceOrderCode")
            lines.append(
                WishLine(
                    number=units(line.need("orderLineNo"), "orderLineNo"),
                    code=line.need("itemCode"),
                    quantity=units(line.need("planQty"), "planQty"),
                    price=price if costs else price or None,  # 0 is how nothing is told of it
                )
            )
            ids.append(line.text("itemId"))
            line.done()
        return tuple(lines), ids

    def _cancel(self, asked: Fields) -> Writer:
        place, kind, reason = self._place(asked), asked.text("orderType"), asked.text("cancelReason")
        code, ref = asked.need("orderCode"), asked.text("orderId")
        telling.all_read(asked)
        goes_out = kind == "JYCK" or (not kind and code in self._warehouse.outbounds)
        find = self._warehouse.outbound if goes_out else self._warehouse.inbound
        document: Inbound | Outbound = find(place, code, ref)
        if kind and isinstance(document, Inbound) and _INBOUND_TYPES.get(kind) is not document.wish.is_return:
            raise Refused("missing-parameter", f"the order {code} is no {kind}")
        if self._warehouse.cancel(document):
            return telling.yes()
        return (
            Writer("response").put("flag", "success").put("code", "cancel-pending").put("message", f"asked: {reason}")
        )

    def _process(self, asked: Fields) -> Writer:
        kind = asked.need("orderType")
        order = self._warehouse.outbound(self._place(asked), asked.need("orderCode"), asked.text("orderId"))
        said = telling.yes().put("orderProcess/orderCode", order.wish.code).put("orderProcess/orderType", kind)
        for each in order.history:
            said.row(
                "orderProcess/processes/process",
                processStatus=each.status,
                operateTime=clocks.wall(each.at),
                operateInfo=each.note,
            )
        return said

    def _outbound_query(self, asked: Fields) -> Writer:
        order = self._warehouse.outbound(self._place(asked), asked.need("orderCode"), asked.text("orderId"))
        said = self._head(order, "deliveryOrder")
        said.put("deliveryOrder/logisticsCode", order.wish.courier).put("deliveryOrder/expressCode", order.wish.awb)
        rows = [
            {
                "orderLineNo": line.number,
                "itemCode": line.code,
                "planQty": line.quantity,
                "actualQty": order.shipped[line.number],
            }
            for line in order.wish.lines
        ]
        return telling.paged(said, asked, rows)

    def _inbound_query(self, asked: Fields) -> Writer:
        order = self._warehouse.inbound(self._place(asked), asked.need("entryOrderCode"), asked.text("entryOrderId"))
        rows: list[dict[str, object]] = [
            {
                "orderLineNo": each.number or "",
                "itemCode": each.code,
                "planQty": next((line.quantity for line in order.wish.lines if line.number == each.number), 0),
                "actualQty": count,
                "inventoryType": each.type,
                "remark": order.notes.get(each, ""),
            }
            for each, count in order.received.items()
        ]
        come = {each.number for each in order.received}
        rows += [
            {"orderLineNo": line.number, "itemCode": line.code, "planQty": line.quantity, "actualQty": 0}
            for line in order.wish.lines
            if line.number not in come
        ]
        return telling.paged(self._head(order, "entryOrder"), asked, rows)

    def _head(self, order: Inbound | Outbound, root: str) -> Writer:
        last = order.history[-1]
        status = "ACCEPT" if root == "deliveryOrder" and last.status in _WITHIN else last.status
        said = telling.yes().put(f"{root}/{root}Code", order.wish.code).put(f"{root}/{root}Id", order.ref)
        said.put(f"{root}/warehouseCode", order.wish.warehouse).put(f"{root}/ownerCode", self._warehouse.owner)
        said.put(f"{root}/status", status).put(f"{root}/operateTime", clocks.wall(last.at))
        return said.put(f"{root}/remark", last.note) if last.note else said

    def _stock_page(self, asked: Fields) -> Writer:
        place = self._place(asked)
        asked.text("itemCode")
        rows = self._warehouse.shelves.rows(place, split=self._faults.split_rows)
        page, size = units(asked.need("page"), "page"), units(asked.need("pageSize"), "pageSize")
        if size > telling.LARGEST_PAGE:
            raise Refused("missing-parameter", f"pageSize is at most {telling.LARGEST_PAGE}")
        said = telling.yes().put("totalLines", len(rows))
        for row in rows[(page - 1) * size : page * size]:
            telling.stock_row(said, row.warehouse, row.code, row.type, row.free, row.locked)
        return said

    def _stock_of(self, asked: Fields) -> Writer:
        said = telling.yes()
        for criteria in asked.each("criteriaList", "criteria"):
            place, code = self._place(criteria), criteria.need("itemCode")
            for row in self._warehouse.shelves.rows(place, (code,), split=self._faults.split_rows):
                telling.stock_row(said, row.warehouse, row.code, row.type, row.free, row.locked)
            criteria.done()
        return said
