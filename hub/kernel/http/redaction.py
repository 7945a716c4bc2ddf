"""Takes secrets and people out of whatever is recorded or logged about a channel."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from urllib.parse import quote

import httpx
import msgspec

from hub.kernel.http.nameless import HIDDEN, nameless, tells

SHORTEST = 4  # a shorter value would blank half the text and protect nothing
_MARKED = re.compile(
    r"((?:bearer|basic)\s+(?=\S{20})|[\w-]*(?:token|secret|password|api[_-]?key|signature)=|"
    r"\"[\w-]*(?:token|secret|password|api[_-]?key)\"\s*:\s*\"|"
    r"'[\w-]*(?:token|secret|password|api[_-]?key)'\s*:\s*')[^\s\"&,;]+",
    re.IGNORECASE,
)
_REACHABLE = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+|\+?\d[\d\s-]{7,}\d")
_MARKS = (b"\xff\xfe", b"\xfe\xff")  # of UTF-16
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
        shown = [(name, HIDDEN if tells(name) else value) for name, value in url.params.multi_items()]
        query = "&".join(f"{name}={value}" for name, value in shown)
        port = f":{url.port}" if url.port else ""
        bare = f"{url.scheme}://{url.host}{port}{url.path}"
        known = f"{bare}?{query}" if query else bare
        return _storable(self._secrets.sub(HIDDEN, known) if self._secrets else known)

    def body(self, content: bytes) -> str:
        """Show the beginning of an answer: what has names without what they give away, all of it without numbers."""
        encoding = "utf-16" if content[:2] in _MARKS else "utf-8-sig"
        shown = nameless(content.decode(encoding, "replace"))
        return _REACHABLE.sub(HIDDEN, self.text(shown))[:2_000]


def _storable(text: str) -> str:
    """Spell out what a database refuses or a log would break its line at."""
    whole = text.encode("utf-8", "backslashreplace").decode()
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", whole)


def _spellings(secret: str) -> Iterable[str]:
    quoted = quote(secret, safe="")  # costly for a key of thousands of characters, so done once
    yield secret
    yield quoted
    yield quoted.replace("%20", "+")  # as `quote_plus`
    yield escape(secret)  # as XML
    yield msgspec.json.encode(secret).decode()[1:-1]
    yield repr(secret)[1:-1]
    yield repr(secret.encode())[2:-1]
