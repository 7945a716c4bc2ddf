"""Files by what is in them: sealed, once, and gone in time."""

from __future__ import annotations

import base64
import hashlib
import random
from datetime import timedelta

import pytest
import sqlalchemy as sa

from hub.kernel import files
from hub.kernel.db import Database
from hub.kernel.errors import NotFound
from hub.kernel.sealing import NONCE, PIECE, TAG, KeyRing, Unsealable, parse_ring

LABEL = b"%PDF-1.7 Budi Santoso, Jalan Melati 5"
OLD = parse_ring("old:" + base64.b64encode(bytes(32)).decode())
BOTH = parse_ring(f"new:{base64.b64encode(b'2' * 32).decode()},old:{base64.b64encode(bytes(32)).decode()}")


def put(
    database: Database, *, content: bytes = LABEL, keep: timedelta = timedelta(days=30), merchant: str = "m"
) -> str:
    with database.writing() as db:
        return files.put(db, OLD, content, merchant_id=merchant, kind="label", media_type="application/pdf", keep=keep)


def get(
    database: Database, digest: str, *, ring: KeyRing = OLD, merchant: str = "m", kind: str = "label"
) -> files.File:
    with database.reading() as db:
        return files.get(db, ring, digest, merchant_id=merchant, kind=kind)


def rows(database: Database) -> list[sa.Row[tuple[bytes]]]:
    with database.reading() as db:
        return list(db.execute(sa.select(files.table.c.content)).all())


def test_a_file_comes_back_as_it_was(database: Database) -> None:
    digest = put(database)

    found = get(database, digest)

    assert digest == hashlib.sha256(LABEL).hexdigest()
    assert (found.content, found.media_type) == (LABEL, "application/pdf")
    assert "Budi" not in repr(found)


def test_a_buyer_cannot_be_read_from_the_table(database: Database) -> None:
    put(database)

    assert b"Budi" not in rows(database)[0].content


@pytest.mark.parametrize(("merchant", "kind"), [("other", "label"), ("m", "workbook")])
def test_a_file_belongs_to_one_merchant_and_kind(database: Database, merchant: str, kind: str) -> None:
    digest = put(database)

    with pytest.raises(NotFound):
        get(database, digest, merchant=merchant, kind=kind)


def test_the_same_content_is_kept_once_and_as_long_as_anyone_asked(database: Database) -> None:
    digest = put(database, keep=timedelta(days=30))
    put(database, keep=timedelta(microseconds=1))

    assert len(rows(database)) == 1
    assert get(database, digest).content == LABEL


def test_a_file_past_its_retention_is_absent_before_and_after_the_purge(database: Database) -> None:
    digest, kept = put(database, keep=timedelta(microseconds=1)), put(database, content=b"younger")

    with pytest.raises(NotFound):
        get(database, digest)
    with database.writing() as db:
        purged = files.purge_files(db)

    assert (purged, len(rows(database))) == (1, 1)
    assert get(database, kept).content == b"younger"


def test_a_file_moved_to_another_merchant_does_not_open(database: Database) -> None:
    digest = put(database)
    with database.writing() as db:
        db.execute(sa.update(files.table).values(merchant_id="thief"))

    with pytest.raises(Unsealable):
        get(database, digest, merchant="thief")


def test_files_follow_the_newest_key(database: Database) -> None:
    digest = put(database)
    put(database, content=b"another")

    with database.writing() as db:
        moved = [files.reseal_files(db, BOTH, limit=1) for _ in range(3)]

    assert moved == [1, 1, 0]
    assert get(database, digest, ring=KeyRing({"new": b"2" * 32})).content == LABEL


@pytest.mark.parametrize("size", [0, 1, PIECE - NONCE - TAG, PIECE, PIECE + 1, 3 * PIECE - NONCE - TAG])
def test_a_large_file_comes_back_piece_by_piece(database: Database, size: int) -> None:
    content = random.Random(size).randbytes(size)
    digest = put(database, content=content)

    assert get(database, digest).content == content


def test_a_large_file_that_was_changed_in_its_midst_does_not_open(database: Database) -> None:
    digest = put(database, content=bytes(2 * PIECE))
    with database.writing() as db:
        sealed = bytearray(rows(database)[0].content)
        sealed[PIECE + 5] ^= 1
        db.execute(sa.update(files.table).values(content=bytes(sealed)))

    with pytest.raises(Unsealable):
        get(database, digest)
