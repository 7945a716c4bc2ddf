"""The file of a bulk operation, cut into pieces: whole variants, nothing lost and nothing twice."""

import json
from collections.abc import Iterator
from itertools import pairwise

import httpx
import pytest
from hub_hookspecs import ActionRequired, ChannelError, Rejected, Temporary
from hub_shopify import files
from hub_shopify.files import Expired, Files, Piece

URL = "https://storage.googleapis.com/shopify-bulk/outputs/1-final?Expires=1&Signature=signed"


def variant(number: int) -> dict[str, object]:
    return {
        "id": f"gid://shopify/ProductVariant/{number}",
        "sku": f"SKU-{number}",
        "inventoryItem": {"id": f"gid://shopify/InventoryItem/{number}", "tracked": True},
        "product": {"id": f"gid://shopify/Product/{number}", "title": "Tee", "status": "ACTIVE"},
    }


def level(parent: str, quantity: int = 1) -> dict[str, object]:
    quantities = [{"name": "available", "quantity": quantity}]
    return {"isActive": True, "location": {"isActive": True}, "quantities": quantities, "__parentId": parent}


def picture(number: int) -> dict[str, object]:
    image = {"image": {"url": f"https://cdn.shopify.com/{number}.jpg"}}
    return {"id": f"gid://shopify/MediaImage/{number}", "preview": image, "__parentId": f"{variant(number)['id']}"}


def jsonl(*objects: dict[str, object]) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in objects)


def catalogue(count: int) -> bytes:
    """Variants with a picture and two levels each; levels name the variant, or its inventory item."""
    return b"".join(
        jsonl(
            variant(number),
            picture(number),
            level(f"gid://shopify/ProductVariant/{number}", number),
            level(f"gid://shopify/InventoryItem/{number}", number),
        )
        for number in range(1, count + 1)
    )


class Storage:
    """Serves one file by ranges, as storage does; `whole` ignores the range."""

    def __init__(self, content: bytes, *, whole: bool = False, status: int = 0, cut_to: int | None = None) -> None:
        self.asked: list[httpx.Request] = []
        self._content, self._whole, self._status, self._cut_to = content, whole, status, cut_to

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if self._status:
            return httpx.Response(self._status, text="<Error><Code>ExpiredToken</Code></Error>")
        if self._whole:
            return httpx.Response(200, content=self._content[: self._cut_to])
        first, last = (int(end) for end in request.headers["range"].removeprefix("bytes=").split("-"))
        found = self._content[first : last + 1]
        headers = {"Content-Range": f"bytes {first}-{first + len(found) - 1}/{len(self._content)}"}
        return httpx.Response(206, content=found[: self._cut_to], headers=headers)


def reader(storage: Storage, sandbox_url: str = "") -> Files:
    return Files(httpx.Client(transport=httpx.MockTransport(storage)), sandbox_url)


def pieces(storage: Storage, size: int | None) -> Iterator[Piece]:
    offset, line, reading = 0, 1, reader(storage)
    while True:
        piece = reading.piece(URL, offset=offset, line=line, size=size)
        yield piece
        if piece.last:
            return
        offset, line = piece.ends_at, piece.next_line


@pytest.mark.parametrize("length", [1300, 1501, 4096, 2**20])
@pytest.mark.parametrize(
    "whole", [pytest.param(False, id="by ranges"), pytest.param(True, id="storage without ranges")]
)
def test_every_variant_comes_once_with_its_own_lines(length: int, whole: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "PIECE", length)
    content = catalogue(17)

    found = list(pieces(Storage(content, whole=whole), len(content)))

    groups = [group for piece in found for group in piece.groups]
    assert [group.variant.sku for group in groups] == [f"SKU-{number}" for number in range(1, 18)]
    assert [[each.quantities[0].quantity for each in group.levels] for group in groups] == [
        [number, number] for number in range(1, 18)
    ]
    assert all(len(group.variant.media.nodes) == 1 for group in groups)
    assert [group.line for group in groups] == list(range(1, 69, 4))
    assert all(one.ends_at < two.ends_at for one, two in pairwise(found))
    assert found[-1].ends_at == len(content)


def test_a_piece_is_asked_for_by_its_range_and_without_the_token() -> None:
    storage = Storage(catalogue(1))

    reader(storage).piece(URL, offset=0, line=1, size=None)

    (request,) = storage.asked
    assert request.headers["range"] == f"bytes=0-{files.PIECE - 1}"
    assert "x-shopify-access-token" not in request.headers


