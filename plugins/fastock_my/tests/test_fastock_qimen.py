"""The bytes of Qimen: signed once, sent as signed, and as the worked example has them."""

from datetime import UTC, datetime

import httpx
from hub_fastock_my.port import Document, DocumentName, Status
from hub_fastock_my.settings import FastockSettings
from hub_fastock_my.wire import xml
from hub_fastock_my.wire.qimen import QimenPort, reading
from hub_fastock_my.wire.qimen.signing import sign
from hub_hookspecs import Account

CANCEL = (
    b'<?xml version="1.0" encoding="utf-8"?><request><warehouseCode>MYKL01</warehouseCode><ownerCode>CONS88</ownerCode>'
    b"<orderCode>SO-1001</orderCode><orderType>JYCK</orderType><cancelReason>buyer cancelled</cancelReason></request>"
)
SETTINGS = FastockSettings(
    country="MY",
    customer_code="CUST-0001",
    app_key="demo-app",
    secret_key="demo-secret",
    warehouse_numbers="MYKL01",
    service_url="https://wms.example/router",
    consignor_code="CONS88",
)


def test_a_step_without_a_time_came_after_the_one_before_it() -> None:
    steps = "".join(
        f"<process><processStatus>{word}</processStatus>{at}</process>"
        for word, at in (
            ("NEW", "<operateTime>2026-01-05 10:00:00</operateTime>"),
            ("PACKAGE", "<operateTime>2026-01-05 11:00:00</operateTime>"),
            ("DELIVERED", "<operateTime>soon</operateTime>"),
        )
    )
    answer = f"<response><orderProcess><processes>{steps}</processes></orderProcess></response>".encode()

    assert reading.progress(xml.read(answer)).status is Status.SHIPPED


def test_a_cancellation_is_sent_as_in_the_worked_example() -> None:
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, content=b"<response><flag>success</flag><code>0000</code></response>")

    with httpx.Client(transport=httpx.MockTransport(answer)) as http:
        account = Account(id="a", merchant_id="m", settings=SETTINGS, token="", http=http)
        name = DocumentName(kind=Document.OUTBOUND, code="SO-1001", warehouse="MYKL01")
        QimenPort(account).cancel(name, "buyer cancelled")

    (request,) = sent
    assert request.content == CANCEL
    query = dict(request.url.params.multi_items())
    assert {name: query[name] for name in ("app_key", "customerId", "format", "method", "sign_method", "v")} == {
        "app_key": "demo-app",
        "customerId": "CUST-0001",
        "format": "xml",
        "method": "order.cancel",
        "sign_method": "md5",
        "v": "2.0",
    }
    assert query["sign"] == sign(query, request.content, "demo-secret")
    on_the_wall = datetime.strptime(query["timestamp"] + "+0800", "%Y-%m-%d %H:%M:%S%z")
    assert abs((datetime.now(UTC) - on_the_wall).total_seconds()) < 60
    assert "demo-secret" not in str(request.url)
