"""A fresh hub and sandboxes beside it, for the story to be played on.

story         what happens there, told through the REST API
cataloguing   its first part: what channels list becomes products
crosslisting  products go out to the hub's own channels
warehousing   a 3PL is connected, and goods are brought there
sending       orders that it sends, or cannot, and a night there
stage         what is outside the hub: sandboxes, their people, their post, and the time
records       what all of it came to                        wording   the same in words
calls         how it speaks to the API
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import msgspec

from hub.demo.calls import PATIENCE, DemoFailed, Json, call
from hub.demo.records import Summary
from hub.demo.stage import staged
from hub.demo.story import Tell, tell_story
from hub.kernel import migrating
from hub.kernel.api.policy import Access
from hub.kernel.events import SYSTEM
from hub.merchants import service as merchants
from hub.runtime import Runtime, assemble
from hub.server import serving
from hub.settings import Settings
from hub.worker import run_embedded


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """A finished story and the hub that it left running."""

    summary: Summary
    address: str
    key: str
    merchant_id: str
    products: list[Json]


@contextmanager
def playing(settings: Settings, *, items: int, tell: Tell) -> Iterator[Story]:
    """Play the story on a fresh embedded hub, which runs on until the block ends."""
    with ExitStack() as stack:
        runtime = stack.enter_context(_fresh_hub(settings))
        stack.enter_context(run_embedded(runtime.work, runtime.settings))
        address = stack.enter_context(serving(runtime, host=settings.host, port=settings.port))
        key = _platform_key(runtime)
        headers = {"Authorization": f"Bearer {key}"}
        briefly = httpx.Limits(keepalive_expiry=1.0)  # idle connections are let go of before the hub closes them
        api = stack.enter_context(httpx.Client(base_url=address, headers=headers, timeout=PATIENCE, limits=briefly))
        channels = runtime.channels.hosts.declared
        stage = stack.enter_context(staged(channels, items, address, runtime.database.clock))
        merchant_id, summary = tell_story(api, stage, tell)
        products = call(api, "GET", f"/v1/merchants/{merchant_id}/products?limit=5")["items"]
        yield Story(summary=summary, address=address, key=key, merchant_id=merchant_id, products=products)


def own_settings(settings: Settings) -> Settings:
    """A data folder and an embedded database of its own, whatever else is set."""
    own = {"database_url": "", "redis_url": "", "key_ring": "", "allow_loopback_channels": True}
    return msgspec.structs.replace(settings, data_dir=settings.data_dir / "demo", **own)


@contextmanager
def _fresh_hub(settings: Settings) -> Iterator[Runtime]:
    own = own_settings(settings)
    _clear(own.data_dir)
    runtime = assemble(own)
    migrating.upgrade(runtime.database)
    try:
        yield runtime
    finally:
        runtime.close()


def _clear(folder: Path) -> None:
    """Forget the last story; a lock stays, for it is held on the file and not on its name."""
    for each in folder.iterdir() if folder.exists() else ():
        if each.suffix != ".lock":
            shutil.rmtree(each) if each.is_dir() else each.unlink()


def _platform_key(runtime: Runtime) -> str:
    with runtime.database.writing() as db:
        environment = runtime.settings.environment
        _, secret = merchants.create_key(
            db, "demo", environment=environment, merchants=None, access=Access.ADMIN, expires_at=None, actor=SYSTEM
        )
    return secret


__all__ = ["DemoFailed", "Json", "Story", "Summary", "Tell", "own_settings", "playing"]
