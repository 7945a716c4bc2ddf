"""What goes over the wire and what comes back, without the sandbox: requests and answers as literals."""

import base64
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from hub_hookspecs import Account, ActionRequired, ChannelError, RateLimited, Rejected, Temporary
from hub_tokopedia.client import TokopediaClient
from hub_tokopedia.settings import TokopediaSettings

WIRE = Path(__file__).parent / "wire"
EMPTY = '{"header":{"process_time":0.01,"messages":"Your request has been processed successfully"},"data":null}'
NOT_FOUND = (
    '{"header":{"messages":"Our server encounters an error","reason":"Data Not Found","error_code":"PRD_GRPC_003"}}'
)


class Wire:
    """Answers every request alike and keeps what was asked."""

    def __init__(self, status: int, body: str, headers: dict[str, str] | None = None) -> None:
        self.asked: list[httpx.Request] = []
        self._status, self._body, self._headers = status, body, headers

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return httpx.Response(self._status, text=self._body, headers=self._headers)


def client(wire: Callable[[httpx.Request], httpx.Response], *, base: str = "https://fs.example/") -> TokopediaClient:
    settings = TokopediaSettings(
        fs_id="13004",
        shop_id="480829",
        client_id="app-1",
        client_secret="s3cret",
        accounts_url="https://accounts.example",
        api_url=base,
    )
    http = httpx.Client(transport=httpx.MockTransport(wire))
    return TokopediaClient(Account(id="a", merchant_id="m", settings=settings, token="c:abc", http=http))


def test_a_token_is_asked_for_with_the_apps_credentials() -> None:
    body = (
        '{"access_token":"c:xyz","event_code":"","expires_in":2592000,"last_login_type":"","sq_check":false,'
        '"token_type":"Bearer"}'
    )
    wire = Wire(200, body)

    token = client(wire).token()

    (request,) = wire.asked
    assert (token.access_token, token.expires_in) == ("c:xyz", 2_592_000)
    assert (request.method, str(request.url)) == (
        "POST",
        "https://accounts.example/token?grant_type=client_credentials",
    )
    assert request.headers["authorization"] == "Basic " + base64.b64encode(b"app-1:s3cret").decode()
    assert request.headers["content-length"] == "0"


def test_a_page_with_a_product_that_cannot_be_named_is_asked_for_again_and_says_why() -> None:
    wire = Wire(200, '{"header":{"messages":"ok"},"data":[{"basic":{"productID":2}},{"basic":{"productID":"abc"}}]}')

    with pytest.raises(Temporary, match=r"\$\.basic\.productID.*could be lost"):
        client(wire).products_on_page(1, 0)


@pytest.mark.parametrize(
    ("status", "body", "reaction"),
    [
        pytest.param(401, '{"error":"invalid_client"}', ActionRequired, id="wrong secret"),
        pytest.param(400, "bad request", ActionRequired, id="wrong client"),
        pytest.param(200, '{"error":"invalid_client"}', ActionRequired, id="no token under HTTP 200"),
        pytest.param(403, "<html>forbidden</html>", ActionRequired, id="a foreign IP"),
        pytest.param(429, "", RateLimited, id="too many requests"),
        pytest.param(503, "", Temporary, id="down"),
        pytest.param(200, "<html>please log in</html>", Temporary, id="not JSON"),
        pytest.param(200, '["surprise"]', Temporary, id="not an object"),
    ],
)
def test_a_refused_login_is_told_apart_from_a_broken_one(status: int, body: str, reaction: type[ChannelError]) -> None:
    with pytest.raises(reaction) as caught:
        client(Wire(status, body)).token()

    assert type(caught.value) is reaction
    assert "s3cret" not in str(caught.value)


def test_a_page_of_the_listing_is_asked_for_by_shop_and_number() -> None:
    wire = Wire(200, (WIRE / "product_info.json").read_text())

    products = client(wire).products_on_page(3, last_sort=77)

    (request,) = wire.asked
    assert [product.main_stock for product in products] == [7]
    assert request.method == "GET"
    assert request.url.path == "/inventory/v1/fs/13004/product/info"
    assert dict(request.url.params) == {"shop_id": "480829", "page": "3", "per_page": "50", "sort": "1"}
    assert request.headers["authorization"] == "Bearer c:abc"


@pytest.mark.parametrize(
    ("page", "last_sort"),
    [pytest.param(200, None, id="up to 10,000 products"), pytest.param(201, "77", id="beyond 10,000 products")],
)
def test_beyond_ten_thousand_products_the_last_one_is_named(page: int, last_sort: str | None) -> None:
    wire = Wire(200, EMPTY)

    assert client(wire).products_on_page(page, last_sort=77) == ()

    assert wire.asked[0].url.params.get("last_sort") == last_sort


def test_variants_are_asked_for_in_one_list() -> None:
    wire = Wire(200, EMPTY)

    client(wire).products_by_id([5, 6])

    assert dict(wire.asked[0].url.params) == {"product_id": "5,6"}


def test_variants_that_have_all_gone_are_no_error() -> None:
    assert client(Wire(500, NOT_FOUND)).products_by_id([5, 6]) == ()


def test_a_page_that_cannot_be_found_is_one() -> None:
    with pytest.raises(Rejected, match="PRD_GRPC_003"):
        client(Wire(500, NOT_FOUND)).products_on_page(1, last_sort=0)


def test_shop_info_is_asked_for_by_shop() -> None:
    wire = Wire(200, (WIRE / "shop_info.json").read_text())

    (shop,) = client(wire, base="https://gateway.example/tokopedia").shops()

    assert shop.shop_id == 480829
    assert str(wire.asked[0].url) == "https://gateway.example/tokopedia/v1/shop/fs/13004/shop-info?shop_id=480829"


@pytest.mark.parametrize(
    "body", ["", "<html>", "null", "42", '["surprise"]', '{"surprise":{}}', EMPTY[:40], "[" * 9999]
)
def test_an_answer_that_is_not_tokopedias_is_temporary(body: str) -> None:
    with pytest.raises(Temporary):
        client(Wire(200, body)).products_on_page(1, last_sort=0)


def test_a_pause_that_the_answer_asks_for_is_kept_for_the_caller() -> None:
    headers = {"X-Ratelimit-Remaining": "0", "X-Ratelimit-Reset-After": "4", "X-Ratelimit-Full-Reset-After": "6"}
    asking = client(Wire(200, EMPTY, headers))

    asking.products_on_page(1, last_sort=0)

    assert asking.pause == timedelta(seconds=6)
