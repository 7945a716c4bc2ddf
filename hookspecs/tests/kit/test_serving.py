"""A served sandbox answers over loopback as in process, and says when it failed itself."""

from __future__ import annotations

import socket
from typing import Any

import httpx
from hub_hookspecs.testing import Sandbox, serve, transport

from .corner.sandbox import CornerSandbox


class Clumsy(Sandbox):
    def handle(self, request: httpx.Request) -> httpx.Response:
        raise LookupError(request.url.path)

    def settings(self) -> dict[str, Any]:  # Any: as in Sandbox
        return {}


def test_a_sandbox_answers_the_same_in_process_and_over_loopback() -> None:
    shop = CornerSandbox()
    login = {"secret": "wrong"}

    with httpx.Client(transport=transport(shop)) as http:
        in_process = http.post(f"{shop.base_url}/token", json=login)
    with serve(shop) as url:
        served = httpx.post(f"{url}/token", json=login)

    assert (served.status_code, served.json()) == (in_process.status_code, in_process.json())
    assert shop.settings()["base_url"] == url


def test_a_mistake_in_a_sandbox_is_a_500_that_is_kept() -> None:
    shop = Clumsy()

    with serve(shop) as url:
        answer = httpx.get(f"{url}/shelf")

    assert (answer.status_code, "LookupError('/shelf')" in answer.text) == (500, True)
    assert [str(error) for error in shop.exceptions] == ["/shelf"]


def test_a_malformed_content_length_is_refused() -> None:
    with serve(CornerSandbox()) as url:
        address = httpx.URL(url)
        with socket.create_connection((address.host, address.port or 0), timeout=5) as wire:
            wire.sendall(b"POST /token HTTP/1.1\r\nHost: shop\r\nContent-Length: -3\r\n\r\n")
            with wire.makefile("rb") as answer:
                status = answer.readline()

    assert status.startswith(b"HTTP/1.1 400 ")
