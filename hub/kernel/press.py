"""The process that prints: HTML on standard input, PDF on standard output. `hub.kernel.printing` starts it.

It is told a folder of its own, which whoever started it takes away: it may be ended at any moment.

It is a process of its own since a page from outside meets a parser in C here: whatever it does to that ends with it.
It has no environment, reaches no network and no file but its fonts, and is limited in time, memory and what it writes.
"""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

import nh3
import plutoprint
from plutoprint import Book, PageMargins, PageSize, ResourceData, ResourceFetcher, default_resource_fetcher

MEMORY, SECONDS, WRITTEN = 1 << 30, 8, 32 << 20  # bytes, of CPU, bytes
A6, MARGIN = (105, 148), 3  # mm
_TAGS = nh3.ALLOWED_TAGS | {"style", "font"}
_EVERYWHERE = {"style", "class", "id", "align", "valign", "width", "height", "bgcolor", "border", "dir", "lang"}
_ATTRIBUTES = {tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()} | {
    "*": _EVERYWHERE, "img": {"src", "alt"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"},
    "font": {"color", "size", "face"},
}  # fmt: skip
_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir>{bundled}</dir><dir>/usr/share/fonts</dir><dir>/usr/local/share/fonts</dir>
<cachedir>{cache}</cachedir><alias><family>sans-serif</family>
<prefer><family>Noto Sans</family><family>Droid Sans Fallback</family></prefer></alias></fontconfig>"""


class _Nothing(ResourceFetcher):
    """Gives what lies in the page itself, and nothing from anywhere else."""

    def fetch_url(self, url: str) -> ResourceData:
        if url.startswith("data:"):
            return default_resource_fetcher.fetch_url(url)
        return ResourceData(b"")


def main() -> None:
    for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_FSIZE, WRITTEN)):
        resource.setrlimit(what, (most, most))
    page = sys.stdin.buffer.read().decode(errors="replace")
    _know_fonts(Path(sys.argv[1]))
    _print(page)


def _know_fonts(folder: Path) -> None:
    bundled = Path(__file__).with_name("fonts")
    settings = folder / "fonts.conf"
    settings.write_text(_FONTS.format(bundled=bundled, cache=folder / "cache"))
    os.environ["FONTCONFIG_FILE"] = str(settings)


def _print(page: str) -> None:
    clean = nh3.clean(
        page, tags=_TAGS, clean_content_tags={"script"}, attributes=_ATTRIBUTES, url_schemes={"data"}, link_rel=None
    )
    book = Book(
        PageSize(*(side * plutoprint.UNITS_MM for side in A6)), PageMargins(*(MARGIN * plutoprint.UNITS_MM,) * 4)
    )
    book.custom_resource_fetcher = _Nothing()
    book.load_html(clean, user_style="body { font-family: sans-serif }")
    book.write_to_pdf_stream(sys.stdout.buffer)


if __name__ == "__main__":
    main()
