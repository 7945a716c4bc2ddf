"""Chosen products as rows of the workbook, with everything filled in that is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import hub_hookspecs

from hub.catalog.store import pages, products
from hub.catalog.store.products import Product
from hub.crosslisting import rules
from hub.crosslisting.service import keeping
from hub.crosslisting.service.keeping import Beside
from hub.crosslisting.store import mappings, targets
from hub.crosslisting.store.runs import Choice, Run
from hub.crosslisting.store.targets import Target
from hub.kernel.db import Transaction

LOT = 200  # products that are read at once: each may be some hundred kilobytes
Labels = Mapping[str, str]  # ref of a category to how the workbook shows it


def lot(db: Transaction, run: Run, after: str) -> tuple[list[Product], str | None]:
    """Some of the chosen products, from behind `after` on, and behind which to go on; None: that was all."""
    if run.chosen.product_ids is not None:
        return _named(db, run, run.chosen.product_ids, after)
    choice = run.chosen.filter or Choice()
    rows = pages.products(db, run.merchant_id, sku=None, q=choice.q, limit=LOT, after=after)
    meant = [products.read(row) for row in rows if row["id"] <= run.chosen.until and row["gone_by"] is None]
    if choice.unlisted:
        listed = targets.linked(db, run.account_id, [each.id for each in meant])
        meant = [each for each in meant if each.id not in listed]
    return meant, rows[-1]["id"] if len(rows) == LOT else None


def _named(db: Transaction, run: Run, ids: Sequence[str], after: str) -> tuple[list[Product], str | None]:
    begin = ids.index(after) + 1 if after else 0
    some = ids[begin : begin + LOT]
    found = products.of_ids(db, run.merchant_id, some)
    return [found[each] for each in some if each in found], some[-1] if begin + LOT < len(ids) else None


class Known(NamedTuple):
    """What is known of a product as its channel is to be told it, and its stock where anybody knows that.

    `differing`: the fields in which its listing stays as it is, although the product says something else.
    """

    product: hub_hookspecs.Product
    stock: int | None
    differing: tuple[str, ...] = ()
    sku: str = ""  # that the listing keeps, where that is not the product's


def filled_in(db: Transaction, run: Run, some: Sequence[Product], labels: Labels) -> list[Known]:
    """What is known of these products: their own data, and of the channel its category and the stock it shows."""
    ids = [each.id for each in some]
    listed, sources = targets.linked(db, run.account_id, ids), targets.sources(db, ids)
    known = mappings.of_account(db, run.account_id)
    pairs = [(each, listed[each.id]) for each in some if each.id in listed]
    beside = keeping.beside(db, run.account_id, run.merchant_id, pairs)
    return [_filled(run, each, beside.get(each.id), sources.get(each.id), known, labels) for each in some]


def _filled(
    run: Run, product: Product, beside: Beside | None, source: Target | None,
    known: Mapping[tuple[str, str], str], labels: Labels,
) -> Known:  # fmt: skip
    listed = beside.listed if beside else None
    traits = {**product.options, **product.attributes}
    if source and source.category_ref:
        traits.setdefault(rules.OWN_CATEGORY, source.category_ref)
    ref = (listed.category_ref if listed else "") or rules.mapped(traits, known) or run.chosen.category_ref
    told = hub_hookspecs.Product(
        key=product.id,
        sku=product.sku,
        name=product.name,
        category_ref=labels.get(ref, ""),  # one that is no leaf, or gone: the person chooses
        price=product.price,
        barcode=product.barcode,
        weight_g=product.weight_g,
        size_mm=product.size_mm,
        image_urls=product.image_urls,
        options=product.options,
        attributes=product.attributes,
        description=product.description,
    )
    shown = listed or source
    stock = shown.quantity if shown else None
    if beside is None:
        return Known(told, stock)
    filled, differing = keeping.as_listed(told, beside)
    return Known(filled, stock, differing, beside.sku)
