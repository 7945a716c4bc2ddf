"""The examinations of `hub doctor`, each a finding with its cure."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator

import redis
import sqlalchemy as sa

from hub.channels.host import load_hosts
from hub.channels.tables import account
from hub.cli import opening
from hub.cli.checks import Finding, failed, ok, warning
from hub.kernel import migrating
from hub.kernel.db import Database, now
from hub.kernel.errors import HubError
from hub.kernel.sealing import FILE, KeyRing, Unsealable, open_ring, seal, unseal
from hub.settings import SettingError, Settings

LITTLE_SPACE = 1_000_000_000  # bytes
SKEW_SECONDS = 2.0  # leases and due times go by the database's clock, tokens by ours
CANARY = "doctor"


def examine() -> Iterator[Finding]:
    """Everything that can be looked at; where one thing fails, what needs it is left out."""
    try:
        settings = opening.settings()
    except SettingError as error:
        yield failed("settings", str(error), cure="correct the variable")
        yield from _strange_settings()
        return
    yield ok("settings", f"{'one process' if settings.embedded else 'several processes'}, {settings.environment}")
    yield from _strange_settings()
    yield from _folder(settings)
    ring, found = _ring(settings)
    yield found
    yield from _database(settings, ring)
    if settings.redis_url:
        yield from _redis(settings.redis_url)
    yield from _plugins()


def _strange_settings() -> Iterator[Finding]:
    """Name what nobody reads; never its value, which may be a secret."""
    for name, meant in Settings.unknown_in(os.environ).items():
        cure = f"did you mean {meant}? Rename it" if meant else "take it away"
        yield warning(name, "is no setting of the hub; nobody reads it", cure=cure)


def _folder(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir
    if not folder.exists() and next(each for each in folder.absolute().parents if each.exists()).is_dir():
        yield ok("data folder", f"{folder.absolute()} will be made by the first start")
        return
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        cure = "correct its owner or mode, or set HUB_DATA_DIR"
        yield failed("data folder", f"{folder} is not writable: {error.strerror}", cure=cure)
        return
    yield ok("data folder", f"{folder.absolute()} is writable")
    free = shutil.disk_usage(folder).free
    told = f"{free / 1e9:.1f} GB free"
    yield ok("disk", told) if free > LITTLE_SPACE else warning("disk", told, cure="make room, or move HUB_DATA_DIR")


def _ring(settings: Settings) -> tuple[KeyRing | None, Finding]:
    if settings.embedded and not settings.key_ring and not (settings.data_dir / FILE).exists():
        return None, ok("key ring", "will be made by the first start")
    try:
        ring = open_ring(settings)
        opened = unseal(ring, seal(ring, CANARY.encode(), CANARY), CANARY).decode()
    except (SettingError, OSError, UnicodeDecodeError, Unsealable) as error:
        return None, failed("key ring", str(error), cure="restore HUB_KEY_RING, or the file key_ring in HUB_DATA_DIR")
    if opened != CANARY:
        return None, failed("key ring", "it does not open what it seals", cure="restore the ring from a backup")
    return ring, ok("key ring", f"opens what it seals; keys {', '.join(ring.keys)}, newest first")


def _database(settings: Settings, ring: KeyRing | None) -> Iterator[Finding]:
    where = opening.shown_url(settings)
    try:
        with opening.opened_database(settings) as database:
            yield ok("database", f"{where} at revision {migrating.current(database)}")
            yield _clock(database)
            if ring is not None:
                yield _stored(database, ring)
    except HubError as error:
        yield failed(
            "database",
            f"{where}: {error}",
            cure="hub db upgrade" if error.code == "not_migrated" else "start it, or correct HUB_DATABASE_URL",
        )


def _clock(database: Database) -> Finding:
    with database.reading() as db:
        theirs = db.execute(sa.select(now())).scalar_one()
    return _skew("clock", "the database", (theirs - database.clock.now()).total_seconds())


def _stored(database: Database, ring: KeyRing) -> Finding:
    """Open what is really sealed: the newest account's settings, a canary that the ring did not make just now."""
    from hub.channels.service.sealed import open_settings

    newest = sa.select(account.c.id, account.c.settings).where(account.c.settings != "").order_by(account.c.id.desc())
    with database.reading() as db:
        row = db.execute(newest.limit(1)).first()
    if row is None:
        return ok("sealed secrets", "none are stored yet")
    try:
        open_settings(ring, row.id, row.settings)
    except Unsealable as error:
        cure = "put the key that sealed it back into the ring"
        return failed("sealed secrets", f"account {row.id}: {error}", cure=cure)
    return ok("sealed secrets", "the ring opens them")


def _redis(url: str) -> Iterator[Finding]:
    try:
        with redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=2) as client:
            policy = client.info("memory").get("maxmemory_policy", "noeviction")
            seconds, microseconds = client.time()
    except (redis.RedisError, ValueError, OSError) as error:
        cure = "start it or correct HUB_REDIS_URL; until then work goes on by the sweep"
        yield failed("redis", f"does not answer: {error}", cure=cure)
        return
    if policy == "noeviction":
        yield ok("redis", f"answers; maxmemory-policy {policy}")
    else:
        yield failed("redis", f"maxmemory-policy is {policy}", cure="set maxmemory-policy to noeviction")
    yield _skew("redis clock", "Redis", seconds + microseconds / 1e6 - time.time())


def _skew(what: str, whose: str, seconds: float) -> Finding:
    told = f"{whose} is {abs(seconds):.1f} s {'ahead of' if seconds > 0 else 'behind'} this machine"
    return (
        ok(what, told)
        if abs(seconds) <= SKEW_SECONDS
        else failed(what, told, cure="let both use the same time service")
    )


def _plugins() -> Iterator[Finding]:
    hosts = load_hosts()
    names = ", ".join(f"{host.name} {host.version}" for host in hosts.loaded.values())
    if names:
        yield ok("plugins", names)
    else:
        yield warning("plugins", "none is installed", cure="install one into the same environment as the hub")
    for refusal in hosts.refused.values():
        yield failed("plugins", f"{refusal.name} is refused: {refusal.reason}", cure=f"hub plugin check {refusal.name}")
