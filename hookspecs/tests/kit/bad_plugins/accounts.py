"""Accounts that do not say who they are, tokens that are none, refusals that tell too much."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from types import ModuleType

import msgspec
from hub_hookspecs import (
    Account,
    AccountCheck,
    ActionRequired,
    Connection,
    Rejected,
    Token,
    hookimpl,
)

from ..corner import plugin as good
from ..trial import mutated
from .making import caught_by

CornerAccount = Account[good.CornerSettings]


@caught_by("test_an_account_says_who_it_is")
def a_blank_identity() -> ModuleType:
    @hookimpl
    def check_account(account: CornerAccount) -> AccountCheck:
        return msgspec.structs.replace(good.check_account(account), identity=" ")

    return mutated(check_account=check_account)


@caught_by("test_an_account_is_the_same_at_every_check")
def an_identity_made_up_each_time() -> ModuleType:
    @hookimpl
    def check_account(account: CornerAccount) -> AccountCheck:
        return msgspec.structs.replace(good.check_account(account), identity=uuid.uuid4().hex)

    return mutated(check_account=check_account)


@caught_by("test_an_identity_is_that_of_the_shop")
def an_identity_of_who_connects_it() -> ModuleType:
    @hookimpl
    def check_account(account: CornerAccount) -> AccountCheck:
        return msgspec.structs.replace(good.check_account(account), identity=account.merchant_id)

    return mutated(check_account=check_account)


@caught_by("test_checking_an_account_is_cheap")
def a_check_that_asks_much() -> ModuleType:
    @hookimpl
    def check_account(account: CornerAccount) -> AccountCheck:
        return [good.check_account(account) for _ in range(11)][-1]

    return mutated(check_account=check_account)


@caught_by("test_wrong_credentials_need_a_person")
def wrong_credentials_taken_for_a_refusal() -> ModuleType:
    @hookimpl
    def authenticate(account: CornerAccount, old: Token | None) -> Token:
        try:
            return good.authenticate(account, old)
        except ActionRequired as error:
            raise Rejected("no token") from error

    return mutated(authenticate=authenticate)


@caught_by("test_a_refusal_shows_no_secret")
def a_refusal_that_quotes_the_secret() -> ModuleType:
    @hookimpl
    def authenticate(account: CornerAccount, old: Token | None) -> Token:
        try:
            return good.authenticate(account, old)
        except ActionRequired as error:
            raise ActionRequired(f"{account.settings.client_secret} was refused") from error

    return mutated(authenticate=authenticate)


@caught_by("test_a_new_token_can_be_used")
def a_token_of_the_past() -> ModuleType:
    @hookimpl
    def authenticate(account: CornerAccount, old: Token | None) -> Token:
        return msgspec.structs.replace(good.authenticate(account, old), expires_at=datetime(2020, 1, 1, tzinfo=UTC))

    return mutated(authenticate=authenticate)


@caught_by("test_a_token_can_be_renewed")
def a_token_that_is_given_once() -> ModuleType:
    @hookimpl
    def authenticate(account: CornerAccount, old: Token | None) -> Token:
        if old is not None:
            raise KeyError("refresh_token")
        return good.authenticate(account, old)

    return mutated(authenticate=authenticate)


@caught_by("test_connecting_an_account_can_be_repeated")
def a_registration_that_refuses_to_be_repeated() -> ModuleType:
    registered: set[str] = set()

    @hookimpl
    def connect_account(account: CornerAccount, callback_url: str) -> Connection:
        if callback_url in registered:
            raise Rejected("already registered")
        registered.add(callback_url)
        return good.connect_account(account, callback_url)

    return mutated(connect_account=connect_account)


@caught_by("test_a_refusal_shows_no_secret")
def a_refusal_while_handling_one_that_quotes_the_secret() -> ModuleType:
    known: dict[str, Token] = {}

    @hookimpl
    def authenticate(account: CornerAccount, old: Token | None) -> Token:
        try:
            return good.authenticate(account, old)
        except ActionRequired:
            try:
                return known[account.settings.client_secret]
            except KeyError:
                raise ActionRequired("refused")  # noqa: B904 - the context is the mistake

    return mutated(authenticate=authenticate)
