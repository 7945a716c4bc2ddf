"""Takes an account's secrets out of whatever a plugin raised, before anyone stores, shows or logs it."""

from __future__ import annotations

import traceback
from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta

import httpx
import msgspec
import structlog
from hub_hookspecs import ChannelError, Token
from hub_hookspecs.admission import secret_fields

from hub.channels.host.doors import AnyAccount
from hub.kernel.http import Redactor

log = structlog.get_logger(__name__)
_set = BaseException.__setattr__  # a plugin's own may refuse, as a frozen dataclass does
_PLAIN = (bool, int, float, timedelta, type(None))
_KEPT = (*_PLAIN, httpx.Request, httpx.Response)  # what the host reads of an error
_TOLD_APART = {"hub_hookspecs", "httpx"}  # where the classes come from by which the host judges an error


class Scrubber:
    """Knows the secrets that one call of a hook was given."""

    def __init__(self, account: AnyAccount, given: Iterable[object] = ()) -> None:
        self._redactor = Redactor(_secrets(account, given))

    def scrubbed(self, error: BaseException) -> BaseException:
        """Redact an error and everything that led to it or stands in its group; tracebacks stay whole.

        Most errors are mended in place. Where the text cannot be mended (a `__str__` of the plugin's own, the message
        of a group) another error stands in, so the answer is the one to raise and to log, never `error` itself.
        """
        try:
            return self._scrubbed(error)
        except Exception as odd:  # noqa: BLE001 - classes of a plugin may do anything when they are looked at
            log.warning("an error could not be redacted", of=type(error).__name__, because=type(odd).__name__)
            return _named(error, "its text cannot be shown")

    def _scrubbed(self, error: BaseException) -> BaseException:
        found = _reachable(error)
        clean: dict[int, BaseException] = {}
        for each in found:
            self.mend(each)
            if not isinstance(each, BaseExceptionGroup):
                clean[id(each)] = self._stand_in(each) if self._still_tells(each) else each
        for each in found:
            self._regroup(each, clean)
        for each in found:
            _link(clean[id(each)], each, clean)
        return clean[id(error)]

    def mend(self, error: BaseException) -> None:
        """Redact what an error keeps: its arguments, its notes, its attributes."""
        _set(error, "args", tuple(self._argument(each) for each in error.args))
        for name, value in list(vars(error).items()):
            if name == "__notes__":
                vars(error)[name] = [self._text(each) for each in _listed(value)]
            elif isinstance(value, str):
                vars(error)[name] = self._redactor.text(value)
            elif isinstance(value, bytes | Collection) and self._redactor.tells(_printed(value)):
                vars(error)[name] = self._text(_printed(value))

    def _argument(self, value: object) -> object:
        return value if isinstance(value, _PLAIN) else self._text(value)

    def _text(self, value: object) -> str:
        return self._redactor.text(value if isinstance(value, str) else _printed(value))

    def _still_tells(self, error: BaseException) -> bool:
        shown = [*traceback.format_exception_only(error), _text_of(error) or "", str(getattr(error, "code", ""))]
        return _text_of(error) is None or self._redactor.tells("".join(shown))

    def _stand_in(self, error: BaseException) -> BaseException:
        """Make an error of the nearest class that the host knows, or one that is called like the plugin's."""
        text = self._text(_text_of(error) or "its text cannot be shown")
        kind = _known_kind(error)
        if kind is None:
            return _named(error, text)
        made = kind.__new__(kind, text)
        vars(made).update({name: value for name, value in vars(error).items() if isinstance(value, _KEPT)})
        if isinstance(made, ChannelError):
            made.code = self._text(getattr(error, "code", ""))
        return made

    def _regroup(self, error: BaseException, clean: dict[int, BaseException]) -> BaseException:
        if id(error) not in clean and isinstance(error, BaseExceptionGroup):
            members = [self._regroup(each, clean) for each in error.exceptions]
            clean[id(error)] = BaseExceptionGroup(self._text(error.message), members)
        return clean[id(error)]


def _secrets(account: AnyAccount, given: Iterable[object]) -> Iterator[str]:
    yield account.token
    settings = account.settings
    if isinstance(settings, msgspec.Struct):
        values = (getattr(settings, name) for name in secret_fields(type(settings)))
        yield from (value for value in values if isinstance(value, str))
    for each in given:
        if isinstance(each, Token):
            yield from (each.value, each.refresh)


def _reachable(error: BaseException) -> list[BaseException]:
    waiting, found = [error], dict[int, BaseException]()
    while waiting:
        each = waiting.pop()
        if id(each) in found:
            continue
        found[id(each)] = each
        waiting += [cause for cause in (each.__cause__, each.__context__) if cause]
        waiting += each.exceptions if isinstance(each, BaseExceptionGroup) else ()
    return list(found.values())


def _link(new: BaseException, old: BaseException, clean: dict[int, BaseException]) -> None:
    suppressed = old.__suppress_context__
    cause, context = old.__cause__, old.__context__
    _set(new, "__cause__", cause and clean[id(cause)])
    _set(new, "__context__", context and clean[id(context)])
    _set(new, "__suppress_context__", suppressed)
    _set(new, "__traceback__", old.__traceback__)
    if notes := _listed(getattr(old, "__notes__", ())):
        _set(new, "__notes__", notes)


def _known_kind(error: BaseException) -> type[BaseException] | None:
    for each in type(error).__mro__:
        if each.__module__.partition(".")[0] in _TOLD_APART and issubclass(each, BaseException):
            return each
    return None


def _named(error: BaseException, text: str) -> BaseException:
    made: BaseException = type(type(error).__name__, (Exception,), {})(text)
    return made


def _listed(notes: object) -> list[object]:
    return list(notes) if isinstance(notes, list | tuple) else [notes]


def _printed(value: object) -> str:
    try:
        return value.decode() if isinstance(value, bytes) else repr(value)
    except Exception as error:  # noqa: BLE001 - a plugin's __repr__ may raise anything
        return f"<{type(value).__name__} that cannot be shown: {type(error).__name__}>"


def _text_of(error: BaseException) -> str | None:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - a plugin's __str__ may raise anything
        return None
