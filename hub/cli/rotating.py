"""Rotates the key ring: a new key where the ring is a file, and every stored secret sealed again under the newest."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import msgspec

from hub.channels.service import resealing
from hub.channels.service.farewells import reseal_farewells
from hub.cli import folder, opening
from hub.fulfilment.service.labelling import reseal_labels
from hub.fulfilment.service.pushing import reseal_outbounds
from hub.kernel import events
from hub.kernel.api.answers import reseal_answers
from hub.kernel.db import Database, Transaction
from hub.kernel.files import reseal_files
from hub.kernel.sealing import FILE, KeyRing, open_ring
from hub.orders.service.buyers import reseal_buyers
from hub.settings import Settings
from hub.webhooks.service.messages import reseal_messages


class Rotated(msgspec.Struct, frozen=True, kw_only=True):
    """What was sealed anew, and the keys that are left, newest first."""

    keys: tuple[str, ...]
    resealed: dict[str, int]


def rotate(settings: Settings, *, forget_old: bool) -> Rotated:
    """Seal everything under the newest key; interrupted, the next call goes on."""
    path = None if settings.key_ring else settings.data_dir / FILE
    with folder.alone(settings) if path else nullcontext(), opening.opened_database(settings) as database:
        ring = open_ring(settings)
        if path:
            ring = KeyRing({secrets.token_hex(4): secrets.token_bytes(32), **ring.keys})
            _write(path, ring)
        resealed = _reseal(database, ring)
        if path and forget_old:
            ring = KeyRing({ring.newest: ring.keys[ring.newest]})
            _write(path, ring)
        with database.writing() as db:
            subject = events.Subject(kind="key_ring", id=ring.newest)
            events.record(db, "key_ring.rotated", subject=subject, actor=events.CLI, after={"resealed": resealed})
    return Rotated(keys=tuple(ring.keys), resealed=resealed)


def _reseal(database: Database, ring: KeyRing) -> dict[str, int]:
    rest: dict[str, Callable[[Transaction, KeyRing], int]] = {
        "files": reseal_files, "answers": reseal_answers, "buyers": reseal_buyers, "labels": reseal_labels,
        "webhooks": reseal_messages, "farewells": reseal_farewells, "outbounds": reseal_outbounds,
    }  # fmt: skip
    counts = {name: _until_done(database, ring, reseal) for name, reseal in rest.items()}
    return resealing.reseal(database, ring) | counts


def _until_done(database: Database, ring: KeyRing, reseal: Callable[[Transaction, KeyRing], int]) -> int:
    total = 0
    while True:
        with database.writing() as db:
            count = reseal(db, ring)
        if not count:
            return total
        total += count


def _write(path: Path, ring: KeyRing) -> None:
    """Replace the file as a whole: a power cut leaves the old ring or the new one."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(",".join(f"{key_id}:{base64.b64encode(key).decode()}" for key_id, key in ring.keys.items()) + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
