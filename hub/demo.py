"""The whole story, played on sandboxes through the REST API: connect, import, look at the classes, confirm."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import httpx
import msgspec
from hub_hookspecs.testing.sandbox import Sandbox, serve

from hub.kernel import migrating
from hub.kernel.api.policy import Access
from hub.kernel.events import SYSTEM
from hub.merchants import service as merchants
from hub.runtime import Runtime, assemble
from hub.server import serving
from hub.settings import Settings
from hub.worker import run_embedded

Json = dict[str, Any]  # Any: answers of the API
Tell = Callable[[str, Json], None]  # told how far each import is
POLL_SECONDS = 0.2
SHARES = (2, 1)  # two shops on each channel: what several sell is the class matched


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What the story came to; classes are as imported, before anything was confirmed."""

    items_seen: int
    listings: int
    skipped: dict[str, int]
    classes: dict[str, int]
    products: int
    seconds: float


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """A finished story and the hub that it left running."""

    summary: Summary
    address: str
    key: str
    merchant_id: str
    products: list[Json]


class DemoFailed(Exception):
    """The hub answered something else than the story expects."""


@contextmanager
def playing(settings: Settings, *, items: int, tell: Tell) -> Iterator[Story]:
    """Play the story on a fresh embedded hub, which runs on until the block ends."""
    with ExitStack() as stack:
        runtime = stack.enter_context(_fresh_hub(settings))
        stack.enter_context(run_embedded(runtime.work, runtime.settings))
        address = stack.enter_context(serving(runtime, host=settings.host, port=settings.port))
        key = _platform_key(runtime)
        shops = [stack.enter_context(_shop(name, sandbox)) for name, sandbox in _sandboxes(items)]
        api = stack.enter_context(httpx.Client(base_url=address, headers={"Authorization": f"Bearer {key}"}))
        merchant_id, summary = _tell_story(api, shops, tell)
        products = _call(api, "GET", f"/v1/merchants/{merchant_id}/products?limit=5")["items"]
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


def _sandboxes(items: int) -> Iterator[tuple[str, Sandbox]]:
    channels = entry_points(group="hub.sandboxes")
    for entry in channels:
        make: Callable[..., Sandbox] = entry.load()
        for number, share in enumerate(SHARES, start=1):
            yield entry.name, make(seed=number, size=max(items * share // (sum(SHARES) * len(channels)), 1))


@contextmanager
def _shop(plugin: str, sandbox: Sandbox) -> Iterator[tuple[str, Json]]:
    with serve(sandbox):
        yield plugin, sandbox.settings()


def _tell_story(api: httpx.Client, shops: list[tuple[str, Json]], tell: Tell) -> tuple[str, Summary]:
    begun = time.monotonic()
    merchant = _call(api, "POST", "/v1/merchants", {"name": "Toko Batik Ayu"})["id"]
    root = f"/v1/merchants/{merchant}"
    for plugin in {plugin for plugin, _ in shops}:
        _call(api, "PUT", f"{root}/plugins/{plugin}", {"enabled": True})
    for plugin, given in shops:
        wish = {"plugin": plugin, "settings": given, "preconditions_confirmed": True}
        _call(api, "POST", f"{root}/accounts", wish)
    done = _watch_imports(api, root, len(shops), tell)
    classes = _call(api, "GET", f"{root}/listings/classes")
    job = _call(api, "POST", f"{root}/listings/confirm", {"filter": {}})
    linked = _finished(api, f"{root}/jobs/{job['id']}")
    if linked["state"] != "done":
        raise DemoFailed(f"confirming ended as {linked['state']}: {linked['error']}")
    skipped: Counter[str] = sum((Counter(one["skipped"]) for one in done), Counter())
    return merchant, Summary(
        items_seen=sum(one["items_seen"] for one in done),
        listings=sum(one["listings"] for one in done),
        skipped=dict(skipped),
        classes=classes,
        products=_count_products(api, root),
        seconds=round(time.monotonic() - begun, 2),
    )


def _watch_imports(api: httpx.Client, root: str, expected: int, tell: Tell) -> list[Json]:
    while True:
        found: list[Json] = _call(api, "GET", f"{root}/imports")["items"]
        if len(found) != expected:
            raise DemoFailed(f"{len(found)} imports began by themselves, not {expected}")
        for one in found:
            tell(one["account_id"], one)
        if all(one["finished_at"] for one in found):
            break
        time.sleep(POLL_SECONDS)
    if failed := [one for one in found if one["state"] != "done"]:
        raise DemoFailed(f"an import ended as {failed[0]['state']}: {failed[0]['error']}")
    return found


def _finished(api: httpx.Client, path: str) -> Json:
    while not (now := _call(api, "GET", path))["finished_at"]:
        time.sleep(POLL_SECONDS)
    return now


def _count_products(api: httpx.Client, root: str) -> int:
    count, path = 0, f"{root}/products?limit=200"
    while path:
        page = _call(api, "GET", path)
        count, path = count + len(page["items"]), page["next"]
    return count


def _call(api: httpx.Client, method: str, path: str, body: Mapping[str, object] | None = None) -> Json:
    answer = api.request(method, path, json=body, timeout=60)
    if answer.is_error:
        raise DemoFailed(f"{method} {path}: {answer.status_code} {answer.text}")
    found: Json = answer.json()
    return found
