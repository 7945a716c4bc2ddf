"""The signatures, held to vectors that were computed apart from this code; plugin and sandbox each have their own."""

import pytest
from hub_fastock_my.sandbox import jsonfx as json_door
from hub_fastock_my.sandbox import qimen as qimen_door
from hub_fastock_my.wire.jsonfx.signing import sign_callback, sign_request
from hub_fastock_my.wire.qimen.signing import sign

SECRET = "demo-secret"
PARAMETERS = {
    "app_key": "demo-app",
    "customerId": "CUST-0001",
    "format": "xml",
    "method": "order.cancel",
    "sign_method": "md5",
    "timestamp": "2026-01-05 10:00:00",
    "v": "2.0",
}
CANCEL = (
    b'<?xml version="1.0" encoding="utf-8"?><request><warehouseCode>MYKL01</warehouseCode><ownerCode>CONS88</ownerCode>'
    b"<orderCode>SO-1001</orderCode><orderType>JYCK</orderType><cancelReason>buyer cancelled</cancelReason></request>"
)
VECTORS = [
    pytest.param(CANCEL, "CC14E376572C2F0F86D981739C85BCBC", id="a cancel"),
    pytest.param(b"<request></request>", "B8DE1E2CA3A7455213D36DCB16E2D080", id="an empty request"),
    pytest.param(
        "<request><remark>Jalan Ampang – 吉隆坡</remark></request>".encode(),
        "297A2FE2A090A752B5AD2E1181208605",
        id="a dash and Han characters",
    ),
]


@pytest.mark.parametrize(("body", "digest"), VECTORS)
def test_qimen_signs_as_computed(body: bytes, digest: str) -> None:
    assert sign(PARAMETERS, body, SECRET) == digest
    assert sign({**PARAMETERS, "sign": "whatever"}, body, SECRET) == digest


@pytest.mark.parametrize(("body", "digest"), VECTORS)
def test_the_sandbox_agrees(body: bytes, digest: str) -> None:
    assert qimen_door.signature(PARAMETERS, body, SECRET) == digest


def test_one_byte_more_is_another_signature() -> None:
    assert sign(PARAMETERS, CANCEL + b"\n", SECRET) != sign(PARAMETERS, CANCEL, SECRET)


def test_the_json_dialect_signs_method_and_path() -> None:
    digest = "e0obJv3zCn2hkEqEb6TNn1BA1G/j7W784eYcqBvPhHo="
    path = "/openapi/fulfillment/outbound/v1/cancel"

    assert sign_request("POST", path, SECRET) == digest
    assert json_door.signature(f"POST${path}$".encode(), SECRET) == digest


def test_callbacks_in_json_are_signed_over_time_and_body() -> None:
    signed = {sign_callback(at, body, SECRET) for at in ("1", "2") for body in (b"{}", b"{ }")}

    assert len(signed) == 4
