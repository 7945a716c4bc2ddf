"""Lays out plugins, switches, accounts and their places for people: what they may see, never a secret."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from hub_hookspecs import Place

from hub.channels import rules, store
from hub.channels.host import Host, Refusal, capability_sheet, settings_schema
from hub.channels.rules.places import IMPLIED
from hub.channels.schemas import Account, Plugin, PluginDetail, Switch
from hub.channels.schemas.places import AccountPlace, AccountPlaces, NamedWarehouse
from hub.channels.service.formed import shown
from hub.channels.service.sealed import open_settings
from hub.channels.service.wiring import Channels
from hub.channels.store.accounts import AccountRow
from hub.channels.store.places import MappedPlace
from hub.channels.store.warehouses import Warehouse
from hub.kernel.db import Transaction
from hub.kernel.errors import NotFound

UNMAPPED = "not mapped: stock is not pushed there"
OPEN_STILL = "gone: the last check no longer found it, and documents of its warehouse are open"
GONE = "gone: the last check no longer found it, so nothing is pushed there"


def plugins(channels: Channels) -> list[Plugin]:
    """Everything installed, by name: what is loaded with what it can do, what is refused with the reason."""
    installed: dict[str, Host | Refusal] = {**channels.hosts.loaded, **channels.hosts.refused}
    return [_plugin(installed[name]) for name in sorted(installed)]


def plugin_detail(channels: Channels, name: str) -> PluginDetail:
    if name not in channels.hosts.loaded and name not in channels.hosts.refused:
        raise NotFound("plugin")
    host = channels.host(name)
    return PluginDetail(sheet=capability_sheet(host), settings_schema=settings_schema(host))


def switches(channels: Channels, db: Transaction, merchant_id: str) -> list[Switch]:
    """One for each installed plugin, and for each that was enabled once and is gone."""
    kept = store.switches.switches_of(db, merchant_id)
    running = store.switches.in_flight(db, merchant_id)
    found = []
    for name in sorted({*channels.hosts.loaded, *channels.hosts.refused, *kept}):
        row = kept.get(name)
        enabled, in_flight = row is not None and row.enabled, running.get(name, 0)
        found.append(
            Switch(
                plugin=name,
                enabled=enabled,
                draining=not enabled and in_flight > 0,
                in_flight=in_flight,
                changed_at=row.changed_at if row else None,
            )
        )
    return found


def switch(channels: Channels, db: Transaction, merchant_id: str, name: str) -> Switch:
    for found in switches(channels, db, merchant_id):
        if found.plugin == name:
            return found
    raise NotFound("plugin")


def account(channels: Channels, db: Transaction, row: AccountRow) -> Account:
    (shown,) = accounts(channels, db, [row])
    return shown


def accounts(channels: Channels, db: Transaction, rows: Sequence[AccountRow]) -> list[Account]:
    shown = _shown(db, rows)
    return [_account(channels, row, shown[row.id]) for row in rows]


def places(db: Transaction, row: AccountRow) -> AccountPlaces:
    return AccountPlaces(items=_shown(db, [row])[row.id])


def _shown(db: Transaction, rows: Sequence[AccountRow]) -> dict[str, tuple[AccountPlace, ...]]:
    """The places of these accounts; one at a 3PL has a warehouse for each, those of others are mapped to some."""
    ids = [row.id for row in rows]
    mapped = store.places.mapped_places(db, ids)
    own = {(each.account_id, each.place_ref): each for each in store.warehouses.of_accounts(db, ids)}
    at_3pl = {account_id for account_id, _ in own}
    return {
        row.id: _own(row, own) if row.id in at_3pl else _places(row, mapped[row.id])
        for row in rows
    }  # fmt: skip


def _account(channels: Channels, row: AccountRow, places: tuple[AccountPlace, ...]) -> Account:
    host = channels.hosts.loaded.get(row.plugin)
    settings = None
    if row.settings and host is not None:
        settings = shown(host, open_settings(channels.ring, row.id, row.settings))
    visible = {name: getattr(row, name) for name in Account.__struct_fields__}
    return Account(**{**visible, "settings": settings, "places": places})


def _own(row: AccountRow, own: Mapping[tuple[str, str], Warehouse]) -> tuple[AccountPlace, ...]:
    told = {place.ref: place for place in row.places}
    houses = {ref: house for (account_id, ref), house in own.items() if account_id == row.id}
    return tuple(
        AccountPlace(
            ref=ref,
            name=told[ref].name if ref in told else houses[ref].name,
            country=told[ref].country if ref in told else "",
            timezone=told[ref].timezone if ref in told else "",
            warehouses=(NamedWarehouse(id=houses[ref].id, name=houses[ref].name),) if ref in houses else (),
            gone=ref not in told,
            note="" if ref in told else OPEN_STILL,
        )
        for ref in [*told, *(ref for ref in houses if ref not in told)]
    )


def _places(row: AccountRow, mapped: Sequence[MappedPlace]) -> tuple[AccountPlace, ...]:
    """Mapped places in their order, those that are gone among them, then the others as the channel tells them."""
    now = {place.ref: place for place in row.places} or {IMPLIED: Place(ref=IMPLIED, name="")}
    shows = rules.places.behind(now, [each.mapped for each in mapped])
    waiting = now.keys() - {each.ref for each in mapped}
    found = [_mapped(each, now.get(each.ref), shows.get(each.ref, ())) for each in mapped]
    found += [
        AccountPlace(ref=ref, name=place.name, country=place.country, timezone=place.timezone, note=UNMAPPED)
        for ref, place in now.items()
        if ref in waiting
    ]
    return tuple(found)


def _mapped(each: MappedPlace, now: Place | None, shows: Collection[str]) -> AccountPlace:
    elsewhere = [name for one, name in each.warehouses if one not in shows]
    note = f"shown at a place further up, so counted 0 here: {', '.join(elsewhere)}" if elsewhere else ""
    return AccountPlace(
        ref=each.ref,
        name=now.name if now else each.name,
        country=now.country if now else "",
        timezone=now.timezone if now else "",
        warehouses=tuple(NamedWarehouse(id=one, name=name) for one, name in each.warehouses),
        shared=each.shared,
        gone=now is None,
        note=note if now else GONE,
    )


def _plugin(found: Host | Refusal) -> Plugin:
    if isinstance(found, Refusal):
        return Plugin(name=found.name, distribution=found.distribution, version=found.version, refused=found.reason)
    sheet = capability_sheet(found)
    return Plugin(
        name=found.name,
        distribution=found.distribution,
        version=found.version,
        title=sheet.title,
        offers=sheet.offers,
        lacks=sheet.lacks,
    )
