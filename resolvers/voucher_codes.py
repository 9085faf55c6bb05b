"""A code that nobody has, made up for one voucher. For many: generation.py."""

import secrets
from collections.abc import Iterator, Sequence
from functools import cache

from sqlalchemy import Dialect, Select, bindparam, select

from models.code_config import CodeConfig
from models.metadata import Id
from models.voucher import voucher
from resolvers.context import Work
from resolvers.generation import COUNTED_MAX
from resolvers.reading.conditions import any_of

# Codes that are drawn; then so many of all possible ones are looked through, a part at a time, before none counts as
# being left: as many as `generation` counts before it begins.
DRAWN_MAX = 64
WALKED_MAX, WALKED_PART = COUNTED_MAX, 1000


def candidates(config: CodeConfig) -> Iterator[Sequence[str]]:
    """The first is free nearly always; the others are for when few codes are possible, or few are left."""
    yield config.generate(1)
    yield config.generate(DRAWN_MAX)
    start, end = secrets.randbelow(config.space), min(config.space, WALKED_MAX)
    for part in range(0, end, WALKED_PART):
        yield [config.code_at((start + number) % config.space) for number in range(part, min(part + WALKED_PART, end))]


async def free(work: Work, organizer_id: int, codes: Sequence[str]) -> Sequence[str]:
    """Those that nobody has. Of one alone it is not asked: whether it can be added says it, too."""
    if len(codes) == 1:
        return codes
    found = await work.rows(_in_use(work.dialect), organizer_id=organizer_id, codes=codes)
    taken = {row[0] for row in found}
    return [code for code in codes if code not in taken]


@cache
def _in_use(dialect: Dialect) -> Select[tuple[str]]:
    """Whoever has them: campaigns and bins, too."""
    return select(voucher.c.code).where(
        voucher.c.organizer_id == bindparam("organizer_id", type_=Id), any_of(voucher.c.code, "codes", dialect)
    )
