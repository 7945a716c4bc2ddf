"""Which function answers which field; whatever has none is read from the record by its name, or refused."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from graphql import GraphQLResolveInfo, get_named_type

from hub_shopify.sandbox import schema
from hub_shopify.sandbox.answers import Refused, Strict
from hub_shopify.sandbox.keys import Keys
from hub_shopify.sandbox.shop import Shop

if TYPE_CHECKING:
    from hub_shopify.sandbox.bulk import Bulk
    from hub_shopify.sandbox.outbox import Outbox

Resolver = Callable[..., Any]  # Any: a record, a list or a scalar, as the field is typed
Some = TypeVar("Some", bound=Resolver)

Info = GraphQLResolveInfo[Any]  # Any: the context is ours, and typed where it is read
RESOLVERS: dict[tuple[str, str], Resolver] = {}
_MISSING = object()


@dataclass(frozen=True)
class Context:
    """What resolvers may ask besides the record: the shop, its bulk operations, and what the token may see."""

    shop: Shop
    bulk: "Bulk"
    domain: str
    granted: frozenset[str]
    outbox: "Outbox"
    operations: dict[int, Any] = field(default_factory=dict)  # Any: asynchronous mutations, by id
    keys: Keys = field(default_factory=Keys)

    def now(self) -> datetime:
        return self.shop.clock()


def resolves(kind: str, *names: str) -> Callable[[Some], Some]:
    """Answer these fields of a type by a function of the record, the context and the field's arguments."""

    def register(function: Some) -> Some:
        for name in names:
            RESOLVERS[kind, name] = function
        return function

    return register


def resolve(source: object, info: Info, **arguments: object) -> object:
    """The resolver of every field."""
    return value_of(source, info.parent_type.name, info.field_name, info.context, arguments)


def value_of(source: object, kind: str, name: str, context: Context, arguments: dict[str, object]) -> object:
    _check_access(kind, name, context.granted)
    resolver = RESOLVERS.get((kind, name))
    found = resolver(source, context, **arguments) if resolver else _read(source, kind, name)
    return moment(found) if isinstance(found, datetime) else found


def type_of(record: object, *_: object) -> str:
    """Name the object type behind an interface."""
    return str(getattr(record, "TYPE"))  # noqa: B009 - a class variable that records declare without a common base


def moment(value: datetime) -> str:
    """Whole seconds, in UTC."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def gid(kind: str, ref: int) -> str:
    return f"gid://shopify/{kind}/{ref}"


def id_of(value: str, *kinds: str) -> int | None:
    """The number in an id of one of these types; None for another type. What is no id at all is refused."""
    found = re.fullmatch(r"gid://shopify/(\w+)/(\d{1,18})(\?.*)?", value)
    if not found:
        raise Refused("RESOURCE_NOT_FOUND", f"Invalid global id '{value}'")
    return int(found[2]) if not kinds or found[1] in kinds else None


def _read(source: object, kind: str, name: str) -> object:
    if isinstance(source, dict):
        found = source.get(name, _MISSING)
    elif name == "id":
        found = getattr(source, "gid", None) or gid(kind, getattr(source, "id", 0))
    elif name == "legacyResourceId":
        found = str(getattr(source, "id", 0))
    else:
        found = getattr(source, _snake(name), _MISSING)
    if found is _MISSING:
        raise Strict(f"{kind}.{name} is not built")
    return found


@cache
def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _check_access(kind: str, name: str, granted: frozenset[str]) -> None:
    wanted = _missing(kind, name, granted)
    if wanted:
        needs = f"`{sorted(wanted)[0]}` access scope" if len(wanted) == 1 else f"one of {', '.join(sorted(wanted))}"
        raise Refused(
            "ACCESS_DENIED",
            f"Access denied for {name} field. Required access: {needs}.",
            documentation="https://shopify.dev/api/usage/access-scopes",
            requiredAccess=f"{needs}.",
        )


@cache
def _missing(kind: str, name: str, granted: frozenset[str]) -> frozenset[str]:
    """The scopes, any of which would open a field and the type that it leads to; none where it is open."""
    definition = schema.load().type_map[kind].fields[name]  # type: ignore[attr-defined] # only objects have fields
    leads_to = re.sub(r"(Connection|Edge)$", "", get_named_type(definition.type).name)
    for each in (f"{kind}.{name}", leads_to):
        wanted = schema.scopes().get(each, frozenset())
        if wanted and not wanted & granted:
            return wanted
    return frozenset()


def widened(granted: frozenset[str]) -> frozenset[str]:
    """With each `write_x` comes `read_x`."""
    return granted | {scope.replace("write_", "read_", 1) for scope in granted if scope.startswith("write_")}
