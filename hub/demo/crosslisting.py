"""Lists products to the hub's own channels: submit, take the workbook from its notice, upload it, see the result."""

from __future__ import annotations

from typing import NamedTuple

from hub.demo.calls import DemoFailed, Json, Team, call
from hub.kernel.workbooks import MEDIA_TYPE

CHOSEN = 20  # products that go to each such channel


class Listed(NamedTuple):
    """A channel of the hub's own that was connected, and how many products it lists now."""

    plugin: str
    title: str
    account: Json
    rows: int


def cross_list(team: Team, product: Json) -> list[Listed]:
    """Connect each installed channel that needs no network and takes products, and list this one and others to it."""
    first = [each["id"] for each in team.get(f"/products?limit={CHOSEN}")["items"]]
    chosen = list(dict.fromkeys([product["id"], *first]))[:CHOSEN]
    return [_listed(team, own["name"], own["title"], chosen) for own in _own_channels(team)]


def _own_channels(team: Team) -> list[Json]:
    installed: list[Json] = call(team.api, "GET", "/v1/plugins")["items"]
    takers = [each for each in installed if "push_product" in each["offers"]]
    return [each for each in takers if _detail(team, each["name"])["sheet"]["offline"]]


def _listed(team: Team, plugin: str, title: str, products: list[str]) -> Listed:
    team.put(f"/plugins/{plugin}", {"enabled": True})
    wish = {"plugin": plugin, "settings": _examples(team, plugin), "preconditions_confirmed": True}
    account = team.post("/accounts", wish)["account"]
    made = team.post("/crosslistings", {"account_id": account["id"], "product_ids": products})
    ready = _notice(team, made["id"], "crosslisting.workbook_ready")
    content = team.download(ready["link"])
    team.upload(f"/crosslistings/{made['id']}/workbook", content, MEDIA_TYPE)
    told = _notice(team, made["id"], "crosslisting.finished")
    rows: dict[str, int] = team.get(f"/crosslistings/{made['id']}")["rows"]
    if set(rows) - {"done"}:
        raise DemoFailed(f"{told['title']}: {told['text']}")
    return Listed(plugin, title, account, sum(rows.values()))


def _examples(team: Team, plugin: str) -> Json:
    """Fill in what must be filled in, with what the form itself shows as an example."""
    schema = _detail(team, plugin)["settings_schema"]
    form = schema["$defs"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    return {name: form["properties"][name]["examples"][0] for name in form.get("required", ())}


def _detail(team: Team, plugin: str) -> Json:
    return call(team.api, "GET", f"/v1/plugins/{plugin}")


def _notice(team: Team, crosslisting_id: str, kind: str) -> Json:
    def told() -> Json | None:
        unread: list[Json] = team.get("/notices?unread=true")["items"]
        mine = [notice for notice in unread if notice["subject"]["id"] == crosslisting_id]
        for notice in mine:
            if notice["level"] == "failure":
                raise DemoFailed(f"{notice['title']}: {notice['text']}")
        return next((notice for notice in mine if notice["kind"] == kind), None)

    return team.until(f"a notice tells of {kind}", told)
