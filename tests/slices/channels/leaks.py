"""Every way in which a plugin's exception can carry a secret; each raises it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

import httpx
import msgspec
from hub_hookspecs import Account, Rejected, Temporary

from tests.slices.channels.shops import BazaarSettings

BazaarAccount = Account[BazaarSettings]


class Sent(msgspec.Struct, frozen=True):
    """What a plugin may call its request."""

    headers: dict[str, str]


class Talkative(Exception):
    """Says more than it was given."""

    def __init__(self, account: BazaarAccount) -> None:
        super().__init__("login")
        self._account = account

    def __str__(self) -> str:
        return f"login with {self._account.settings.app_secret} and {self._account.token}"


class TalkativeRejection(Rejected):
    """A clear no that says more than it was given, in its code too."""

    def __init__(self, account: BazaarAccount) -> None:
        self._account = account

    def __str__(self) -> str:
        return f"the Bazaar says no to {self._account.settings.app_secret}"

    @property
    def code(self) -> str:
        return f"no-{self._account.settings.app_secret}"

    @code.setter
    def code(self, code: str) -> None:
        raise AttributeError(code)


class TalkativeNetwork(httpx.ConnectError):
    """A library's error of a library's error."""

    def __str__(self) -> str:
        return str(self.args) + repr(vars(self)["sent"])


class Mute(Exception):
    """Cannot be printed."""

    def __str__(self) -> str:
        raise ValueError(self.args)


class Untouchable(Exception):
    """Does not let its arguments be changed."""

    @property
    def args(self) -> tuple[object, ...]:  # type: ignore[override]  # so a plugin may write it
        kept: tuple[object, ...] = self.__dict__["kept"]
        return kept

    def __str__(self) -> str:
        return str(self.__dict__["kept"])


@dataclass(frozen=True)
class Frozen(Exception):
    """Does not let anything be changed."""

    sent: dict[str, str]


def _headers(account: BazaarAccount) -> dict[str, str]:
    return {"X-Api-Key": account.settings.app_secret, "X-Token": account.token}


def _noted(account: BazaarAccount) -> Exception:
    error = ValueError("bad answer")
    error.add_note(f"sent {_headers(account)}")
    return error


def _coded(account: BazaarAccount) -> Exception:
    return Rejected("no", code=account.settings.app_secret)


def _coded_oddly(account: BazaarAccount) -> Exception:
    error = RuntimeError("no")
    vars(error)["code"] = Sent(_headers(account))
    return error


def _caused(account: BazaarAccount) -> Exception:
    error = Temporary("later")
    error.__cause__ = KeyError(_headers(account))
    error.__cause__.__context__ = Talkative(account)
    error.__cause__.__context__.__cause__ = error
    return error


def _in_a_context(account: BazaarAccount) -> Exception:
    error = Rejected("no")
    error.__context__ = LookupError(_headers(account))
    return error


def _grouped(account: BazaarAccount) -> Exception:
    inner = ExceptionGroup(f"inner {account.token}", [Talkative(account), KeyError(_headers(account))])
    inner.add_note(account.settings.app_secret)
    return ExceptionGroup(f"outer {account.settings.app_secret}", [inner, ValueError(_headers(account))])


def _of_the_network(account: BazaarAccount) -> Exception:
    error = TalkativeNetwork("refused")
    vars(error)["sent"] = Sent(_headers(account))
    return error


def _untouchable(account: BazaarAccount) -> Exception:
    error = Untouchable()
    vars(error)["kept"] = (_headers(account),)
    return error


def _of_the_parser(account: BazaarAccount) -> Exception:
    return SyntaxError("bad", ("answer", 1, 1, f"{account.settings.app_secret}\n"))


LEAKS: dict[str, Callable[[BazaarAccount], Exception]] = {
    "in a text": lambda account: ValueError(f"sent {account.settings.app_secret}"),
    "in a dict": lambda account: ValueError({"sent": _headers(account)}),
    "in bytes": lambda account: ValueError(account.settings.app_secret.encode()),
    "in a tuple of bytes": lambda account: ValueError(
        "sent", (account.token.encode(), account.settings.callback_secret)
    ),
    "in a struct": lambda account: KeyError(Sent(_headers(account))),
    "as an address spells it": lambda account: ValueError({"url": quote(account.settings.app_secret)}),
    "in a note": _noted,
    "in a group": _grouped,
    "in a text made on demand": Talkative,
    "in the text and the code of a refusal": TalkativeRejection,
    "in a code": _coded,
    "in a code that is no text": _coded_oddly,
    "in a cause": _caused,
    "in a context": _in_a_context,
    "in the name of a file": lambda account: FileNotFoundError(2, "none", f"/{account.settings.app_secret}"),
    "in an error of the network": _of_the_network,
    "in a line that cannot be parsed": _of_the_parser,
    "in an error that cannot be printed": lambda account: Mute(_headers(account)),
    "in an error that cannot be changed": lambda account: Frozen(_headers(account)),
    "in an error that cannot be redacted": _untouchable,
}
