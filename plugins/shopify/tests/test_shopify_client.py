"""What goes over the wire and what comes back, without the sandbox: requests and answers as literals."""

import json
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import parse_qs

import httpx
import msgspec
import pytest
from hub_hookspecs import (
    Account,
    ActionRequired,
    ChannelError,
    RateLimited,
    Rejected,
    Temporary,
    TokenExpired,
    UnknownOutcome,
)
from hub_shopify.client import ShopifyClient
from hub_shopify.payloads.catalogue import VariantCount
from hub_shopify.payloads.pushed import ProductSet
from hub_shopify.refusals import TooCostly
from hub_shopify.settings import ShopifySettings
from hub_shopify.version import API_VERSION

APP = {"shop": "toko.myshopify.com", "client_id": "app-1", "client_secret": "s3cret"}
PASTED = {"shop": "toko.myshopify.com", "access_token": "shpat_0123"}
QUERY = "query Any { productVariantsCount { count } }"
MUTATION = "mutation Any { productSet { userErrors { message } } }"
COST = (
    '"extensions":{"cost":{"requestedQueryCost":752,"actualQueryCost":null,'
    '"throttleStatus":{"maximumAvailable":1000.0,"currentlyAvailable":666,"restoreRate":50.0}}}'
)
# Recorded from the real API.
THROTTLED = (
    '{"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED",'
    '"documentation":"https://shopify.dev/api/usage/rate-limits"}}],' + COST + "}"
)
REFUSED_ARGUMENT = (
    '{"errors":[{"message":"InventoryQuantityInput must include the following argument: changeFromQuantity.",'
    '"extensions":{"code":"INVALID_FIELD_ARGUMENTS"},"path":["productSet"]}],"data":{"productSet":null}}'
)
USER_ERROR = (
    '{"data":{"productSet":{"product":null,"userErrors":[{"field":["input","variants","0","price"],'
    '"code":"INVALID_VARIANT","message":"Price must be greater than or equal to 0"}]}}}'
)


class Wire:
    """Answers every request alike and keeps what was asked."""

    def __init__(self, status: int, body: str, headers: Mapping[str, str] | None = None) -> None:
        self.asked: list[httpx.Request] = []
        self._status, self._body, self._headers = status, body, headers

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return httpx.Response(self._status, text=self._body, headers=self._headers)


def client(wire: Wire, settings: Mapping[str, str] = APP) -> ShopifyClient:
    http = httpx.Client(transport=httpx.MockTransport(wire))
    converted = msgspec.convert(settings, ShopifySettings)
    return ShopifyClient(Account(id="a", merchant_id="m", settings=converted, token="shpat_abc", http=http))


def refused_query(
    status: int, body: str, settings: Mapping[str, str] = APP, headers: Mapping[str, str] | None = None
) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        client(Wire(status, body, headers), settings).query(QUERY, VariantCount)
    return caught.value


def refused_mutation(status: int, body: str) -> ChannelError:
    with pytest.raises(ChannelError) as caught:
        client(Wire(status, body)).mutate(MUTATION, "productSet", ProductSet)
    return caught.value


# -- the login


def test_a_token_is_asked_for_with_the_apps_credentials() -> None:
    wire = Wire(200, '{"access_token":"shpat_new","scope":"write_products","expires_in":86399}')

    token = client(wire).token()

    (request,) = wire.asked
    assert (token.access_token, token.expires_in) == ("shpat_new", 86_399)
    assert (request.method, str(request.url)) == ("POST", "https://toko.myshopify.com/admin/oauth/access_token")
    assert parse_qs(request.content.decode()) == {
        "grant_type": ["client_credentials"],
        "client_id": ["app-1"],
        "client_secret": ["s3cret"],
    }


@pytest.mark.parametrize(
    ("status", "body", "reaction", "says"),
    [
        pytest.param(400, '{"error":"shop_not_permitted"}', ActionRequired, "same organisation", id="a foreign store"),
        pytest.param(400, '{"error":"app_not_installed"}', ActionRequired, "install it", id="not installed"),
        pytest.param(400, "<html>Oauth error app_not_installed</html>", ActionRequired, "install it", id="as a page"),
        pytest.param(401, '{"error":"invalid_client"}', ActionRequired, "client_secret", id="a wrong secret"),
        pytest.param(200, "{}", ActionRequired, "client_secret", id="no token under HTTP 200"),
        pytest.param(404, "<html>Not Found</html>", ActionRequired, "check shop", id="no such store"),
        pytest.param(402, "", ActionRequired, "unpaid", id="a frozen store"),
        pytest.param(429, "", RateLimited, "429", id="too many requests"),
        pytest.param(503, "", Temporary, "503", id="down"),
        pytest.param(408, "", Temporary, "408", id="a time-out on the way"),
        pytest.param(200, "<html>", Temporary, "cannot be read", id="not JSON"),
        pytest.param(200, '["surprise"]', Temporary, "cannot be read", id="not an object"),
    ],
)
def test_a_refused_login_says_what_to_do(status: int, body: str, reaction: type[ChannelError], says: str) -> None:
    with pytest.raises(reaction, match=says) as caught:
        client(Wire(status, body)).token()

    assert type(caught.value) is reaction
    assert "s3cret" not in str(caught.value)


