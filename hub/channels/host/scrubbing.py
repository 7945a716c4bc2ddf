"""Takes an account's secrets out of whatever a plugin raised, before anyone stores, shows or logs it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from hub_hookspecs.admission import secret_fields

from hub.channels.host.doors import AnyAccount
from hub.kernel.http import Redactor


def scrub(error: BaseException, account: AnyAccount) -> None:
    """Redact the texts of an error and of everything that led to it, in place: the traceback stays whole."""
    redactor = Redactor(_secrets(account))
    for found in _chain(error):
        found.args = tuple(redactor.text(part) if isinstance(part, str) else part for part in found.args)


def _secrets(account: AnyAccount) -> Iterator[str]:
    if account.token:
        yield account.token
    settings = account.settings
    if isinstance(settings, msgspec.Struct):
        values = (getattr(settings, name) for name in secret_fields(type(settings)))
        yield from (value for value in values if isinstance(value, str) and value)


def _chain(error: BaseException) -> Iterator[BaseException]:
    waiting, seen = [error], set[int]()
    while waiting:
        found = waiting.pop()
        if id(found) in seen:
            continue
        seen.add(id(found))
        yield found
        waiting += [cause for cause in (found.__cause__, found.__context__) if cause]
