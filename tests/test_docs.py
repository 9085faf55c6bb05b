"""Pages that list something list all of it: every problem, every address, every setting."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import models.voucher_problems
import resolvers
from models.problems import Problem, Several
from resolvers.voucher_columns import COLUMNS
from rest.pretix.app import ROUTES
from rest.pretix.problems import STATUSES
from rest.pretix.routing import Route
from rest.voucherify import filter_tables
from rest.voucherify.app import ROUTES as VOUCHERIFY_ROUTES
from rest.voucherify.filters import Values
from rest.voucherify.routing import METHODS
from rest.voucherify.routing import Route as VoucherifyRoute
from server.settings import PREFIX, Settings

DOCS = Path(resolvers.__file__).parents[1] / "docs"


def page(name: str) -> str:
    return (DOCS / name).read_text()


def cells(text: str) -> list[list[str]]:
    """The rows of a page's tables."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


OF_VOUCHERS = models.voucher_problems.__name__


def problems(*modules: str, base: type[Problem] = Problem) -> Iterator[type[Problem]]:
    """Those that verbs refuse with; a door's own, of its dialect, are told on the door's page."""
    for found in base.__subclasses__():
        if found.__module__ in modules:
            yield found
        yield from problems(*modules, base=found)


def test_every_problem_and_no_other_is_listed() -> None:
    listed = [row[0].strip("`") for row in cells(page("problems.md")) if row[0].startswith("`")]
    assert sorted(listed) == sorted({found.code for found in problems(Problem.__module__, OF_VOUCHERS)})


def test_problems_of_vouchers_are_what_their_table_says() -> None:
    rows = {row[0].strip("`"): row for row in cells(page("problems.md"))}
    for found in problems(OF_VOUCHERS):
        _, when = rows[found.code]
        assert when
        assert found.status_hint == 400


def test_problems_are_listed_with_their_statuses() -> None:
    rows = {row[0].strip("`"): row for row in cells(page("problems.md"))}
    for found in problems(Problem.__module__):
        _, when, in_graphql, in_pretix, in_voucherify = rows[found.code]
        assert when
        assert found is Several or re.fullmatch(r"–|413|(?:\d{3} `[a-z_]+`(?:, )?)+", in_voucherify)
        assert in_graphql
        assert in_pretix in (str(STATUSES.get(found, found.status_hint)), "–"), found.code
        if found.status_hint in (401, 413, 503):
            assert in_graphql == str(found.status_hint)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.path or "root")
def test_every_address_of_the_pretix_door_is_listed(route: Route) -> None:
    addresses = {row[0].strip("` ") for row in cells(page("rest-pretix.md"))}
    shown = route.path + "/" * (route.slash and not route.path.endswith("/") and bool(route.path))
    assert {shown or "(the root itself)", route.path} & addresses, shown


@pytest.mark.parametrize(
    "route", VOUCHERIFY_ROUTES, ids=lambda route: f"{'client ' * route.client}{route.path.replace('/', ' ')}"
)
def test_every_address_of_the_voucherify_door_is_listed(route: VoucherifyRoute) -> None:
    methods = {row[0].strip("`"): row[1] for row in cells(page("rest-voucherify.md")) if len(row) == 3}
    shown = ("/client/v1/" if route.client else "") + route.path.replace("+}", "}")
    assert methods.get(shown) == ", ".join(route.methods)


def test_no_other_address_of_the_voucherify_door_is_listed() -> None:
    rows = [row for row in cells(page("rest-voucherify.md")) if len(row) == 3]
    listed = {row[0].strip("`") for row in rows if set(row[1].split(", ")) <= set(METHODS)}
    known = {("/client/v1/" if each.client else "") + each.path.replace("+}", "}") for each in VOUCHERIFY_ROUTES}
    assert listed == known


def test_every_filter_of_the_voucherify_door_is_listed() -> None:
    listed = {row[0]: set(re.findall(r"`([^`]+)`", row[1])) for row in cells(page("rest-voucherify.md"))}
    tables = {
        "campaigns": filter_tables.CAMPAIGNS,
        "vouchers": filter_tables.VOUCHERS,
        "redemptions": filter_tables.REDEMPTIONS,
        "publications": filter_tables.PUBLICATIONS,
        "the bin": filter_tables.BIN_ENTRIES,
    }
    for name, table in tables.items():
        known = {f"{field}.KEY" if isinstance(kind, Values) else field for field, kind in table.items()}
        assert listed[name] - {"BULK", "$redeemed"} == known, name


def test_every_column_of_an_export_is_listed() -> None:
    told = page("rest-voucherify.md")
    assert [name for name in COLUMNS if f"`{name}`" not in told] == []


def test_every_setting_is_listed() -> None:
    listed = {row[0].strip("`") for row in cells(page("settings.md"))}
    assert {PREFIX + name.upper() for name in Settings.model_fields} <= listed