def test_the_last_line_may_end_without_a_break() -> None:
    content = catalogue(2).rstrip()

    piece = reader(Storage(content)).piece(URL, offset=0, line=1, size=len(content))

    assert (len(piece.groups), piece.last, piece.ends_at) == (2, True, len(content))


def test_an_answer_that_breaks_off_keeps_what_came_whole() -> None:
    content = catalogue(4)

    piece = reader(Storage(content, cut_to=len(content) - 10)).piece(URL, offset=0, line=1, size=len(content))

    assert [group.variant.sku for group in piece.groups] == ["SKU-1", "SKU-2", "SKU-3"]
    assert not piece.last
    assert content[piece.ends_at :].startswith(jsonl(variant(4))[:-1])


def test_a_connection_that_breaks_keeps_what_came_whole() -> None:
    content = catalogue(4)

    def breaking(request: httpx.Request) -> httpx.Response:
        def body() -> Iterator[bytes]:
            yield content[:-10]
            raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")

        return httpx.Response(206, content=body(), headers={"Content-Range": f"bytes 0-1/{len(content)}"})

    reading = Files(httpx.Client(transport=httpx.MockTransport(breaking)), "")
    piece = reading.piece(URL, offset=0, line=1, size=len(content))

    assert [group.variant.sku for group in piece.groups] == ["SKU-1", "SKU-2", "SKU-3"]


@pytest.mark.parametrize(
    ("content", "cut_to", "reaction", "says"),
    [
        pytest.param(catalogue(3), 40, Temporary, "broke off in line 1", id="not one whole variant"),
        pytest.param(catalogue(1)[:-9], None, Temporary, "line 4 .* cannot be read", id="a file that ends in a line"),
        pytest.param(b"<html>\n", None, Temporary, "line 1 .* cannot be read", id="a page"),
        pytest.param(b'{"id":"x"}\n', None, Temporary, "`product`", id="a line of something else"),
        pytest.param(jsonl(level("gid://x/1")), None, Rejected, "line 1 .* belongs to gid://x/1", id="a foreign child"),
    ],
)
def test_what_cannot_be_read_names_its_line(
    content: bytes, cut_to: int | None, reaction: type[ChannelError], says: str
) -> None:
    with pytest.raises(reaction, match=says):
        reader(Storage(content, cut_to=cut_to)).piece(URL, offset=0, line=1, size=len(content))


def test_a_variant_that_no_piece_can_hold_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "PIECE", 100)

    with pytest.raises(Rejected, match="longer than 100 bytes"):
        reader(Storage(catalogue(3))).piece(URL, offset=0, line=1, size=None)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_an_address_that_has_ended_is_told_apart(status: int) -> None:
    with pytest.raises(Expired):
        reader(Storage(b"", status=status)).piece(URL, offset=0, line=1, size=1)


@pytest.mark.parametrize("status", [416, 429, 500, 503])
def test_a_storage_that_fails_is_temporary(status: int) -> None:
    with pytest.raises(Temporary, match=str(status)):
        reader(Storage(b"", status=status)).piece(URL, offset=0, line=1, size=1)


def test_half_an_answer_is_never_taken_for_the_beginning_of_the_file() -> None:
    content = catalogue(4)

    with pytest.raises(Temporary, match="nor whole"):
        reader(Storage(content, whole=True, cut_to=900)).piece(URL, offset=500, line=4, size=len(content))


@pytest.mark.parametrize(
    ("url", "sandbox_url"),
    [
        pytest.param("http://storage.googleapis.com/x", "", id="without TLS"),
        pytest.param("file:///etc/passwd", "", id="a file of this machine"),
        pytest.param("https://storage.googleapis.com/x", "http://127.0.0.1:8902", id="elsewhere than the sandbox"),
        pytest.param("http://127.0.0.1:89020/x", "http://127.0.0.1:8902", id="another port that begins alike"),
    ],
)
def test_only_addresses_that_can_be_shopifys_are_followed(url: str, sandbox_url: str) -> None:
    storage = Storage(catalogue(1))

    with pytest.raises(ActionRequired):
        reader(storage, sandbox_url).piece(url, offset=0, line=1, size=None)

    assert storage.asked == []
