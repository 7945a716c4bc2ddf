"""Tells the demo to whoever watches: a bar while it imports, each scene when it is over, and how to go on."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from hub.cli import folder, showing
from hub.demo import DemoFailed, Json, Story, own_settings, playing
from hub.demo.wording import words
from hub.kernel.errors import Refused
from hub.settings import Settings

FIGURES = (
    ("what buyers see", "channel"), ("goods arrived", "goods_arrived"), ("3PL sent an order", "order_sent"),
    ("others sold", "all_sold"), ("after the night", "after_the_night"),
)  # fmt: skip


class Silent:
    """For machines, which get one document in the end."""

    def importing(self, account_id: str, shown: Json) -> None:
        """Say nothing."""

    def happened(self, scene: msgspec.Struct) -> None:
        """Say nothing."""


class Aloud:
    """For people: scenes are numbered, and told as soon as they are over."""

    def __init__(self, progress: Progress | None, items: int) -> None:
        self._progress, self._scenes = progress, 0
        self._seen: dict[str, int] = {}
        self._task = progress.add_task("importing", total=items) if progress else None

    def importing(self, account_id: str, shown: Json) -> None:
        self._seen[account_id] = shown["items_seen"]
        if self._progress and self._task is not None:
            self._progress.update(self._task, completed=sum(self._seen.values()))

    def happened(self, scene: msgspec.Struct) -> None:
        if self._progress:
            self._progress.stop()
        self._scenes += 1
        headline, *lines = words(scene)
        showing.say("\n".join([f"{self._scenes}. {headline}", *(f"   {line}" for line in lines)]))
        sys.stdout.flush()


def play(settings: Settings, *, items: int, once: bool, as_json: bool) -> None:
    """Play the story and tell it; unless it is told `once`, the hub stays up until Ctrl-C."""
    with ExitStack() as stack:
        stack.enter_context(folder.alone(own_settings(settings)))
        try:
            with _bar() as progress:
                tell = Silent() if as_json else Aloud(progress, items)
                story = stack.enter_context(playing(settings, items=items, tell=tell))
        except DemoFailed as error:
            raise Refused(f"the demo failed: {error}", code="demo_failed") from error
        _tell(story, once=once, as_json=as_json)
        sys.stdout.flush()
        if not once:
            threading.Event().wait()


def _tell(story: Story, *, once: bool, as_json: bool) -> None:
    if as_json:
        running = {} if once else {"address": story.address, "key": story.key, "merchant_id": story.merchant_id}
        showing.document(msgspec.to_builtins(story.summary) | running)
        return
    showing.show_page(story.summary.figures, FIGURES, as_json=False)
    showing.say(f"All of it took {story.summary.seconds:.0f} s.")
    if once:
        return
    call = f"curl -H 'Authorization: Bearer {story.key}' {story.address}/v1/merchants/{story.merchant_id}/orders"
    showing.say(f"The hub answers at {story.address}; Ctrl-C stops it. Look around with this key:\n{call}")


@contextmanager
def _bar() -> Iterator[Progress | None]:
    """One bar for all shops, on standard error where a person looks at it."""
    if not sys.stderr.isatty():
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        yield progress
