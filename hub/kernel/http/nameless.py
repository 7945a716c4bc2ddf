"""Takes people out of a channel's answer by the names that it gives its parts: JSON, XML, forms, whole or cut off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qsl

import msgspec

HIDDEN = "[redacted]"
INSIDE = 2  # documents in a document's text, each in its own spelling; what lies deeper is hidden whole
SHOWN = 500  # characters of what has no names
_SECRETIVE = re.compile(r"token|secret|sign|password|passwd|auth|key|credential|session|cookie|^code$", re.IGNORECASE)
_PERSONAL = re.compile(
    r"name|phone|mobile|mail|addr|street|recipient|receiver|buyer|customer|consignee|contact|postcode|zip",
    re.IGNORECASE,
)
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\Z)|[\[\]{},]', re.DOTALL)
_FORM = re.compile(r"[^=&\s<>{}\"]+=[^&\s]*(?:&[^=&\s]+=[^&\s]*)*")
_MARKUP = re.compile(
    r"<!\[CDATA\[(?P<kept>.*?)(?:\]\]>|\Z)"
    r"|<!--.*?(?:-->|\Z)"
    r"|<(?P<close>/?)(?P<name>[^\s<>/\"'=]*)(?P<rest>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>"
    r"|<.*?(?=<|\Z)"  # a tag that is cut off; as comments, it is not shown
    r"|(?P<text>[^<]+)",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"([^\s=\"'/]+)(\s*=\s*)(\"[^\"]*\"|'[^']*'|[^\s\"'>]+)")


def tells(name: str) -> bool:
    """Whether what is called so may be a secret or say who somebody is."""
    return bool(_SECRETIVE.search(name) or _PERSONAL.search(name))


def nameless(text: str, *, inside: int = INSIDE) -> str:
    """Give a document without what its names give away, and the beginning of any other text as it is."""
    begins = text.lstrip()[:1]
    is_form = _FORM.fullmatch(text.strip()) is not None
    if inside < 0 and (is_form or _is_document(text)):
        return HIDDEN
    if is_form:
        return "&".join(_pairs(text.strip(), inside))
    if begins and begins in '{["':
        try:
            return msgspec.json.encode(_json(_parsed(text), inside)).decode()
        except (msgspec.MsgspecError, RecursionError):
            return text[:SHOWN] if begins == '"' else HIDDEN
    return "".join(_xml(text, inside)) if "<" in text else text[:SHOWN]


def _is_document(text: str) -> bool:
    return "<" in text or text.lstrip()[:1] in ("{", "[")


def _pairs(form: str, inside: int) -> Iterator[str]:
    for name, value in parse_qsl(form, keep_blank_values=True):
        yield f"{name}={HIDDEN if _hides(name) else nameless(value, inside=inside - 1)}"


def _hides(name: str) -> bool:
    return name != "code" and tells(name)  # in an answer `code` says what went wrong


def _parsed(text: str) -> object:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return msgspec.json.decode(_closed(text))


def _closed(text: str) -> str:
    """End JSON that was cut off after the last value that is whole."""
    closers: list[str] = []
    whole = ""
    for token in _TOKEN.finditer(text):
        match token[0]:
            case "{" | "[":
                closers.append("}" if token[0] == "{" else "]")
            case "}" | "]" if closers:
                closers.pop()
            case ",":
                whole = text[: token.start()] + "".join(reversed(closers))
    return whole


def _json(value: object, inside: int) -> object:
    match value:
        case dict():
            return {name: HIDDEN if _hides(str(name)) else _json(inner, inside) for name, inner in value.items()}
        case list():
            return [_json(inner, inside) for inner in value]
        case str() if _is_document(value):
            return nameless(value, inside=inside - 1)
        case _:
            return value


def _xml(text: str, inside: int) -> Iterator[str]:
    """Go through the markup. Of an element that tells nothing is shown to its own end, and without one to the last."""
    hidden, depth = "", 0
    for each in _MARKUP.finditer(text):
        name, opens = each["name"], each["close"] == "" and not (each["rest"] or "").endswith("/")
        if hidden:
            if name == hidden:
                depth += opens - bool(each["close"])
            if depth == 0:
                hidden = ""
                yield each[0]
        elif name is not None:
            yield _ATTRIBUTE.sub(_attribute, each[0])
            if opens and _hides(name):
                hidden, depth = name, 1
                yield HIDDEN
        elif said := each["kept"] or each["text"]:
            yield _said(said, inside)


def _attribute(found: re.Match[str]) -> str:
    return f'{found[1]}{found[2]}"{HIDDEN}"' if _hides(found[1]) else found[0]


def _said(text: str, inside: int) -> str:
    """What stands between tags; a document may be written out in it, spelt once for each that it stands in."""
    plain = text
    while (read := unescape(plain)) != plain:
        plain = read
    return nameless(plain, inside=inside - 1) if _is_document(plain) else text
