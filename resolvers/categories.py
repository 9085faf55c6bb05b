"""Categories: names that campaigns and vouchers are sorted by. One that is named first comes into being."""

from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from models import public_ids
from models.metadata import Id
from models.problems import Invalid, NotFound
from models.unset import UNSET, Unset
from models.voucher_campaign import category
from resolvers.context import Work

NAME_LENGTH_MAX = 255

_c = category.c
_OWN = _c.organizer_id == bindparam("organizer_id", type_=Id)
BY_TOKEN = select(_c.id).where(_OWN, _c.token == bindparam("token"))
BY_NAME = select(_c.id).where(_OWN, _c.name == bindparam("name"))


def _insert(module: Any) -> Any:
    given: dict[str, Any] = {name: bindparam(name) for name in ("organizer_id", "token", "name", "created_at")}
    adding = module.insert(category).values(given)
    return adding.on_conflict_do_nothing(index_elements=["organizer_id", "name"]).returning(_c.id)


INSERT = {"sqlite": _insert(sqlite), "postgresql": _insert(postgresql)}


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
    if "\0" in name or len(name) > NAME_LENGTH_MAX:
        raise Invalid(f"At most {NAME_LENGTH_MAX} characters, none of them NUL.", field="category", reason="too_long")
    found = await work.row(BY_NAME, organizer_id=organizer_id, name=name)
    if found is None:
        given = {"organizer_id": organizer_id, "token": public_ids.category(), "name": name, "created_at": work.now}
        found = await work.row(INSERT[work.engine], **given)
    if found is None:
        # Another process made it at this moment.
        found = await work.row(BY_NAME, organizer_id=organizer_id, name=name)
    number: int = found[0]
    return number
