"""Seals what must not be read at rest: AES-256-GCM under a ring of keys, bound to the row it belongs to."""

from __future__ import annotations

import base64
import binascii
import io
import os
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import GCM

from hub.kernel.db import Transaction
from hub.settings import SettingError, Settings

FILE = "key_ring"
NONCE = 12  # bytes; random, as AES-GCM wants it below 2**32 messages a key
TAG = 16  # bytes, behind the content
PIECE = 1024 * 1024  # bytes of large content that are sealed in one step
_VERSION = "v1"
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")


class Unsealable(ValueError):
    """The sealed value belongs elsewhere, was changed, or its key is not in the ring."""


class KeyRing(msgspec.Struct, frozen=True):
    """Keys by id, newest first: the first seals, all of them open."""

    keys: Mapping[str, bytes]

    def __repr__(self) -> str:
        return f"KeyRing({', '.join(self.keys)})"

    @property
    def newest(self) -> str:
        return next(iter(self.keys))


def parse_ring(text: str) -> KeyRing:
    """Read "id:base64[,id:base64…]", newest key first."""
    keys: dict[str, bytes] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        key_id, _, encoded = part.partition(":")
        if not _KEY_ID.fullmatch(key_id) or key_id in keys:
            raise SettingError(
                "HUB_KEY_RING: every key needs an id of its own (letters, digits, - and _) before the colon"
            )
        keys[key_id] = _key(key_id, encoded)
    if not keys:
        raise SettingError("HUB_KEY_RING: no key in it; make one with `openssl rand -base64 32` and write id:key")
    return KeyRing(keys)


def open_ring(settings: Settings) -> KeyRing:
    """Find the keys: the setting, or the embedded form's own file, made on first start."""
    if settings.key_ring:
        return parse_ring(settings.key_ring)
    if not settings.embedded:
        raise SettingError("HUB_KEY_RING: required with PostgreSQL, so that every process seals with the same keys")
    return _ring_in(settings.data_dir / FILE)


def seal(ring: KeyRing, plaintext: bytes, associated: str) -> str:
    """Seal under the newest key; only the same `associated` opens it again."""
    return f"{_VERSION}.{ring.newest}.{_text(seal_bytes(ring, plaintext, associated)[1])}"


def unseal(ring: KeyRing, sealed: str, associated: str) -> bytes:
    """Open what `seal` made for the same `associated`."""
    version, _, rest = sealed.partition(".")
    key_id, _, text = rest.partition(".")
    if version != _VERSION:
        raise Unsealable("this is not a sealed value")
    try:
        content = base64.b64decode(text, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unsealable("the sealed value is damaged") from error
    return unseal_bytes(ring, key_id, content, associated)


def seal_bytes(ring: KeyRing, plaintext: bytes, associated: str) -> tuple[str, bytes]:
    """Seal large content, with one copy of it; the key's id is kept beside it."""
    nonce, sealed = os.urandom(NONCE), io.BytesIO()
    sealing = Cipher(AES(ring.keys[ring.newest]), GCM(nonce)).encryptor()
    sealing.authenticate_additional_data(_bound(ring.newest, associated))
    sealed.write(nonce)
    for at in range(0, len(plaintext), PIECE):
        sealed.write(sealing.update(memoryview(plaintext)[at : at + PIECE]))
    sealed.write(sealing.finalize())
    sealed.write(sealing.tag)
    return ring.newest, sealed.getvalue()


def unseal_bytes(ring: KeyRing, key_id: str, content: bytes, associated: str) -> bytes:
    """Open what `seal_bytes` made for the same `associated`."""
    return unseal_pieces(ring, key_id, [content], associated)


def unseal_pieces(ring: KeyRing, key_id: str, pieces: Iterable[bytes], associated: str) -> bytes:
    """The same of content that comes in pieces, the first with the whole nonce: none is kept longer than needed."""
    if key_id not in ring.keys:
        raise Unsealable(f"sealed under the key {key_id!r}, which is not in the ring ({', '.join(ring.keys)})")
    coming = iter(pieces)
    held, opened = memoryview(next(coming, b"")), io.BytesIO()
    try:
        opening = Cipher(AES(ring.keys[key_id]), GCM(bytes(held[:NONCE]))).decryptor()
        opening.authenticate_additional_data(_bound(key_id, associated))
        held = held[NONCE:]
        for piece in chain(coming, [b""]):
            opened.write(opening.update(held[:-TAG]))
            held = memoryview(bytes(held[-TAG:]) + piece)
        opened.write(opening.update(held[:-TAG]))
        opening.finalize_with_tag(bytes(held[-TAG:]))
    except (InvalidTag, ValueError) as error:
        raise Unsealable("the sealed value was made for another row, or was changed") from error
    return opened.getvalue()


def reseal(ring: KeyRing, sealed: str, associated: str) -> str:
    """Seal again under the newest key; what is under it already stays as it is."""
    if sealed.startswith(_under(ring.newest)):
        return sealed
    return seal(ring, unseal(ring, sealed, associated), associated)


def rotate(
    db: Transaction,
    column: sa.Column[Any],  # Any: a text column of whatever table
    *,
    ring: KeyRing,
    associated: Callable[[Mapping[str, Any]], str],  # Any: the row's columns
    limit: int = 500,
) -> int:
    """Reseal up to `limit` rows of a column under the newest key; commit and call again until it answers 0.

    Interrupted, it goes on where it stood, and a row that changed meanwhile is left to its writer.
    """
    table = column.table
    identity = list(table.primary_key)
    stale = sa.select(table).where(
        column != "", column.not_like(_under(ring.newest).replace("_", r"\_") + "%", escape="\\")
    )
    rows = db.execute(stale.order_by(*identity).limit(limit)).mappings().all()
    for row in rows:
        old: str = row[column.name]
        same = [key == row[key.name] for key in identity]
        fresh = reseal(ring, old, associated(dict(row)))
        db.execute(sa.update(table).where(*same, column == old).values({column.name: fresh}))
    return len(rows)


def _ring_in(path: Path) -> KeyRing:
    if not path.exists():
        _make_ring(path)
    if path.stat().st_mode & 0o077:
        raise SettingError(f"{path}: others may read the keys; run chmod 600 {path}")
    return parse_ring(path.read_text())


def _make_ring(path: Path) -> None:
    """Write a whole file aside and link it into place: of two starting processes, one key wins for both."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{secrets.token_hex(4)}:{base64.b64encode(secrets.token_bytes(32)).decode()}\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(draft)
    except FileExistsError:  # the other process was first: its keys hold
        return
    finally:
        draft.unlink()


def _key(key_id: str, encoded: str) -> bytes:
    try:
        key = base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != 32:
        raise SettingError(
            f"HUB_KEY_RING: the key {key_id} is not 32 bytes in base64; make one with `openssl rand -base64 32`"
        )
    return key


def _bound(key_id: str, associated: str) -> bytes:
    return f"{_VERSION}|{key_id}|{associated}".encode()


def _under(key_id: str) -> str:
    return f"{_VERSION}.{key_id}."


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode()