# -- asking


def test_a_document_goes_with_its_variables_to_the_pinned_version() -> None:
    wire = Wire(200, '{"data":{"productVariantsCount":{"count":7}}}', {"X-Shopify-API-Version": "2027-01"})
    asking = client(wire)

    found = asking.query(QUERY, VariantCount, filter="product_status:active")

    (request,) = wire.asked
    assert found.product_variants_count.count == 7
    assert str(request.url) == f"https://toko.myshopify.com/admin/api/{API_VERSION}/graphql.json"
    assert json.loads(request.content) == {"query": QUERY, "variables": {"filter": "product_status:active"}}
    assert request.headers["x-shopify-access-token"] == "shpat_abc"
    assert asking.version == "2027-01"


def test_an_ended_token_is_renewed_and_a_pasted_one_needs_a_person() -> None:
    string = '{"errors":"[API] Invalid API key or access token (unrecognized login or wrong password)"}'

    assert type(refused_query(401, string)) is TokenExpired
    assert type(refused_query(401, string, PASTED)) is ActionRequired


@pytest.mark.parametrize(
    ("status", "reaction", "says"),
    [
        pytest.param(402, ActionRequired, "unpaid", id="frozen"),
        pytest.param(403, ActionRequired, "installed", id="forbidden"),
        pytest.param(404, ActionRequired, "check shop", id="no such store"),
        pytest.param(423, ActionRequired, "locked", id="locked"),
        pytest.param(301, ActionRequired, "moved", id="moved"),
        pytest.param(429, RateLimited, "429", id="too many requests"),
        pytest.param(502, Temporary, "502", id="a gateway"),
        pytest.param(400, Rejected, "400", id="malformed"),
        pytest.param(418, Rejected, "418", id="a status nobody expects"),
    ],
)
def test_each_status_is_named_for_what_the_hub_does_next(status: int, reaction: type[ChannelError], says: str) -> None:
    error = refused_query(status, "<html>no</html>")

    assert type(error) is reaction
    assert says in str(error)


@pytest.mark.parametrize(
    ("code", "reaction"),
    [
        pytest.param("ACCESS_DENIED", ActionRequired, id="a scope is missing"),
        pytest.param("SHOP_INACTIVE", ActionRequired, id="the store is closed"),
        pytest.param("MAX_COST_EXCEEDED", TooCostly, id="too costly"),
        pytest.param("INTERNAL_SERVER_ERROR", Temporary, id="broken inside"),
        pytest.param("TIMEOUT", Temporary, id="too slow inside"),
        pytest.param("undefinedField", Rejected, id="a field that is gone"),
        pytest.param("SOMETHING_NEW", Rejected, id="a code that is new"),
    ],
)
def test_each_code_is_named_for_what_the_hub_does_next(code: str, reaction: type[ChannelError]) -> None:
    body = json.dumps({"errors": [{"message": "no", "extensions": {"code": code}}], "data": None})

    error = refused_query(200, body, headers={"X-Request-Id": "7f-1"})

    assert type(error) is reaction
    assert "7f-1" in str(error)


@pytest.mark.parametrize(
    "errors",
    ['"no such app"', '{"base":["no"]}', '["no"]', "[{}]", '[{"message":"no","extensions":null}]', "42"],
)
def test_errors_come_in_many_shapes(errors: str) -> None:
    assert type(refused_query(200, f'{{"errors":{errors}}}')) is Rejected


def test_errors_beside_data_are_errors_all_the_same() -> None:
    partial = (
        '{"data":{"productVariantsCount":{"count":7}},'
        '"errors":[{"message":"x","extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}'
    )

    assert type(refused_query(200, partial)) is Temporary


@pytest.mark.parametrize(
    "body",
    ["", "<html>", "null", "42", '["surprise"]', '{"surprise":{}}', '{"data":{"productVariantsCount":[]}}', "[" * 9999],
)
def test_an_answer_that_is_not_shopifys_is_temporary(body: str) -> None:
    assert type(refused_query(200, body)) is Temporary


# -- pace


def test_throttling_under_http_200_says_how_long_by_cost() -> None:
    error = refused_query(200, THROTTLED)

    assert isinstance(error, RateLimited)
    assert error.retry_after == timedelta(seconds=(752 - 666) / 50)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        pytest.param("2.0", 2, id="seconds"),
        pytest.param("1e300", 3600, id="never longer than an hour"),
        pytest.param("soon", None, id="a word"),
        pytest.param("nan", None, id="not a number"),
    ],
)
def test_a_429_says_how_long_by_its_header(header: str, seconds: float | None) -> None:
    error = refused_query(429, "", headers={"Retry-After": header})

    assert isinstance(error, RateLimited)
    assert error.retry_after == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("available", "pause"),
    [
        pytest.param(700, None, id="enough is left"),
        pytest.param(300, timedelta(seconds=2), id="less than the like would cost"),
        pytest.param(390, timedelta(seconds=1), id="never shorter than a second"),
    ],
)
def test_a_bucket_that_runs_low_is_left_alone(available: int, pause: timedelta | None) -> None:
    cost = {
        "requestedQueryCost": 400,
        "throttleStatus": {"maximumAvailable": 1000, "currentlyAvailable": available, "restoreRate": 50},
    }
    body = {"data": {"productVariantsCount": {"count": 7}}, "extensions": {"cost": cost}}
    asking = client(Wire(200, json.dumps(body)))

    asking.query(QUERY, VariantCount)

    assert asking.pause == pause


