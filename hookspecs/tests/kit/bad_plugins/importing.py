"""Imports that repeat, lose, hoard or mix what the channel lists."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from types import ModuleType

import msgspec
from hub_hookspecs import Account, Capability, Item, Page, hookimpl

from ..corner import plugin as good
from ..trial import mutated
from .making import caught_by, declaring

CornerAccount = Account[good.CornerSettings]
Pages = Iterator[Page[Item]]
Import = Callable[[CornerAccount, str], Pages]


def changing(change: Callable[[Page[Item]], Page[Item]]) -> Import:
    """Import well, then change each page."""

    @hookimpl
    def import_items(account: CornerAccount, cursor: str) -> Pages:
        yield from map(change, good.import_items(account, cursor))

    return import_items


def importing(change: Callable[[Page[Item]], Page[Item]]) -> ModuleType:
    return mutated(import_items=changing(change))


def without_pushing(import_items: Import) -> ModuleType:
    """Where nothing can be pushed either, for what is pushed is looked for by importing."""
    lacks = {**good.describe_channel().lacks, Capability.PUSH_PRODUCT: "the shelf is full"}
    described = declaring(offers=good.OFFERS - {Capability.PUSH_PRODUCT}, lacks=lacks)
    return mutated(import_items=import_items, push_product=None, find_listing=None, **described)


def with_last_item(page: Page[Item], **changes: object) -> Page[Item]:
    *others, last = page.records
    return msgspec.structs.replace(page, records=(*others, msgspec.structs.replace(last, **changes)))


@caught_by("test_an_import_yields_at_least_one_page")
def an_import_that_keeps_everything() -> ModuleType:
    @hookimpl
    def import_items(account: CornerAccount, cursor: str) -> Pages:
        for _ in good.import_items(account, cursor):
            yield from ()

    return without_pushing(import_items)


@caught_by("test_an_empty_shop_is_imported_as_such")
def a_shop_that_must_list_something() -> ModuleType:
    @hookimpl
    def import_items(account: CornerAccount, cursor: str) -> Pages:
        last = cursor
        for page in good.import_items(account, cursor):
            yield page
            last = page.cursor
        if not last:
            raise IndexError("list index out of range")

    return mutated(import_items=import_items)


@caught_by("test_every_page_is_well_formed")
def a_weight_in_words() -> ModuleType:
    return importing(lambda page: with_last_item(page, weight_g="heavy"))


@caught_by("test_every_page_is_well_formed")
def a_negative_quantity() -> ModuleType:
    return importing(lambda page: with_last_item(page, quantity=-1))


@caught_by("test_every_item_has_a_ref")
def an_item_without_a_ref() -> ModuleType:
    return without_pushing(changing(lambda page: with_last_item(page, ref=" ")))


@caught_by("test_no_item_comes_twice")
def an_item_that_comes_twice() -> ModuleType:
    return importing(lambda page: msgspec.structs.replace(page, records=page.records + page.records[-1:]))


@caught_by("test_an_import_goes_on_after_any_page")
def a_cursor_read_one_too_early() -> ModuleType:
    @hookimpl
    def import_items(account: CornerAccount, cursor: str) -> Pages:
        shop, _, number = cursor.partition("-")
        yield from good.import_items(account, f"{shop}-{int(number) - 1:04d}" if cursor else "")

    return mutated(import_items=import_items)


@caught_by("test_the_cursor_moves_with_every_page")
def a_cursor_that_stands_still() -> ModuleType:
    @hookimpl
    def import_items(account: CornerAccount, cursor: str) -> Pages:
        for page in good.import_items(account, cursor):
            yield page
            yield msgspec.structs.replace(page, records=())

    return mutated(import_items=import_items)


@caught_by("test_pages_come_while_the_channel_is_being_read")
def an_import_that_hoards() -> ModuleType:
    @hookimpl
    def import_items(account: CornerAccount, cursor: str) -> Pages:
        yield from list(good.import_items(account, cursor))

    return mutated(import_items=import_items)


@caught_by("test_pages_come_while_the_channel_is_being_read")
def an_import_in_one_page() -> ModuleType:
    @hookimpl
    def import_items(account: CornerAccount, cursor: str) -> Pages:
        if pages := list(good.import_items(account, cursor)):
            yield Page(records=tuple(item for page in pages for item in page.records), cursor=pages[-1].cursor)

    return mutated(import_items=import_items)


@caught_by("test_two_imports_of_the_same_catalogue_agree")
def a_description_that_counts() -> ModuleType:
    count = itertools.count()
    return without_pushing(
        vars(importing(lambda page: with_last_item(page, description=f"seen {next(count)} times")))["import_items"]
    )


@caught_by("test_an_import_can_be_abandoned")
def a_farewell_to_the_channel() -> ModuleType:
    @hookimpl
    def import_items(account: CornerAccount, cursor: str) -> Pages:
        try:
            yield from good.import_items(account, cursor)
        except GeneratorExit:
            good.send(account, "GET", "/shop")
            raise

    return mutated(import_items=import_items)


@caught_by("test_an_import_can_be_abandoned")
def an_import_that_does_not_stop() -> ModuleType:
    @hookimpl
    def import_items(account: CornerAccount, cursor: str) -> Pages:
        for page in good.import_items(account, cursor):
            try:
                yield page
            except GeneratorExit:
                yield page

    return mutated(import_items=import_items)


@caught_by("test_two_accounts_do_not_mix")
def an_account_kept_in_the_module() -> ModuleType:
    latest: list[CornerAccount] = []

    @hookimpl
    def import_items(account: CornerAccount, cursor: str) -> Pages:
        latest[:] = [account]
        while page := next(good.import_items(latest[0], cursor), None):
            yield page
            cursor = page.cursor

    return mutated(import_items=import_items)


@caught_by("test_the_account_keeps_its_client")
def a_client_closed_by_the_plugin() -> ModuleType:
    @hookimpl
    def import_items(account: CornerAccount, cursor: str) -> Pages:
        yield from good.import_items(account, cursor)
        account.http.close()

    return without_pushing(import_items)
