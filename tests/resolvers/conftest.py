"""Databases for tests of the verbs about vouchers."""

from collections.abc import AsyncIterator

import pytest

from models.database import Connect, open_database
from tests.resolvers.house import House
from tests.vouchers import opened


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with opened(database_url) as (database, organizer_id):
        yield House(database, organizer_id)


@pytest.fixture
async def beside(house: House, database_url: str) -> AsyncIterator[House]:
    """The same database, opened once more: another process would share no more with the first."""
    database = open_database(Connect(database_url))
    await database.start()
    yield House(database, house.organizer_id)
    await database.close()
