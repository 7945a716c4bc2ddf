"""The plugin against its sandbox, as the host would call it: who the store is, and what it lists."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
import pytest
from hub_hookspecs import (
    Account,
    ActionRequired,
    Capability,
    Item,
    Page,
    Paper,
    Product,
    RateLimited,
    Rejected,
    Temporary,
    TokenExpired,
    load,
)
from hub_hookspecs.testing import Sandbox, transport
from hub_hookspecs.testing.faults import Answer, Fault, Faulty, Plan, SteppedClock, wrong_json
from hub_shopify import plugin, scopes, version
from hub_shopify.sandbox import ShopifySandbox
from hub_shopify.settings import ShopifySettings

ShopifyAccount = Account[ShopifySettings]
TOO_COSTLY = b'{"errors":[{"message":"Query cost is 1401","extensions":{"code":"MAX_COST_EXCEEDED"}}]}'


@contextmanager
def opened(sandbox: Sandbox, form: dict[str, str] | None = None) -> Iterator[ShopifyAccount]:
    """An account of this sandbox, before it has a token."""
    settings = msgspec.convert(form or sandbox.settings(), ShopifySettings)
    with httpx.Client(transport=transport(sandbox)) as http:
        yield Account(id="account-1", merchant_id="merchant-1", settings=settings, token="", http=http)


@contextmanager
def logged_in(sandbox: Sandbox, form: dict[str, str] | None = None) -> Iterator[ShopifyAccount]:
    with opened(sandbox, form) as account:
        yield replace(account, token=plugin.authenticate(account, None).value)


def imported(account: ShopifyAccount, cursor: str = "") -> list[Item]:
    return [item for page in plugin.import_items(account, cursor) for item in page.records]


def answering(old: str, new: str) -> Fault:
    """Let Shopify say another word."""

    def answer_otherwise(request: httpx.Request, answer: Answer) -> httpx.Response:
        told = answer(request)
        return httpx.Response(told.status_code, text=told.text.replace(old, new))

    return answer_otherwise


# -- what it is


def test_the_plugin_implements_the_contract_and_declares_every_capability() -> None:
    channel = load(plugin).hook.describe_channel()

    assert channel.offers | channel.lacks.keys() == set(Capability)
    assert not channel.offers & channel.lacks.keys()


def test_no_label_and_no_paper_come_from_shopify() -> None:
    channel = plugin.describe_channel()
    reason = "no shipping label: Shopify sells labels only through Shopify Shipping, which this plugin does not buy"

    assert channel.lacks[Capability.CREATE_LABEL] == reason
    assert channel.lacks_papers == {Paper.LABEL_PDF: reason, Paper.AWB: reason}


# -- getting in


def test_the_apps_credentials_give_a_token_for_a_day() -> None:
    with opened(ShopifySandbox()) as account:
        token = plugin.authenticate(account, None)

    assert token.expires_at is not None
    assert timedelta(hours=23) < token.expires_at - datetime.now(UTC) < timedelta(hours=24)


def test_a_pasted_token_is_taken_as_it_is_and_never_ends() -> None:
    sandbox = ShopifySandbox()

    with opened(sandbox, sandbox.legacy_settings()) as account:
        token = plugin.authenticate(account, None)

    assert (token.value, token.expires_at) == (sandbox.legacy_settings()["access_token"], None)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param(ShopifySandbox.uninstall, "app_not_installed", id="the app is not installed"),
        pytest.param(ShopifySandbox.move_to_another_organisation, "same organisation", id="another organisation"),
    ],
)
def test_an_app_that_may_not_enter_says_why(change: object, says: str) -> None:
    sandbox = ShopifySandbox()
    change(sandbox)  # type: ignore[operator]  # a method of the sandbox

    with opened(sandbox) as account, pytest.raises(ActionRequired, match=says):
        plugin.authenticate(account, None)


def test_a_wrong_secret_says_so() -> None:
    sandbox = ShopifySandbox()

    with (
        opened(sandbox, {**sandbox.settings(), "client_secret": "mistyped"}) as account,
        pytest.raises(ActionRequired, match="check client_id and client_secret"),
    ):
        plugin.authenticate(account, None)


def test_a_revoked_token_is_renewed_and_a_pasted_one_needs_a_person() -> None:
    sandbox = ShopifySandbox()

    with logged_in(sandbox) as app, logged_in(sandbox, sandbox.legacy_settings()) as older:
        sandbox.revoke_token()
        with pytest.raises(TokenExpired):
            plugin.check_account(app)
        with pytest.raises(ActionRequired, match="paste a new one"):
            plugin.check_account(older)


# -- who it is


def test_a_check_names_the_store_and_its_active_locations() -> None:
    sandbox = ShopifySandbox()

    with logged_in(sandbox) as account:
        check = plugin.check_account(account)

    assert check.identity.startswith("gid://shopify/Shop/")
    assert (check.name != "", check.shop_ref, check.country) == (True, sandbox.settings()["shop"], "ID")
    assert len(check.places) >= 2
    assert all(place.ref.startswith("gid://shopify/Location/") and place.timezone for place in check.places)
    assert check.lacks == {}
    assert any("not active" in note for note in check.notes)


@pytest.mark.parametrize(
    ("granted", "lacking"),
    [
        pytest.param(scopes.ALL, set(), id="all that is asked for"),
        pytest.param(
            ("read_products", "read_inventory", "read_locations"),
            {*scopes.NEEDS} - {Capability.IMPORT_ITEMS, Capability.SYNC_STOCK},
            id="reading alone",
        ),
        pytest.param(
            ("write_products", "write_inventory"),
            {*scopes.NEEDS} - {Capability.PUSH_PRODUCT},
            id="no locations; writing includes reading",
        ),
        pytest.param((), set(scopes.NEEDS), id="nothing"),
    ],
)
def test_what_was_not_granted_is_lacking_by_name(granted: tuple[str, ...], lacking: set[Capability]) -> None:
    with logged_in(ShopifySandbox(scopes=granted)) as account:
        check = plugin.check_account(account)

    assert set(check.lacks) == lacking
    assert all("scope" in reason and "_" in reason for reason in check.lacks.values())
    assert (check.places == ()) is ("read_locations" not in granted)


def test_another_version_than_the_pinned_one_is_noted() -> None:
    sandbox = ShopifySandbox()
    sandbox.fall_forward("2027-07")

    with logged_in(sandbox) as account:
        notes = plugin.check_account(account).notes

    assert any("answers in version 2027-07" in note for note in notes)


def test_an_import_and_a_push_that_meet_another_version_warn_once_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, logger=version.__name__)  # commands that ran in this process want silence
    sandbox = ShopifySandbox(size=3, seed=4711)
    before = len(caplog.records)

    with logged_in(sandbox) as account:
        imported(account)
        quiet = len(caplog.records) - before
        sandbox.fall_forward("2028-01")
        imported(account)
        plugin.push_product(account, Product(key="k", sku="NEW", name="New"))

    assert quiet == 0
    assert [
        (record.levelname, record.getMessage()) for record in caplog.records if "2028-01" in record.getMessage()
    ] == [
        (
            "WARNING",
            f"{account.settings.shop}: Shopify answers in version 2028-01 of its API; this plugin asks for "
            f"{version.API_VERSION}. Update the plugin before that version ends, or fields may be missing.",
        )
    ]


# -- what it lists


def test_an_import_gives_every_variant_of_every_status_once() -> None:
    sandbox = ShopifySandbox(size=600, rate=None)
    truth = {
        f"gid://shopify/ProductVariant/{one.id}": (one.sku or "", one.product.status) for one in sandbox.variants()
    }

    with logged_in(sandbox) as account:
        items = imported(account)

    found = {item.ref: (item.sku, item.raw_status.partition(",")[0].upper()) for item in items}
    assert found == truth
    assert len(items) == len(truth) == 600
    assert {status for _, status in truth.values()} == {"ACTIVE", "ARCHIVED", "DRAFT", "UNLISTED"}


def test_stock_is_what_all_active_locations_sell_and_unknown_where_untracked() -> None:
    sandbox = ShopifySandbox(size=300, rate=None)
    truth = {f"gid://shopify/ProductVariant/{one.id}": one for one in sandbox.variants()}

    with logged_in(sandbox) as account:
        items = imported(account)

    for item in items:
        stocked = truth[item.ref].inventory_item
        levels = [level for level in stocked.levels.values() if level.is_active and level.location.is_active]
        expected = max(sum(level.available for level in levels), 0) if stocked.tracked else None
        assert item.quantity == expected, item
        assert ("stock not tracked" in item.raw_status) is not stocked.tracked
    assert {item.quantity is None for item in items} == {True, False}
    assert any("SKU shared with" in item.raw_status for item in items)


def test_the_scopes_that_import_items_declares_are_enough_for_it() -> None:
    with logged_in(ShopifySandbox(scopes=scopes.NEEDS[Capability.IMPORT_ITEMS], rate=None)) as account:
        assert imported(account) != []


def test_a_page_that_costs_too_much_is_asked_for_in_halves() -> None:
    shop = Faulty(ShopifySandbox(size=300, rate=None))

    with logged_in(shop) as account:
        shop.inject(wrong_json(TOO_COSTLY), Plan(path="graphql", nth=2, times=2))
        sizes = [len(page.records) for page in plugin.import_items(account, "")]

    assert sizes[0] == 62
    assert sum(sizes) == 300


def test_a_page_that_always_costs_too_much_ends_the_import() -> None:
    shop = Faulty(ShopifySandbox(size=300, rate=None))

    with logged_in(shop) as account:
        shop.inject(wrong_json(TOO_COSTLY), Plan(path="graphql", nth=2, times=None))
        with pytest.raises(Rejected, match="MAX_COST_EXCEEDED"):
            imported(account)

    assert len(shop.requests) < 15


def test_an_empty_bucket_asks_for_the_pause_that_fills_it() -> None:
    sandbox = ShopifySandbox(size=300, clock=SteppedClock())

    with logged_in(sandbox) as account:
        sandbox.drain(left=50)
        with pytest.raises(RateLimited) as caught:
            imported(account)

    assert caught.value.retry_after is not None
    assert timedelta(seconds=1) <= caught.value.retry_after < timedelta(seconds=20)


def test_an_import_that_heeds_each_pause_is_never_throttled() -> None:
    clock = SteppedClock()
    sandbox = ShopifySandbox(size=2_000, clock=clock)
    items, cursor, ended = 0, "", False

    with logged_in(sandbox) as account:
        while not ended:
            for page in plugin.import_items(account, cursor):
                items, cursor = items + len(page.records), page.cursor
                if page.resume_after:
                    clock.advance(page.resume_after)
                    break
            else:
                ended = True

    assert items == 2_000


def test_a_word_that_is_new_breaks_nothing() -> None:
    shop = Faulty(ShopifySandbox(size=20, rate=None))
    shop.inject(answering('"ACTIVE"', '"RESTING"'))
    shop.inject(answering('"GRAMS"', '"STONES"'))

    with logged_in(shop) as account:
        items = imported(account)

    assert len(items) == 20
    assert {"resting"} <= {item.raw_status.partition(",")[0] for item in items}
    assert not any(item.active for item in items if item.raw_status.startswith("resting"))


def test_a_schema_that_changed_is_said_and_nothing_is_taken_for_the_end() -> None:
    gone = b'{"errors":[{"message":"Field \'sku\' doesn\'t exist","extensions":{"code":"undefinedField"}}]}'
    cases: list[tuple[Fault, type[Exception], str]] = [
        (wrong_json(gone), Rejected, "Field 'sku' doesn't exist"),
        (answering('"selectedOptions":[', '"selectedOptions":7,"was":['), Temporary, "selectedOptions"),
        (answering('"productVariants":{', '"allVariants":{'), Temporary, "productVariants"),
    ]

    for fault, reaction, says in cases:
        shop = Faulty(ShopifySandbox(size=20, rate=None))
        with logged_in(shop) as account:
            shop.inject(fault, Plan(path="graphql", nth=2))
            with pytest.raises(reaction, match=says):
                imported(account)


def test_a_cursor_of_another_kind_is_refused() -> None:
    with logged_in(ShopifySandbox()) as account, pytest.raises(Rejected, match="cannot go on from"):
        imported(account, "page 7")


def walk(pages: Iterator[Page[Item]]) -> list[str]:
    return [item.ref for page in pages for item in page.records]
