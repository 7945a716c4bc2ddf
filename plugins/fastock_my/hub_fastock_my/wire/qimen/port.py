"""The calls of Qimen: system parameters in the query, the document in the body, one flag in the answer."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

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
    Unreadable,
)
from hub_fastock_my.settings import FastockSettings
from hub_fastock_my.wire import moments, refusals, xml
from hub_fastock_my.wire.paging import is_last, require_whole
from hub_fastock_my.wire.qimen import callbacks, reading, words, writing
from hub_fastock_my.wire.qimen.signing import sign
from hub_fastock_my.wire.xml import Node, Tree

_VERSION = "2.0"
_PAGE = 100  # rows; the standard allows no more
_MOST_PAGES = 1_000  # of one document: a warehouse that never comes to an end must not hold a worker
_CANCEL_COMES_LATER = "cancel-pending"
_LONGEST_REASON = 200  # characters
_SHOWN = 60  # characters of a strange word


class _Answer:
    """What came back: a yes with its elements, or a no with code and words."""

    def __init__(self, root: Node) -> None:
        flag = root.word("flag").lower()
        if flag not in ("success", "failure"):
            raise Unreadable(f"{root.path}/flag is {flag[:_SHOWN]!r}, neither success nor failure")
        self.root = root
        self.is_yes = flag == "success"
        self.code = root.word("code", "")
        self.text = root.word("message", "")


class QimenPort:
    def __init__(self, account: Account[FastockSettings]) -> None:
        self._account = account
        self._settings = account.settings

    def verify(self) -> tuple[Depot, ...]:
        """The standard has no log-in: a signed question about each warehouse's stock proves as much."""
        return tuple(self._depot(number) for number in self._settings.warehouses)

    def put_item(self, item: Item) -> str:
        answer = self._told("singleitem.synchronize", writing.item(item, self._settings.consignor))
        return answer.word("itemId", "")

    def put_inbound(self, order: InboundOrder) -> str:
        answer = self._told("entryorder.create", writing.inbound(order, self._settings.consignor))
        return answer.word("entryOrderId", "")

    def put_outbound(self, order: OutboundOrder) -> str:
        answer = self._told("deliveryorder.create", writing.outbound(order, self._settings.consignor))
        return answer.word("deliveryOrderId", "")

    def progress_of(self, name: DocumentName) -> Progress | None:
        asked = [("orderType", words.GOES_OUT), *self._named(name, "orderCode", "orderId")]
        answer = self._found("orderprocess.query", asked)
        with refusals.reading(telling=False):
            return reading.progress(answer) if answer else None

    def report_of(self, name: DocumentName) -> Report | None:
        with refusals.reading(telling=False):
            pages = [*self._pages_of(name)]
            if not pages:
                return None
            lines = (reading.moved(line) for page in pages for line in page.children("orderLines/orderLine"))
            return reading.report(pages[0], name.kind, lines)

    def cancel(self, name: DocumentName, reason: str) -> Cancelled:
        asked = [
            *self._named(name, "orderCode", "orderId"),
            ("orderType", words.GOES_OUT if name.kind is Document.OUTBOUND else ""),  # nobody knows why goods came in
            ("cancelReason", xml.clean(reason)[:_LONGEST_REASON]),
        ]
        answer = self._ask("order.cancel", asked, telling=True)
        if not answer.is_yes:
            return refusals.of_cancel(answer.code, answer.text)
        later = answer.code == _CANCEL_COMES_LATER
        return Cancelled(outcome=Cancel.PENDING if later else Cancel.DONE, reason=answer.text if later else "")

    def stock_page(self, warehouse: str, page: int) -> StockPage:
        asked = [("warehouseCode", warehouse), ("ownerCode", self._settings.consignor), *_paged(page, _PAGE)]
        answer = self._asked("stock.query", asked)
        with refusals.reading(telling=False):
            return reading.stock_page(answer, page, _PAGE)

    def stock_of(self, warehouse: str, codes: Sequence[str]) -> tuple[Heap, ...]:
        owner = self._settings.consignor
        wanted: Tree = [
            ("criteria", [("warehouseCode", warehouse), ("ownerCode", owner), ("itemCode", code)]) for code in codes
        ]
        answer = self._asked("inventory.query", [("criteriaList", wanted)])
        with refusals.reading(telling=False):
            return reading.heaps(answer, warehouse)

    def read_callback(self, request: WebhookRequest) -> Callback:
        return callbacks.read(request, self._settings)

    def _depot(self, number: str) -> Depot:
        asked = [("warehouseCode", number), ("ownerCode", self._settings.consignor), *_paged(1, 1)]
        answer = self._ask("stock.query", asked, telling=False)
        if answer.code == refusals.NO_WAREHOUSE and not answer.is_yes:
            raise refusals.of_warehouse(number, self._settings.consignor)
        _require(answer)
        return Depot(number=number)

    def _pages_of(self, name: DocumentName) -> Iterator[Node]:
        """All pages of a document; none where there is no such document."""
        inbound = name.kind is Document.INBOUND
        method = "entryorder.query" if inbound else "deliveryorder.query"
        code, ref = ("entryOrderCode", "entryOrderId") if inbound else ("orderCode", "orderId")
        for number in range(1, _MOST_PAGES + 1):
            page = self._found(method, [*self._named(name, code, ref), *_paged(number, _PAGE)])
            if page is None:
                return
            lines, total = sum(1 for _ in page.children("orderLines/orderLine")), reading.total_of(page)
            require_whole(number, _PAGE, lines, total)
            yield page
            if is_last(number, _PAGE, lines, total):
                return

    def _named(self, name: DocumentName, code: str, ref: str) -> list[tuple[str, str]]:
        owner = self._settings.consignor
        return [("warehouseCode", name.warehouse), ("ownerCode", owner), (code, name.code), (ref, name.ref)]

    def _told(self, method: str, tree: Tree) -> Node:
        return _require(self._ask(method, tree, telling=True))

    def _asked(self, method: str, tree: Tree) -> Node:
        return _require(self._ask(method, tree, telling=False))

    def _found(self, method: str, tree: Tree) -> Node | None:
        answer = self._ask(method, tree, telling=False)
        return None if not answer.is_yes and answer.code in refusals.NOT_FOUND else _require(answer)

    def _ask(self, method: str, tree: Tree, *, telling: bool) -> _Answer:
        """Sign the bytes once, and send these very bytes."""
        body = xml.write("request", tree)
        parameters = {
            "app_key": self._settings.app_key,
            "customerId": self._settings.customer_code,
            "format": "xml",
            "method": method,
            "sign_method": "md5",
            "timestamp": moments.written(datetime.now(UTC)),
            "v": _VERSION,
        }
        parameters["sign"] = sign(parameters, body, self._settings.secret_key)
        answer = self._account.http.post(
            f"{self._settings.service_url}?{urlencode(parameters, quote_via=quote)}",
            content=body,
            headers={"Content-Type": "text/xml; charset=utf-8"},
        )
        if refused := refusals.of_status(answer, telling=telling):
            raise refused
        with refusals.reading(telling=telling):
            return _Answer(xml.read(answer.content))


def _require(answer: _Answer) -> Node:
    if not answer.is_yes:
        raise refusals.of_code(answer.code, answer.text)
    return answer.root


def _paged(page: int, size: int) -> list[tuple[str, str]]:
    return [("page", str(page)), ("pageSize", str(size))]
