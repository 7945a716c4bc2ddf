"""Declarations that are incomplete, untrue or unfit."""

from __future__ import annotations

import itertools
from datetime import timedelta
from types import ModuleType

import msgspec
from hub_hookspecs import (
    Account,
    Capability,
    Channel,
    Paper,
    Rate,
    Receipt,
    Secret,
    Shipment,
    hookimpl,
)

from ..corner import plugin as good
from ..trial import STALL, mutated, stall
from .making import caught_by, declared, declaring, declaring_stall, offering

CornerAccount = Account[good.CornerSettings]


class Shade:
    """A type that JSON does not know."""


LACKS = good.describe_channel().lacks


@caught_by("test_every_declared_field_has_its_type")
def advice_that_is_no_tuple() -> ModuleType:
    return declared(advice="read the page")


@caught_by("test_every_capability_is_offered_or_lacking")
def a_capability_not_mentioned() -> ModuleType:
    return declared(
        lacks={name: reason for name, reason in LACKS.items() if name is not Capability.ANSWER_CANCELLATION}
    )


@caught_by("test_no_capability_is_both_offered_and_lacking")
def a_capability_said_twice() -> ModuleType:
    return declared(lacks={**LACKS, Capability.IMPORT_ITEMS: "only sometimes"})


@caught_by("test_every_lack_has_a_reason")
def a_lack_without_a_reason() -> ModuleType:
    return declared(lacks={**LACKS, Capability.ANSWER_CANCELLATION: "  "})


@caught_by("test_every_lack_has_a_reason")
def a_lacking_paper_without_a_reason() -> ModuleType:
    return declared(lacks_papers=dict.fromkeys(Paper, ""))


@caught_by("test_every_lack_has_a_reason", stand=STALL)
def no_network_without_a_reason() -> ModuleType:
    return stall(**declaring_stall(offline=" "))


@caught_by("test_what_is_offered_is_implemented")
def an_offer_without_a_hook() -> ModuleType:
    return mutated(**offering(Capability.CONFIRM_SHIPMENT))


@caught_by("test_what_is_implemented_is_offered")
def a_hook_without_an_offer() -> ModuleType:
    @hookimpl
    def confirm_shipment(account: CornerAccount, shipment: Shipment) -> Receipt:
        return Receipt()

    return mutated(confirm_shipment=confirm_shipment)


@caught_by("test_every_hook_has_its_companion", stand=STALL)
def a_push_that_cannot_be_read_back() -> ModuleType:
    return stall(find_listing=None)


@caught_by("test_a_selling_channel_accounts_for_every_paper")
def a_paper_not_mentioned() -> ModuleType:
    return declared(lacks_papers={Paper.LABEL_PDF: "sold over the counter"})


@caught_by("test_a_selling_channel_accounts_for_every_paper")
def a_paper_both_supplied_and_lacking() -> ModuleType:
    return declared(supplies=frozenset({Paper.AWB}))


@caught_by("test_the_token_settings_are_settings")
def a_token_setting_that_is_none() -> ModuleType:
    return declared(token_settings=("client_id", "client"))


@caught_by("test_the_name_is_a_slug")
def a_name_with_a_space() -> ModuleType:
    return mutated(__name__="hub_elsewhere.plugin", **declaring(name="Corner Shop"))


@caught_by("test_the_name_is_that_of_the_entry_point")
def a_name_other_than_the_entry_point() -> ModuleType:
    return declared(name="korner")


@caught_by("test_the_settings_are_a_frozen_struct")
def settings_that_can_change() -> ModuleType:
    class Settings(msgspec.Struct, kw_only=True):
        base_url: str
        client_id: str
        client_secret: Secret

    return declared(settings=Settings)


@caught_by("test_the_settings_have_a_json_schema")
def a_setting_that_no_form_can_show() -> ModuleType:
    class Settings(good.CornerSettings, frozen=True, kw_only=True):
        shade: Shade | None = None

    return declared(settings=Settings)


@caught_by("test_every_secret_setting_is_marked")
def a_password_in_the_open() -> ModuleType:
    class Settings(good.CornerSettings, frozen=True, kw_only=True):
        spare_password: str = ""

    return declared(settings=Settings)


@caught_by("test_the_declared_figures_are_sound")
def a_rate_of_nothing() -> ModuleType:
    return declared(rate=Rate(requests=0, per=timedelta(seconds=1)))


@caught_by("test_the_declared_figures_are_sound")
def a_rate_of_an_unknown_scope() -> ModuleType:
    return declared(rate=Rate(requests=1, per=timedelta(seconds=1), scope="planet"))


@caught_by("test_the_declared_figures_are_sound")
def a_batch_of_nothing() -> ModuleType:
    return declared(stock_batch=0)


@caught_by("test_the_declared_figures_are_sound")
def a_negative_delay() -> ModuleType:
    return declared(orders_visible_after=timedelta(seconds=-1))


@caught_by("test_the_declared_figures_are_sound", stand=STALL)
def a_rate_without_a_network() -> ModuleType:
    return stall(**declaring_stall(rate=Rate(requests=1, per=timedelta(seconds=1))))


@caught_by("test_the_countries_are_iso_codes")
def a_country_by_name() -> ModuleType:
    return declared(countries=frozenset({"Malaysia"}))


@caught_by("test_the_channel_describes_itself_the_same_each_time")
def a_title_that_counts() -> ModuleType:
    count = itertools.count()

    @hookimpl
    def describe_channel() -> Channel:
        described: Channel = declaring(title=f"Corner Shop {next(count)}")["describe_channel"]()  # type: ignore[operator]  # a hook
        return described

    return mutated(describe_channel=describe_channel)
