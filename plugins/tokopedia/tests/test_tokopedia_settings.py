"""What the form takes and what it refuses."""

from typing import Any

import msgspec
import pytest
from hub_tokopedia.settings import TokopediaSettings

FORM = {"fs_id": "13004", "shop_id": "479573", "client_id": "app-1", "client_secret": "s3cret"}


def test_four_settings_are_enough_and_lead_to_the_real_hosts() -> None:
    settings = msgspec.convert(FORM, TokopediaSettings)

    assert settings.accounts_url == "https://accounts.tokopedia.com"
    assert settings.api_url == "https://fs.tokopedia.net"


@pytest.mark.parametrize("missing", FORM)
def test_each_of_the_four_is_required(missing: str) -> None:
    form = {name: value for name, value in FORM.items() if name != missing}

    with pytest.raises(msgspec.ValidationError, match=missing):
        msgspec.convert(form, TokopediaSettings)


@pytest.mark.parametrize(
    "address",
    ["http://localhost:8901", "https://fs.example:8443/fs/", "http://[::1]:65535", "https://gateway.example/x:y"],
)
def test_a_service_that_still_speaks_the_api_may_stand_anywhere(address: str) -> None:
    assert msgspec.convert({**FORM, "api_url": address}, TokopediaSettings).api_url == address


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("fs_id", "", id="no FS ID"),
        pytest.param("fs_id", "13004\n", id="a line break after the FS ID"),
        pytest.param("fs_id", "app-13004", id="a name as FS ID"),
        pytest.param("fs_id", "0", id="zero as FS ID"),
        pytest.param("fs_id", 13004, id="a JSON number as FS ID"),
        pytest.param("shop_id", "1" * 20, id="a Shop ID beyond 64 bits"),
        pytest.param("shop_id", "479573/../1", id="a path as Shop ID"),
        pytest.param("shop_id", "٤٧٩", id="digits of another script"),
        pytest.param("client_id", "app:1", id="a colon in the Client ID"),
        pytest.param("client_id", "a" * 101, id="a Client ID that is too long"),
        pytest.param("client_secret", "", id="no Client Secret"),
        pytest.param("client_secret", "two words", id="a blank in the Client Secret"),
        pytest.param("client_secret", "s" * 201, id="a Client Secret that is too long"),
        pytest.param("api_url", "ftp://fs.tokopedia.net", id="an address of another protocol"),
        pytest.param("api_url", "https://user@fs.tokopedia.net", id="a login in the address"),
        pytest.param("api_url", "https://fs.tokopedia.net?x=1", id="a query in the address"),
        pytest.param("api_url", "http://localhost:0", id="port 0"),
        pytest.param("api_url", "http://localhost:65536/fs", id="a port that is too high"),
        pytest.param("accounts_url", "http://[::1]:99999", id="a port that is too high behind brackets"),
        pytest.param("accounts_url", "https://" + "a" * 200, id="an address that is too long"),
        pytest.param("surprise", "1", id="an unknown setting"),
    ],
)
def test_what_cannot_be_right_is_refused(field: str, value: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**FORM, field: value}, TokopediaSettings)


def test_the_form_has_a_title_and_a_hint_for_every_field_and_hides_the_secret() -> None:
    (schema,), components = msgspec.json.schema_components([TokopediaSettings])
    fields: dict[str, Any] = components["TokopediaSettings"]["properties"]

    assert schema["$ref"].endswith("TokopediaSettings")
    assert all(field["title"] and field["description"] for field in fields.values())
    hidden = {name for name, field in fields.items() if field.get("writeOnly")}
    generated = {name for name, field in fields.items() if field.get("generated")}
    assert (hidden - generated, generated) == ({"client_secret"}, {"buyer_key", "webhook_secret"})
