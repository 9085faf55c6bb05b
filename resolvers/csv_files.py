"""CSV files as they come in: bytes in pieces of any size, rows out, and never more in memory than one row's beginning.

Read are UTF-8 with and without a byte-order mark, and UTF-16 with one; commas, semicolons and tabs, whichever the
header uses; all three kinds of line ends, and line ends within quotes.
"""

import codecs
import csv
import io
import re
from collections.abc import Generator, Iterator, Sequence
from itertools import dropwhile
from typing import NamedTuple

from models.voucher_problems import InvalidCsv

DELIMITERS = ",;\t"
COLUMNS_MAX = 200
# Characters of a row that does not end: without a limit a lost quotation mark would make it the rest of the file. Of a
# field the csv module takes 131,072.
ROW_LENGTH_MAX = 1_048_576
# What the csv module says of quotes that are not closed.
UNFINISHED = "unexpected end of data"
# What spreadsheets write before the header to say what they use.
_SEP = re.compile(r"sep=(.)[\r\n]*", re.IGNORECASE)


class Row(NamedTuple):
    """`number` counts from 1 on, the header not counted, rows without anything in them counted."""

    number: int
    cells: Sequence[str]
    # Why it cannot be read.
    broken: str | None = None


class CsvReader:
    """`read` takes the next piece, `end` the end; both answer the rows that are complete.

    Refuses with `InvalidCsv` what is no such file. `needed` is a column that the header must have, by its plain name.
    """

    def __init__(self, needed: str) -> None:
        self.header: Sequence[str] = ()
        # Where in a row the needed column is.
        self.place = 0
        self._needed = needed
        self._decoder: codecs.IncrementalDecoder | None = None
        self._start = b""
        self._text = ""
        self._delimiter: str | None = None
        self._number = 0

    def read(self, piece: bytes) -> Iterator[Row]:
        decoder = self._decoder
        if decoder is None:
            self._start += piece
            if len(self._start) < len(codecs.BOM_UTF8):
                return iter(())
            piece, self._start = self._start, b""
            decoder = self._decoder = _decoder_of(piece)
        return self._decoded(decoder, piece, final=False)

    def end(self) -> Iterator[Row]:
        decoder = self._decoder or _decoder_of(self._start)
        yield from self._decoded(decoder, self._start if self._decoder is None else b"", final=True)
        if not self.header:
            raise InvalidCsv("The file is empty: a header with the names of the columns is required.")

    def _decoded(self, decoder: codecs.IncrementalDecoder, piece: bytes, *, final: bool) -> Iterator[Row]:
        broken = None
        try:
            text = decoder.decode(piece, final)
        except UnicodeDecodeError as error:
            # What comes before is read, to tell the row.
            text, broken = bytes(error.object[: error.start]).decode(error.encoding, "ignore"), error
        self._text += text
        yield from self._rows(final=final)
        if broken is not None:
            message = f"This is not {broken.encoding.upper()}. Save the file as UTF-8."
            raise InvalidCsv(message, row=self._number + 1 if self.header else None)

    def _rows(self, *, final: bool) -> Iterator[Row]:
        lines = io.StringIO(self._text, newline="").readlines()
        kept = ""
        # The last line may go on, and a carriage return may be half of a line's end.
        if lines and not final and not lines[-1].endswith("\n"):
            kept = lines.pop()
        if not self.header:
            lines = self._headed(lines, final)
        used = (yield from self._parsed(lines, final)) if self.header else 0
        self._text = "".join(lines[used:]) + kept
        if len(self._text) > ROW_LENGTH_MAX:
            raise self._endless()

    def _endless(self) -> InvalidCsv:
        message = "This row is too long. Is a quotation mark missing?"
        return InvalidCsv(message, row=self._number + 1 if self.header else None)

    def _headed(self, lines: list[str], final: bool) -> list[str]:
        """Take the header from the lines; those after it."""
        lines = list(dropwhile(lambda line: not line.strip(), lines))
        if lines and (told := _SEP.fullmatch(lines[0])):
            self._delimiter, lines = told[1], lines[1:]
        quotes = 0
        for count, line in enumerate(lines, 1):
            quotes += line.count('"')
            if quotes % 2 == 0 or (final and count == len(lines)):
                self.header = self._header_of("".join(lines[:count]))
                return lines[count:]
        return lines

    def _header_of(self, text: str) -> Sequence[str]:
        if "\0" in text:
            raise InvalidCsv("This is not text. Save the file as UTF-8.")
        tried = [self._delimiter] if self._delimiter else list(DELIMITERS)
        found = [(delimiter, _cells(text, delimiter)) for delimiter in tried]
        named = [each for each in found if self._needed in map(plain, each[1])]
        if not named:
            raise InvalidCsv(f"The header has no column {self._needed.title()!r}.")
        self._delimiter, header = max(named, key=lambda each: len(each[1]))
        if len(header) > COLUMNS_MAX:
            raise InvalidCsv(f"At most {COLUMNS_MAX} columns.")
        names = [name for cell in header if (name := plain(cell))]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise InvalidCsv(f"The header names a column twice: {twice!r}.")
        self.place = list(map(plain, header)).index(self._needed)
        return [cell.strip() for cell in header]

    def _parsed(self, lines: list[str], final: bool) -> Generator[Row, None, int]:
        """The rows of these lines; returns how many lines they are."""
        reader, used = csv.reader(lines, delimiter=self._delimiter or ",", strict=True), 0
        while used < len(lines):
            row = None
            try:
                if cells := next(reader):
                    row = self._row(cells)
            except csv.Error as error:
                if str(error) == UNFINISHED and not final:
                    return used
                if "limit" in str(error) and reader.line_num > used + 1:
                    raise self._endless() from None
                # The reader goes on with the next line.
                row = Row(self._number + 1, (), _why(error))
            self._number += 1
            used = reader.line_num
            if row is not None:
                yield row
        return used

    def _row(self, cells: list[str]) -> Row:
        count = len(self.header)
        if len(cells) != count:
            if len(cells) < count or any(cells[count:]):
                told = f"The row has {len(cells)} columns, the header has {count}."
                return Row(self._number + 1, cells, told)
            cells = cells[:count]
        return Row(self._number + 1, cells)


def plain(name: str) -> str:
    """The name of a column without case, spaces and underscores."""
    return name.strip().replace(" ", "").replace("_", "").lower()


def _decoder_of(start: bytes) -> codecs.IncrementalDecoder:
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return codecs.getincrementaldecoder("utf-16")()
    return codecs.getincrementaldecoder("utf-8-sig")()


def _cells(text: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
    except csv.Error:
        return []


def _why(error: csv.Error) -> str:
    if str(error) == UNFINISHED:
        return "A quotation mark is missing."
    if "limit" in str(error):
        return "A field is too long."
    return "Its quotation marks are broken: within quotes they are written twice."
