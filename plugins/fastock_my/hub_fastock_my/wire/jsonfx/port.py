"""The calls of the JSON dialect: one path for each, and an envelope whose code must be read under any status 200."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TypeVar

import httpx
import msgspec
from hub_hookspecs import Account, WebhookRequest

from hub_fastock_my.port import (
    Callback,
    Cancel,
    Cancelled,
    Depot,
    Document,
    DocumentName,
    Heap,
    InboundOrder,
    Item,
    OutboundOrder,
    Progress,
    Report,
    StockPage,
)
from hub_fastock_my.settings import FastockSettings
from hub_fastock_my.wire import refusals
from hub_fastock_my.wire.heaps import readable
from hub_fastock_my.wire.jsonfx import callbacks, reading, shapes, writing
from hub_fastock_my.wire.jsonfx.signing import sign_request
from hub_fastock_my.wire.paging import is_last, require_whole
from hub_fastock_my.wire.xml import clean

T = TypeVar("T")
ROOT = "/openapi/fulfillment"
_YES = "SUCCESS"
_CANCEL_COMES_LATER = "CANCEL_PENDING"
_PAGE = 100  # SKUs
_MOST_PAGES = 1_000  # of one question: a warehouse that never comes to an end must not hold a worker
_LONGEST_REASON = 200  # characters


class JsonPort:
    def __init__(self, account: Account[FastockSettings]) -> None:
        self._account = account
        self._settings = account.settings

    def verify(self) -> tuple[Depot, ...]:
        """One question names all warehouses of the account, and whose goods lie in them."""
        query = {"customerCode": self._settings.customer_code}
        answer = self._send("GET", "/warehouse/v1/list", telling=False, query=query)
        known = {each.warehouse_code: each for each in self._data(answer, tuple[shapes.Depot, ...], telling=False)}
        for number in self._settings.warehouses:
            if number not in known:
                raise refusals.of_warehouse(number, self._settings.consignor)
        return tuple(
            Depot(number=number, consignor=known[number].consignor_code or "") for number in self._settings.warehouses
        )

    def put_item(self, item: Item) -> str:
        self._tell(f"/item/v1/{'update' if item.is_known else 'create'}", writing.item(item, self._settings))
        return ""  # this dialect knows goods by their SKU alone

    def put_inbound(self, order: InboundOrder) -> str:
        answer = self._tell("/inbound/v1/create", writing.inbound(order, self._settings))
        return self._data(answer, shapes.Made, telling=True).inbound_id or ""

    def put_outbound(self, order: OutboundOrder) -> str:
        answer = self._tell("/outbound/v1/create", writing.outbound(order, self._settings))
        return self._data(answer, shapes.Made, telling=True).outbound_id or ""

    def progress_of(self, name: DocumentName) -> Progress | None:
        detail = self._detail("/outbound/v1/status", name)
        return reading.progress(detail) if detail else None

    def report_of(self, name: DocumentName) -> Report | None:
        detail = self._detail(f"/{name.kind}/v1/detail", name)
        with refusals.reading(telling=False):
            return reading.report(detail, name.kind) if detail else None

    def cancel(self, name: DocumentName, reason: str) -> Cancelled:
        body = msgspec.structs.replace(self._named(name), reason=clean(reason)[:_LONGEST_REASON])
        answer = self._send("POST", f"/{name.kind}/v1/cancel", shapes.write(body), telling=True)
        if answer.code == _CANCEL_COMES_LATER:
            return Cancelled(outcome=Cancel.PENDING, reason=answer.message or "")
        if answer.code != _YES:
            return refusals.of_cancel(answer.code, answer.message or "")
        return Cancelled(outcome=Cancel.DONE)

    def stock_page(self, warehouse: str, page: int) -> StockPage:
        found = self._stock(warehouse, page)
        codes, total = tuple(row.item_sku for row in found.list or ()), self._total(found, page)
        return StockPage(codes=codes, total=total, is_last=is_last(page, _PAGE, len(codes), total))

    def stock_of(self, warehouse: str, codes: Sequence[str]) -> tuple[Heap, ...]:
        rows = [row for page in self._pages_of(warehouse, tuple(codes)) for row in page]
        return readable((row.item_sku, partial(reading.heaps, row)) for row in rows)

    def read_callback(self, request: WebhookRequest) -> Callback:
        return callbacks.read(request, self._settings)

    def _pages_of(self, warehouse: str, codes: tuple[str, ...]) -> Iterator[tuple[shapes.StockRow, ...]]:
        """All that is told of these SKUs: one may have as many rows as it likes."""
        for page in range(1, _MOST_PAGES + 1):
            found = self._stock(warehouse, page, codes)
            rows = found.list or ()
            yield rows
            if is_last(page, _PAGE, len(rows), self._total(found, page)):
                return

    def _total(self, found: shapes.StockList, page: int) -> int:
        with refusals.reading(telling=False):
            total = shapes.units(found.total, "total")
            require_whole(page, _PAGE, len(found.list or ()), total)
            return total

    def _stock(self, warehouse: str, page: int, codes: tuple[str, ...] = ()) -> shapes.StockList:
        owner = self._settings.consignor
        query = shapes.StockQuery(
            warehouse_code=warehouse, consignor_code=owner, page=page, size=_PAGE, item_sku_list=codes
        )
        answer = self._send("POST", "/inventory/v1/page", shapes.write(query), telling=False)
        return self._data(answer, shapes.StockList, telling=False)

    def _detail(self, path: str, name: DocumentName) -> shapes.Detail | None:
        answer = self._send("POST", path, shapes.write(self._named(name)), telling=False)
        return None if answer.code in refusals.NOT_FOUND else self._data(answer, shapes.Detail, telling=False)

    def _named(self, name: DocumentName) -> shapes.Named:
        comes_in = name.kind is Document.INBOUND
        return shapes.Named(
            warehouse_code=name.warehouse,
            consignor_code=self._settings.consignor,
            inbound_no=name.code if comes_in else "",
            outbound_no="" if comes_in else name.code,
        )

    def _tell(self, path: str, body: shapes.Shape) -> shapes.Envelope:
        answer = self._send("POST", path, shapes.write(body), telling=True)
        if answer.code != _YES:
            raise refusals.of_code(answer.code, answer.message or "")
        return answer

    def _data(self, answer: shapes.Envelope, kind: type[T], *, telling: bool) -> T:
        if answer.code != _YES:
            raise refusals.of_code(answer.code, answer.message or "")
        with refusals.reading(telling=telling):
            return shapes.read(answer.data, kind)

    def _send(
        self, method: str, path: str, body: bytes = b"", *, telling: bool, query: dict[str, str] | None = None
    ) -> shapes.Envelope:
        url = httpx.URL(f"{self._settings.service_url.rstrip('/')}{ROOT}{path}", params=query or None)
        signature = sign_request(method, url.path, self._settings.secret_key)
        headers = {"Authorization": f"{self._settings.app_key}:{signature}", "Content-Type": "application/json"}
        answer = self._account.http.request(method, url, content=body, headers=headers)
        if refused := refusals.of_status(answer, telling=telling):
            raise refused
        with refusals.reading(telling=telling):
            return shapes.read(answer.content, shapes.Envelope)
