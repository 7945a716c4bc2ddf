"""Writes small XML documents and reads strange ones safely: no DTD, no entities, bounded in size, depth and number."""

import re
from collections.abc import Iterator, Sequence
from typing import Union
from xml.etree.ElementTree import Element, TreeBuilder  # they build; what is strange is parsed by defusedxml alone

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]  # it ships no annotations
from defusedxml.ElementTree import DefusedXMLParser  # type: ignore[import-untyped]  # as above

from hub_fastock_my.port import Unreadable
from hub_fastock_my.wire.numbers import whole

Tree = Sequence[tuple[str, Union[str, "Tree"]]]
LARGEST = 8 * 2**20  # bytes
DEEPEST = 32  # nested elements
MOST = 200_000  # elements
_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
_SPECIAL = re.compile(r"[&<>\r]")
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SHOWN = 60  # characters of a wrong value


def write(root: str, tree: Tree) -> bytes:
    """Write one document; elements with nothing in them are left out. `ValueError`: a character that XML forbids."""
    text = "".join(_written(((root, tree),)))
    if found := _FORBIDDEN.search(text):
        raise ValueError(f"XML cannot carry the character {found.group()!a}")
    return f'<?xml version="1.0" encoding="utf-8"?>{text}'.encode()


def _written(tree: Tree) -> Iterator[str]:
    for name, content in tree:
        if not content:
            continue
        inner = _escaped(content) if isinstance(content, str) else "".join(_written(content))
        yield f"<{name}>{inner}</{name}>"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda found: _ESCAPED[found.group()], text)


class Node:
    """An element, where it stands, and what is in it."""

    def __init__(self, element: Element, path: str) -> None:
        self._element = element
        self.path = path

    @property
    def name(self) -> str:
        return self._element.tag

    @property
    def content(self) -> str:
        return self._element.text or ""

    def __iter__(self) -> Iterator["Node"]:
        return (Node(each, f"{self.path}/{each.tag}") for each in self._element)

    def child(self, path: str) -> "Node | None":
        """The first element at a path below this one."""
        node = self._element
        for name in path.split("/"):
            found = next((each for each in node if each.tag == name), None)
            if found is None:
                return None
            node = found
        return Node(node, f"{self.path}/{path}")

    def children(self, path: str) -> Iterator["Node"]:
        """All elements of the last name of a path, below the first ones of the names before it."""
        above, _, name = path.rpartition("/")
        parent = self.child(above) if above else self
        return (each for each in parent or () if each.name == name)

    def text(self, path: str, default: str | None = None) -> str:
        """The text at a path; without a default it must be there and not be blank."""
        found = self.child(path)
        text = found.content if found else ""
        if text.strip():
            return text
        if default is None:
            raise Unreadable(f"{self.path}/{path} is missing")
        return default

    def word(self, path: str, default: str | None = None) -> str:
        """Like `text`, without blanks around it."""
        return self.text(path, default).strip()

    def whole(self, path: str, default: int | None = None) -> int:
        """A whole number; fractions are refused, for half a unit does not exist."""
        text = self.word(path, None if default is None else str(default))
        try:
            return whole(text)
        except ValueError as error:
            raise Unreadable(f"{self.path}/{path} is {text[:_SHOWN]!r}, not a whole number") from error


def read(body: bytes) -> Node:
    """Read a document; raises `Unreadable` for what is no XML, too large, too deep, or has a DTD or entities."""
    if len(body) > LARGEST:
        raise Unreadable(f"the document has {len(body)} bytes; at most {LARGEST} are read")
    parser = DefusedXMLParser(target=_Bounded(), forbid_dtd=True, forbid_entities=True, forbid_external=True)
    try:
        parser.feed(body)
        root: Element = parser.close()
    except DefusedXmlException as error:
        raise Unreadable(f"the document has a DTD or entities: {type(error).__name__}") from error
    except (SyntaxError, ValueError, LookupError) as error:  # a ParseError is a SyntaxError
        raise Unreadable(f"the document is no XML: {error}") from error
    return Node(root, root.tag)


def clean(text: str) -> str:
    """Words without what XML forbids: a blank stands in its place."""
    return _FORBIDDEN.sub(" ", text)


def forbidden(text: str) -> bool:
    return _FORBIDDEN.search(text) is not None


class _Bounded:
    """Builds elements, and gives up where there are too many, or too many in each other."""

    def __init__(self) -> None:
        self._builder = TreeBuilder()
        self._depth = self._count = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._count += 1
        if self._depth > DEEPEST or self._count > MOST:
            raise ValueError(f"more than {DEEPEST} elements in each other, or {MOST} in all")
        self._builder.start(tag, attributes)

    def end(self, tag: str) -> None:
        self._depth -= 1
        self._builder.end(tag)

    def data(self, text: str) -> None:
        self._builder.data(text)

    def close(self) -> Element:
        return self._builder.close()
