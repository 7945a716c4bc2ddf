"""The sandbox is strict: what a warehouse would refuse it refuses, before anything happens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

import httpx
import pytest
from hub_fastock_my.sandbox import FastockSandbox, jsonfx, qimen
from hub_hookspecs.testing.faults import SteppedClock

NOW = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
ITEM = (
    "<actionType>add</actionType><warehouseCode>MYKL01</warehouseCode><ownerCode>CONS01</ownerCode><item>"
    "<itemCode>A</itemCode><itemName>Tee</itemName><barCode>1</barCode><itemType>ZC</itemType></item>"
)
LINE = (
    "<orderLines><orderLine><orderLineNo>1</orderLineNo><ownerCode>CONS01</ownerCode><itemCode>A</itemCode>"
    "<planQty>2</planQty><purchasePrice>1.50</purchasePrice></orderLine></orderLines>"
)
INBOUND = (
    "<entryOrder><entryOrderCode>IB-1</entryOrderCode><ownerCode>CONS01</ownerCode>"
    f"<warehouseCode>MYKL01</warehouseCode><orderType>CGRK</orderType></entryOrder>{LINE}"
)


NAMED = INBOUND.replace("<planQty>", "<itemId>ITM00000001</itemId><planQty>")


METHODS = {"item": "singleitem.synchronize", "inbound": "entryorder.create"}


def warehouse() -> FastockSandbox:
    sandbox = FastockSandbox(size=0, clock=SteppedClock(NOW))
    sandbox.stock("A", good=5)
    return sandbox


def sent(sandbox: FastockSandbox, method: str, inner: str, **changes: str) -> tuple[str, str]:
    """Ask as a system would that has never seen the plugin; gives flag and code."""
    body = f"<request>{inner}</request>".encode()
    given = {
        "app_key": "sandbox-app-1",
        "customerId": "CUST-0001",
        "format": "xml",
        "method": METHODS.get(method, method),
        "sign_method": "md5",
        "timestamp": "2026-01-05 10:00:00",
        "v": "2.0",
        **changes,
    }
    given.setdefault("sign", qimen.signature(given, body, "sandbox-secret-1"))
    answer = sandbox.handle(
        httpx.Request("POST", f"http://sandbox.test?{urlencode(given, quote_via=quote)}", content=body)
    )
    text = answer.text
    assert answer.status_code == 200
    return text.partition("<flag>")[2].partition("<")[0], text.partition("<code>")[2].partition("<")[0]


def test_an_honest_request_is_taken() -> None:
    sandbox = warehouse()

    assert sent(sandbox, "item", ITEM) == ("success", "0")
    assert sent(sandbox, "taobao.qimen.entryorder.create", NAMED) == ("success", "0")


def test_an_item_goes_by_its_id_once_that_was_given() -> None:
    sandbox = warehouse()
    unnamed = sent(sandbox, "inbound", INBOUND.replace("IB-1", "IB-0"))
    sent(sandbox, "item", ITEM)

    assert unnamed == ("success", "0")
    assert sent(sandbox, "inbound", INBOUND) == ("failure", "missing-parameter")
    assert sent(sandbox, "item", ITEM.replace(">add<", ">update<")) == ("failure", "missing-parameter")
    assert sent(sandbox, "item", ITEM) == ("success", "0")  # as one whose answer was lost would say it again


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"sign": "0" * 32}, "sign-check-failure", id="another signature"),
        pytest.param({"app_key": "x"}, "invalid-customer", id="another AppKey"),
        pytest.param({"customerId": "x"}, "invalid-customer", id="another customer"),
        pytest.param({"timestamp": "2026-01-05 10:10:01"}, "timestamp-out-of-window", id="too new"),
        pytest.param({"timestamp": "2026-01-05 09:49:59"}, "timestamp-out-of-window", id="too old"),
        pytest.param({"timestamp": "2026-01-05T02:00:00Z"}, "timestamp-out-of-window", id="another form of time"),
        pytest.param({"format": "json"}, "missing-parameter", id="another format"),
        pytest.param({"v": "1.0"}, "missing-parameter", id="another version"),
        pytest.param({"extra": "x"}, "missing-parameter", id="one parameter more"),
        pytest.param({"method": "stockout.create"}, "unknown-method", id="a method that is not there"),
    ],
)
def test_who_is_not_let_in(changes: dict[str, str], code: str) -> None:
    method = changes.pop("method", "singleitem.synchronize")

    assert sent(warehouse(), method, ITEM, **changes) == ("failure", code)


@pytest.mark.parametrize(
    ("method", "inner", "code"),
    [
        pytest.param("item", ITEM.replace("CONS01", "CONS99"), "warehouse-not-found", id="owner"),
        pytest.param("item", ITEM.replace("MYKL01", "MYPG09"), "warehouse-not-found", id="warehouse"),
        pytest.param("item", ITEM.replace("<barCode>1</barCode>", ""), "missing-parameter", id="barcode"),
        pytest.param("item", ITEM.replace("Tee", " "), "missing-parameter", id="a blank name"),
        pytest.param("item", ITEM + "<colour/>", "unknown-element", id="an element more"),
        pytest.param("inbound", INBOUND.replace(">A<", ">B<"), "item-not-found", id="an unknown item"),
        pytest.param("inbound", INBOUND.replace(">2<", ">0<"), "missing-parameter", id="no units"),
        pytest.param("inbound", INBOUND.replace(">2<", ">1.5<"), "missing-parameter", id="half a unit"),
        pytest.param("inbound", INBOUND.replace("<planQty>2</planQty>", ""), "missing-parameter", id="no quantity"),
        pytest.param("inbound", INBOUND.replace(LINE, ""), "missing-parameter", id="no lines"),
        pytest.param("inbound", INBOUND.replace("CGRK", "JYCK"), "missing-parameter", id="another kind"),
        pytest.param("inbound", INBOUND.replace("1.50", "RM 1.50"), "missing-parameter", id="no amount"),
        pytest.param("entryorder.create", "<x>", "bad-format", id="no XML"),
        pytest.param("entryorder.query", "<warehouseCode>MYKL01</warehouseCode><ownerCode>CONS01</ownerCode>"
                     "<entryOrderCode>X</entryOrderCode><page>1</page><pageSize>10</pageSize>", "order-not-found",
                     id="no such order"),
        pytest.param("stock.query", "<warehouseCode>MYKL01</warehouseCode><ownerCode>CONS01</ownerCode>"
                     "<page>1</page><pageSize>101</pageSize>", "missing-parameter", id="a page too large"),
    ],
)  # fmt: skip
def test_what_is_refused(method: str, inner: str, code: str) -> None:
    sandbox = warehouse()
    before = sandbox.state()

    assert sent(sandbox, method, inner) == ("failure", code)
    assert sandbox.state() == before


def test_a_document_with_a_dtd_is_refused() -> None:
    sandbox = warehouse()
    body = b'<!DOCTYPE request [<!ENTITY a "ha">]><request><x>&a;</x></request>'
    given = {
        "app_key": "sandbox-app-1", "customerId": "CUST-0001", "format": "xml", "method": "stock.query",
        "sign_method": "md5", "timestamp": "2026-01-05 10:00:00", "v": "2.0",
    }  # fmt: skip
    given["sign"] = qimen.signature(given, body, "sandbox-secret-1")

    answer = sandbox.handle(httpx.Request("POST", "http://sandbox.test", params=given, content=body))
    assert "bad-format" in answer.text


def test_the_same_code_is_the_same_order_or_refused() -> None:
    sandbox = warehouse()
    first, again = (sent(sandbox, "inbound", INBOUND) for _ in range(2))

    assert first == again == ("success", "0")
    assert sent(sandbox, "inbound", INBOUND.replace(">2<", ">3<")) == ("failure", "duplicate-different")
    assert len(sandbox.inbounds()) == 1


def test_a_cancellation_names_an_order_as_what_it_is() -> None:
    sandbox = warehouse()
    sent(sandbox, "inbound", INBOUND)
    cancel = "<warehouseCode>MYKL01</warehouseCode><ownerCode>CONS01</ownerCode><orderCode>IB-1</orderCode>"

    assert sent(sandbox, "order.cancel", f"{cancel}<orderType>THRK</orderType>") == ("failure", "missing-parameter")
    assert sent(sandbox, "order.cancel", cancel) == ("success", "0")


def test_its_clock_is_driven_by_hand() -> None:
    sandbox = warehouse()
    clock = sandbox.clock
    assert isinstance(clock, SteppedClock)
    clock.advance(timedelta(hours=1))

    assert sent(sandbox, "item", ITEM) == ("failure", "timestamp-out-of-window")
    assert sent(sandbox, "item", ITEM, timestamp="2026-01-05 11:00:00") == ("success", "0")


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        pytest.param("POST", "/openapi/fulfillment/item/v1/create", "missing-parameter", id="no body"),
        pytest.param("GET", "/openapi/fulfillment/item/v1/create", "unknown-method", id="GET"),
        pytest.param("POST", "/openapi/fulfillment/item/v9/create", "unknown-method", id="no such path"),
    ],
)
def test_the_other_door_is_strict_too(method: str, path: str, code: str) -> None:
    signed = jsonfx.signature(f"{method}${path}$".encode(), "sandbox-secret-1")
    headers = {"Authorization": f"sandbox-app-1:{signed}"}
    answer = warehouse().handle(httpx.Request(method, f"http://sandbox.test{path}", headers=headers))
    assert answer.json()["code"] == code


@pytest.mark.parametrize(
    ("authorization", "code"),
    [("", "invalid-customer"), ("x:y", "invalid-customer"), ("sandbox-app-1:y", "sign-check-failure")],
)
def test_the_other_door_lets_in_who_has_signed(authorization: str, code: str) -> None:
    request = httpx.Request(
        "POST", "http://sandbox.test/openapi/fulfillment/inventory/v1/page", headers={"Authorization": authorization}
    )
    assert warehouse().handle(request).json()["code"] == code
