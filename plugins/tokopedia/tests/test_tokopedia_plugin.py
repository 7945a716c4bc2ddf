"""The plugin end to end against its sandbox, as the host would call it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import ceil

import httpx
import msgspec
import pytest
from hub_hookspecs import (
    Account,
    ActionRequired,
    Capability,
    Item,
    Page,
    RateLimited,
    Rejected,
    TokenExpired,
    load,
)
from hub_hookspecs.testing import transport
from hub_tokopedia import plugin
from hub_tokopedia.sandbox import TokopediaSandbox
from hub_tokopedia.settings import TokopediaSettings

TokopediaAccount = Account[TokopediaSettings]


def logged_in(sandbox: TokopediaSandbox, **mistyped: str) -> TokopediaAccount:
    """An account of this sandbox with a token that counts; `mistyped` stands for settings a person got wrong."""
    http = httpx.Client(transport=transport(sandbox))
    settings = msgspec.convert(sandbox.settings(), TokopediaSettings)
    account = Account(id="account-1", merchant_id="merchant-1", settings=settings, token="", http=http)
    token = plugin.authenticate(account, None)
    return replace(account, token=token.value, settings=msgspec.structs.replace(settings, **mistyped))


def pages(account: TokopediaAccount, cursor: str = "") -> list[Page[Item]]:
    return list(plugin.import_items(account, cursor))


def imported(account: TokopediaAccount, cursor: str = "") -> list[Item]:
    return [item for page in pages(account, cursor) for item in page.records]


def facts(items: list[Item]) -> list[tuple[str, str, bool, int | None]]:
    return sorted((item.ref, item.sku, item.active, item.quantity) for item in items)


def sold_in(sandbox: TokopediaSandbox) -> list[tuple[str, str, bool, int | None]]:
    return sorted((str(unit.ref), unit.sku or "", unit.active, unit.quantity) for unit in sandbox.units())


def listing_requests(sandbox: TokopediaSandbox) -> tuple[int, int]:
    """How many pages were read, and how many lots of variants."""
    queries = [seen.query for seen in sandbox.requests if seen.path.endswith("product/info")]
    lots = sum(query.startswith("product_id=") for query in queries)
    return len(queries) - lots, lots


# -- who it is


def test_the_plugin_implements_the_contract_and_declares_every_capability() -> None:
    channel = load(plugin).hook.describe_channel()

    assert channel.offers | channel.lacks.keys() == set(Capability)
    assert not channel.offers & channel.lacks.keys()
    assert all(channel.lacks.values())


def test_the_checklist_names_what_a_merchant_must_do_first() -> None:
    checklist = " ".join(plugin.describe_channel().preconditions)

    for duty in (
        "same SKU code",
        "Official Store or a Power Merchant",
        "another system",
        "holiday",
        "e-mail",
        "whitelist",
    ):
        assert duty in checklist


def test_the_merchant_is_told_that_tokopedia_closed_this_api() -> None:
    assert any("30 September 2025" in advice for advice in plugin.describe_channel().advice)


# -- connecting an account


def test_an_account_that_works_says_whose_shop_it_is() -> None:
    sandbox = TokopediaSandbox(seed=3)

    check = plugin.check_account(logged_in(sandbox))

    assert (check.identity, check.shop_ref, check.country) == (str(sandbox.shop_id), str(sandbox.shop_id), "ID")
    assert [place.name for place in check.places] == ["Gudang Tanah Abang", "Gudang Bandung"]
    assert {place.timezone for place in check.places} == {"Asia/Jakarta"}


def test_a_token_lasts_as_long_as_tokopedia_says() -> None:
    sandbox = TokopediaSandbox(token_life=timedelta(days=14))
    account = logged_in(sandbox)

    token = plugin.authenticate(account, None)

    assert token.value == account.token
    assert token.expires_at is not None
    assert timedelta(days=13) < token.expires_at - datetime.now(UTC) <= timedelta(days=14)


def test_a_wrong_secret_is_told_as_such() -> None:
    account = logged_in(TokopediaSandbox(), client_secret="another")

    with pytest.raises(ActionRequired, match="check Client ID and Client Secret"):
        plugin.authenticate(account, None)


@pytest.mark.parametrize(
    ("mishap", "says"),
    [
        pytest.param(TokopediaSandbox.unlink, "not linked to the shop", id="the owner has not accepted"),
        pytest.param(TokopediaSandbox.block_ip, "IP whitelist", id="a foreign IP"),
        pytest.param(TokopediaSandbox.close_shop, r"on holiday \(Tokopedia's reason: Libur Lebaran\)", id="on holiday"),
        pytest.param(lambda sandbox: sandbox.close_shop("", status=3), "moderated", id="moderated"),
    ],
)
def test_each_mishap_of_a_shop_has_its_own_message(mishap: Callable[[TokopediaSandbox], None], says: str) -> None:
    sandbox = TokopediaSandbox()
    account = logged_in(sandbox)
    mishap(sandbox)

    with pytest.raises(ActionRequired, match=says):
        plugin.check_account(account)


@pytest.mark.parametrize(
    ("undo", "redo"),
    [
        pytest.param(TokopediaSandbox.unlink, TokopediaSandbox.link, id="linked again"),
        pytest.param(TokopediaSandbox.block_ip, TokopediaSandbox.allow_ip, id="whitelisted"),
        pytest.param(TokopediaSandbox.close_shop, TokopediaSandbox.open_shop, id="opened again"),
    ],
)
def test_a_mishap_that_was_put_right_is_forgotten(
    undo: Callable[[TokopediaSandbox], None], redo: Callable[[TokopediaSandbox], None]
) -> None:
    sandbox = TokopediaSandbox()
    account = logged_in(sandbox)
    undo(sandbox)
    redo(sandbox)

    assert plugin.check_account(account).identity == str(sandbox.shop_id)


@pytest.mark.parametrize(
    ("mistyped", "says"),
    [
        pytest.param({"fs_id": "999"}, "does not know this FS ID", id="the FS ID"),
        pytest.param({"shop_id": "999"}, "check FS ID and Shop ID", id="the Shop ID"),
    ],
)
def test_each_number_that_was_mistyped_has_its_own_message(mistyped: dict[str, str], says: str) -> None:
    account = logged_in(TokopediaSandbox(), **mistyped)

    with pytest.raises(ActionRequired, match=says):
        plugin.check_account(account)


def test_a_revoked_token_asks_for_a_new_one() -> None:
    sandbox = TokopediaSandbox()
    account = logged_in(sandbox)
    sandbox.revoke_token()

    with pytest.raises(TokenExpired):
        plugin.check_account(account)

    assert plugin.authenticate(account, None).value != account.token


# -- importing


@pytest.mark.parametrize(
    "size",
    [
        pytest.param(0, id="an empty shop"),
        pytest.param(1, id="one product"),
        pytest.param(7, id="a parent with some of its sizes"),
        pytest.param(1_000, id="many pages"),
    ],
)
def test_a_full_import_yields_exactly_what_the_shop_sells(size: int) -> None:
    sandbox = TokopediaSandbox(seed=7, size=size, rate=None)

    items = imported(logged_in(sandbox))

    assert facts(items) == sold_in(sandbox)
    assert len(items) == sandbox.expected().seen == size


def test_what_a_shop_sells_is_counted_by_what_keeps_it_out() -> None:
    sandbox = TokopediaSandbox(size=1_000, rate=None)

    items = imported(logged_in(sandbox))

    kept_out = Counter(
        "inactive" if not item.active else "sold_out" for item in items if not item.active or item.quantity == 0
    )
    assert sandbox.expected().skipped == kept_out
    assert sandbox.expected().admitted == 1_000 - kept_out.total()


def test_names_arrive_in_both_spellings_without_entities_or_outer_blanks() -> None:
    spellings = (TokopediaSandbox(size=200, rate=None), TokopediaSandbox(size=200, rate=None, names="Name"))

    old, new = (imported(logged_in(sandbox)) for sandbox in spellings)

    assert old == new
    assert any("&" in item.name for item in old)
    assert all(item.name and item.name == item.name.strip() and "&amp;" not in item.name for item in old)


def test_an_import_goes_beyond_ten_thousand_products() -> None:
    sandbox = TokopediaSandbox(seed=2, size=16_000, rate=None)

    items = imported(logged_in(sandbox))

    assert facts(items) == sold_in(sandbox)
    assert any("page=201&" in seen.query and "last_sort=" in seen.query for seen in sandbox.requests)


def test_an_import_resumed_at_any_page_yields_exactly_the_rest() -> None:
    account = logged_in(TokopediaSandbox(size=700, rate=None))
    whole = pages(account)

    rests = [imported(account, page.cursor) for page in whole]

    for number, rest in enumerate(rests, start=1):
        assert rest == [item for page in whole[number:] for item in page.records]


def test_each_page_is_asked_for_once_and_variants_in_full_lots() -> None:
    sandbox = TokopediaSandbox(size=2_000, rate=None)

    items = imported(logged_in(sandbox))

    variants = sum(bool(item.parent_ref) for item in items)
    places = 1_400 + 1_400 // 96 + 1
    assert listing_requests(sandbox) == (ceil(places / 50) + 1, ceil(variants / 50))


def test_the_cursor_stays_short_even_at_a_deep_page() -> None:
    sandbox = TokopediaSandbox(size=3_000, rate=None)

    assert max(len(page.cursor) for page in pages(logged_in(sandbox))) < 2_000


def test_a_cursor_that_is_none_of_ours_is_refused() -> None:
    with pytest.raises(Rejected, match="cannot go on"):
        imported(logged_in(TokopediaSandbox()), cursor="page 7, please")


def test_a_listing_that_repeats_itself_does_not_go_on_for_ever() -> None:
    body = '{"header":{"messages":"ok"},"data":[{"basic":{"productID":7,"name":"Topi"}}]}'
    http = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200, text=body)))
    account = replace(logged_in(TokopediaSandbox()), http=http)

    with pytest.raises(Rejected, match="the same page twice"):
        imported(account)


def test_a_variant_that_went_away_meanwhile_is_not_missed() -> None:
    sandbox = TokopediaSandbox(size=60, rate=None)
    running = plugin.import_items(logged_in(sandbox), "")

    first = next(running)
    waiting = [unit.ref for unit in sandbox.units() if unit.parent]
    for ref in waiting:
        sandbox.remove(ref)
    rest = [item for page in running for item in page.records]

    assert waiting
    assert facts([*first.records, *rest]) == sold_in(sandbox)


def test_a_token_that_ends_midway_stops_the_import_where_it_can_go_on() -> None:
    sandbox = TokopediaSandbox(size=300, rate=None)
    account = logged_in(sandbox)
    running = plugin.import_items(account, "")
    first = next(running)
    sandbox.revoke_token()

    with pytest.raises(TokenExpired):
        next(running)
    renewed = replace(account, token=plugin.authenticate(account, None).value)

    assert facts([*first.records, *imported(renewed, first.cursor)]) == sold_in(sandbox)


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2025, 6, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def test_too_many_requests_say_how_long_to_wait() -> None:
    sandbox = TokopediaSandbox(size=1_000, clock=Clock())

    with pytest.raises(RateLimited) as caught:
        imported(logged_in(sandbox))

    assert caught.value.retry_after == timedelta(seconds=1)


def test_at_the_hosts_pace_no_page_asks_for_a_pause() -> None:
    clock = Clock()
    sandbox = TokopediaSandbox(size=1_000, clock=clock)
    asked_for = []

    for page in plugin.import_items(logged_in(sandbox), ""):
        asked_for.append(page.resume_after)
        clock.now += timedelta(seconds=0.2)

    assert set(asked_for) == {None}


def test_a_long_pause_frees_the_thread_and_the_import_goes_on_after_it() -> None:
    clock = Clock()
    sandbox = TokopediaSandbox(size=300, rate=0.25, clock=clock)
    account = logged_in(sandbox)

    items: list[Item] = []
    cursor = ""
    pauses = []
    while page := next(plugin.import_items(account, cursor), None):
        items.extend(page.records)
        cursor = page.cursor
        pauses.append(page.resume_after)
        clock.now += page.resume_after or timedelta()

    assert facts(items) == sold_in(sandbox)
    assert set(pauses) == {timedelta(seconds=4)}
