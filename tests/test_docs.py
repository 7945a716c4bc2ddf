"""What the pages say is what the code does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
import typer
from hub_fastock_my.settings import FastockSettings
from hub_hookspecs import ChannelSpec
from litestar.handlers import HTTPRouteHandler

from hub.app import build
from hub.cli import doctor, running
from hub.cli.root import NOUNS, verbs_of
from hub.fulfilment.rules.answering import State as AnswerState
from hub.fulfilment.rules.cancelling import Verdict
from hub.orders.rules.flags import ROUTING, Code
from hub.settings import PREFIX, Settings

ROOT = Path(__file__).parents[1]
THIRD_PARTIES = (ROOT / "docs" / "third-party-warehouses.md").read_text()
CALL = re.compile(r"^(GET|POST|PUT|PATCH|DELETE) (/[^\s?]+)(?:\?\S*)?(?:  (\{.*\}))?$", re.M)


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
    """Its own, and those of the apps that it is put together from."""
    own = {str(one.name or getattr(one.callback, "__name__", "")) for one in app.registered_commands}
    return own.union(*(commands(part.typer_instance) for part in app.registered_groups if part.typer_instance))


class Call(NamedTuple):
    """A call to the API as a page writes it, below the merchant; `body` is the JSON that stands behind it."""

    method: str
    path: str
    body: str


CALLS = [Call(*found) for found in CALL.findall(THIRD_PARTIES)]


@pytest.fixture(scope="module")
def routes() -> list[tuple[str, HTTPRouteHandler]]:
    app = build()
    handlers = [(route.path, each) for route in app.routes for each in getattr(route, "route_handlers", ())]
    return [(path, each) for path, each in handlers if isinstance(each, HTTPRouteHandler)]


def answering(routes: list[tuple[str, HTTPRouteHandler]], call: Call) -> Iterator[HTTPRouteHandler]:
    for path, handler in routes:
        pattern = re.sub(r"\{[^}]*\}", "[^/]+", path)
        if call.method in handler.http_methods and re.fullmatch(pattern, f"/v1/merchants/of-somebody{call.path}"):
            yield handler


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call.method} {call.path}")
def test_every_call_that_a_page_shows_is_answered_and_its_body_is_taken(
    routes: list[tuple[str, HTTPRouteHandler]], call: Call
) -> None:
    (handler,) = answering(routes, call)
    taken = handler.parsed_fn_signature.parameters.get("data")

    assert bool(call.body) is (taken is not None)
    if taken is not None:
        msgspec.convert(json.loads(call.body), taken.annotation)


def test_the_page_of_3pls_fills_in_what_one_asks_for() -> None:
    (wish,) = [json.loads(call.body) for call in CALLS if call.path == "/accounts"]

    settings = msgspec.convert(wish["settings"], FastockSettings)

    assert settings.customer_code == "CUST-1"


def test_the_page_of_3pls_tells_every_flag_verdict_and_state_of_an_answer() -> None:
    told = {code for row in re.findall(r"^\| (`.*?) \|", THIRD_PARTIES, re.M) for code in re.findall(r"`(\w+)`", row)}
    of_outbounds = {code for code in Code if code.startswith("outbound_")} | {Code.SHIPPED_ELSEWHERE}

    assert told == {*ROUTING, *of_outbounds, *Verdict, *AnswerState}
