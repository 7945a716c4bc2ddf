"""What the pages say is what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import typer
from hub_hookspecs import ChannelSpec

from hub.cli import doctor, running
from hub.cli.root import NOUNS, verbs_of
from hub.settings import PREFIX, Settings

ROOT = Path(__file__).parents[1]


def test_every_setting_is_explained_and_no_other_one() -> None:
    page = (ROOT / "docs" / "running.md").read_text()
    told = set(re.findall(rf"`({PREFIX}[A-Z_]+)`", page))

    assert told == {f"{PREFIX}{name.upper()}" for name in Settings.__struct_fields__}


def test_the_page_of_the_hooks_names_those_that_the_hub_calls() -> None:
    told = (ROOT / "docs" / "hooks.md").read_text().partition("This release of the hub calls ")[2].partition(".")[0]
    hooks = [name for name in vars(ChannelSpec) if not name.startswith("_")]
    code = "\n".join(path.read_text() for path in (ROOT / "hub").rglob("*.py"))

    called = {
        "describe_channel",
        *(hook for hook in hooks if re.search(rf"\.{hook}\(", code)),
    }  # that one when it loads

    assert set(re.findall(r"`(\w+)`", told)) == called


def test_every_link_between_pages_leads_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("plugins/*/README.md")]
    links = [(page, link) for page in pages for link in re.findall(r"\]\(([^)#]+)\)", page.read_text())]

    dead = [f"{page.name}: {link}" for page, link in links if "://" not in link and not (page.parent / link).exists()]

    assert dead == []


def test_every_command_that_a_page_names_exists() -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
    code = [span for page in pages for span in re.findall(r"```.*?```|`[^`]+`", page.read_text(), re.S)]
    told = "\n".join(re.sub(r"#.*", "", span) for span in code)  # comments speak of the hub, not to it
    named = {tuple(words.split()) for words in re.findall(r"\bhub((?: [a-z][a-z-]*){1,2})", told)}
    verbs = known_commands()

    assert named
    assert {words for words in named if words[:1] not in verbs and words[:2] not in verbs} == set()


def known_commands() -> set[tuple[str, ...]]:
    """Commands that are no nouns, and nouns with their verbs."""
    alone = {name for app in (running.app, doctor.app) for name in commands(app)}
    verbs = {(noun, verb) for noun, (module, _) in NOUNS.items() for verb in commands(verbs_of(module))}
    return {(name,) for name in alone} | verbs


def commands(app: typer.Typer) -> set[str]:
    return {str(one.name or getattr(one.callback, "__name__", "")) for one in app.registered_commands}
