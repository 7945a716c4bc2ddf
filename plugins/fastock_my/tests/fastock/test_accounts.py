"""An account is proven before anything is kept; what is wrong with it is said with its cure."""

from datetime import timedelta

import msgspec
import pytest
from hub_fastock_my import plugin, translate
from hub_fastock_my.sandbox import FastockSandbox
from hub_fastock_my.settings import FastockSettings
from hub_hookspecs import ActionRequired, Place, Temporary
from hub_hookspecs.testing.faults import skewed

from .steps import Stand, connected


def test_warehouses_are_named_by_number_and_consignor(stand: Stand) -> None:
    check = plugin.check_account(stand.account)

    zone = "Asia/Kuala_Lumpur"
    assert check.places == (
        Place(ref="MYKL01", name="MYKL01 CONS01", country="MY", timezone=zone),
        Place(ref="MYJB02", name="MYJB02 CONS01", country="MY", timezone=zone),
    )
    assert (check.identity, check.country) == ("sandbox.test/CUST-0001", "MY")
    assert any("shipping-warehouse rules" in note for note in check.notes)


def test_the_consignor_is_the_customer_where_none_was_entered() -> None:
    sandbox = FastockSandbox(size=1)
    sandbox._warehouse.owner = sandbox.customer
    with connected(sandbox, consignor_code="") as stand:
        check = plugin.check_account(stand.account)

    assert [place.name for place in check.places] == ["MYKL01 CUST-0001", "MYJB02 CUST-0001"]


def test_one_warehouse_more_is_the_same_account() -> None:
    sandbox = FastockSandbox(size=1)
    with connected(sandbox, warehouse_numbers="MYKL01") as one, connected(sandbox) as both:
        identities = {plugin.check_account(each.account).identity for each in (one, both)}

    assert len(identities) == 1


def test_an_account_is_the_same_however_its_address_is_written() -> None:
    """Else another merchant could connect it once more."""
    addresses = (
        "https://wms.fastock.example/api", "https://WMS.Fastock.Example/api", "https://wms.fastock.example:443/api",
        "https://wms.fastock.example./other", "http://wms.fastock.example:80",
    )  # fmt: skip
    form = FastockSandbox(size=0).settings()
    accounts = [msgspec.convert({**form, "service_url": each}, FastockSettings) for each in addresses]
    elsewhere = msgspec.convert({**form, "service_url": "https://wms.fastock.example:8443"}, FastockSettings)

    assert {translate.account_check(each).identity for each in accounts} == {"wms.fastock.example/CUST-0001"}
    assert translate.account_check(elsewhere).identity == "wms.fastock.example:8443/CUST-0001"


@pytest.mark.parametrize("dialect", ["qimen", "json"])
@pytest.mark.parametrize(
    ("field", "value", "cure"),
    [
        pytest.param("secret_key", "wrong", "check AppKey and secretKey", id="secretKey"),
        pytest.param("app_key", "wrong", "check it and the AppKey", id="AppKey"),
        pytest.param("customer_code", "WRONG", "does not know this customer code", id="customer code"),
        pytest.param("warehouse_numbers", "MYKL01,MYPG09", "does not know the warehouse 'MYPG09'", id="warehouse"),
    ],
)
def test_what_is_wrong_is_named(dialect: str, field: str, value: str, cure: str) -> None:
    sandbox = FastockSandbox(size=1, dialect=dialect)  # type: ignore[arg-type]  # one of the two
    with connected(sandbox, **{field: value}) as stand, pytest.raises(ActionRequired, match=cure):
        plugin.check_account(stand.account)


@pytest.mark.parametrize(
    ("dialect", "cure"),
    [
        pytest.param("qimen", "check Warehouse No and Consignor code", id="not told"),
        pytest.param("json", "enter that as Consignor code", id="told"),
    ],
)
def test_another_consignor_is_named(dialect: str, cure: str) -> None:
    sandbox = FastockSandbox(size=1, dialect=dialect)  # type: ignore[arg-type]  # one of the two
    with connected(sandbox, consignor_code="CONS99") as stand, pytest.raises(ActionRequired, match=cure):
        plugin.check_account(stand.account)


@pytest.mark.parametrize("minutes", [-11, 11])
def test_clocks_that_differ_are_a_persons_business(minutes: int) -> None:
    sandbox = FastockSandbox(size=1, clock=skewed(timedelta(minutes=minutes)))
    with connected(sandbox) as stand, pytest.raises(ActionRequired, match="clock of the hub or of Fastock is wrong"):
        plugin.check_account(stand.account)


@pytest.mark.parametrize("minutes", [-9, 9])
def test_clocks_may_differ_a_little(minutes: int) -> None:
    sandbox = FastockSandbox(size=1, clock=skewed(timedelta(minutes=minutes)))
    with connected(sandbox) as stand:
        assert plugin.check_account(stand.account).places


def test_a_warehouse_that_is_busy_is_asked_later(stand: Stand) -> None:
    stand.sandbox.faults.busy = 1

    with pytest.raises(Temporary, match=r"later, please \(system-busy\)"):
        plugin.check_account(stand.account)
