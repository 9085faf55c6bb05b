"""Categories: names that campaigns and vouchers are sorted by. One that is named by either comes into being."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, bindparam, literal, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from models import public_ids
from models.metadata import Id
from models.problems import InUse, Invalid, NotFound, Taken, refuse
from models.unset import UNSET, Unset
from models.voucher import voucher
from models.voucher_campaign import category, voucher_campaign
from resolvers.context import Work
from resolvers.voucher_rules import text_errors
from resolvers.voucher_scopes import WRITE

NAME_LENGTH_MAX = 255
HIERARCHY_MAX = 2**31 - 1

_c = category.c
_OWN = _c.organizer_id == bindparam("organizer_id", type_=Id)
BY_TOKEN = select(_c.id).where(_OWN, _c.token == bindparam("token"))
BY_NAME = select(_c.id).where(_OWN, _c.name == bindparam("name"))
INSERTED = ("organizer_id", "token", "name", "hierarchy", "created_at")


def _insert(module: Any) -> Any:
    given: dict[str, Any] = {name: bindparam(name) for name in INSERTED}
    adding = module.insert(category).values(given)
    return adding.on_conflict_do_nothing(index_elements=["organizer_id", "name"]).returning(_c.id)


INSERT = {"sqlite": _insert(sqlite), "postgresql": _insert(postgresql)}
_this = _c.id == bindparam("category_id", type_=Id)
LOCK = select(_c.name, _c.hierarchy).where(_this, _OWN).with_for_update()
AMEND = (
    category.update()
    .where(_this, _c.organizer_id == bindparam("of_organizer", type_=Id))
    .values(name=bindparam("new_name"), hierarchy=bindparam("new_hierarchy"), updated_at=bindparam("at"))
    .returning(_c.id)
)
DELETE = category.delete().where(_this, _OWN).returning(_c.id)


def _in(table: Table) -> Any:
    """Whether a row of the table is in the category."""
    of = table.c.organizer_id == bindparam("organizer_id", type_=Id)
    return select(table.c.id).where(of, table.c.category_id == bindparam("category_id", type_=Id)).exists()


USED = select(literal(1)).where(or_(_in(voucher_campaign), _in(voucher)))


# -- verbs -----------------------------------------------------------------------------------------------------------


async def create(work: Work, organizer_id: int, name: str, *, hierarchy: int = 0) -> int:
    """A new category; its id. Refuses with `Taken` a name in use, and with `Invalid`."""
    work.principal.require(WRITE)
    refuse([*_name_errors(name), *_hierarchy_errors(hierarchy)])
    row = await work.row(INSERT[work.engine], **_new(work, organizer_id, name, hierarchy))
    if row is None:
        raise _taken(name)
    await work.record("category.created", organizer_id, row[0], {"name": name})
    return int(row[0])


async def update(
    work: Work, organizer_id: int, category_id: int, *, name: str | Unset = UNSET, hierarchy: int | Unset = UNSET
) -> int:
    """Change the name or the place of a category; its id. Refuses with `Taken`, `Invalid` and `NotFound`."""
    work.principal.require(WRITE)
    held = await work.row(LOCK, organizer_id=organizer_id, category_id=category_id)
    if held is None:
        raise NotFound("category", "There is no such category.")
    new_name = held[0] if isinstance(name, Unset) else name
    place = held[1] if isinstance(hierarchy, Unset) else hierarchy
    refuse([*_name_errors(new_name), *_hierarchy_errors(place)])
    if new_name != held[0] and await work.row(BY_NAME, organizer_id=organizer_id, name=new_name):
        raise _taken(new_name)
    given = {"new_name": new_name, "new_hierarchy": place, "at": work.now}
    await work.row(AMEND, **given, of_organizer=organizer_id, category_id=category_id)
    await work.record("category.updated", organizer_id, category_id, {"name": new_name})
    return category_id


async def delete(work: Work, organizer_id: int, category_id: int) -> int:
    """Delete a category that no campaign and no voucher is in; its id. Refuses with `InUse` and with `NotFound`."""
    work.principal.require(WRITE)
    held = await work.row(LOCK, organizer_id=organizer_id, category_id=category_id)
    if held is None:
        raise NotFound("category", "There is no such category.")
    if await work.row(USED, organizer_id=organizer_id, category_id=category_id):
        raise InUse("category", "Campaigns or vouchers are in this category.")
    await work.row(DELETE, organizer_id=organizer_id, category_id=category_id)
    await work.record("category.deleted", organizer_id, category_id, {"name": held[0]})
    return category_id


async def meant(
    work: Work, organizer_id: int, name: str | Unset | None, token: str | Unset | None
) -> int | Unset | None:
    """The category that a request names by its id or by its name; UNSET if by neither, None if by null.

    Refuses with `NotFound` an id that no category has. A name that none has is given to a new one.
    """
    if isinstance(token, str):
        return await of_token(work, organizer_id, token)
    if isinstance(name, str) and name:
        return await named(work, organizer_id, name)
    return UNSET if isinstance(name, Unset) and isinstance(token, Unset) else None


async def of_token(work: Work, organizer_id: int, token: str) -> int:
    found = None if "\0" in token else await work.row(BY_TOKEN, organizer_id=organizer_id, token=token)
    if found is None:
        raise NotFound("category", "There is no such category.", field="category_id", ref=token)
    number: int = found[0]
    return number


async def named(work: Work, organizer_id: int, name: str) -> int:
    refuse(_name_errors(name))
    found = await work.row(BY_NAME, organizer_id=organizer_id, name=name)
    if found is None:
        found = await work.row(INSERT[work.engine], **_new(work, organizer_id, name, 0))
    if found is None:
        # Another process made it at this moment.
        found = await work.row(BY_NAME, organizer_id=organizer_id, name=name)
    number: int = found[0]
    return number


# -- parts -----------------------------------------------------------------------------------------------------------


def _new(work: Work, organizer_id: int, name: str, hierarchy: int) -> dict[str, Any]:
    token = public_ids.category()
    return {"organizer_id": organizer_id, "token": token, "name": name, "hierarchy": hierarchy, "created_at": work.now}


def _name_errors(name: str) -> Sequence[Invalid]:
    if not name.strip():
        return [Invalid("A category has a name.", field="category", reason="blank")]
    return text_errors("category", name, NAME_LENGTH_MAX)


def _hierarchy_errors(hierarchy: int) -> Sequence[Invalid]:
    if not 0 <= hierarchy <= HIERARCHY_MAX:
        return [Invalid(f"From 0 to {HIERARCHY_MAX}.", field="hierarchy", reason="out_of_range")]
    return []


def _taken(name: str) -> Taken:
    return Taken("There is a category of this name.", field="name", noun="category", ref=name)