# -- acting


def test_what_shopify_does_not_take_is_said_with_its_field() -> None:
    error = refused_mutation(200, USER_ERROR)

    assert type(error) is Rejected
    assert error.code == "INVALID_VARIANT"
    assert "input.variants.0.price: Price must be greater than or equal to 0 (INVALID_VARIANT)" in str(error)


def test_a_user_error_without_field_and_code_is_said_as_it_is() -> None:
    body = '{"data":{"productSet":{"product":null,"userErrors":[{"field":null,"message":"Title is too long"}]}}}'

    assert "Shopify: Title is too long" in str(refused_mutation(200, body))


@pytest.mark.parametrize(
    ("status", "body", "reaction"),
    [
        pytest.param(200, REFUSED_ARGUMENT, Rejected, id="refused before anything was done"),
        pytest.param(200, THROTTLED, RateLimited, id="throttled"),
        pytest.param(429, "", RateLimited, id="too many requests"),
        pytest.param(503, "", Temporary, id="unavailable"),
        pytest.param(500, "", UnknownOutcome, id="broken"),
        pytest.param(502, "", UnknownOutcome, id="a gateway"),
        pytest.param(504, "", UnknownOutcome, id="a gateway that lost patience"),
        pytest.param(524, "", UnknownOutcome, id="a proxy that lost patience"),
        pytest.param(408, "<html>Request Timeout</html>", UnknownOutcome, id="a time-out on the way"),
        pytest.param(425, "", UnknownOutcome, id="too early"),
        pytest.param(200, '{"data":{"productSet":null}}', UnknownOutcome, id="null without a word"),
        pytest.param(200, '{"data":{}}', UnknownOutcome, id="the field is not there"),
        pytest.param(200, '{"data":null}', UnknownOutcome, id="no data"),
        pytest.param(200, '{"data":{"productSet":{"pro', UnknownOutcome, id="cut off"),
        pytest.param(200, "<html>", UnknownOutcome, id="a page"),
        pytest.param(200, '{"data":{"productSet":{"userErrors":"?"}}}', UnknownOutcome, id="another shape"),
        pytest.param(
            200,
            '{"data":{"productSet":null},"errors":[{"message":"x","extensions":{"code":"INTERNAL_SERVER_ERROR"}}]}',
            UnknownOutcome,
            id="broken inside",
        ),
    ],
)
def test_a_mutation_without_a_clear_answer_is_unknown(status: int, body: str, reaction: type[ChannelError]) -> None:
    assert type(refused_mutation(status, body)) is reaction


BESIDE = '"errors":[{"message":"Access denied","extensions":{"code":"ACCESS_DENIED"},"path":["productSet","product"]}]'


def test_an_error_beside_the_answer_of_a_mutation_undoes_nothing() -> None:
    body = f'{{"data":{{"productSet":{{"product":{{"id":"p"}},"userErrors":[]}}}},{BESIDE}}}'

    done = client(Wire(200, body)).mutate(MUTATION, "productSet", ProductSet)

    assert done.product is not None
    assert done.product.id == "p"


@pytest.mark.parametrize(
    ("data", "reaction"),
    [
        pytest.param('{"productSet":null}', ActionRequired, id="its own answer is null"),
        pytest.param("null", ActionRequired, id="there is no data"),
        pytest.param('["?"]', UnknownOutcome, id="data of another shape"),
        pytest.param('{"productSet":{"product":{},"userErrors":[]}}', UnknownOutcome, id="a product without an id"),
        pytest.param('{"productSet":{"userErrors":[{"message":"no"}]}}', Rejected, id="refused in the answer"),
    ],
)
def test_what_an_error_beside_means_is_told_by_the_answer_it_stands_beside(
    data: str, reaction: type[ChannelError]
) -> None:
    assert type(refused_mutation(200, f'{{"data":{data},{BESIDE}}}')) is reaction


def test_no_refusal_shows_a_secret() -> None:
    told = [refused_query(401, "shpat_abc"), refused_mutation(500, "shpat_abc"), refused_query(200, "shpat_abc")]

    assert not any("shpat_abc" in f"{error!r}{error.__cause__!r}" for error in told)


def test_what_shopify_says_is_cut_short() -> None:
    assert len(str(refused_query(200, json.dumps({"errors": "no! " * 10_000})))) < 400
