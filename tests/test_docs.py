"""What the pages say is what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from hub.settings import PREFIX, Settings

ROOT = Path(__file__).parents[1]


def test_every_setting_is_explained_and_no_other_one() -> None:
    page = (ROOT / "docs" / "running.md").read_text()
    told = set(re.findall(rf"`({PREFIX}[A-Z_]+)`", page))

    assert told == {f"{PREFIX}{name.upper()}" for name in Settings.__struct_fields__}


def test_every_link_between_pages_leads_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("plugins/*/README.md")]
    links = [(page, link) for page in pages for link in re.findall(r"\]\(([^)#]+)\)", page.read_text())]

    dead = [f"{page.name}: {link}" for page, link in links if "://" not in link and not (page.parent / link).exists()]

    assert dead == []
