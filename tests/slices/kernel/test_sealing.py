"""What is sealed at rest, and the keys it is sealed with."""

from __future__ import annotations

import base64
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from hub.kernel.db import Database
from hub.kernel.sealing import KeyRing, Unsealable, open_ring, parse_ring, reseal, rotate, seal, unseal
from hub.kernel.types import Key
from hub.settings import SettingError, Settings

SECRET = b"client-secret-of-the-shop"
secrets = sa.Table(
    "tested_secret",
    sa.MetaData(),
    sa.Column("id", Key, primary_key=True),
    sa.Column("sealed", sa.Text, nullable=False),
)


def key(number: int) -> str:
    return base64.b64encode(bytes([number]) * 32).decode()


OLD = parse_ring(f"old:{key(1)}")
BOTH = parse_ring(f"new_1:{key(2)},old:{key(1)}")
NEW = parse_ring(f"new_1:{key(2)}")


def test_what_is_sealed_opens_for_its_own_row_only() -> None:
    sealed = seal(OLD, SECRET, "account:a")

    assert unseal(OLD, sealed, "account:a") == SECRET
    with pytest.raises(Unsealable, match="made for another row"):
        unseal(OLD, sealed, "account:b")


def test_a_sealed_value_shows_nothing_of_what_is_in_it() -> None:
    sealed = seal(OLD, SECRET, "account:a")

    assert SECRET.decode() not in sealed
    assert base64.urlsafe_b64encode(SECRET).decode().rstrip("=")[:-1] not in sealed
    assert "AQEB" not in repr(OLD)


def test_the_same_secret_never_looks_the_same() -> None:
    assert len({seal(OLD, SECRET, "account:a") for _ in range(20_000)}) == 20_000


def changed(sealed: str, at: int) -> str:
    letter = "A" if sealed[at] != "A" else "B"
    return f"{sealed[:at]}{letter}{sealed[at + 1 :]}"


@pytest.mark.parametrize("at", [0, 3, 8, 12, 30, -6])
def test_a_changed_letter_is_noticed(at: int) -> None:
    sealed = seal(OLD, SECRET, "account:a")

    with pytest.raises(Unsealable):
        unseal(OLD, changed(sealed, at % len(sealed)), "account:a")


@pytest.mark.parametrize(
    "text", ["", "v1", "v1.old.", "v1.old.AAAA", "v1.old.%%%", "v2.old.AAAA", "plain text", "\ud800"]
)
def test_what_was_never_sealed_does_not_open(text: str) -> None:
    with pytest.raises(Unsealable):
        unseal(OLD, text, "account:a")


def test_a_key_that_left_the_ring_is_named() -> None:
    with pytest.raises(Unsealable, match=r"under the key 'old', which is not in the ring \(new_1\)"):
        unseal(NEW, seal(OLD, SECRET, "account:a"), "account:a")


def test_the_newest_key_seals_and_every_key_opens() -> None:
    before, after = seal(OLD, SECRET, "account:a"), seal(BOTH, SECRET, "account:a")

    assert unseal(BOTH, before, "account:a") == unseal(NEW, after, "account:a") == SECRET
    assert reseal(BOTH, after, "account:a") == after
    assert unseal(NEW, reseal(BOTH, before, "account:a"), "account:a") == SECRET


@pytest.mark.parametrize(
    ("ring", "complaint"),
    [
        pytest.param("", "no key in it", id="empty"),
        pytest.param(key(1), "needs an id", id="no id"),
        pytest.param(f"a b:{key(1)}", "needs an id", id="a space in an id"),
        pytest.param(f"a:{key(1)},a:{key(2)}", "needs an id of its own", id="one id twice"),
        pytest.param("a:not base64!", "the key a is not 32 bytes", id="not base64"),
        pytest.param("a:" + base64.b64encode(b"short").decode(), "the key a is not 32 bytes", id="too short"),
    ],
)
def test_a_ring_that_cannot_be_read_is_explained_in_one_line(ring: str, complaint: str) -> None:
    with pytest.raises(SettingError, match=complaint) as refusal:
        parse_ring(ring)

    assert "\n" not in str(refusal.value)
    assert key(1) not in str(refusal.value)


def test_production_does_not_start_without_keys() -> None:
    with pytest.raises(SettingError, match="HUB_KEY_RING: required with PostgreSQL"):
        open_ring(Settings(database_url="postgresql+psycopg://hub@localhost/hub"))


def test_the_first_start_makes_a_key_file_that_only_the_owner_reads(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "var")

    first, second = open_ring(settings), open_ring(settings)

    assert first.keys == second.keys
    assert (tmp_path / "var" / "key_ring").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["key_ring"]


def test_a_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    open_ring(settings)
    (tmp_path / "key_ring").chmod(0o644)

    with pytest.raises(SettingError, match="chmod 600"):
        open_ring(settings)


def test_threads_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    together = threading.Barrier(8)

    def start(number: int) -> str:
        together.wait()
        return open_ring(settings).newest

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(start, range(8)))) == 1


def test_processes_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from hub.settings import Settings;"
        "from hub.kernel.sealing import open_ring;"
        "sys.stdin.readline(); print(open_ring(Settings(data_dir=Path(sys.argv[1]))).newest)"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    started = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 - ourselves
        for _ in range(3)
    ]

    told = [process.communicate("\n", timeout=60)[0] for process in started]

    assert len(set(told)) == 1
    assert told[0].strip()


@pytest.fixture
def rows(database: Database) -> Iterator[Database]:
    with database.writing() as db:
        secrets.create(db.connection)
        db.execute(
            sa.insert(secrets),
            [{"id": f"{n:04}", "sealed": seal(OLD, b"%d" % n, f"tested:{n:04}")} for n in range(1_000)]
            + [{"id": "none", "sealed": ""}],
        )
    yield database
    with database.writing() as db:
        secrets.drop(db.connection)


def rotate_once(database: Database, ring: KeyRing = BOTH, limit: int = 300) -> int:
    with database.writing() as db:
        return rotate(db, secrets.c.sealed, ring=ring, associated=lambda row: f"tested:{row['id']}", limit=limit)


def test_rotation_moves_every_row_to_the_newest_key_batch_by_batch(rows: Database) -> None:
    batches = [rotate_once(rows) for _ in range(5)]

    with rows.reading() as db:
        found = db.execute(sa.select(secrets).where(secrets.c.sealed != "")).all()
    assert batches == [300, 300, 300, 100, 0]
    assert all(unseal(NEW, row.sealed, f"tested:{row.id}") == b"%d" % int(row.id) for row in found)


def test_an_interrupted_rotation_goes_on_where_it_stood(rows: Database) -> None:
    rotate_once(rows)

    def killed_in_the_middle(row: Mapping[str, str]) -> str:
        if row["id"] == "0450":
            raise KeyboardInterrupt
        return f"tested:{row['id']}"

    with pytest.raises(KeyboardInterrupt), rows.writing() as db:
        rotate(db, secrets.c.sealed, ring=BOTH, associated=killed_in_the_middle)

    assert [rotate_once(rows, limit=400) for _ in range(3)] == [400, 300, 0]
