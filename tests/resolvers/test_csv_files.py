"""CSV files are read as they come in, whatever program wrote them; what cannot be read is told by its row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.voucher_problems import InvalidCsv
from resolvers.csv_files import COLUMNS_MAX, ROW_LENGTH_MAX, CsvReader, Row

SIZES = pytest.mark.parametrize("size", [1, 2, 7, 100_000])


def read(content: bytes, size: int = 100_000) -> tuple[list[str], list[Row]]:
    """The header and the rows of a file that comes in pieces of this size."""
    reader = CsvReader("code")
    rows: list[Row] = []
    for start in range(0, len(content), size):
        rows += reader.read(content[start : start + size])
    rows += reader.end()
    return list(reader.header), rows


def cells(content: bytes, size: int = 100_000) -> list[list[str]]:
    header, rows = read(content, size)
    assert all(row.broken is None for row in rows)
    return [header, *(list(row.cells) for row in rows)]


@SIZES
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_delimiters_line_ends_and_encodings(size: int, delimiter: str, end: str, encoding: str) -> None:
    table = [["Code", "Région"], ["Ä-1", "nord"], ["B", ""]]
    text = end.join(delimiter.join(row) for row in table)
    for content in (text, text + end):
        assert cells(content.encode(encoding), size) == table


@SIZES
def test_quotes_hold_delimiters_quotes_and_line_ends(size: int) -> None:
    content = b'"Code","Very\nlong"\n"A,1","say ""yes""\r\nor no"\nB,x\n'
    assert cells(content, size) == [["Code", "Very\nlong"], ["A,1", 'say "yes"\r\nor no'], ["B", "x"]]


@SIZES
def test_empty_lines_are_passed_over_and_counted(size: int) -> None:
    _, rows = read(b"\r\n\nCode\nA\n\n\nB\n", size)
    assert [(row.number, row.cells) for row in rows] == [(1, ["A"]), (4, ["B"])]


@SIZES
def test_what_a_spreadsheet_says_of_its_delimiter_is_no_header(size: int) -> None:
    assert cells(b"sep=;\r\nCode;a,b\r\n1,5;2\r\n", size) == [["Code", "a,b"], ["1,5", "2"]]


@pytest.mark.parametrize("name", ["code", "CODE", " Code ", "C_ode", '"code"'])
def test_the_columns_name_may_be_written_in_many_ways(name: str) -> None:
    _, rows = read(f"x,{name}\n1,A\n".encode())
    assert [row.cells for row in rows] == [["1", "A"]]


def test_the_delimiter_that_gives_most_columns_is_meant() -> None:
    assert read(b"Code;Amount, net;Note\nA;1;2\n")[0] == ["Code", "Amount, net", "Note"]


@SIZES
def test_ragged_rows_are_told_and_the_others_read(size: int) -> None:
    _, rows = read(b"Code,x,y\nA,1\nB,1,2\nC,1,2,3\nD,1,2,,\n", size)
    assert [(row.number, row.broken is None) for row in rows] == [(1, False), (2, True), (3, False), (4, True)]
    assert rows[0].broken == "The row has 2 columns, the header has 3."
    assert rows[3].cells == ["D", "1", "2"]


@SIZES
def test_broken_quotes_are_told_and_the_others_read(size: int) -> None:
    _, rows = read(b'Code,x\n"A"b,1\nB,2\n"C,3\n', size)
    assert [(row.number, row.broken) for row in rows] == [
        (1, "Its quotation marks are broken: within quotes they are written twice."),
        (2, None),
        (3, "A quotation mark is missing."),
    ]


def test_a_field_has_a_limit() -> None:
    _, rows = read(b"Code,x\nA," + b"y" * 200_000 + b"\nB,2\n")
    assert [(row.number, row.broken) for row in rows] == [(1, "A field is too long."), (2, None)]


@SIZES
def test_another_encoding_is_refused_with_the_row(size: int) -> None:
    content = "Code,x\nA,1\nB,2\nC,Ä\nD,4\n".encode("latin-1")
    with pytest.raises(InvalidCsv) as refused:
        read(content, size)
    assert refused.value.details["row"] == 3
    assert "UTF-8" in refused.value.message


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"Name,Value\nA,1\n", "no column 'Code'"),
        (b"\x50\x4b\x03\x04\x00\x00\x08\x00\n", "not text"),
        ("Code\nA\n".encode("utf-16-le"), "not text"),
        (b"Code,code\nA,B\n", "twice"),
        (b"Code," + b",".join(b"c%d" % number for number in range(COLUMNS_MAX)) + b"\n", "columns"),
        (b'Code\n"A' + b"\nB" * ROW_LENGTH_MAX, "quotation mark"),
        (b'"Code' + b"\nB" * ROW_LENGTH_MAX, "quotation mark"),
    ],
)
def test_what_is_no_such_file_is_refused(content: bytes, words: str) -> None:
    with pytest.raises(InvalidCsv, match=words):
        read(content, 65_536)


@given(st.binary(max_size=200), st.integers(1, 50))
def test_any_bytes_are_read_or_refused(content: bytes, size: int) -> None:
    try:
        header, rows = read(b"Code,x\n" + content, size)
    except InvalidCsv:
        return
    assert header == ["Code", "x"]
    assert [row.number for row in rows] == sorted({row.number for row in rows})


@given(
    st.lists(
        st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1), min_size=2, max_size=2)
    )
)
def test_what_was_written_is_read(table: list[list[str]]) -> None:
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in table]
    content = "\r\n".join(["Code,x", *quoted]).encode()
    assert cells(content, 3)[1:] == table
