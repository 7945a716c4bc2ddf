"""Tells the demo to whoever watches: a bar while it imports, then what happened and how to go on."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from hub.cli import folder, showing
from hub.demo import DemoFailed, Json, Story, Tell, own_settings, playing
from hub.kernel.errors import Refused
from hub.settings import Settings

PRODUCTS = (("sku", "sku"), ("name", "name"), ("price", "price.amount"), ("", "price.currency"))


def play(settings: Settings, *, items: int, once: bool, as_json: bool) -> None:
    """Play the story and tell it; unless it is told `once`, the hub stays up until Ctrl-C."""
    with ExitStack() as stack:
        stack.enter_context(folder.alone(own_settings(settings)))
        try:
            with _bar(items, quiet=as_json) as tell:
                story = stack.enter_context(playing(settings, items=items, tell=tell))
        except DemoFailed as error:
            raise Refused(f"the demo failed: {error}", code="demo_failed") from error
        _tell(story, once=once, as_json=as_json)
        sys.stdout.flush()
        if not once:
            threading.Event().wait()


def _tell(story: Story, *, once: bool, as_json: bool) -> None:
    summary = msgspec.to_builtins(story.summary)
    running = {} if once else {"address": story.address, "key": story.key, "merchant_id": story.merchant_id}
    if as_json:
        showing.document(summary | running)
        return
    showing.say("Imported, sorted into the four classes, confirmed, and cross-listed:")
    showing.show(story.summary, as_json=False)
    showing.say("The first products:")
    showing.show_page(story.products, PRODUCTS, as_json=False)
    if once:
        return
    call = f"curl -H 'Authorization: Bearer {story.key}' {story.address}/v1/merchants/{story.merchant_id}/listings"
    showing.say(f"The hub answers at {story.address}; Ctrl-C stops it. Look around with this key:\n{call}")


@contextmanager
def _bar(items: int, *, quiet: bool) -> Iterator[Tell]:
    """One bar for all shops, on standard error where a person looks at it."""
    seen: dict[str, int] = {}
    if quiet or not sys.stderr.isatty():
        yield lambda account_id, shown: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("importing", total=items)

        def tell(account_id: str, shown: Json) -> None:
            seen[account_id] = shown["items_seen"]
            progress.update(task, completed=sum(seen.values()))

        yield tell
