"""The sandbox is strict where Tokopedia is, and as messy as a real shop."""

import base64
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hub_hookspecs.testing import serve
from hub_tokopedia import sandbox as sandbox_package
from hub_tokopedia.sandbox import TokopediaSandbox

START = datetime(2025, 6, 1, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


def token(sandbox: TokopediaSandbox, secret: str = "") -> httpx.Response:
    settings = sandbox.settings()
    pair = f"{settings['client_id']}:{secret or settings['client_secret']}"
    headers = {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
    request = httpx.Request("POST", f"{sandbox.base_url}/token?grant_type=client_credentials", headers=headers)
    return sandbox.handle(request)


def ask(sandbox: TokopediaSandbox, path: str, **params: object) -> httpx.Response:
    bearer = {"Authorization": f"Bearer {token(sandbox).json()['access_token']}"}
    query = {name: str(value) for name, value in params.items()}
    return sandbox.handle(httpx.Request("GET", f"{sandbox.base_url}{path}", params=query or None, headers=bearer))


def info(sandbox: TokopediaSandbox, **params: object) -> httpx.Response:
    return ask(sandbox, f"/inventory/v1/fs/{sandbox.fs_id}/product/info", **params)


def page(sandbox: TokopediaSandbox, number: int = 1, **params: object) -> list[dict[str, Any]]:
    found = info(sandbox, shop_id=sandbox.shop_id, page=number, per_page=50, sort=1, **params).json()["data"]
    return found or []


def everything(sandbox: TokopediaSandbox) -> list[dict[str, Any]]:
    """Walk the listing as the documentation says, then the variants of each parent."""
    listed: list[dict[str, Any]] = []
    number = 0
    while found := page(sandbox, number := number + 1):
        listed += found
    children = [str(ref) for product in listed for ref in product["variant"].get("childrenID", [])]
    lots = (children[start : start + 50] for start in range(0, len(children), 50))
    return listed + [product for lot in lots for product in info(sandbox, product_id=",".join(lot)).json()["data"]]


def test_the_token_stays_the_same_until_it_expires() -> None:
    clock = Clock()
    sandbox = TokopediaSandbox(clock=clock, token_life=timedelta(hours=1))

    first = token(sandbox).json()
    clock.now += timedelta(minutes=50)
    same = token(sandbox).json()
    clock.now += timedelta(minutes=10)
    other = token(sandbox).json()

    assert (first["expires_in"], same["expires_in"], other["expires_in"]) == (3600, 600, 3600)
    assert first["access_token"] == same["access_token"] != other["access_token"]


def test_a_wrong_secret_gets_no_token() -> None:
    assert token(TokopediaSandbox(), secret="wrong").status_code == 401


def test_a_call_without_a_token_that_counts_is_refused() -> None:
    sandbox = TokopediaSandbox()
    path = f"{sandbox.base_url}/v1/shop/fs/{sandbox.fs_id}/shop-info"

    assert sandbox.handle(httpx.Request("GET", path)).status_code == 401
    assert ask(sandbox, path.removeprefix(sandbox.base_url)).status_code == 200


@pytest.mark.parametrize(
    ("params", "code"),
    [
        pytest.param({}, "PRD_DLV_004", id="no selector"),
        pytest.param({"page": None}, "PRD_DLV_005", id="no page"),
        pytest.param({"page": "one"}, "PRD_DLV_006", id="a page in words"),
        pytest.param({"page": 0}, "PRD_DLV_006", id="page zero"),
        pytest.param({"sort": "x"}, "PRD_DLV_007", id="a sort in words"),
        pytest.param({"sort": 11}, "PRD_DLV_008", id="a sort that does not exist"),
        pytest.param({"per_page": None}, "PRD_DLV_009", id="no page size"),
        pytest.param({"per_page": "x"}, "PRD_DLV_010", id="a page size in words"),
        pytest.param({"per_page": 51}, "PRD_DLV_012", id="a page too big"),
        pytest.param({"per_page": 0}, "PRD_DLV_012", id="a page of nothing"),
        pytest.param({"surprise": 1}, "PRD_DLV_038", id="an unknown parameter"),
        pytest.param({"page": 201}, "PRD_DLV_045", id="beyond 10,000 without last_sort"),
        pytest.param({"page": 201, "last_sort": "x"}, "PRD_DLV_042", id="last_sort in words"),
        pytest.param({"page": 201, "last_sort": 1}, "PRD_DLV_042", id="last_sort of no product"),
        pytest.param({"shop_id": "x"}, "PRD_DLV_003", id="a shop in words"),
        pytest.param({"shop_id": 1}, "RBAC_MDLW_001", id="another shop"),
        pytest.param({"product_id": ""}, "PRD_DLV_017", id="no product"),
        pytest.param({"product_id": "1,x"}, "PRD_DLV_021", id="a product in words"),
        pytest.param({"product_id": ",".join(["1"] * 51)}, "PRD_DLV_037", id="too many products"),
        pytest.param({"product_id": "1,2"}, "PRD_GRPC_003", id="products that do not exist"),
    ],
)
def test_a_request_that_is_not_quite_right_is_refused(params: dict[str, object], code: str) -> None:
    sandbox = TokopediaSandbox(size=100)
    good: dict[str, object] = {"shop_id": sandbox.shop_id, "page": 1, "per_page": 50, "sort": 1}
    asked = params if not params or "product_id" in params else {**good, **params}

    answer = info(sandbox, **{name: value for name, value in asked.items() if value is not None})

    assert answer.status_code >= 400
    assert answer.json()["header"]["error_code"] == code


def test_a_parameter_said_twice_is_refused() -> None:
    sandbox = TokopediaSandbox()

    answer = ask(sandbox, f"/inventory/v1/fs/{sandbox.fs_id}/product/info?product_id=1&product_id=2")

    assert answer.json()["header"]["error_code"] == "PRD_DLV_038"


def test_a_wrong_fs_id_is_told_in_the_older_envelope() -> None:
    answer = ask(TokopediaSandbox(), "/v1/shop/fs/999/shop-info")

    assert answer.json() == {"data": None, "status": "400 Bad Request", "error_message": ["FS ID is not valid"]}


def test_each_endpoint_lets_five_requests_a_second_through_and_says_so() -> None:
    clock = Clock()
    sandbox = TokopediaSandbox(clock=clock)
    bearer = {"Authorization": f"Bearer {token(sandbox).json()['access_token']}"}
    request = httpx.Request("GET", f"{sandbox.base_url}/v1/shop/fs/{sandbox.fs_id}/shop-info", headers=bearer)

    answers = [sandbox.handle(request) for _ in range(6)]
    clock.now += timedelta(seconds=0.2)
    later = sandbox.handle(request)

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert later.status_code == 200
    names = ("limit", "remaining", "reset-after", "full-reset-after")
    assert [answers[0].headers[f"x-ratelimit-{name}"] for name in names] == [
        "5 req/s (burst 5)",
        "4",
        "-0.000000",
        "0.200000",
    ]
    assert [answers[5].headers[f"x-ratelimit-{name}"] for name in names[1:]] == ["0", "0.200000", "1.000000"]


def test_pages_are_short_in_mid_listing_and_only_the_end_is_empty() -> None:
    sandbox = TokopediaSandbox(size=1_000, rate=None)

    lengths = [len(page(sandbox, number)) for number in range(1, 17)]

    assert 49 in lengths[:10]
    assert lengths.index(0) == 15
    assert info(sandbox, shop_id=sandbox.shop_id, page=16, per_page=50).json()["data"] is None


def test_a_client_that_takes_a_short_page_for_the_end_misses_most_of_the_shop() -> None:
    sandbox = TokopediaSandbox(size=1_000, rate=None)

    listed: list[dict[str, Any]] = []
    while len(listed) % 50 == 0:
        listed += page(sandbox, len(listed) // 50 + 1)

    assert len(listed) == 49
    assert len(everything(sandbox)) > sandbox.expected().seen


def test_the_sandbox_shares_no_code_with_the_plugin_it_is_meant_to_test() -> None:
    sources = "".join(path.read_text() for path in Path(sandbox_package.__file__).parent.glob("*.py"))

    imported = set(re.findall(r"(?:from|import) hub_tokopedia[.\w]*", sources))

    assert imported
    assert all(".sandbox" in name for name in imported)


def test_a_shop_of_a_few_hundred_has_everything_that_goes_wrong() -> None:
    products = everything(TokopediaSandbox(size=300, rate=None))

    units = [product for product in products if not product["variant"].get("isParent")]
    skus = Counter(product["other"].get("sku", "").strip() for product in units)
    names = [product["basic"]["name"] for product in products]
    assert len(units) == 300
    assert {product["basic"].get("status", 0) for product in units} == {-2, -1, 0, 1, 2, 3}
    assert any("main_stock" not in product and product["stock"].get("useStock") for product in units)
    assert any("useStock" not in product["stock"] for product in units)
    assert any(product.get("reserve_stock") for product in units)
    assert any(len(product["warehouses"]) == 2 for product in units)
    assert any("sku" not in product["other"] for product in units)
    assert any(product["other"].get("sku", "").isspace() for product in units)
    assert any(times > 1 for sku, times in skus.items() if sku)
    assert all("sku" not in product["other"] for product in products if product["variant"].get("isParent"))
    assert any(name.isupper() for name in names)
    assert any("&amp;" in name for name in names)
    assert any(name != name.strip() for name in names)
    assert any("Biru Dongker" in name for name in names)


def test_name_can_be_spelt_as_newer_pages_print_it() -> None:
    (first, *_) = page(TokopediaSandbox(names="Name"))

    assert "Name" in first["basic"]
    assert "name" not in first["basic"]


def test_the_time_of_an_answer_is_sometimes_a_word() -> None:
    sandbox = TokopediaSandbox(rate=None)

    times = {type(info(sandbox, product_id=1).json()["header"]["process_time"]) for _ in range(3)}
    times |= {
        type(info(sandbox, shop_id=sandbox.shop_id, page=1, per_page=1).json()["header"]["process_time"])
        for _ in range(7)
    }

    assert times == {float, str}


def test_the_same_seed_lists_the_same_shop_and_another_one_shares_a_third_of_its_codes() -> None:
    skus = [{unit.sku for unit in TokopediaSandbox(seed=seed, size=900).units() if unit.sku} for seed in (1, 1, 2)]

    assert skus[0] == skus[1]
    assert 0.2 < len(skus[0] & skus[2]) / len(skus[0]) < 0.5


def test_a_million_products_cost_nothing_until_they_are_asked_for() -> None:
    sandbox = TokopediaSandbox(size=1_000_000, rate=None)
    last = next(iter(page(sandbox, 200)[::-1]))["basic"]["productID"]

    following = page(sandbox, 201, last_sort=last)

    assert following[0]["basic"]["productID"] > last


def test_what_is_changed_added_and_removed_shows_at_once() -> None:
    sandbox = TokopediaSandbox(size=60, rate=None)
    plain, gone = (product["basic"]["productID"] for product in page(sandbox)[:2])
    parent = next(product for product in page(sandbox) if product["variant"].get("isParent"))
    child, lost_child = parent["variant"]["childrenID"][:2]

    sandbox.change(plain, name="Kaos Baru", stock=0, status=3, sku="NEW-1", price=1_000)
    sandbox.change(child, stock=77)
    sandbox.remove(gone)
    sandbox.remove(lost_child)
    added = sandbox.add("Topi Baru", "TOPI-1", stock=5)

    listed = {product["basic"]["productID"]: product for product in page(sandbox)}
    assert listed[plain]["basic"]["name"] == "Kaos Baru"
    assert listed[plain]["basic"]["status"] == 3
    assert "main_stock" not in listed[plain]
    assert gone not in listed
    assert listed[added]["other"]["sku"] == "TOPI-1"
    assert lost_child not in listed[parent["basic"]["productID"]]["variant"]["childrenID"]
    assert info(sandbox, product_id=f"{child},{lost_child}").json()["data"][0]["main_stock"] == 77
    assert sandbox.expected().seen == 59


def test_a_product_that_does_not_exist_cannot_be_changed() -> None:
    with pytest.raises(KeyError):
        TokopediaSandbox().change(1, stock=3)


def test_what_was_asked_is_remembered_and_counted() -> None:
    sandbox = TokopediaSandbox()

    ask(sandbox, "/nowhere", x=1)

    path = f"/inventory/v1/fs/{sandbox.fs_id}/product/info"
    assert [seen.path for seen in sandbox.requests] == ["/token", "/nowhere"]
    assert sandbox.requests[-1].query == "x=1"
    assert sandbox.counts["GET", "/nowhere", 404] == 1
    assert sandbox.counts["GET", path, 200] == 0


def test_it_can_be_served_on_loopback() -> None:
    sandbox = TokopediaSandbox()

    with serve(sandbox) as address:
        answer = httpx.get(f"{address}/v1/shop/fs/{sandbox.fs_id}/shop-info")

    assert sandbox.settings()["api_url"] == address
    assert answer.status_code == 401
    assert answer.headers["x-ratelimit-limit"] == "5 req/s (burst 5)"
