"""What each word of the standard means for the hub: its table, word by word."""

import pytest
from hub_fastock_my.port import Document, Moved, Progress, Quality, Report, Status
from hub_fastock_my.states import task_lines, task_state
from hub_fastock_my.wire.jsonfx import words as json_words
from hub_fastock_my.wire.qimen import words
from hub_hookspecs import CancelOutcome, DocumentState, TaskKind, TaskRef

PENDING, PART, COMPLETE, PART_INVALID, INVALID = DocumentState
OUT = TaskRef(kind=TaskKind.OUTBOUND, key="OB-1", place_ref="MYKL01")
IN = TaskRef(kind=TaskKind.INBOUND, key="IB-1", place_ref="MYKL01")


def of(task: TaskRef, word: str, actual: int = 0, planned: int = 2) -> tuple[DocumentState, str, bool | None]:
    progress = Progress(status=words.status(word), word=word)
    moved = (Moved(number="1", code="TEE-M", planned=planned, actual=actual),)
    found = task_state(task, progress, Report(ref="R-1", progress=progress, moved=moved))
    return found.state, found.progress, found.cancellable


@pytest.mark.parametrize(
    ("word", "shipped", "wanted"),
    [
        ("NEW", 0, (PENDING, "new", True)),
        ("ACCEPT", 0, (PENDING, "accepted", True)),
        ("PRINT", 0, (PENDING, "printed", None)),
        ("PICK", 0, (PENDING, "picking", None)),
        ("CHECK", 0, (PENDING, "checked", None)),
        ("PACKAGE", 0, (PENDING, "packed", None)),
        ("WEIGH", 0, (PENDING, "packed", None)),
        ("READY", 0, (PENDING, "ready", None)),
        ("PARTDELIVERED", 1, (PART, "part_shipped", False)),
        ("DELIVERED", 2, (COMPLETE, "shipped", False)),
        ("DELIVERED", 1, (PART, "shipped", False)),
        ("SIGN", 2, (COMPLETE, "shipped", False)),
        ("REFUSE", 2, (COMPLETE, "returning", False)),
        ("EXCEPTION", 0, (PENDING, "exception", True)),
        ("REJECT", 0, (INVALID, "rejected", False)),
        ("CANCELED", 0, (INVALID, "cancelled", False)),
        ("CLOSED", 0, (INVALID, "closed", False)),
        ("CLOSED", 1, (PART_INVALID, "closed", False)),
        ("CLOSED", 2, (COMPLETE, "closed", False)),
        ("CANCELED", 2, (COMPLETE, "cancelled", False)),
        ("CANCELEDFAIL", 0, (PENDING, "cancel_failed", None)),
        ("CANCELEDFAIL", 2, (COMPLETE, "cancel_failed", None)),
        ("TMSCANCELED", 2, (COMPLETE, "intercepted", None)),
        ("TMSCANCELFAILED", 2, (COMPLETE, "intercept_failed", None)),
        ("OTHER", 0, (PENDING, "OTHER", None)),
        ("Verpackt", 0, (PENDING, "Verpackt", None)),
    ],
)
def test_words_about_an_outbound(word: str, shipped: int, wanted: tuple[DocumentState, str, bool | None]) -> None:
    assert of(OUT, word, shipped) == wanted


@pytest.mark.parametrize(
    ("word", "came", "wanted"),
    [
        ("NEW", 0, (PENDING, "new", True)),
        ("PARTFULFILLED", 1, (PART, "part_received", True)),
        ("FULFILLED", 2, (COMPLETE, "received", False)),
        ("FULFILLED", 3, (COMPLETE, "received", False)),
        ("FULFILLED", 1, (PART, "received", False)),
        ("CLOSED", 1, (PART, "closed", False)),
        ("CLOSED", 0, (INVALID, "closed", False)),
        ("CANCELED", 0, (INVALID, "cancelled", False)),
        ("CANCELED", 1, (PART, "cancelled", False)),
        ("REJECT", 0, (INVALID, "rejected", False)),
    ],
)
def test_words_about_an_inbound(word: str, came: int, wanted: tuple[DocumentState, str, bool | None]) -> None:
    assert of(IN, word, came) == wanted


@pytest.mark.parametrize(
    ("word", "cancel"),
    [("CANCELED", CancelOutcome.CANCELLED), ("CANCELEDFAIL", CancelOutcome.REFUSED), ("PICK", None)],
)
def test_a_late_answer_to_a_cancellation_is_told(word: str, cancel: CancelOutcome | None) -> None:
    progress = Progress(status=words.status(word), word=word)

    assert task_state(OUT, progress, None).cancel is cancel


def test_refused_is_told_apart_from_cancelled() -> None:
    refused, cancelled = (
        task_state(OUT, Progress(status=status, word="", note="no room"), None)
        for status in (Status.REJECTED, Status.CANCELLED)
    )

    assert (refused.problem, cancelled.problem) == ("Fastock refused this document: no room", "")


def test_a_courier_that_was_not_stopped_is_told_of() -> None:
    progress = Progress(status=words.status("TMSCANCELFAILED"), word="", note="it is at the hub")

    assert "could not be stopped on the way; the parcel goes on" in task_state(OUT, progress, None).problem


def test_a_line_that_stands_there_once_for_each_quality_was_planned_once() -> None:
    lines = task_lines(
        Document.INBOUND,
        [
            Moved(number="1", code="A", planned=10, actual=8),
            Moved(number="1", code="A", planned=10, actual=1, quality=Quality.DAMAGED, note="torn"),
            Moved(number="1", code="A", planned=10, actual=1, quality=Quality.DAMAGED, note="torn"),
            Moved(number="2", code="A", planned=5, actual=5),
        ],
    )

    (line,) = lines
    assert (line.planned, line.good, line.damaged, line.note) == (15, 13, 2, "torn")


def test_only_one_quality_is_sellable() -> None:
    qualities = {word: words.quality(word) for word in ("ZP", "zp", "CC", "JS", "XS", "DJ", "ZT", "??")}

    assert [word for word, quality in qualities.items() if quality is Quality.GOOD] == ["ZP", "zp"]
    assert (qualities["DJ"], qualities["ZT"], qualities["??"]) == (Quality.HELD, Quality.AWAY, Quality.DAMAGED)


def test_both_dialects_have_a_word_for_every_state() -> None:
    for dialect in (words, json_words):
        known = {dialect.status(word) for word in dialect._STATUSES}
        assert known == set(Status) - {Status.OTHER}, dialect.__name__
