"""What the form takes and what it refuses."""

from typing import Any

import msgspec
import pytest
from hub_fastock_my.settings import FastockSettings

FORM = {
    "country": "MY",
    "customer_code": "CUST-0001",
    "app_key": "demo-app",
    "secret_key": "demo-secret",
    "warehouse_numbers": "MYKL01,MYJB02",
    "service_url": "https://wms.example/api",
}


def made(**fields: Any) -> FastockSettings:  # Any: whatever was typed in
    return msgspec.convert({**FORM, **fields}, FastockSettings)


def test_six_settings_are_enough() -> None:
    settings = made()

    assert settings.warehouses == ("MYKL01", "MYJB02")
    assert (settings.consignor, settings.dialect) == ("CUST-0001", "qimen")


@pytest.mark.parametrize("missing", FORM)
def test_each_of_the_six_is_required(missing: str) -> None:
    form = {name: value for name, value in FORM.items() if name != missing}

    with pytest.raises(msgspec.ValidationError, match=missing):
        msgspec.convert(form, FastockSettings)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("customer_code", "c" * 100, id="a customer code of 100"),
        pytest.param("app_key", "a" * 50, id="an AppKey of 50"),
        pytest.param("secret_key", "s" * 5_000, id="a long secretKey"),
        pytest.param("warehouse_numbers", "W" * 5_000, id="a long Warehouse No"),
        pytest.param("consignor_code", "CONS88", id="a consignor code"),
        pytest.param("dialect", "json", id="the second dialect"),
        pytest.param("service_url", "http://127.0.0.1:8901", id="a port"),
    ],
)
def test_what_is_as_long_as_it_may_be_is_taken(field: str, value: str) -> None:
    assert getattr(made(**{field: value}), field) == value


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("country", "ID", id="Indonesia"),
        pytest.param("country", "", id="no country"),
        pytest.param("country", "my", id="a country in small letters"),
        pytest.param("customer_code", "", id="no customer code"),
        pytest.param("customer_code", "c" * 101, id="a customer code of 101"),
        pytest.param("customer_code", " CUST", id="a blank before the customer code"),
        pytest.param("customer_code", "CUST\n", id="a line break after the customer code"),
        pytest.param("app_key", "", id="no AppKey"),
        pytest.param("app_key", "a" * 51, id="an AppKey of 51"),
        pytest.param("app_key", "a:b", id="a colon in the AppKey"),
        pytest.param("secret_key", "", id="no secretKey"),
        pytest.param("secret_key", "secret ", id="a blank after the secretKey"),
        pytest.param("warehouse_numbers", "", id="no warehouse"),
        pytest.param("warehouse_numbers", "   ", id="blanks for a warehouse"),
        pytest.param("service_url", "wms.example", id="no scheme"),
        pytest.param("service_url", "https://wms.example/?a=b", id="a query"),
        pytest.param("consignor_code", "c" * 101, id="a consignor code of 101"),
        pytest.param("dialect", "flux", id="a dialect that is not spoken"),
        pytest.param("unknown", "x", id="a setting that is not there"),
    ],
)
def test_what_cannot_be_is_refused(field: str, value: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        made(**{field: value})


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        pytest.param("A", ("A",), id="one"),
        pytest.param(" A , B ", ("A", "B"), id="blanks around"),
        pytest.param("A B,C", ("A B", "C"), id="a blank within"),
        pytest.param("a,A", ("a", "A"), id="capitals count"),
    ],
)
def test_warehouse_numbers_are_trimmed(typed: str, numbers: tuple[str, ...]) -> None:
    assert made(warehouse_numbers=typed).warehouses == numbers


@pytest.mark.parametrize("typed", ["A,,B", ",A", "A,", "A, ,B", ","])
def test_a_number_that_is_missing_is_refused(typed: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=r"warehouse_numbers: a number is missing .*write MYKL01,MYJB02"):
        made(warehouse_numbers=typed)


@pytest.mark.parametrize("typed", ["A,A", "A, A", "A,B, A "])
def test_a_number_that_is_repeated_is_refused(typed: str) -> None:
    with pytest.raises(msgspec.ValidationError, match="warehouse_numbers: 'A' stands there twice"):
        made(warehouse_numbers=typed)


def test_a_control_character_in_a_number_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="warehouse_numbers: a number contains a control character"):
        made(warehouse_numbers="A\x0bB")


def test_the_secret_is_write_only_in_the_form() -> None:
    (_,), defined = msgspec.json.schema_components([FastockSettings])

    field = defined["FastockSettings"]["properties"]["secret_key"]
    assert (field["format"], field["writeOnly"]) == ("password", True)
