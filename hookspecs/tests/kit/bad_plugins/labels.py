"""Labels that are not what they say, or another one each time."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from types import ModuleType

import msgspec
from hub_hookspecs import Account, Label, Shipment, hookimpl

from ..corner import plugin as good
from ..trial import mutated
from .making import caught_by

CornerAccount = Account[good.CornerSettings]


def labelling(change: Callable[[Label], Label]) -> ModuleType:
    @hookimpl
    def create_label(account: CornerAccount, shipment: Shipment, resume: str) -> Label:
        return change(good.create_label(account, shipment, resume))

    return mutated(create_label=create_label)


@caught_by("test_a_label_is_of_the_kind_that_it_says")
def a_picture_that_says_it_is_a_pdf() -> ModuleType:
    return labelling(lambda label: msgspec.structs.replace(label, content=b"\x89PNG\r\n"))


@caught_by("test_a_label_is_of_the_kind_that_it_says")
def a_label_that_nobody_can_print() -> ModuleType:
    return labelling(lambda label: msgspec.structs.replace(label, media_type="image/webp"))


@caught_by("test_a_parcel_has_the_same_label_however_often_it_is_asked_for")
def a_new_label_each_time() -> ModuleType:
    numbers = itertools.count()
    return labelling(lambda label: msgspec.structs.replace(label, content=b"%s %d" % (label.content, next(numbers))))
