"""Webhooks that anyone may send, and those that nobody may."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta
from types import ModuleType

import msgspec
from hub_hookspecs import Account, BadSignature, Delivery, WebhookRequest, hookimpl

from ..corner import plugin as good
from ..corner.sandbox import CornerSandbox
from ..trial import mutated
from .making import caught_by

CornerAccount = Account[good.CornerSettings]


def hearing(parse: Callable[[CornerAccount, WebhookRequest], Delivery]) -> ModuleType:
    @hookimpl
    def parse_webhook(account: CornerAccount, request: WebhookRequest) -> Delivery:
        return parse(account, request)

    return mutated(parse_webhook=parse_webhook)


@caught_by("test_a_webhook_of_the_channel_is_taken")
def a_webhook_that_is_never_believed() -> ModuleType:
    def parse(account: CornerAccount, request: WebhookRequest) -> Delivery:
        good.parse_webhook(account, request)
        raise BadSignature("one never knows")

    return hearing(parse)


@caught_by("test_a_webhook_of_the_channel_is_taken")
def a_repeat_with_another_key() -> ModuleType:
    numbers = itertools.count()

    def parse(account: CornerAccount, request: WebhookRequest) -> Delivery:
        return msgspec.structs.replace(good.parse_webhook(account, request), key=str(next(numbers)))

    return hearing(parse)


@caught_by("test_an_unsigned_webhook_is_refused")
def a_webhook_that_need_not_be_signed() -> ModuleType:
    def parse(account: CornerAccount, request: WebhookRequest) -> Delivery:
        return good.parse_webhook(account, request) if request.headers else Delivery(key="1", hints=())

    return hearing(parse)


@caught_by("test_an_unsigned_webhook_is_refused")
def a_webhook_that_breaks_the_parser() -> ModuleType:
    def parse(account: CornerAccount, request: WebhookRequest) -> Delivery:
        if "x-signature" not in request.headers:
            raise KeyError("x-signature")
        return good.parse_webhook(account, request)

    return hearing(parse)


@caught_by("test_a_webhook_signed_with_another_secret_is_refused")
def a_webhook_of_somebody_elses() -> ModuleType:
    def parse(account: CornerAccount, request: WebhookRequest) -> Delivery:
        return good.believe(request, CornerSandbox().secret, request.body)

    return hearing(parse)


@caught_by("test_a_webhook_that_was_changed_on_its_way_is_refused")
def a_webhook_that_was_tidied_before_it_was_proven() -> ModuleType:
    def parse(account: CornerAccount, request: WebhookRequest) -> Delivery:
        return good.believe(request, account.settings.client_secret, request.body.strip())

    return hearing(parse)


@caught_by("test_a_webhook_that_was_recorded_long_ago_is_refused")
def a_webhook_of_any_age() -> ModuleType:
    def parse(account: CornerAccount, request: WebhookRequest) -> Delivery:
        return good.believe(request, account.settings.client_secret, request.body, fresh=timedelta.max)

    return hearing(parse)
