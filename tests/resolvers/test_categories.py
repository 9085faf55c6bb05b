"""Categories: found by name or id, and made by whoever names one first."""

import pytest
from sqlalchemy import select

from models.problems import Invalid, NotFound
from models.unset import UNSET
from models.voucher_campaign import category
from resolvers import categories
from tests.resolvers import databases
from tests.resolvers.house import House


async def token_of(house: House, category_id: int) -> str:
    ((token,),) = await databases.rows(house.database, select(category.c.token).where(category.c.id == category_id))
    return str(token)


async def test_a_name_is_found_again_letter_for_letter(house: House) -> None:
    fruit = await house.do(categories.named, "Fruit")
    assert await house.do(categories.named, "Fruit") == fruit
    assert await house.do(categories.named, "fruit") != fruit
    assert await house.count(category) == 2


async def test_what_a_request_means(house: House) -> None:
    fruit = await house.do(categories.named, "Fruit")
    token = await token_of(house, fruit)
    assert await house.do(categories.meant, "Fruit", UNSET) == fruit
    assert await house.do(categories.meant, UNSET, token) == fruit
    # The id counts: SDKs send the other as null.
    assert await house.do(categories.meant, None, token) == fruit
    assert await house.do(categories.meant, "Nuts", token) == fruit
    assert await house.do(categories.meant, "Fruit", None) == fruit
    assert await house.do(categories.meant, UNSET, UNSET) is UNSET
    for nothing in ((None, UNSET), (UNSET, None), (None, None), ("", UNSET)):
        assert await house.do(categories.meant, *nothing) is None
    assert await house.count(category) == 1


@pytest.mark.parametrize("token", ["cat_000000000000000000", "", "Fruit", "a\0b"])
async def test_an_id_that_is_none_is_refused(house: House, token: str) -> None:
    await house.do(categories.named, "Fruit")
    with pytest.raises(NotFound) as refusal:
        await house.do(categories.of_token, token)
    assert (refusal.value.field, refusal.value.details["ref"]) == ("category_id", token)


async def test_an_id_of_another_organizer_is_none(house: House) -> None:
    token = await token_of(house, await house.do(categories.named, "Fruit"))
    other = await house.another()
    with pytest.raises(NotFound):
        await other.do(categories.of_token, token)
    await other.do(categories.named, "Fruit")
    assert await house.count(category) == 2


@pytest.mark.parametrize("name", ["x" * 256, "a\0b"])
async def test_what_is_no_name_is_refused(house: House, name: str) -> None:
    with pytest.raises(Invalid) as refusal:
        await house.do(categories.named, name)
    assert refusal.value.field == "category"
    assert await house.count(category) == 0
