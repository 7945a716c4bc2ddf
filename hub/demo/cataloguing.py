"""Connects shops, watches their imports, and confirms what came in into products."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from hub.demo.calls import DemoFailed, Json, Team
from hub.demo.crosslisting import Listed
from hub.demo.records import Catalogue
from hub.demo.stage import Actor

Watch = Callable[[str, Json], None]  # told how far each import is


def connect(team: Team, shops: Iterable[Actor]) -> dict[Actor, str]:
    """Connect these shops; gives the account of each, whose import has begun by itself."""
    shops = list(shops)
    for plugin in sorted({shop.plugin for shop in shops}):
        team.put(f"/plugins/{plugin}", {"enabled": True})
    return {shop: team.post("/accounts", shop.wish)["account"]["id"] for shop in shops}


def watch_imports(team: Team, expected: int, watch: Watch) -> list[Json]:
    """Wait until what has begun by itself has ended well."""

    def seen() -> list[Json]:
        found: list[Json] = team.get("/imports")["items"]
        if len(found) != expected:
            raise DemoFailed(f"{len(found)} imports began by themselves, not {expected}")
        for one in found:
            watch(one["account_id"], one)
        return found

    def ended() -> list[Json] | None:
        found = seen()
        return found if all(one["finished_at"] for one in found) else None

    done = team.until("the imports end", ended, moves=lambda: sum(one["items_seen"] for one in seen()))
    if failed := [one for one in done if one["state"] != "done"]:
        raise DemoFailed(f"an import ended as {failed[0]['state']}: {failed[0]['error']}")
    return done


def confirm_all(team: Team) -> None:
    """Tick the box that selects everything, and confirm; whatever is linked is in the hub's stock from then on."""
    team.done(team.post("/listings/confirm", {"filter": {}}), "all listings are confirmed")


def catalogue(team: Team, imports: list[Json], classes: dict[str, int], listed: list[Listed]) -> Catalogue:
    skipped: Counter[str] = sum((Counter(one["skipped"]) for one in imports), Counter())
    return Catalogue(
        items_seen=sum(one["items_seen"] for one in imports),
        listings=sum(one["listings"] for one in imports),
        skipped=dict(skipped),
        classes=classes,
        products=len(team.all("/products")),
        cross_listed={each.plugin: each.rows for each in listed},
    )
