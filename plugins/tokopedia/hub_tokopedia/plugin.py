"""Tokopedia, as the hub sees it."""

from collections.abc import Iterator
from datetime import UTC, datetime

from hub_hookspecs import (
    Absent,
    Account,
    AccountCheck,
    ActionRequired,
    Category,
    Channel,
    Item,
    Listing,
    Page,
    Product,
    Token,
    hookimpl,
)

from hub_tokopedia import categories, publishing, refusals, translate
from hub_tokopedia.client import TokopediaClient
from hub_tokopedia.declaration import TOKOPEDIA
from hub_tokopedia.progress import Progress
from hub_tokopedia.settings import TokopediaSettings


@hookimpl
def describe_channel() -> Channel:
    return TOKOPEDIA


@hookimpl
def authenticate(account: Account[TokopediaSettings], old: Token | None) -> Token:
    return translate.token(TokopediaClient(account).token(), datetime.now(UTC))


@hookimpl
def check_account(account: Account[TokopediaSettings]) -> AccountCheck:
    """One call proves token, FS ID, IP whitelist and the link to the shop at once."""
    shops = TokopediaClient(account).shops()
    shop = next((shop for shop in shops if str(shop.shop_id) == account.settings.shop_id), None)
    if shop is None:
        raise ActionRequired(refusals.NOT_LINKED)
    closed = translate.closed_because(shop)
    if closed:
        raise ActionRequired(closed)
    return translate.account_check(shop)


@hookimpl
def import_items(account: Account[TokopediaSettings], cursor: str) -> Iterator[Page[Item]]:
    """One request, one page. Variants are read in full lots, gathered over as many pages as that takes."""
    client = TokopediaClient(account)
    progress = Progress.read(cursor)
    while not progress.done:
        if progress.lot_is_due:
            products = client.products_by_id(progress.lot)
            progress = progress.after_lot()
        else:
            products = client.products_on_page(progress.page, progress.last_sort)
            progress = progress.after_page(products)
        yield Page(records=translate.items(products), cursor=progress.write(), resume_after=client.pause)


@hookimpl
def list_categories(account: Account[TokopediaSettings]) -> Iterator[Category]:
    yield from categories.categories(TokopediaClient(account).shelves())


@hookimpl
def push_product(account: Account[TokopediaSettings], product: Product, resume: str) -> Listing:
    """Synchronous: v3 answers with the product's id, so there is nothing to resume."""
    return publishing.publish(TokopediaClient(account), product)


@hookimpl
def find_listing(account: Account[TokopediaSettings], product: Product) -> Listing | Absent:
    return publishing.find(TokopediaClient(account), product)
