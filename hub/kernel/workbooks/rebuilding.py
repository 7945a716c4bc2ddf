"""Packs anew what is read of a workbook, judged on its way: calamine meets no part, name or size that we did not."""

from __future__ import annotations

import io
from collections.abc import Mapping
from zipfile import ZIP_DEFLATED, ZipFile

from hub.kernel.workbooks.forms import Limits
from hub.kernel.workbooks.outline import Outline
from hub.kernel.workbooks.package import SMALL, Package
from hub.kernel.workbooks.parsing import Walker, walk
from hub.kernel.workbooks.scanning import Scan, Texts

_STYLES = 4 * SMALL
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPES = (
    f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)


class Rebuilt:
    """A workbook of the sheets asked for, each under the name it is asked by, and what the scan of each found."""

    def __init__(self, package: Package, outline: Outline, sheets: Mapping[str, str], limits: Limits) -> None:
        self.content = io.BytesIO()
        self.scans: dict[str, Scan] = {}
        texts = Texts(limits)
        with ZipFile(self.content, "w", ZIP_DEFLATED, compresslevel=1) as archive:
            related = {}
            if outline.texts:
                related["sharedStrings"] = "sharedStrings.xml"
                _copy(package, outline.texts, archive, "xl/sharedStrings.xml", texts)
            if outline.styles:
                related["styles"] = "styles.xml"
                _copy(package, outline.styles, archive, "xl/styles.xml", Outline(), _STYLES)
            for number, (name, part) in enumerate(sheets.items()):
                self.scans[name] = Scan(texts, limits)
                _copy(package, part, archive, f"xl/sheet{number}.xml", self.scans[name])
            _pack_frame(archive, list(sheets), related)
        self.content.seek(0)


def _copy(package: Package, part: str, archive: ZipFile, name: str, walker: Walker, largest: int | None = None) -> None:
    with archive.open(name, "w") as target:
        for piece in walk(package.pieces(part, largest), walker):
            target.write(piece)


def _pack_frame(archive: ZipFile, sheets: list[str], related: Mapping[str, str]) -> None:
    """Write the parts that say where the others are; names of sheets are ours and need no escaping."""
    listed = "".join(f'<sheet name="{name}" sheetId="{n + 1}" r:id="s{n}"/>' for n, name in enumerate(sheets))
    relations = {f"s{n}": ("worksheet", f"sheet{n}.xml") for n in range(len(sheets))}
    relations |= {kind: (kind, target) for kind, target in related.items()}
    archive.writestr("[Content_Types].xml", _TYPES)
    archive.writestr("_rels/.rels", _relations({"book": ("officeDocument", "xl/workbook.xml")}))
    archive.writestr("xl/_rels/workbook.xml.rels", _relations(relations))
    archive.writestr(
        "xl/workbook.xml", f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>'
    )


def _relations(relations: Mapping[str, tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="{id_}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for id_, (kind, target) in relations.items()
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'
