"""Lists products to the hub's own channels: submit, take the workbook from its notice, upload it, see the result."""

from __future__ import annotations

import time

import httpx

from hub.demo.calls import POLL_SECONDS, DemoFailed, Json, call, download, upload
from hub.kernel.workbooks import MEDIA_TYPE

CHOSEN = 20  # products that go to each such channel


def cross_list(api: httpx.Client, root: str) -> dict[str, int]:
    """Connect each installed channel that needs no network and takes products; gives the rows that were listed."""
    products = [each["id"] for each in call(api, "GET", f"{root}/products?limit={CHOSEN}")["items"]]
    return {name: _listed(api, root, name, products) for name in _own_channels(api)}


def _own_channels(api: httpx.Client) -> list[str]:
    names = [each["name"] for each in call(api, "GET", "/v1/plugins")["items"] if "push_product" in each["offers"]]
    return [name for name in names if call(api, "GET", f"/v1/plugins/{name}")["sheet"]["offline"]]


def _listed(api: httpx.Client, root: str, plugin: str, products: list[str]) -> int:
    call(api, "PUT", f"{root}/plugins/{plugin}", {"enabled": True})
    wish = {"plugin": plugin, "settings": _examples(api, plugin), "preconditions_confirmed": True}
    account = call(api, "POST", f"{root}/accounts", wish)["account"]
    made = call(api, "POST", f"{root}/crosslistings", {"account_id": account["id"], "product_ids": products})
    ready = _notice(api, root, made["id"], "crosslisting.workbook_ready")
    content = download(api, ready["link"])
    upload(api, f"{root}/crosslistings/{made['id']}/workbook", content, MEDIA_TYPE)
    told = _notice(api, root, made["id"], "crosslisting.finished")
    rows: dict[str, int] = call(api, "GET", f"{root}/crosslistings/{made['id']}")["rows"]
    if set(rows) - {"done"}:
        raise DemoFailed(f"{told['title']}: {told['text']}")
    return sum(rows.values())


def _examples(api: httpx.Client, plugin: str) -> Json:
    """Fill in what must be filled in, with what the form itself shows as an example."""
    schema = call(api, "GET", f"/v1/plugins/{plugin}")["settings_schema"]
    form = schema["$defs"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    return {name: form["properties"][name]["examples"][0] for name in form.get("required", ())}


def _notice(api: httpx.Client, root: str, crosslisting_id: str, kind: str) -> Json:
    while True:
        unread: list[Json] = call(api, "GET", f"{root}/notices?unread=true")["items"]
        for notice in unread:
            if (notice["kind"], notice["subject"]["id"]) == (kind, crosslisting_id):
                return notice
            if (notice["level"], notice["subject"]["id"]) == ("failure", crosslisting_id):
                raise DemoFailed(f"{notice['title']}: {notice['text']}")
        time.sleep(POLL_SECONDS)
