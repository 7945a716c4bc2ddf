"""Who is let in, what is asked, and what is done about it."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import httpx
import msgspec

from hub_fastock_my.sandbox import clocks
from hub_fastock_my.sandbox.documents import Inbound, Outbound
from hub_fastock_my.sandbox.hands import Faults
from hub_fastock_my.sandbox.jsonfx import shapes, telling
from hub_fastock_my.sandbox.jsonfx.signing import signature
from hub_fastock_my.sandbox.postbox import Message
from hub_fastock_my.sandbox.records import (
    Goods,
    InboundWish,
    OutboundWish,
    Refused,
    WishLine,
    amount,
    need,
    units,
    within,
)
from hub_fastock_my.sandbox.warehouse import Warehouse

T = TypeVar("T")
ROOT = "/openapi/fulfillment"


class JsonDoor:
    creating = frozenset(
        {"/item/v1/create", "/item/v1/update", "/inbound/v1/create", "/outbound/v1/create"}
        | {"/inbound/v1/cancel", "/outbound/v1/cancel"}
    )

    def __init__(
        self,
        warehouse: Warehouse,
        keys: tuple[str, str, str],
        clock: Callable[[], datetime],
        faults: Faults,
    ) -> None:
        self._warehouse, self._clock, self._faults = warehouse, clock, faults
        self._customer, self._app_key, self._secret = keys
        self._paths: dict[str, Callable[[bytes], object]] = {
            "/item/v1/create": lambda body: self._item(body, updates=False),
            "/item/v1/update": lambda body: self._item(body, updates=True),
            "/inbound/v1/create": self._inbound,
            "/inbound/v1/detail": self._inbound_detail,
            "/inbound/v1/cancel": self._cancel_inbound,
            "/outbound/v1/create": self._outbound,
            "/outbound/v1/status": lambda body: self._head(self._named_outbound(body)),
            "/outbound/v1/detail": self._outbound_detail,
            "/outbound/v1/cancel": self._cancel_outbound,
            "/inventory/v1/page": self._stock,
        }

    def method_of(self, request: httpx.Request) -> str:
        return request.url.path.partition(ROOT)[2]

    def handle(self, request: httpx.Request) -> httpx.Response:
        try:
            self._let_in(request)
            if (request.method, self.method_of(request)) == ("GET", "/warehouse/v1/list"):
                return telling.answer("SUCCESS", data=self._depots(request))
            said = self._answering(request)(request.content)
        except Refused as why:
            return telling.answer(why.code, why.text)
        if said is None:
            return telling.answer("CANCEL_PENDING", "asked")
        return telling.answer("SUCCESS", data=said)

    def _answering(self, request: httpx.Request) -> Callable[[bytes], object]:
        found = self._paths.get(self.method_of(request))
        if found is None or request.method != "POST":
            raise Refused("unknown-method", f"there is no {request.method} {request.url.path}")
        return found

    def take_secret(self, secret: str) -> None:
        self._secret = secret

    def busy(self) -> httpx.Response:
        return telling.answer("system-busy", "later, please")

    def say(self, message: Message, url: str) -> httpx.Request:
        body, timestamp = msgspec.json.encode(telling.told(message)), clocks.wall(self._clock())
        secret = "not-the-secret" if self._faults.bad_signatures else self._secret
        signed = signature(f"POST${timestamp}$".encode() + body, secret)
        headers = {**telling.TYPE, "Authorization": f"{self._app_key}:{signed}", "X-Timestamp": timestamp}
        return httpx.Request("POST", url, content=body, headers=headers)

    def _let_in(self, request: httpx.Request) -> None:
        app_key, _, given = request.headers.get("authorization", "").partition(":")
        if app_key != self._app_key:
            raise Refused("invalid-customer", "no such access key")
        if given != signature(f"{request.method}${request.url.path}$".encode(), self._secret):
            raise Refused("sign-check-failure", "Illegal request")

    def _depots(self, request: httpx.Request) -> list[dict[str, str]]:
        if request.url.params.get("customerCode") != self._customer:
            raise Refused("invalid-customer", "no such customer")
        owner = self._warehouse.owner
        return [{"warehouseCode": number, "consignorCode": owner} for number in self._warehouse.numbers]

    def _read(self, body: bytes, kind: type[T]) -> T:
        try:
            found = msgspec.json.decode(body, type=kind)
        except msgspec.DecodeError as error:
            raise Refused("missing-parameter", str(error)) from error
        if isinstance(found, shapes.Place):
            self._warehouse.require_place(found.warehouse_code, found.consignor_code)
        return found

    def _source(self, source: str) -> None:
        if source != self._customer:
            raise Refused("invalid-customer", "the source must be the customer code")

    def _item(self, body: bytes, *, updates: bool) -> dict[str, str]:
        given = self._read(body, shapes.Item)
        self._source(given.item_source)
        goods = Goods(
            warehouse=given.warehouse_code,
            code=within(need(given.item_sku, "itemSku"), 512, "itemSku"),
            name=need(given.item_name, "itemName"),
            barcode=need(given.barcode, "barcode"),
            variant=given.variant,
            weight_g=given.weight,
            size_mm=(int(given.length * 10), int(given.width * 10), int(given.height * 10)),
        )
        if given.retail_price:
            amount(given.retail_price, "retailPrice")
        self._warehouse.put_item(goods, item_id="", updates=updates)
        return {}

    def _inbound(self, body: bytes) -> dict[str, str]:
        given = self._read(body, shapes.Inbound)
        self._source(given.inbound_source)
        if given.expected_time and not clocks.is_time(given.expected_time):
            raise Refused("missing-parameter", "expectedTime must be a time such as 2026-01-05 10:00:00")
        lines = tuple(
            WishLine(
                number=line.line_no,
                code=need(line.item_sku, "itemSku"),
                quantity=units(str(line.request_quantity), "requestQuantity"),
                price=amount(need(line.unit_cost, "unitCost"), "unitCost"),
            )
            for line in given.sku_details
        )
        wish = InboundWish(
            code=need(given.inbound_no, "inboundNo"),
            warehouse=given.warehouse_code,
            is_return=given.refund_flag,
            lines=lines,
            expected=given.expected_time,
        )
        return {"inboundId": self._warehouse.put_inbound(wish, [""] * len(lines))}

    def _outbound(self, body: bytes) -> dict[str, str]:
        given = self._read(body, shapes.Outbound)
        self._source(given.outbound_source)
        if not (clocks.is_time(given.create_time) and clocks.is_time(given.place_time)):
            raise Refused("missing-parameter", "times must be such as 2026-01-05 10:00:00")
        lines = tuple(
            WishLine(
                number=line.line_no,
                code=need(line.item_sku, "itemSku"),
                quantity=units(str(line.request_quantity), "requestQuantity"),
                price=(amount(line.price, "price") or None) if line.price else None,
            )
            for line in given.order_details
        )
        courier = within(need(given.logistic_name, "logisticName"), 100, "logisticName")
        wish = OutboundWish(
            code=need(given.outbound_no, "outboundNo"),
            warehouse=given.warehouse_code,
            order_number=within(need(given.channel_order_no, "channelOrderNo"), 128, "channelOrderNo"),
            courier="" if courier == "OTHER" else courier,
            awb=within(given.tracking_number, 64, "trackingNumber"),
            label=telling.label(given),
            recipient=telling.person(given.recipient),
            lines=lines,
        )
        return {"outboundId": self._warehouse.put_outbound(wish, [""] * len(lines))}

    def _named_inbound(self, body: bytes) -> Inbound:
        given = self._read(body, shapes.Named)
        return self._warehouse.inbound(given.warehouse_code, need(given.inbound_no, "inboundNo"))

    def _named_outbound(self, body: bytes) -> Outbound:
        given = self._read(body, shapes.Named)
        return self._warehouse.outbound(given.warehouse_code, need(given.outbound_no, "outboundNo"))

    def _cancel_inbound(self, body: bytes) -> dict[str, str] | None:
        return {} if self._warehouse.cancel(self._named_inbound(body)) else None

    def _cancel_outbound(self, body: bytes) -> dict[str, str] | None:
        return {} if self._warehouse.cancel(self._named_outbound(body)) else None

    def _head(self, order: Inbound | Outbound) -> dict[str, object]:
        last = order.history[-1]
        comes_in = isinstance(order, Inbound)
        words = {**telling.WORDS, **telling.INBOUND_WORDS} if comes_in else telling.WORDS
        side = "inbound" if comes_in else "outbound"
        return {
            f"{side}No": order.wish.code,
            f"{side}Id": order.ref,
            "status": words.get(last.status, last.status.lower()),
            "operateTime": clocks.wall(last.at),
            "failReason": last.note,
        }

    def _inbound_detail(self, body: bytes) -> dict[str, object]:
        order = self._named_inbound(body)
        unplanned = sorted({each.code for each in order.received if not each.number})
        rows = [(line.number, line.code, line.quantity) for line in order.wish.lines]
        rows += [(0, code, 0) for code in unplanned]
        return {**self._head(order), "skuDetails": [telling.line(order, *row) for row in rows]}

    def _outbound_detail(self, body: bytes) -> dict[str, object]:
        order = self._named_outbound(body)
        rows = [
            {
                "lineNo": line.number,
                "itemSku": line.code,
                "requestNum": line.quantity,  # as in some samples of the reference
                "actualQuantity": order.shipped[line.number],
            }
            for line in order.wish.lines
        ]
        head = {**self._head(order), "trackingNumber": order.wish.awb, "logisticName": order.wish.courier}
        return {**head, "orderDetails": rows}

    def _stock(self, body: bytes) -> dict[str, object]:
        given = self._read(body, shapes.Stock)
        rows = self._warehouse.shelves.rows(given.warehouse_code, given.item_sku_list)
        sums: dict[str, dict[str, int]] = {}
        for row in rows:
            of_sku = sums.setdefault(row.code, dict.fromkeys(("availableStock", "occupyStock", "defectiveStock"), 0))
            if row.type == "ZP":
                of_sku["availableStock"] += row.free
                of_sku["occupyStock"] += row.locked
            elif row.type != "DJ":
                of_sku["defectiveStock"] += row.free
            of_sku["totalStock"] = of_sku.get("totalStock", 0) + row.free + row.locked
        found = [{"itemSku": code, **part} for code, of_sku in sums.items() for part in self._parts(of_sku)]
        start = (given.page - 1) * given.size
        return {"total": len(found), "list": found[start : start + given.size]}

    def _parts(self, of_sku: dict[str, int]) -> list[dict[str, int]]:
        """An item in one row, or its good units in two."""
        if not self._faults.split_rows:
            return [of_sku]
        half = of_sku["availableStock"] // 2
        some = {**dict.fromkeys(of_sku, 0), "availableStock": half, "totalStock": half}
        return [some, {name: units - some[name] for name, units in of_sku.items()}]
