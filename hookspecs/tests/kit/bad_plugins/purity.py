"""Hooks that do something beside their work."""

from __future__ import annotations

import contextlib
import logging
import socket
import sys
import time
from collections.abc import Callable, Iterator
from types import ModuleType

import msgspec
from hub_hookspecs import Absent, Account, AccountCheck, Channel, Item, Listing, Page, Product, hookimpl

from ..corner import plugin as good
from ..trial import mutated
from .making import caught_by

CornerAccount = Account[good.CornerSettings]
CLOSED_PORT = ("127.0.0.1", 9)


def knock() -> None:
    with contextlib.suppress(OSError):
        socket.create_connection(CLOSED_PORT, timeout=0.1).close()


def importing_beside(something: Callable[[CornerAccount], object]) -> ModuleType:
    @hookimpl
    def import_items(account: CornerAccount, cursor: str) -> Iterator[Page[Item]]:
        something(account)
        yield from good.import_items(account, cursor)

    return mutated(import_items=import_items)


def pushing_beside(something: Callable[[CornerAccount], object]) -> ModuleType:
    @hookimpl
    def push_product(account: CornerAccount, product: Product, resume: str) -> Listing:
        something(account)
        return good.push_product(account, product, resume)

    return mutated(push_product=push_product)


def looking_beside(something: Callable[[CornerAccount], object]) -> ModuleType:
    @hookimpl
    def find_listing(account: CornerAccount, product: Product) -> Listing | Absent:
        something(account)
        return good.find_listing(account, product)

    return mutated(find_listing=find_listing)


@caught_by("test_describing_a_channel_touches_no_network")
def a_declaration_from_the_network() -> ModuleType:
    @hookimpl
    def describe_channel() -> Channel:
        knock()
        return good.describe_channel()

    return mutated(describe_channel=describe_channel)


@caught_by("test_the_network_is_reached_only_through_the_account")
def a_connection_of_its_own() -> ModuleType:
    return importing_beside(lambda account: knock())


@caught_by("test_no_hook_sleeps")
def a_nap() -> ModuleType:
    return importing_beside(lambda account: time.sleep(0))


@caught_by("test_no_secret_is_logged")
def a_secret_in_the_log() -> ModuleType:
    log = logging.getLogger("corner")
    return importing_beside(lambda account: log.debug("logging in with %s", account.settings.client_secret))


@caught_by("test_no_secret_is_logged")
def a_token_in_a_url() -> ModuleType:
    return importing_beside(lambda account: good.send(account, "GET", "/shop", params={"token": account.token}))


@caught_by("test_no_answer_carries_a_secret")
def a_secret_in_a_note() -> ModuleType:
    @hookimpl
    def check_account(account: CornerAccount) -> AccountCheck:
        return msgspec.structs.replace(good.check_account(account), notes=(account.settings.client_secret,))

    return mutated(check_account=check_account)


@caught_by("test_the_network_is_reached_only_through_the_account")
def a_connection_of_its_own_while_pushing() -> ModuleType:
    return pushing_beside(lambda account: knock())


@caught_by("test_no_hook_sleeps")
def a_nap_before_looking() -> ModuleType:
    return looking_beside(lambda account: time.sleep(0))


@caught_by("test_no_secret_is_logged")
def a_secret_that_is_printed_while_pushing() -> ModuleType:
    return pushing_beside(lambda account: sys.stdout.write(account.settings.client_secret))


@caught_by("test_no_answer_carries_a_secret")
def a_secret_in_the_address_of_a_listing() -> ModuleType:
    @hookimpl
    def push_product(account: CornerAccount, product: Product, resume: str) -> Listing:
        listing = good.push_product(account, product, resume)
        return msgspec.structs.replace(listing, url=f"https://corner.example/{listing.ref}?token={account.token}")

    return mutated(push_product=push_product)
