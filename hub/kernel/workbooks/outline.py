"""Finds out which sheets a workbook has, and in which parts they, their texts and their styles are."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from hub.kernel.workbooks.package import SMALL, Package
from hub.kernel.workbooks.parsing import End, Place, walk

_BOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"


class Outline:
    """Sheets by name, and the parts that all of them share; "" where there is none."""

    def __init__(self) -> None:
        self.texts = self.styles = ""
        self._ids: dict[str, str] = {}
        self._parts: dict[str, str] = {}
        self.starts = {"sheet": self._sheet, "Relationship": self._relation}
        self.ends: Mapping[str, End] = {}

    @property
    def sheets(self) -> Mapping[str, str]:
        """The part of each sheet, by its name."""
        return {name: self._parts.get(id_, "") for name, id_ in self._ids.items()}

    def text(self, text: str) -> None:
        """Nothing that matters stands between these tags."""

    def _sheet(self, attributes: Mapping[str, str], place: Place) -> None:
        ids = (value for name, value in attributes.items() if name.endswith(":id"))
        self._ids[attributes.get("name", "")] = next(ids, "")

    def _relation(self, attributes: Mapping[str, str], place: Place) -> None:
        target, kind = attributes.get("Target", ""), attributes.get("Type", "").rpartition("/")[2]
        part = target.removeprefix("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
        self._parts[attributes.get("Id", "")] = part
        if kind == "sharedStrings":
            self.texts = part
        elif kind == "styles":
            self.styles = part


def outline_of(package: Package) -> Outline:
    outline = Outline()
    for part in (_BOOK, _RELATIONS):
        walk(package.pieces(part, SMALL), outline)
    return outline
