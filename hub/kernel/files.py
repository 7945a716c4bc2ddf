"""Keeps files by what is in them (labels, workbooks): sealed at rest, found by digest, gone after their retention."""

from __future__ import annotations

import hashlib
import mimetypes
import re
from collections.abc import Iterator, Sequence
from datetime import timedelta

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from hub.kernel.db import Transaction, metadata, now
from hub.kernel.errors import NotFound
from hub.kernel.sealing import PIECE, KeyRing, seal_bytes, unseal_pieces
from hub.kernel.types import Instant, Key

BATCH = 100  # purged in one transaction
KIND = re.compile(r"^[a-z][a-z_]{0,63}$")
DIGEST = re.compile(r"^[0-9a-f]{64}$")
table = sa.Table(
    "file",
    metadata,
    sa.Column("merchant_id", Key, primary_key=True),
    sa.Column("kind", Key, primary_key=True),
    sa.Column("digest", Key, primary_key=True),  # SHA-256 of the content, in hex
    sa.Column("media_type", sa.Text, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("key_id", Key, nullable=False),  # of the key in the ring that the content is sealed under
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Index("ix_file_expires_at", "expires_at"),
)


class File(msgspec.Struct, frozen=True, kw_only=True):
    """One stored file."""

    merchant_id: str
    kind: str
    digest: str
    media_type: str
    content: bytes

    @property
    def name(self) -> str:
        """What it is saved as; made here, never taken from whoever sent it."""
        return f"{self.kind}-{self.digest[:12]}{mimetypes.guess_extension(self.media_type) or ''}"

    def __repr__(self) -> str:
        return f"File({self.kind}, {self.digest[:12]}, {self.media_type}, {len(self.content)} bytes)"


def put(
    db: Transaction, ring: KeyRing, content: bytes, *, merchant_id: str, kind: str, media_type: str, keep: timedelta
) -> str:
    """Store a file and answer its digest; the same content again only stays longer."""
    digest = hashlib.sha256(content).hexdigest()
    key_id, sealed = seal_bytes(ring, content, _bound(merchant_id, kind, digest))
    clock = sa.type_coerce(now(), sa.BigInteger)
    expires_at = clock + keep // timedelta(microseconds=1)
    insert = postgresql.insert if db.dialect == "postgresql" else sqlite.insert
    stored = insert(table).values(
        merchant_id=merchant_id,
        kind=kind,
        digest=digest,
        media_type=media_type,
        size=len(content),
        key_id=key_id,
        content=sealed,
        created_at=clock,
        expires_at=expires_at,
    )
    later = sa.case((table.c.expires_at > expires_at, table.c.expires_at), else_=expires_at)
    db.execute(stored.on_conflict_do_update(index_elements=list(table.primary_key), set_={"expires_at": later}))
    return digest


def get(db: Transaction, ring: KeyRing, digest: str, *, merchant_id: str, kind: str) -> File:
    """Read a file back; what is past its retention is absent, deleted or not."""
    mine = (table.c.merchant_id == merchant_id, table.c.kind == kind, table.c.digest == digest)
    wanted = sa.select(table.c.key_id, table.c.media_type).where(*mine, table.c.expires_at > now())
    row = db.execute(wanted.with_for_update(read=True)).one_or_none()  # or it may be resealed between two pieces
    if row is None:
        raise NotFound("file")
    content = unseal_pieces(ring, row.key_id, _pieces(db, mine), _bound(merchant_id, kind, digest))
    return File(merchant_id=merchant_id, kind=kind, digest=digest, media_type=row.media_type, content=content)


def _pieces(db: Transaction, mine: Sequence[sa.ColumnElement[bool]]) -> Iterator[bytes]:
    """The sealed content, some at a time: PostgreSQL's driver needs five times the memory of what it fetches."""
    at, step = 1, PIECE
    while step == PIECE:
        some = sa.func.substr(table.c.content, at, PIECE, type_=sa.LargeBinary)
        piece = bytes(db.execute(sa.select(some).where(*mine)).scalar_one())
        yield piece
        at, step = at + PIECE, len(piece)


def address(merchant_id: str, *, kind: str, digest: str) -> str:
    """Where the API gives a file out."""
    return f"/v1/merchants/{merchant_id}/files/{kind}/{digest}"


def kind_and_digest(address: str) -> tuple[str, str]:
    """Of which file this is the address."""
    _, kind, digest = address.rsplit("/", 2)
    return kind, digest


def reseal_files(db: Transaction, ring: KeyRing, *, limit: int = 50) -> int:
    """Reseal up to `limit` files under the newest key; commit and call again until it answers 0."""
    old = sa.select(table.c.merchant_id, table.c.kind, table.c.digest, table.c.key_id)
    rows = db.execute(old.where(table.c.key_id != ring.newest).limit(limit)).all()
    for row in rows:
        associated = _bound(row.merchant_id, row.kind, row.digest)
        mine = (table.c.merchant_id == row.merchant_id, table.c.kind == row.kind, table.c.digest == row.digest)
        key_id, sealed = seal_bytes(ring, unseal_pieces(ring, row.key_id, _pieces(db, mine), associated), associated)
        db.execute(sa.update(table).where(*mine).values(key_id=key_id, content=sealed))
    return len(rows)


def drop(db: Transaction, *, merchant_id: str, kind: str, digest: str) -> None:
    """Delete a file before its time, whoever links to it."""
    mine = (table.c.merchant_id == merchant_id, table.c.kind == kind, table.c.digest == digest)
    db.execute(sa.delete(table).where(*mine))


def purge_files(db: Transaction) -> int:
    """Delete some of what is past its retention; 0 where nothing is left of it."""
    mine = (table.c.merchant_id, table.c.kind, table.c.digest)
    past = sa.select(*mine).where(table.c.expires_at <= now()).order_by(table.c.expires_at).limit(BATCH)
    some = past.with_for_update(skip_locked=True)
    return db.execute(sa.delete(table).where(sa.tuple_(*mine).in_(some))).rowcount


def _bound(merchant_id: str, kind: str, digest: str) -> str:
    return f"file|{merchant_id}|{kind}|{digest}"
