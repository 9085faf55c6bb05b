"""Who is asking."""

from enum import Enum

import strawberry

from gql.organizer_lists import ORGANIZERS
from gql.reads import Given, by

_value = strawberry.enum_value


@strawberry.enum(description="How a token is presented.")
class TokenKind(Enum):
    TEAM = _value("TEAM", description="A token of a team, as pretix has them.")
    DEVICE = _value("DEVICE", description="A token of a device, as pretix has them.")
    OAUTH = _value("OAUTH", description="An OAuth access token.")
    APP = _value("APP", description="An application's id and secret, as Voucherify has them for servers.")
    CLIENT = _value("CLIENT", description="The same as Voucherify has them for browsers and apps.")
    SYSTEM = _value("SYSTEM", description="None: the server itself, such as its command line.")


@strawberry.type(description="Who is asking: the token of this request.")
class Viewer:
    name: str = by(Given("name"), "The token's name.")
    kind: TokenKind = by(Given("kind"), "How it is presented.")
    scopes: list[str] = by(Given("scopes"), "Its permissions; `organizer.*` and `event.*` stand for all of a level.")
    organizers = ORGANIZERS.everywhere("The organizers it reaches, by slug unless asked otherwise.")
