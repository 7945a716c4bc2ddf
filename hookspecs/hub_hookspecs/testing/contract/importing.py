"""Checks of the catalogue: pages that stream, resume and stand up to the hub's types."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise

import pytest

from hub_hookspecs.channel import Capability
from hub_hookspecs.records import Item, Page
from hub_hookspecs.testing.contract.stand import Stand, malformed


def _refs(pages: Iterable[Page[Item]]) -> list[str]:
    return [item.ref for page in pages for item in page.records]


class ImportChecks(Stand):
    def test_an_import_yields_at_least_one_page(self) -> None:
        if not self._import():
            pytest.fail("import_items yielded no page although the sandbox has a catalogue", pytrace=False)

    def test_every_page_is_well_formed(self) -> None:
        for page in self._import():
            if why := malformed(page, Page[Item]):
                pytest.fail(f"import_items: {why}", pytrace=False)

    def test_every_item_has_a_ref(self) -> None:
        if not all(ref.strip() for ref in _refs(self._import())):
            pytest.fail("import_items yielded an item with a blank ref", pytrace=False)

    def test_no_item_comes_twice(self) -> None:
        counts = Counter(ref for ref in _refs(self._import()) if ref.strip())

        if repeated := [ref for ref, times in counts.items() if times > 1]:
            pytest.fail(f"import_items yielded {repeated[:3]} more than once", pytrace=False)

    def test_an_empty_shop_is_imported_as_such(self) -> None:
        self.needs(Capability.IMPORT_ITEMS)
        self.size = 0
        with self.account() as (account, _):
            try:
                found = _refs(self.call("import_items", account=account, cursor=""))
            except Exception as error:  # noqa: BLE001 - whatever a stranger's plugin raises is the verdict
                pytest.fail(f"import_items raised {error!r} at a shop that lists nothing", pytrace=False)

        if found:
            pytest.fail(f"import_items found {found[:3]} in a sandbox of size 0", pytrace=False)

    def test_an_import_goes_on_after_any_page(self) -> None:
        pages = self._import()

        for number, page in enumerate(pages, start=1):
            rest, expected = _refs(self._import(cursor=page.cursor)), _refs(pages[number:])
            if rest != expected:
                pytest.fail(
                    f"from the cursor of page {number} ({page.cursor!r}) {len(rest)} items came, starting {rest[:1]}; "
                    f"{len(expected)} were left, starting {expected[:1]}",
                    pytrace=False,
                )

    def test_the_cursor_moves_with_every_page(self) -> None:
        pages = self._import()

        for page, following in pairwise(pages):
            if page.cursor == following.cursor and page.resume_after is None:
                pytest.fail(f"two pages in a row have the cursor {page.cursor!r}", pytrace=False)

    def test_pages_come_while_the_channel_is_being_read(self) -> None:
        self.needs(Capability.IMPORT_ITEMS)
        with self.account() as (account, wire):
            asked = [len(wire.requests) for _ in self.call("import_items", account=account, cursor="")]

        if len(asked) == 1:
            pytest.fail("import_items gave one page; yield pages as they are read, or raise `size`", pytrace=False)
        if len(asked) > 1 and asked[0] == asked[-1]:
            pytest.fail(
                "import_items read the whole listing before its first page; yield each page as read", pytrace=False
            )

    def test_two_imports_of_the_same_catalogue_agree(self) -> None:
        if self._import() != self._import():
            pytest.fail("import_items gave two results for a catalogue that did not change", pytrace=False)

    def test_an_import_can_be_abandoned(self) -> None:
        self.needs(Capability.IMPORT_ITEMS)
        with self.account() as (account, wire):
            pages = self.call("import_items", account=account, cursor="")
            next(pages, None)
            before = len(wire.requests)
            try:
                pages.close()
            except RuntimeError as error:
                pytest.fail(f"import_items went on after it was closed: {error}", pytrace=False)
            if len(wire.requests) > before:
                pytest.fail("import_items sent a request while it was being closed", pytrace=False)

    def test_two_accounts_do_not_mix(self) -> None:
        self.needs(Capability.IMPORT_ITEMS)
        with self.account(seed=1) as (first, wire), self.account(seed=2) as (second, other):
            imports = [self.call("import_items", account=account, cursor="") for account in (first, second)]
            before = len(wire.requests)
            next(imports[0], None)
            next(imports[1], None)
            settled = len(other.requests)
            list(imports[0])
            asked = (len(wire.requests) - before, len(other.requests) - settled)

        if asked[1]:
            pytest.fail(
                f"reading one account sent {asked[1]} requests for another; keep no account in the module",
                pytrace=False,
            )

    def test_the_account_keeps_its_client(self) -> None:
        self.needs(Capability.IMPORT_ITEMS)
        with self.account() as (account, _):
            list(self.call("import_items", account=account, cursor=""))
            if account.http.is_closed:
                pytest.fail("import_items closed account.http, which belongs to the hub", pytrace=False)

    def _import(self, cursor: str = "") -> list[Page[Item]]:
        self.needs(Capability.IMPORT_ITEMS)
        with self.account() as (account, _):
            return list(self.call("import_items", account=account, cursor=cursor))
