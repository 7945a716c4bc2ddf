"""XML at the sandbox's own door: read strictly, so that a slip of the plugin's is seen, and written plainly."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement, tostring

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]  # it ships no annotations
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]  # as above

from hub_fastock_my.sandbox.records import Refused, need


class Fields:
    """The children of an element; who is done with it says what it did not ask for."""

    def __init__(self, element: Element, path: str) -> None:
        self._element, self._path, self._asked = element, path, set[str]()

    def text(self, name: str) -> str:
        """The text of a child, or "" where it is not there."""
        self._asked.add(name)
        return self._element.findtext(name) or ""

    def need(self, name: str) -> str:
        return need(self.text(name), f"{self._path}/{name}")

    def inner(self, name: str) -> "Fields":
        self._asked.add(name)
        found = self._element.find(name)
        return Fields(found if found is not None else Element(name), f"{self._path}/{name}")

    def each(self, name: str, inner: str) -> Iterator["Fields"]:
        self._asked.add(name)
        return (Fields(found, f"{self._path}/{name}/{inner}") for found in self._element.findall(f"{name}/{inner}"))

    def done(self) -> None:
        """Refuse what nobody asked for: the standard knows no such element here."""
        if unknown := {child.tag for child in self._element} - self._asked:
            raise Refused("unknown-element", f"{self._path} has no {', '.join(sorted(unknown))}")


def read(body: bytes) -> Fields:
    try:
        root: Element = fromstring(body, forbid_dtd=True)
    except (SyntaxError, ValueError, DefusedXmlException) as error:
        raise Refused("bad-format", f"this is no XML: {error}") from error
    if root.tag != "request":
        raise Refused("bad-format", f"the document is a {root.tag}, not a request")
    return Fields(root, "request")


class Writer:
    """Builds one document from top to bottom."""

    def __init__(self, root: str) -> None:
        self._root = Element(root)

    def put(self, path: str, text: object) -> "Writer":
        """Write a text at a path; what is above it is made where it is not there yet."""
        above, _, name = path.rpartition("/")
        SubElement(self._at(above), name).text = str(text)
        return self

    def row(self, path: str, **texts: object) -> "Writer":
        """Write one more element at a path, with texts in it."""
        above, _, name = path.rpartition("/")
        row = SubElement(self._at(above), name)
        for each, text in texts.items():
            SubElement(row, each).text = str(text)
        return self

    def write(self) -> bytes:
        text: str = tostring(self._root, encoding="unicode")
        return f'<?xml version="1.0" encoding="utf-8"?>{text}'.encode()

    def _at(self, path: str) -> Element:
        element = self._root
        for name in path.split("/") if path else ():
            found = element.find(name)
            element = found if found is not None else SubElement(element, name)
        return element
