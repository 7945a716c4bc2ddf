"""Takes secrets and people out of whatever is recorded or logged about a channel."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

import httpx
import msgspec

HIDDEN = "[redacted]"
SHORTEST = 4  # a shorter value would blank half the text and protect nothing
_SECRETIVE = re.compile(r"token|secret|sign|password|passwd|auth|key|credential|session|cookie|^code$", re.IGNORECASE)
_PERSONAL = re.compile(
    r"name|phone|mobile|mail|addr|street|recipient|receiver|buyer|customer|consignee|contact|postcode|zip",
    re.IGNORECASE,
)
_MARKED = re.compile(
    r"((?:bearer|basic)\s+(?=\S{20})|[\w-]*(?:token|secret|password|api[_-]?key|signature)=|"
    r"\"[\w-]*(?:token|secret|password|api[_-]?key)\"\s*:\s*\"|"
    r"'[\w-]*(?:token|secret|password|api[_-]?key)'\s*:\s*')[^\s\"&,;]+",
    re.IGNORECASE,
)
_REACHABLE = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+|\+?\d[\d\s-]{7,}\d")

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Redactor:
    """Knows one account's secrets by value; everything else it knows by name."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        spelt = {form for secret in secrets if len(secret) >= SHORTEST for form in _spellings(secret)}
        longest_first = sorted(map(re.escape, spelt), key=len, reverse=True)
        self._secrets = re.compile("|".join(longest_first)) if longest_first else None

    def text(self, text: str) -> str:
        """Hide the secrets in a message; what it says otherwise stays."""
        known = self._secrets.sub(HIDDEN, text) if self._secrets else text
        return _storable(_MARKED.sub(rf"\g<1>{HIDDEN}", known))

    def tells(self, text: str) -> bool:
        """Whether there is something in the text that `text` would hide."""
        return self.text(text) != _storable(text)

    def url(self, url: httpx.URL) -> str:
        shown = [(name, HIDDEN if _tells(name) else value) for name, value in url.params.multi_items()]
        query = "&".join(f"{name}={value}" for name, value in shown)
        port = f":{url.port}" if url.port else ""
        bare = f"{url.scheme}://{url.host}{port}{url.path}"
        known = f"{bare}?{query}" if query else bare
        return _storable(self._secrets.sub(HIDDEN, known) if self._secrets else known)

    def body(self, content: bytes) -> str:
        """Show the beginning of an answer: JSON without what its names give away, other text without its numbers."""
        try:
            shown = msgspec.json.encode(_without_names(msgspec.json.decode(content))).decode()
        except (msgspec.MsgspecError, RecursionError, UnicodeError):
            shown = content[:500].decode("utf-8", "replace")
        return _REACHABLE.sub(HIDDEN, self.text(shown))[:2_000]


def _storable(text: str) -> str:
    """Spell out what a database refuses or a log would break its line at."""
    whole = text.encode("utf-8", "backslashreplace").decode()
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", whole)


def _spellings(secret: str) -> Iterable[str]:
    yield secret
    yield quote(secret, safe="")
    yield quote_plus(secret)
    yield msgspec.json.encode(secret).decode()[1:-1]
    yield repr(secret)[1:-1]
    yield repr(secret.encode())[2:-1]


def _tells(name: str) -> bool:
    return bool(_SECRETIVE.search(name) or _PERSONAL.search(name))


def _shown(name: str, value: object) -> object:
    hidden = name != "code" and _tells(name)  # in an answer `code` says what went wrong
    return HIDDEN if hidden else _without_names(value)


def _without_names(value: object) -> object:
    match value:
        case dict():
            return {name: _shown(str(name), inner) for name, inner in value.items()}
        case list():
            return [_without_names(inner) for inner in value]
        case _:
            return value
