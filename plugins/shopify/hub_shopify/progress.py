"""Where an import stands, as the short text that the host stores after each page."""

import msgspec
from hub_hookspecs import Rejected

PAGE_SIZE = 250  # Shopify's most


class Pages(msgspec.Struct, frozen=True, array_like=True, tag="pages"):
    """Page after page: what the next one comes after, and how large it may be."""

    after: str | None = None
    size: int = PAGE_SIZE
    done: bool = False


class Bulk(msgspec.Struct, frozen=True, array_like=True, tag="bulk"):
    """A bulk operation: which one, and up to which byte and line its file was taken in.

    The file's address is not kept: it ends after a week, and whoever has it can read the file.
    """

    operation: str
    offset: int = 0
    line: int = 1
    variants: int = 0
    restarts: int = 0
    done: bool = False


Position = Pages | Bulk
_decoder: msgspec.json.Decoder[Position] = msgspec.json.Decoder(Position)


def read(cursor: str) -> Position | None:
    """Where to go on; None is the start."""
    if not cursor:
        return None
    try:
        return _decoder.decode(cursor)
    except msgspec.DecodeError as error:
        raise Rejected(f"this import cannot go on from {cursor[:100]!r}: {error}") from error


def write(position: Position) -> str:
    return msgspec.json.encode(position).decode()
