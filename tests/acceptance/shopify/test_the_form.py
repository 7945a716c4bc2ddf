"""Row F-05 where a rule holds for several fields: each refusal stands at a setting, with its cure."""

from __future__ import annotations

import pytest

from tests.world import Hub

APP = {"shop": "toko-batik-ayu.myshopify.com", "client_id": "0a1b2c", "client_secret": "shpss_s3cret"}
ONE_WAY = "give either client_id and client_secret together, or access_token alone"


@pytest.mark.row("F-05")
@pytest.mark.parametrize(
    ("settings", "field", "says"),
    [
        pytest.param({"client_secret": ""}, "client_secret", f"is missing: {ONE_WAY}", id="half an app"),
        pytest.param(
            {"access_token": "shpat_1"}, "access_token", "is given beside client_id or client_secret", id="two ways in"
        ),
        pytest.param({"sandbox_url": "http://127.0.0.1:99999"}, "sandbox_url", "from 1 to 65535", id="no such port"),
    ],
)
def test_a_rule_that_holds_for_several_settings_names_one_of_them(
    hub: Hub, settings: dict[str, str], field: str, says: str
) -> None:
    merchant = hub.merchant("Larasati", "shopify")
    wish = {"plugin": "shopify", "settings": {**APP, **settings}, "preconditions_confirmed": True}

    problem = merchant.call("POST", "/accounts", wish, status=422)

    assert [error["field"] for error in problem["errors"]] == [f"settings.{field}"]
    assert says in problem["errors"][0]["message"]
    assert f"Shopify: {field}: " in problem["detail"]
    assert APP["client_secret"] not in str(problem)
