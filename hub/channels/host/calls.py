"""Asks one plugin one question at a time: deadline, checks, one new token, and every failure named."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, Generic, Self, TypeVar

import pluggy
import structlog
from hub_hookspecs import ActionRequired, Temporary, TokenExpired

from hub.channels.host.checking import Broken, Check
from hub.channels.host.doors import AnyAccount, Door
from hub.channels.host.errors import MAY_BE_UNKNOWN, PluginBug, SettingsRefused, meaning, must_pass
from hub.channels.host.questions import Question
from hub.channels.host.scrubbing import Scrubber
from hub.kernel.http.conversation import Conversation, latest

log = structlog.get_logger(__name__)
T = TypeVar("T")
R = TypeVar("R")
NO_MORE = object()
WITHOUT_RENEWAL = frozenset({"authenticate", "parse_webhook"})
LATE_IS_FINE = MAY_BE_UNKNOWN | {"authenticate"}  # refusing a late answer would lose what is now known


class Calls:
    """What every hook of one plugin has in common; only this class touches pluggy."""

    def __init__(self, plugin: str, manager: pluggy.PluginManager, *, deadline: float) -> None:
        self._plugin = plugin
        self._manager = manager
        self._deadline = deadline

    def implements(self, hook: str) -> bool:
        return bool(getattr(self._manager.hook, hook).get_hookimpls())

    def one(self, hook: str, door: Door, check: Check[T], **arguments: object) -> T:
        """Ask for one answer, and once more with a new token where the old one has ended."""
        with _naming_settings(door):
            first = self._answer(hook, door.open(), check, arguments)
            if not isinstance(first, TokenExpired):
                return first
            second = self._answer(hook, self._renewed(hook, door, first), check, arguments)
            if isinstance(second, TokenExpired):
                raise _needs_a_person(second) from second
            return second

    def stream(self, hook: str, door: Door, check: Check[R], question: Question[R]) -> Iterator[R]:
        """Ask for answers one by one; after a new token, ask for what is still open."""
        with _naming_settings(door):
            yield from self._streamed(hook, door, check, question)

    def _streamed(self, hook: str, door: Door, check: Check[R], question: Question[R]) -> Iterator[R]:
        account, renewed = door.open(), False
        while True:
            ended = None
            with _Stream(self, hook, account, check, question) as answers:
                while not isinstance(answer := answers.next(), _End):
                    yield answer
                    renewed = False  # the consumer came back: it has committed what it was given
                ended = answer
            if ended.expired is None:
                return
            if renewed:
                raise _needs_a_person(ended.expired) from ended.expired
            account, renewed = self._renewed(hook, door, ended.expired), True

    def call(self, hook: str, account: AnyAccount, arguments: Mapping[str, object]) -> Any:  # Any: not yet checked
        return getattr(self._manager.hook, hook)(account=account, **arguments)

    def step(
        self,
        hook: str,
        account: AnyAccount,
        conversation: Conversation,
        ask: Callable[[], T],
        given: Iterable[object] = (),
    ) -> T | TokenExpired:
        """Take one answer within the deadline; an ended token is an answer too. `given` may hold secrets."""
        started = time.monotonic()
        failed = None
        if started >= latest():
            raise Temporary("the channel took too long to answer; try again in a moment", code="late")
        try:
            with conversation.answering(self._deadline):
                answer = ask()
        except BaseException as error:  # a plugin may raise anything, SystemExit too; the worker lives on
            if must_pass(error):
                raise
            scrubber = Scrubber(account, given)  # spells out every secret: too dear for each of the answers that come
            failed = scrubber.scrubbed(error)
        if failed is not None:  # raised here, where what the plugin raised is no longer its context
            return self._expired_or_raise(failed, scrubber, hook=hook, sent=conversation.sent)
        took = time.monotonic() - started
        if took > self._deadline:
            log.warning("late answer", plugin=self._plugin, hook=hook, seconds=round(took, 1))
            if hook not in LATE_IS_FINE:
                raise Temporary(
                    f"{hook}: took {took:.0f} s for one answer; {self._deadline:.0f} s are allowed", code="late"
                )
        return answer

    def _answer(
        self, hook: str, account: AnyAccount, check: Check[T], arguments: Mapping[str, object]
    ) -> T | TokenExpired:
        conversation = Conversation()
        try:
            ask = partial(self.call, hook, account, arguments)
            return self.step(hook, account, conversation, lambda: check(ask()), given=arguments.values())
        finally:
            conversation.end()

    def _expired_or_raise(self, error: BaseException, scrubber: Scrubber, *, hook: str, sent: bool) -> TokenExpired:
        if isinstance(error, Broken):
            error = PluginBug(self._plugin, hook, str(error))
        found = meaning(error, plugin=self._plugin, hook=hook, sent=sent)
        scrubber.mend(found)  # its text may quote what the channel answered
        if isinstance(found, TokenExpired):
            return found
        if isinstance(found, PluginBug) or found.code == "plugin_bug":
            log.error("plugin bug", plugin=self._plugin, hook=hook, exc_info=error)
        if found is error:
            raise found
        raise found from error

    def _renewed(self, hook: str, door: Door, expired: TokenExpired) -> AnyAccount:
        if hook in WITHOUT_RENEWAL or not self.implements("authenticate"):
            raise _needs_a_person(expired) from expired
        return door.renew()


class _End:
    """A stream is over: all is said, or the token has ended."""

    def __init__(self, expired: TokenExpired | None = None) -> None:
        self.expired = expired


class _Stream(Generic[R]):
    """One iterator of a plugin, taken item by item so that an error of the consumer never passes through it."""

    def __init__(self, calls: Calls, hook: str, account: AnyAccount, check: Check[R], question: Question[R]) -> None:
        self._calls = calls
        self._hook = hook
        self._account = account
        self._check = check
        self._question = question
        self._conversation = Conversation()
        self._iterator: Iterator[object] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        close = getattr(self._iterator, "close", None)
        try:
            if close:
                close()
        except BaseException as error:  # a plugin's clean-up may raise anything
            if must_pass(error):
                raise
            failed = Scrubber(self._account).scrubbed(error)
            log.warning("plugin did not close its stream", hook=self._hook, exc_info=failed)
        finally:
            self._conversation.end()

    def next(self) -> R | _End:
        answer = self._calls.step(self._hook, self._account, self._conversation, self._take)
        return _End(answer) if isinstance(answer, TokenExpired) else answer

    def _take(self) -> R | _End:
        if self._iterator is None:
            self._iterator = self._opened()
        while (given := next(self._iterator, NO_MORE)) is not NO_MORE:
            answer = self._check(given)
            if self._question.take(answer):
                return answer
        self._question.finish()
        return _End()

    def _opened(self) -> Iterator[object]:
        answer = self._calls.call(self._hook, self._account, self._question.arguments())
        if not isinstance(answer, Iterable) or isinstance(answer, str | bytes | Mapping):
            raise Broken(f"answered {type(answer).__name__}, not an iterator")
        return iter(answer)


@contextmanager
def _naming_settings(door: Door) -> Iterator[None]:
    """Say of which settings a refusal speaks: they may have been replaced since the door was opened."""
    try:
        yield
    except ActionRequired as error:
        if door.version is None:
            raise
        raise SettingsRefused(error, version=door.version) from error


def _needs_a_person(expired: TokenExpired) -> ActionRequired:
    return ActionRequired(
        f"the channel does not accept the account's credentials: {expired}", code=expired.code or "401"
    )
