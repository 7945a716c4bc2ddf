"""From Tokopedia's tree of categories to the hub's list of them: parents first, and which are the deepest."""

import html
from collections.abc import Iterator

from hub_hookspecs import Category

from hub_tokopedia.payloads import Shelf


def categories(shelves: tuple[Shelf, ...]) -> Iterator[Category]:
    """Walk the tree from the top. What has no id cannot be chosen, nor can what stands below it."""
    seen: set[str] = set()
    waiting = [(shelf, "") for shelf in reversed(shelves)]
    while waiting:
        shelf, parent = waiting.pop()
        ref = str(shelf.id).strip()
        if not ref or ref in seen:
            continue
        seen.add(ref)
        children = shelf.children or ()
        yield Category(ref=ref, name=_name(shelf) or ref, parent_ref=parent, leaf=not children)
        waiting += [(child, ref) for child in reversed(children)]


def _name(shelf: Shelf) -> str:
    return html.unescape(shelf.name or shelf.name_capital).strip()
