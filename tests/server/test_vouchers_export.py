"""`foyer vouchers export`, on both engines: to a file that is whole or not there, and to standard output."""

import asyncio
import csv
import io
import os
import stat
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from models.voucher import VoucherType
from resolvers import new_vouchers
from resolvers.context import Work
from resolvers.new_vouchers import NewVoucher
from resolvers.slices import ROWS_MAX
from server.commands import vouchers
from tests.resolvers import databases
from tests.server.test_cli import ROOT, foyer
from tests.vouchers import a_campaign, an_organizer, some_terms, written

OURS = ("vouchers", "export", "--organizer", "acme")


@pytest.fixture
def url(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database with two organizers' vouchers, and the environment that names it."""
    monkeypatch.setenv("FOYER_DATABASE_URL", database_url)
    asyncio.run(populate(database_url))
    return database_url


async def populate(url: str) -> None:
    async with databases.opened(url) as database:
        for slug, codes in (("acme", ("A", "B")), ("beta", ("THEIRS",))):
            organizer_id = await written(database, partial(an_organizer, slug=slug))
            await written(database, partial(filled, organizer_id, "Summer 20%", codes, metadata={"town": "Köln"}))
            await written(database, partial(filled, organizer_id, "Off", (f"{slug}-OFF",), active=False))


async def filled(organizer_id: int, name: str, codes: Any, work: Work, **values: Any) -> None:
    terms_id = await some_terms(work, organizer_id)
    campaign_id = await a_campaign(work, organizer_id, name=name, terms_id=terms_id)
    given: Any = {"campaign_id": campaign_id, "terms_id": terms_id, "type": VoucherType.DISCOUNT_VOUCHER}
    for start in range(0, len(codes), ROWS_MAX):
        new = [NewVoucher(code, **values) for code in codes[start : start + ROWS_MAX]]
        await new_vouchers.add(work, organizer_id, new, **given)


def codes_in(content: str) -> list[str]:
    return [row["Code"] for row in csv.DictReader(io.StringIO(content, newline=""))]


def test_vouchers_are_written_to_a_file(url: str, tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    file.write_text("old")
    result = foyer(*OURS, "--output", file)
    assert (result.exit_code, result.stdout) == (0, f"3 vouchers are in {file}.\n")
    assert codes_in(file.read_bytes().decode()) == ["A", "B", "acme-OFF"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.glob("*out.csv*")] == ["out.csv"]


def test_standard_output_has_the_vouchers_alone(url: str) -> None:
    result = foyer(*OURS, "--output", "-")
    assert result.exit_code == 0
    assert codes_in(result.stdout) == ["A", "B", "acme-OFF"]
    assert result.stdout == foyer(*OURS).stdout
    assert "Köln" in result.stdout


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (("--campaign", "Summer 20%"), ["A", "B"]),
        (("--active",), ["A", "B"]),
        (("--disabled",), ["acme-OFF"]),
        (("--campaign", "Summer 20%", "--disabled"), []),
    ],
)
def test_options_narrow_it(url: str, options: tuple[str, ...], found: list[str]) -> None:
    assert codes_in(foyer(*OURS, *options).stdout) == found


def test_a_campaign_may_be_named_by_its_id(url: str) -> None:
    async def token() -> Any:
        async with databases.opened(url) as database:
            return await databases.rows(database, text("SELECT token FROM voucher_campaign WHERE name = 'Off'"))

    ours, theirs = (row[0] for row in asyncio.run(token()))
    assert codes_in(foyer(*OURS, "--campaign", ours).stdout) == ["acme-OFF"]
    assert f"There is no campaign '{theirs}'." in foyer(*OURS, "--campaign", theirs).stderr


def test_spreadsheets_take_nothing_for_a_formula(url: str) -> None:
    async def risky() -> None:
        async with databases.opened(url) as database:
            row = await databases.rows(database, text("SELECT id FROM organizer WHERE slug = 'acme'"))
            await written(database, partial(filled, row[0][0], "=cmd()", ("X",)))

    asyncio.run(risky())
    safe = foyer(*OURS, "--campaign", "=cmd()", "--safe-for-spreadsheets").stdout_bytes
    assert safe.startswith(b"\xef\xbb\xbf")
    assert b",'=cmd()," in safe
    assert b",=cmd()," in foyer(*OURS, "--campaign", "=cmd()").stdout_bytes


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--organizer", "nobody"), "There is no organizer 'nobody'."),
        (("--organizer", "acme", "--campaign", "Nowhere"), "There is no campaign 'Nowhere'."),
    ],
)
def test_what_is_not_there_is_refused(url: str, tmp_path: Path, options: tuple[str, ...], message: str) -> None:
    file = tmp_path / "out.csv"
    result = foyer("vouchers", "export", *options, "--output", file)
    assert (result.exit_code, result.stderr) == (1, f"{message}\n")
    assert list(tmp_path.glob("*out.csv*")) == []


@pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
def test_a_place_that_cannot_be_written_to_is_refused(url: str, tmp_path: Path) -> None:
    result = foyer(*OURS, "--output", tmp_path / "nowhere" / "out.csv")
    assert (result.exit_code, "cannot be written: No such file" in result.stderr) == (1, True)
    assert foyer(*OURS, "--output", tmp_path).exit_code == 2


def test_an_export_that_breaks_off_changes_no_file(url: str, tmp_path: Path) -> None:
    async def broken() -> None:
        async with databases.opened(url) as database:
            await databases.rows(database, text("ALTER TABLE customer RENAME TO gone"))

    asyncio.run(broken())
    file = tmp_path / "out.csv"
    file.write_text("old")
    with pytest.raises(Exception, match="customer"):
        vouchers.export(file, organizer="acme", campaign=None, active=None, safe=False)
    assert file.read_text() == "old"
    assert [each.name for each in tmp_path.glob("*out.csv*")] == ["out.csv"]


@pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
def test_what_is_no_file_is_written_to(url: str, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    command = [sys.executable, "-m", "server", *OURS, "--output", str(pipe)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    assert codes_in(pipe.read_text()) == ["A", "B", "acme-OFF"]
    assert process.wait(20) == 0
    assert stat.S_ISFIFO(pipe.stat().st_mode)
