"""What the form takes and what it refuses."""

from typing import Any

import msgspec
import pytest
from hub_shopify.settings import ShopifySettings

APP = {"shop": "toko-batik-ayu.myshopify.com", "client_id": "0a1b2c", "client_secret": "shpss_s3cret"}
PASTED = {"shop": "toko-batik-ayu.myshopify.com", "access_token": "shpat_0123456789abcdef"}


@pytest.mark.parametrize("form", [pytest.param(APP, id="an app's credentials"), pytest.param(PASTED, id="a token")])
def test_one_way_in_is_enough_and_leads_to_shopify_itself(form: dict[str, str]) -> None:
    settings = msgspec.convert(form, ShopifySettings)

    assert settings.base_url == "https://toko-batik-ayu.myshopify.com"
    assert settings.new_products == "draft"


@pytest.mark.parametrize(
    ("form", "says"),
    [
        pytest.param({}, "client_id is missing, and so is client_secret", id="neither"),
        pytest.param({"client_id": "0a1b2c"}, "client_secret is missing", id="an id without its secret"),
        pytest.param({"client_secret": "s3cret"}, "client_id is missing", id="a secret without its id"),
        pytest.param({**APP, **PASTED}, "access_token is given beside", id="both"),
        pytest.param({**PASTED, "client_id": "0a1b2c"}, "access_token is given beside", id="a token and half an app"),
    ],
)
def test_exactly_one_way_in_is_asked_for_by_name(form: dict[str, str], says: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=says):
        msgspec.convert({"shop": APP["shop"], **form}, ShopifySettings)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("shop", "", id="no store"),
        pytest.param("shop", "toko-batik-ayu", id="a name without its host"),
        pytest.param("shop", "https://toko.myshopify.com", id="an address with its protocol"),
        pytest.param("shop", "www.toko-batik.com", id="a domain of its own"),
        pytest.param("shop", "evil.example/.myshopify.com", id="another host in front"),
        pytest.param("shop", "toko.myshopify.com.evil.example", id="another host behind"),
        pytest.param("shop", "toko.myshopify.com\n", id="a line break behind"),
        pytest.param("shop", "TOKO.myshopify.com", id="upper case"),
        pytest.param("shop", "a" * 90 + ".myshopify.com", id="too long"),
        pytest.param("client_id", "two words", id="a blank in the id"),
        pytest.param("client_secret", "s3cret\n", id="a line break behind the secret"),
        pytest.param("client_secret", "s" * 201, id="a secret that is too long"),
        pytest.param("new_products", "published", id="an unknown state for new products"),
        pytest.param("sandbox_url", "https://example.com", id="a sandbox elsewhere"),
        pytest.param("sandbox_url", "http://127.0.0.1.evil.example", id="a sandbox that only looks local"),
        pytest.param("sandbox_url", "http://127.0.0.1:80@evil.example", id="a login in the sandbox's address"),
        pytest.param("sandbox_url", "http://169.254.169.254", id="the cloud's own address"),
        pytest.param("sandbox_url", "http://127.0.0.1:0", id="port 0"),
        pytest.param("sandbox_url", "http://127.0.0.1:65536", id="a port that is too high"),
        pytest.param("sandbox_url", "http://127.0.0.1:8902\n", id="a line break behind the sandbox"),
        pytest.param("surprise", "1", id="an unknown setting"),
    ],
)
def test_what_cannot_be_right_is_refused(field: str, value: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**APP, field: value}, ShopifySettings)


@pytest.mark.parametrize("port", ["", ":1", ":80", ":8902", ":59999", ":64999", ":65535"])
def test_a_sandbox_on_this_machine_takes_the_place_of_shopify(port: str) -> None:
    settings = msgspec.convert({**APP, "sandbox_url": f"http://127.0.0.1{port}"}, ShopifySettings)

    assert settings.base_url == f"http://127.0.0.1{port}"


def test_the_form_has_a_title_and_a_hint_for_every_field_and_hides_what_is_secret() -> None:
    _, components = msgspec.json.schema_components([ShopifySettings])
    fields: dict[str, Any] = components["ShopifySettings"]["properties"]

    assert all(field["title"] and field["description"] for field in fields.values())
    hidden = [name for name, field in fields.items() if field.get("writeOnly")]
    assert hidden == ["client_secret", "access_token", "former_client_secret"]


def test_a_former_secret_needs_the_one_that_took_its_place() -> None:
    with pytest.raises(msgspec.ValidationError, match="former_client_secret is given without client_secret"):
        msgspec.convert(
            {"shop": "toko.myshopify.com", "access_token": "shpat_1", "former_client_secret": "old"}, ShopifySettings
        )
