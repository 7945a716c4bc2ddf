"""What an upload may cost, measured from outside: memory and time of a process that reads one file."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from zipfile import ZIP_DEFLATED, ZipFile

import msgspec
import pytest

from hub.kernel.workbooks import Limits
from tests.slices.kernel.workbook_child import Told
from tests.slices.kernel.workbook_files import HEAD_ROW, MAIN, SHEET, good, parts_of, with_rows

ROOT = Path(__file__).parents[3]
MOST_MEMORY, MOST_SECONDS = 64, 30  # MiB of the process, 30 before it begins: a worker has 120, and 256 in all
MEGABYTE = b"<row/>" + b" " * (1024 * 1024 - 6)


def told(path: Path, way: str = "guarded") -> Told:
    command = [sys.executable, "-m", "tests.slices.kernel.workbook_child", way, str(path)]
    answer = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)  # noqa: S603 - ourselves
    return msgspec.json.decode(answer.stdout, type=Told)


def streamed(pieces: Iterator[bytes], part: str = SHEET) -> bytes:
    """A good workbook with one part put together of many pieces."""
    target, others = io.BytesIO(), {name: each for name, each in parts_of(good()).items() if name != part}
    with ZipFile(target, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        for name, each in others.items():
            archive.writestr(name, each)
        with archive.open(part, "w") as stream:
            for piece in pieces:
                stream.write(piece)
    return target.getvalue()


def sheet_of(rows: Iterator[str]) -> bytes:
    def pieces() -> Iterator[bytes]:
        yield f'<worksheet xmlns="{MAIN}"><sheetData>{HEAD_ROW}'.encode()
        yield from (row.encode() for row in rows)
        yield b"</sheetData></worksheet>"

    return streamed(pieces())


def a_bomb() -> bytes:
    return streamed(iter([b"<worksheet>", *[MEGABYTE] * 400]))


def a_bomb_beside_the_sheet() -> bytes:
    return streamed(iter([MEGABYTE] * 400), part="xl/media/image1.png")


def one_text_many_times() -> bytes:
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(2, 30_000))
    return with_rows(rows, shared=f"<si><t>{'x' * 32_000}</t></si>")


def millions_of_texts() -> bytes:
    return with_rows("", shared="<si/>" * 5_000_000)


def texts_that_nobody_names() -> bytes:
    return with_rows("", shared=f"<si><t>{'x' * 10_000}</t></si>" * 11_000)


def much_text() -> bytes:
    return sheet_of(f'<row r="{n}"><c t="str"><v>{n}{"x" * 30_000}</v></c></row>' for n in range(2, 3_000))


def every_row_formatted() -> bytes:
    return sheet_of(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(2, 1_048_577))


def every_cell_formatted() -> bytes:
    row = "<c/>" * 16_384
    return sheet_of(f"<row>{row}</row>" for _ in range(1_500))


def formulas_everywhere() -> bytes:
    return sheet_of(f"<row>{'<c><f>1</f><v>1</v></c>' * 19}</row>" for _ in range(49_000))


def entities() -> bytes:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    head = f'<!DOCTYPE x [<!ENTITY l0 "lol">{laughs}]><worksheet><sheetData><row><c><v>&l11;</v></c></row>'
    return streamed(iter([head.encode(), b"</sheetData></worksheet>"]))


def merged_everywhere() -> bytes:
    merged = "".join(f'<mergeCell ref="A{n}:XFD{n}"/>' for n in range(1, 500_000))
    return with_rows("", after=f"<mergeCells>{merged}</mergeCells>")


def a_long_tag() -> bytes:
    return streamed(iter([b'<worksheet a="', *[b"x" * 1024 * 1024] * 60, b'"/>']))


def many_parts() -> bytes:
    target = io.BytesIO()
    with ZipFile(target, "w") as archive:
        for number in range(60_000):
            archive.writestr(str(number), b"")
    return target.getvalue()


def as_much_as_is_taken() -> bytes:
    """Close to every limit at once: rows, cells, bytes of the file, texts in cells and texts that are shared."""
    limits, chance = Limits(), Random(1)
    rows, share = limits.rows, limits.text // 4 // limits.rows - 24  # the numbers are texts too
    texts = [f"{chance.randbytes(90).hex()}{n:0{share - 180}d}" for n in range(rows)]
    numbers = "<c><v>19.99</v></c>" * (limits.cells // (rows + 1) - 3)
    lines = "".join(
        f'<row><c t="str"><v>{text}</v></c><c t="s"><v>{n}</v></c><c t="str"><v>{text}</v></c>{numbers}</row>'
        for n, text in enumerate(texts)
    )
    return with_rows(lines, shared="".join(f"<si><t>{text}</t></si>" for text in texts))


def the_widest_texts() -> bytes:
    """Rows as long as they may be, of signs for which Python takes four bytes each."""
    cells = "".join(f'<c t="str"><v>{n}{"👕" + "x" * 32_700}</v></c>' for n in range(5))
    return sheet_of(f'<row r="{n}">{cells}</row>' for n in range(2, 350))


BOMBS = [
    pytest.param(a_bomb, "unpacks to more than", id="400 MB of blanks"),
    pytest.param(a_bomb_beside_the_sheet, "1 rows", id="400 MB that nobody reads"),
    pytest.param(one_text_many_times, "are too long for one file", id="one text a thousand times"),
    pytest.param(millions_of_texts, "different texts", id="millions of texts"),
    pytest.param(
        texts_that_nobody_names, "the texts of the file are too long", id="110 MB of texts that no cell names"
    ),
    pytest.param(much_text, "are too long for one file", id="90 MB of texts"),
    pytest.param(every_row_formatted, "0 rows", id="all 1,048,576 rows formatted"),
    pytest.param(every_cell_formatted, "millions of formatted cells", id="24 million formatted cells"),
    pytest.param(formulas_everywhere, "A2 (Product ID) holds a formula", id="a million formulas"),
    pytest.param(entities, "no spreadsheet program", id="a billion laughs"),
    pytest.param(merged_everywhere, "is merged with its neighbours", id="500,000 merged cells"),
    pytest.param(a_long_tag, "no spreadsheet program", id="a tag of 60 MB"),
    pytest.param(many_parts, "more than 1,000 parts", id="60,000 parts"),
    pytest.param(the_widest_texts, "348 rows", id="the widest texts"),
    pytest.param(as_much_as_is_taken, f"{Limits().rows} rows", id="as much as is taken"),
]


@pytest.mark.parametrize(("make", "outcome"), BOMBS)
def test_no_file_costs_more_than_its_share(make: Callable[[], bytes], outcome: str, tmp_path: Path) -> None:
    path = tmp_path / "upload.xlsx"
    path.write_bytes(make())

    found = told(path)

    assert outcome in found.outcome
    assert (found.peak < MOST_MEMORY, found.seconds < MOST_SECONDS) == (True, True), found


def test_the_measuring_sees_what_the_library_alone_would_take(tmp_path: Path) -> None:
    path = tmp_path / "upload.xlsx"
    path.write_bytes(one_text_many_times())

    assert told(path, "bare").peak > MOST_MEMORY
