"""A hub as it is delivered, in a process of its own: tells what it finds installed and what it imports from it.

`python -m tests.strangers.meeting FOLDER PLUGIN` leaves its answer in FOLDER/told.json.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack
from importlib.metadata import entry_points
from pathlib import Path

import msgspec
from hub_hookspecs.testing import Sandbox, serve

from hub.channels.host import load_hosts
from tests.world import Hub, Json, embedded_hub

SIZE = 120


def met(hub: Hub, plugin: str) -> Json:
    """Enable it for a merchant, connect an account of its sandbox, wait for the import, confirm what came in."""
    make: Callable[..., Sandbox] = entry_points(group="hub.sandboxes")[plugin].load()
    merchant = hub.merchant("Toko Batik Ayu", plugin)
    sandbox = make(size=SIZE)
    with serve(sandbox):
        wish = {"plugin": plugin, "settings": sandbox.settings()}
        connected = merchant.call("POST", "/accounts", wish, status=201)
        ended = merchant.waits_for(connected["import_id"])
    merchant.confirms_all()
    return {
        "account": connected["account"],
        "import": ended,
        "listings": merchant.listings(),
        "products": merchant.products(),
        "sandbox_failed": [repr(error) for error in sandbox.exceptions],
    }


def main(folder: Path, plugin: str) -> None:
    with ExitStack() as stack:
        hub = stack.enter_context(embedded_hub(folder, plugins=load_hosts()))
        plugins = {found["name"]: found for found in hub.call("GET", "/v1/plugins")["items"]}
        told = {"plugins": plugins} | (met(hub, plugin) if plugin in plugins else {})
    (folder / "told.json").write_bytes(msgspec.json.encode(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
