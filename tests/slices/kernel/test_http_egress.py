"""Where a channel may live: the corpus of ways to make a server speak to its own network."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from hub.kernel.db import Database
from hub.kernel.http import ChannelHttp, EgressGuard, EgressRefused, egress
from tests.slices.kernel.wire import answering, ok

PRIVATE = [
    "127.0.0.1", "127.1", "127.8.8.8", "0.0.0.0", "0", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255",  # noqa: S104 - refused, never bound to
    "192.168.0.1", "192.168.255.255", "169.254.169.254", "169.254.0.1", "100.64.0.1", "100.127.255.255", "192.0.0.1",
    "192.0.2.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255",
    "240.0.0.1", "255.255.255.255", "2130706433", "0x7f000001", "0x7f.1", "017700000001", "3232235521",
    "0xa9fea9fe", "2852039166", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[::ffff:169.254.169.254]",
    "[::ffff:7f00:1]", "[fc00::1]", "[fd12:3456::1]", "[fe80::1]", "[fec0::1]", "[ff02::1]", "[2001:db8::1]",
    "[64:ff9b::7f00:1]", "[64:ff9b::a00:1]", "[64:ff9b:1::1]", "[2002:7f00:1::]", "[2002:a00:1::]", "[100::1]",
    "[2001:0:7f00:1::]", "localhost", "LOCALHOST",
]  # fmt: skip
UNSUITABLE = [
    "https://0177.0.0.1/",
    "http://example.com/", "https://example.com:8080/", "https://example.com:22/", "https://example.com:6379/",
    "ftp://example.com/", "file:///etc/passwd", "gopher://example.com/", "//example.com/", "/v1/items", "", "https://",
    "https:///path", "javascript:alert(1)", "https://exa mple.com/", "https://example.com:99999/",
]  # fmt: skip


@pytest.fixture
def embedded(sqlite_url: str) -> Iterator[Database]:
    database = Database(sqlite_url)
    yield database
    database.dispose()


@pytest.mark.parametrize("host", PRIVATE)
def test_a_private_address_is_refused_however_it_is_spelt(host: str) -> None:
    guard = EgressGuard()

    with pytest.raises(EgressRefused, match="not on the public internet"):
        guard.check(f"https://{host}/")


@pytest.mark.parametrize("url", UNSUITABLE)
def test_an_address_that_is_no_https_address_is_refused(url: str) -> None:
    guard = EgressGuard()

    with pytest.raises(EgressRefused):
        guard.check(url)


@pytest.mark.parametrize("host", ["8.8.8.8", "1.1.1.1:8443", "[2606:4700:4700::1111]", "fs.tokopedia.net"])
def test_a_public_address_is_admitted(host: str) -> None:
    guard = EgressGuard(resolve=lambda name, port: ["8.8.8.8" if name.endswith(".net") else name.strip("[]")])

    guard.check(f"https://{host}/v1")


@pytest.mark.parametrize("inside", ["10.0.0.5", "127.0.0.1", "::1", "fd00::1"])
def test_one_private_address_among_public_ones_spoils_a_name(inside: str) -> None:
    guard = EgressGuard(resolve=lambda name, port: ["8.8.8.8", inside])

    with pytest.raises(EgressRefused, match=r"shop\.example is not on the public internet"):
        guard.check("https://shop.example/")


@pytest.mark.parametrize("url", ["http://10.0.0.1/", "http://169.254.169.254/", "https://[::ffff:10.0.0.1]/"])
def test_allowing_loopback_allows_nothing_else(url: str) -> None:
    guard = EgressGuard(allow_loopback=True)

    with pytest.raises(EgressRefused):
        guard.check(url)


def test_plain_http_never_leaves_the_machine_where_loopback_is_allowed() -> None:
    guard = EgressGuard(allow_loopback=True, resolve=lambda name, port: ["8.8.8.8"])

    with pytest.raises(EgressRefused, match="only a channel on this machine"):
        guard.check("http://example.com/")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "localhost", "0"])
def test_no_connection_is_made_to_a_refused_address(
    embedded: Database, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    http = ChannelHttp(embedded)

    with answering(ok(b"inside")) as wire:
        monkeypatch.setattr(egress, "PORTS", {wire.port})
        with pytest.raises(EgressRefused):
            http.client(account_id="shop").get(f"https://{host}:{wire.port}/")

    assert wire.connections == 0


def test_a_connection_is_counted_where_loopback_is_allowed(embedded: Database) -> None:
    """The control: the listener that counts no connection above counts this one."""
    http = ChannelHttp(embedded, allow_loopback=True)

    with answering(ok(b"inside")) as wire:
        http.client(account_id="shop").get(f"http://localhost:{wire.port}/")

    assert wire.connections == 1


def test_a_name_that_changes_its_mind_is_asked_once_per_connection(embedded: Database) -> None:
    """Rebinding: what was checked is what is connected to; the second, private answer is never used."""
    told: list[str] = []

    def rebinding(host: str, port: int) -> Sequence[str]:
        told.append("8.8.8.8" if told else "127.0.0.2")
        return [told[-1]]

    http = ChannelHttp(embedded, guard=EgressGuard(resolve=rebinding))

    with pytest.raises(EgressRefused):
        http.client(account_id="shop").get("https://rebinding.example/")

    assert told == ["127.0.0.2"]


def test_a_name_nobody_knows_cannot_be_reached(embedded: Database) -> None:
    def unknown(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(-2, "Name or service not known")

    http = ChannelHttp(embedded, guard=EgressGuard(resolve=unknown))

    with pytest.raises(httpx.ConnectError, match=r"no-such-shop\.example cannot be found"):
        http.client(account_id="shop").get("https://no-such-shop.example/")


def test_a_name_server_that_never_answers_is_cut_at_the_deadline(embedded: Database) -> None:
    released = threading.Event()

    def silent(host: str, port: int) -> Sequence[str]:
        released.wait(10)
        return []

    http = ChannelHttp(embedded, deadline=0.2, guard=EgressGuard(resolve=silent))

    try:
        with pytest.raises(httpx.ConnectTimeout, match="was not found in time"):
            http.client(account_id="shop").get("https://shop.example/")
    finally:
        released.set()


def test_tls_is_verified_by_name_at_the_pinned_address(embedded: Database, tmp_path: Path) -> None:
    names: list[str | None] = []
    with tls_server(tmp_path, name="shop.example", seen=names) as port:
        guard = EgressGuard(allow_loopback=True, resolve=lambda host, port: ["127.0.0.1"])
        http = ChannelHttp(embedded, guard=guard)

        with pytest.raises(httpx.ConnectError, match="certificate verify failed"):
            http.client(account_id="shop").get(f"https://shop.example:{port}/")

    assert names == ["shop.example"]


class tls_server:  # noqa: N801 - reads as the context manager it is
    """A TLS listener with a certificate that nobody signed."""

    def __init__(self, folder: Path, *, name: str, seen: list[str | None]) -> None:
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(*self_signed(folder, name))
        self._context.sni_callback = lambda sock, sni, context: seen.append(sni)
        self._listener = socket.create_server(("127.0.0.1", 0))

    def __enter__(self) -> int:
        threading.Thread(target=self._accept, daemon=True).start()
        port: int = self._listener.getsockname()[1]
        return port

    def __exit__(self, *exception: object) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                raw, _ = self._listener.accept()
                with suppress(OSError), self._context.wrap_socket(raw, server_side=True) as connection:
                    connection.recv(1)


def self_signed(folder: Path, name: str) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(
            subject, subject, key.public_key(), x509.random_serial_number(), now.replace(tzinfo=None)
        )
        .not_valid_after(now.replace(tzinfo=None) + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .sign(key, hashes.SHA256())
    )
    pem, secret = folder / "certificate.pem", folder / "key.pem"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    return pem, secret


@pytest.mark.parametrize("port", [0, 65_536, 99_999])
def test_a_port_that_does_not_exist_is_refused_also_for_a_sandbox(port: int) -> None:
    guard = EgressGuard(allow_loopback=True)

    with pytest.raises(EgressRefused, match="from 1 to 65535"):
        guard.check(f"http://127.0.0.1:{port}/")
