"""Bad answers that a plugin mistakes for something else; each is met while importing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType

import httpx
import msgspec
from hub_hookspecs import Account, Item, Page, RateLimited, Rejected, Temporary, hookimpl

from ..corner import plugin as good
from ..trial import mutated
from .making import caught_by

CornerAccount = Account[good.CornerSettings]


def mistaking(mistake: Callable[[Exception], Exception | None]) -> ModuleType:
    """Import, and raise what the mistake makes of an error; None leaves it."""

    @hookimpl
    def import_items(account: CornerAccount, cursor: str) -> Iterator[Page[Item]]:
        try:
            yield from good.import_items(account, cursor)
        except (httpx.HTTPError, Temporary) as error:
            raise mistake(error) or error from None

    return mutated(import_items=import_items)


def status(error: Exception) -> int:
    return error.response.status_code if isinstance(error, httpx.HTTPStatusError) else 0


@caught_by("test_a_time_out_is_temporary")
def a_time_out_of_no_kind() -> ModuleType:
    return mistaking(lambda error: RuntimeError("timed out") if isinstance(error, httpx.TimeoutException) else None)


@caught_by("test_a_request_for_a_pause_says_how_long")
def a_pause_without_an_end() -> ModuleType:
    return mistaking(lambda error: RateLimited("slow down") if status(error) == 429 else None)


@caught_by("test_a_failing_channel_is_temporary")
def a_failure_taken_for_a_refusal() -> ModuleType:
    return mistaking(lambda error: Rejected("refused") if status(error) >= 500 else None)


@caught_by("test_an_expired_token_is_told_apart")
def an_expired_token_taken_for_a_refusal() -> ModuleType:
    return mistaking(lambda error: Rejected("refused") if status(error) == 401 else None)


@caught_by("test_a_ban_is_not_retried_blindly")
def a_ban_taken_for_a_failure() -> ModuleType:
    return mistaking(lambda error: Temporary("try later") if status(error) == 403 else None)


@caught_by("test_an_unreadable_answer_is_a_channel_error")
def a_bare_json_error() -> ModuleType:
    def uncover(error: Exception) -> Exception | None:
        return ValueError("not JSON") if type(error.__cause__) is msgspec.DecodeError else None

    return mistaking(uncover)


@caught_by("test_a_surprising_answer_breaks_nothing")
def a_bare_type_error() -> ModuleType:
    def uncover(error: Exception) -> Exception | None:
        return TypeError("not a dict") if isinstance(error.__cause__, msgspec.ValidationError) else None

    return mistaking(uncover)


@caught_by("test_no_failure_shows_a_secret")
def a_failure_that_names_the_key() -> ModuleType:
    @hookimpl
    def import_items(account: CornerAccount, cursor: str) -> Iterator[Page[Item]]:
        try:
            yield from good.import_items(account, cursor)
        except httpx.HTTPStatusError as error:
            if status(error) != httpx.codes.INTERNAL_SERVER_ERROR:
                raise
            raise Temporary("no answer") from KeyError(account.settings.client_secret)

    return mutated(import_items=import_items)


@caught_by("test_retrying_is_left_to_the_hub")
def a_retry_of_its_own() -> ModuleType:
    @hookimpl
    def import_items(account: CornerAccount, cursor: str) -> Iterator[Page[Item]]:
        try:
            yield from good.import_items(account, cursor)
        except httpx.HTTPStatusError as error:
            if status(error) != httpx.codes.SERVICE_UNAVAILABLE:
                raise
            yield from good.import_items(account, cursor)

    return mutated(import_items=import_items)
