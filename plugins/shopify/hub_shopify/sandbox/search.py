"""The search syntax, as far as the hub speaks it: `name:value` terms that must all hold; what is unknown is refused.

Shopify ignores a filter that it does not know and answers with everything, which no test would notice.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from hub_shopify.sandbox.answers import Strict
from hub_shopify.sandbox.records import Product, Variant

Matches = Callable[[Any], bool]  # Any: a record of the type that is searched
STATUSES = ("active", "archived", "draft", "unlisted")

_TERM = re.compile(r"""\s*(?:AND\s+)?(?P<name>\w+):(?P<by>>=|<=|>|<)?(?P<value>'[^']*'|"(?:\\.|[^"\\])*"|[^\s'"()]+)""")


class Term(NamedTuple):
    name: str
    by: str  # "" for equal
    value: str


def read(query: str | None) -> list[Term]:
    """Take a query apart; `name:value` terms that must all hold."""
    terms, at, text = [], 0, (query or "").strip()
    while at < len(text):
        found = _TERM.match(text, at)
        if not found:
            raise Strict(f"the search {text!r} from {text[at:]!r} on; only name:value terms joined by AND are built")
        terms.append(Term(found["name"], found["by"] or "", _unquoted(found["value"])))
        at = found.end()
    return terms


def _unquoted(value: str) -> str:
    """In double quotes a backslash takes the meaning from the sign behind it."""
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value.strip("'")


def variants(query: str | None) -> Matches:
    return _all(read(query), _VARIANT_FILTERS)


def products(query: str | None) -> Matches:
    return _all(read(query), _PRODUCT_FILTERS)


def orders(query: str | None) -> Matches:
    """By what the search knows of an order, not by the order itself."""
    return _all(read(query), _ORDER_FILTERS)


def _all(terms: list[Term], known: Mapping[str, Callable[[Term], Matches]]) -> Matches:
    for term in terms:
        if term.name not in known:
            raise Strict(f"the search filter {term.name!r}; built are {', '.join(sorted(known))}")
    tests = [known[term.name](term) for term in terms]
    return lambda record: all(test(record) for test in tests)


def _status(term: Term, owner: Callable[[Any], Product]) -> Matches:  # Any: as in `Matches`
    wanted = {value.lower() for value in _equal(term).split(",")}
    if not wanted <= set(STATUSES):
        raise Strict(f"the status {term.value!r}; there are {', '.join(STATUSES)}")
    return lambda record: owner(record).status.lower() in wanted


def _moment(term: Term, of: Callable[[Any], datetime]) -> Matches:  # Any: as in `Matches`
    try:
        moment = datetime.fromisoformat(term.value)
    except ValueError as error:
        raise Strict(f"{term.name}:{term.value!r} is no time such as 2026-11-21T00:00:00Z") from error
    if moment.tzinfo is None:
        raise Strict(f"{term.name}:{term.value!r} names no zone, so it would mean the shop's")
    match term.by:
        case ">=":
            return lambda record: of(record) >= moment
        case ">":
            return lambda record: of(record) > moment
        case "<=":
            return lambda record: of(record) <= moment
        case "<":
            return lambda record: of(record) < moment
        case _:
            raise Strict(f"{term.name}: needs one of >=, >, <= and <")


def _ids(term: Term) -> Matches:
    """`id:` compares numbers, as windows of a large catalogue do."""
    if not term.value.isdecimal():
        raise Strict(f"id:{term.value!r} is no number")
    number = int(term.value)
    tests: dict[str, Matches] = {
        "": lambda record: record.id == number,
        ">": lambda record: record.id > number,
        ">=": lambda record: record.id >= number,
        "<": lambda record: record.id < number,
        "<=": lambda record: record.id <= number,
    }
    return tests[term.by]


def _word(term: Term, of: Callable[[Any], list[str | None]]) -> Matches:  # Any: as in `Matches`
    """Codes are found whatever their case, as Shopify finds them: who needs the very one must look again."""
    wanted = folded(_equal(term))
    if wanted.endswith("*"):
        raise Strict("a search by the beginning of a value is not built")
    return lambda record: wanted in map(folded, of(record))


def folded(value: str | None) -> str:
    return (value or "").strip().lower()


def _equal(term: Term) -> str:
    if term.by:
        raise Strict(f"{term.name}:{term.by}{term.value}: only equality is built")
    return term.value


_VARIANT_FILTERS: dict[str, Callable[[Term], Matches]] = {
    "id": _ids,
    "product_status": lambda term: _status(term, lambda variant: variant.product),
    "product_id": lambda term: _ids_of(term, lambda variant: variant.product.id),
    "updated_at": lambda term: _moment(term, lambda variant: variant.updated_at),
    "sku": lambda term: _word(term, lambda variant: [variant.sku]),
    "barcode": lambda term: _word(term, lambda variant: [variant.barcode]),
}
_PRODUCT_FILTERS: dict[str, Callable[[Term], Matches]] = {
    "id": _ids,
    "status": lambda term: _status(term, lambda product: product),
    "updated_at": lambda term: _moment(term, lambda product: product.updated_at),
    "created_at": lambda term: _moment(term, lambda product: product.created_at),
    "sku": lambda term: _word(term, lambda product: [variant.sku for variant in product.variants]),
    "handle": lambda term: _word(term, lambda product: [product.handle]),
}
_ORDER_FILTERS: dict[str, Callable[[Term], Matches]] = {
    "updated_at": lambda term: _moment(term, lambda found: found.updated_at),
}


def _ids_of(term: Term, of: Callable[[Variant], int]) -> Matches:
    numbers = {int(number) for number in _equal(term).split(",") if number.isdecimal()}
    return lambda variant: of(variant) in numbers
