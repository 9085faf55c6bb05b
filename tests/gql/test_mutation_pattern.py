"""Mutations are of one pattern, which clients may rely on: walked over whatever the schema has."""

import re
from collections.abc import Mapping

import pytest
from graphql import GraphQLField, GraphQLInputObjectType, GraphQLList, GraphQLNonNull, GraphQLObjectType, get_named_type

from gql import ids, schema
from tests.gql import shop
from tests.world import World

CORE = schema.core()
# What is asked of a noun, last in a mutation's name.
VERBS = (
    *("Create", "Update", "Delete", "Clone", "Record", "Issue", "Transact", "Adjust", "Enable", "Disable", "Generate"),
    *("Import", "Validate", "Redeem", "Rollback", "Publish", "Release", "Purge", "Rotate", "Ping", "Redeliver"),
)
# Parts of names that are no type's: what of a noun is meant.
OF_NOUNS = ("Balance", "Session", "Secret")
# Mutations without an idempotency key, and why.
WITHOUT_KEY = {"vouchersValidate": "It moves and makes nothing; a session that holds vouchers is named by its own key."}


def mutations() -> Mapping[str, GraphQLField]:
    assert CORE.mutation_type is not None
    found: Mapping[str, GraphQLField] = CORE.mutation_type.fields
    return found


def input_of(name: str) -> GraphQLInputObjectType:
    found = get_named_type(mutations()[name].args["input"].type)
    assert isinstance(found, GraphQLInputObjectType)
    return found


def test_each_takes_one_input_and_answers_with_its_payload() -> None:
    for name, field in mutations().items():
        typename = name[0].upper() + name[1:]
        assert list(field.args) == ["input"], name
        assert str(field.args["input"].type) == f"{typename}Input!"
        # Nullable: what fails for a reason of ours takes no mutation beside it along.
        assert str(field.type) == f"{typename}Payload"


def test_each_payload_has_user_errors_and_nothing_else_that_is_there_for_certain() -> None:
    """Of a refused mutation all is null or an empty list, but the errors."""
    for name, field in mutations().items():
        payload = get_named_type(field.type)
        assert isinstance(payload, GraphQLObjectType)
        assert str(payload.fields["userErrors"].type) == "[UserError!]!", name
        for shown, found in payload.fields.items():
            nullable = not isinstance(found.type, GraphQLNonNull)
            assert nullable or isinstance(found.type.of_type, GraphQLList), f"{name}.{shown}"
    error = CORE.type_map["UserError"]
    assert isinstance(error, GraphQLObjectType)
    assert {shown: str(found.type) for shown, found in error.fields.items()} == {
        "code": "ErrorCode!",
        "field": "[String!]",
        "message": "String!",
    }


def test_each_is_named_by_its_noun_and_then_its_verb() -> None:
    nouns = {camel_of(typename) for typename in schema.NODE_SOURCES} | {"campaign"}
    for name in mutations():
        verb = next((verb for verb in VERBS if name.endswith(verb)), None)
        assert verb is not None, name
        noun = name.removesuffix(verb)
        for of_noun in OF_NOUNS:
            noun = noun.removesuffix(of_noun)
        assert noun in nouns or noun.removesuffix("s") in nouns, name


def test_each_can_be_sent_again_without_harm() -> None:
    without = {name for name in mutations() if "idempotencyKey" not in input_of(name).fields}
    assert without == set(WITHOUT_KEY)
    for name in mutations().keys() - without:
        assert str(input_of(name).fields["idempotencyKey"].type) == "String", name


def test_each_may_be_on_behalf_of_an_organizer() -> None:
    """Tokens that reach one need not name it."""
    assert [name for name in mutations() if str(input_of(name).fields["organizer"].type) != "String"] == []


def test_what_is_there_already_is_named_by_its_global_id() -> None:
    """By `id`; several, whose mutations have the plural of the noun, by `ids`. The organizer is named by its slug."""
    named = re.compile(
        r"(?P<plural>s)?(Update|Delete|Enable|Disable|Purge|Clone|Transact|Adjust|Rollback|Rotate|Ping)$"
    )
    for name in mutations().keys() - {"organizerUpdate"}:
        if (found := named.search(name)) is not None:
            fields, expected = input_of(name).fields, {"ids": "[ID!]!"} if found["plural"] else {"id": "ID!"}
            shown = {each: str(fields[each].type) for each in ("id", "ids") if each in fields}
            assert shown == expected, name


# What a mutation of a noun that is there already needs besides its id.
NEEDED: Mapping[str, Mapping[str, object]] = {
    "giftCardTransact": {"amount": "1.00"},
    "voucherBalanceAdjust": {"amount": "1.00"},
    "eventClone": {"slug": "s", "name": {"en": "S"}, "dateFrom": "2027-01-01T00:00:00Z"},
}


@pytest.mark.parametrize("database_engine", ["sqlite"], indirect=True)
async def test_what_is_not_there_is_said_of_its_id(world: World) -> None:
    """Whatever the noun, and by its name: clients show the refusal at the field it is about."""
    named = [name for name in mutations() if "id" in input_of(name).fields]
    assert len(named) > 30
    for name in named:
        typename = noun_of(name)
        given = {"id": ids.encoder(typename)(10**6), **NEEDED.get(name, {})}
        payload = await shop.do(world, name, given)
        told = [(each["code"], each["field"]) for each in payload["userErrors"]]
        assert told == [("NOT_FOUND", ["input", "id"])], name
        assert all(each["message"].startswith("There is no such ") for each in payload["userErrors"]), payload


def noun_of(name: str) -> str:
    """The type that a mutation's name begins with; a campaign of either kind stands for both."""
    found = [noun for noun in schema.NODE_SOURCES if name.startswith(camel_of(noun))]
    return max(found, key=len, default="VoucherCampaign")


def camel_of(typename: str) -> str:
    return typename[0].lower() + typename[1:]
