"""Documents for comparing the two completions: written by hand, and generated from the schema."""

from typing import Any

from graphql import (
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_enum_type,
    is_input_object_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
    is_required_input_field,
)
from hypothesis import strategies as st

# Arguments that the generator may give, by field; None stands for leaving them out.
CONNECTION: tuple[dict[str, str], ...] = (
    {},
    {"first": "2"},
    {"last": "2"},
    {"first": "0"},
    {"first": "3", "after": "null"},
)
ARGUMENTS: dict[str, tuple[dict[str, str], ...]] = {
    "Query.giftCards": (
        *CONNECTION,
        {"filter": '{balance: {gte: "5.00"}}', "first": "3"},
        {"filter": '{not: {testmode: true}, or: [{expired: false}, {secret: {oneOf: ["AAA1"]}}]}'},
        {"orderBy": "{field: BALANCE, direction: DESC}", "first": "4"},
        {"orderBy": "{field: SECRET}", "last": "3"},
        {"includeAccepted": "true"},
    ),
    "Query.organizer": ({"slug": '"acme"'}, {"slug": '"beta"'}, {"slug": '"nobody"'}),
    "Query.event": ({"organizer": '"acme"', "slug": '"conf"'}, {"organizer": '"acme"', "slug": '"none"'}),
    "Query.giftCard": ({"secret": '"AAA1"'}, {"secret": '"nope"'}, {"id": '"R2lmdENhcmQ6MQ=="'}, {"id": '"x"'}),
    "Query.trackingCampaign": ({"code": '"AAA"'}, {"code": '"none"'}),
    "Query.trackingCampaigns": (*CONNECTION, {"filter": '{active: true, code: {oneOf: ["AAA"]}}'}),
    "Query.order": ({"event": '"conf"', "code": '"O1"'}, {"event": '"conf"', "code": '"none"'}),
    "TrackingCampaign.days": ({}, {"filter": '{day: {range: {gte: "2026-01-01", lte: "2026-12-31"}}}', "last": "2"}),
    "Query.node": ({"id": '"R2lmdENhcmQ6MQ=="'}, {"id": '"T3JnYW5pemVyOjE="'}, {"id": '"R2lmdENhcmQ6OTk5"'}),
    "Query.nodes": (
        {"ids": "[]"},
        {"ids": '["R2lmdENhcmQ6MQ==", "nope", "T3JnYW5pemVyOjE=", "R2lmdENhcmQ6MQ=="]'},
    ),
    "Query.events": (
        *CONNECTION,
        {"filter": '{search: "KONFERENZ"}'},
        {"filter": '{isFuture: true, not: {salesChannel: "none"}}', "orderBy": "{field: DATE_FROM, direction: DESC}"},
        {"filter": '{or: [{endsAfter: "2026-01-01T00:00:00Z"}, {isPast: false}]}', "last": "1"},
    ),
    "Organizer.events": (*CONNECTION, {"filter": '{search: "o", isPublic: true}', "orderBy": "{field: DATE_FROM}"}),
    "Event.name": ({}, {"language": '"de"'}, {"language": '"de-informal"'}, {"language": "null"}),
    "Event.location": ({}, {"language": '"de"'}),
    "Query.salesChannel": (
        {"identifier": '"web"', "organizer": '"acme"'},
        {"identifier": '"no"', "organizer": '"acme"'},
    ),
    "Query.salesChannels": (
        *CONNECTION,
        {"filter": "{active: true, type: {eq: WEB}}"},
        {"filter": '{identifier: {oneOf: ["web"]}}', "organizer": '"acme"'},
    ),
    "Organizer.salesChannels": (*CONNECTION, {"filter": "{type: {eq: API}}"}),
    "Query.voucherCampaign": ({"name": '"Spring"'}, {"name": '"none"'}, {"token": '"none"'}, {}),
    "Query.voucherCampaigns": (
        *CONNECTION,
        {"filter": '{voucherType: {eq: GIFT_VOUCHER}, active: true, metadata: {key: "tier", eq: "gold"}}'},
        {"filter": '{or: [{growth: {eq: AUTO_UPDATE}}, {categoryName: {contains: "a"}}]}', "orderBy": "{field: NAME}"},
    ),
    "Query.voucher": ({"code": '"GIFT1"'}, {"code": '"none"'}, {"token": '"none"'}, {}),
    "Query.vouchers": (
        *CONNECTION,
        {"filter": '{type: {oneOf: [DISCOUNT_VOUCHER]}, code: {startsWith: "S"}, expired: false}', "first": "3"},
        {"filter": '{campaign: {eq: "x"}}'},
        {"filter": "{redemptionCount: {gte: 1}, not: {redemptionLimit: {eq: null}}}", "orderBy": "{field: CODE}"},
    ),
    "VoucherCampaign.vouchers": (*CONNECTION, {"filter": "{active: true}", "orderBy": "{field: CODE}", "last": "1"}),
    "Query.redemption": ({"token": '"none"'},),
    "Query.redemptions": (
        *CONNECTION,
        {"filter": "{kind: {eq: REDEMPTION}, status: {eq: FAILED}}"},
        {"orderBy": "{field: HAPPENED_AT, direction: DESC}"},
    ),
    "Query.publication": ({"token": '"none"'},),
    "Query.customer": ({"sourceId": '"ada"'}, {"sourceId": '"none"'}, {"token": '"none"'}),
    "Query.customers": (*CONNECTION, {"filter": '{name: {eqIgnoringCase: "ADA"}}'}),
    "Query.category": ({"name": '"a"'}, {"name": '"none"'}),
    "Query.action": ({"token": '"none"'},),
    "Query.actions": (*CONNECTION, {"filter": "{type: {eq: CAMPAIGN_VOUCHERS_GENERATE}, status: {eq: DONE}}"}),
    "Voucher.transactions": (*CONNECTION, {"orderBy": "{field: BOOKED_AT, direction: DESC}", "first": "1"}),
    "SalesChannel.label": ({}, {"language": '"de"'}, {"language": '"tlh"'}),
}

# What the generator gives where nothing is offered, by type.
VALUES: dict[str, tuple[str, ...]] = {
    "ID": ('"R2lmdENhcmQ6MQ=="', '"Vm91Y2hlcjoy"', '"Vm91Y2hlckNhbXBhaWduOjE="', '"x"'),
    "String": ('"acme"', '"AAA1"', '"GIFT1"', '"ada"', '"web"', '"a"', '""'),
    "Int": ("0", "1", "2", "100"),
    "Float": ("0", "1.5"),
    "Boolean": ("true", "false"),
    "Decimal": ('"5.00"', '"-1"', "10"),
    "DateTime": ('"2026-01-01T00:01:00Z"', '"2030-01-01T00:00:00+02:00"'),
    "Date": ('"2026-01-01"', '"2026-01-02"'),
}
# Of those that a document may have; a few more come after the last look.
ALIASES_MAX = 90
COMPOSED = ("and", "or", "not")


@st.composite
def documents(draw: st.DrawFn, schema: GraphQLSchema) -> str:
    """A valid query: aliases, merged fields, fragments of both kinds, directives, several roots."""
    generator = _Generator(draw, schema)
    assert schema.query_type is not None
    body = generator.selections(schema.query_type, 0)
    return f"query Generated {body}\n" + "\n".join(generator.fragments)


class _Generator:
    def __init__(self, draw: st.DrawFn, schema: GraphQLSchema) -> None:
        self.draw, self.schema = draw, schema
        self.fragments: list[str] = []
        self.aliases = 0

    def selections(self, parent: Any, depth: int) -> str:
        names = sorted(parent.fields)
        simple = [name for name in names if is_leaf_type(get_named_type(parent.fields[name].type))]
        offered = names if depth < 6 else simple
        if depth < 1 or not offered:
            offered = names
        picked = self.draw(st.lists(st.sampled_from([*offered, "__typename"]), min_size=1, max_size=4))
        parts = [self.field(parent, name, depth) for name in picked]
        return "{ " + " ".join(self.wrapped(parent, part) for part in parts if part) + " __typename }"

    def field(self, parent: Any, name: str, depth: int) -> str:
        if name == "__typename":
            return f"{self.alias()}__typename"
        found: GraphQLField = parent.fields[name]
        named: Any = get_named_type(found.type)
        if self.aliases >= ALIASES_MAX and (found.args or is_abstract_type(named)):
            return ""
        given = self.arguments(parent, name, found)
        if given is None:
            return ""
        # An alias on every field with arguments, so that no two conflict.
        head = f"{self.alias(must=bool(found.args))}{name}{given}"
        if is_leaf_type(named):
            return head
        if depth >= 9:
            return ""
        if is_abstract_type(named):
            return f"{head} {self.abstract(named, depth + 1)}"
        return f"{head} {self.selections(named, depth + 1)}"

    def abstract(self, named: Any, depth: int) -> str:
        types = sorted(self.schema.get_possible_types(named), key=lambda each: each.name)
        picked: list[GraphQLObjectType] = self.draw(st.lists(st.sampled_from(types), max_size=3, unique=True))
        parts = [f"... on {each.name} {{ {self.alias(must=True)}id }}" for each in picked]
        return "{ " + " ".join(["__typename", "id", *parts]) + " }"

    def arguments(self, parent: Any, name: str, found: GraphQLField) -> str | None:
        """In brackets, or nothing; None where the field cannot be asked for without arguments that nobody offers."""
        offered = ARGUMENTS.get(f"{parent.name}.{name}", CONNECTION if "first" in found.args else ({},))
        given = dict(self.draw(st.sampled_from(offered)))
        if "filter" in found.args and "filter" not in given and self.draw(st.integers(0, 3)) == 0:
            given["filter"] = self.input(found.args["filter"].type, 0)
        if "orderBy" in found.args and "orderBy" not in given and self.draw(st.integers(0, 3)) == 0:
            given["orderBy"] = self.input(found.args["orderBy"].type, 0)
        for key, argument in found.args.items():
            if is_required_argument(argument) and key not in given:
                given[key] = self.input(argument.type, 0)
        if not given:
            return ""
        return "(" + ", ".join(f"{key}: {value}" for key, value in given.items()) + ")"

    def input(self, graphql_type: Any, depth: int) -> str:
        """A value of an input type, as text: what is in the database now and then."""
        if is_non_null_type(graphql_type):
            return self.input(graphql_type.of_type, depth)
        if is_list_type(graphql_type):
            items = [self.input(graphql_type.of_type, depth + 1) for _ in range(self.draw(st.integers(0, 2)))]
            return f"[{', '.join(items)}]"
        if is_enum_type(graphql_type):
            return str(self.draw(st.sampled_from(sorted(graphql_type.values))))
        if not is_input_object_type(graphql_type):
            return self.draw(st.sampled_from(VALUES[graphql_type.name]))
        wanted = [name for name, field in graphql_type.fields.items() if is_required_input_field(field)]
        offered = [name for name in graphql_type.fields if name not in wanted and (depth < 4 or name not in COMPOSED)]
        wanted += self.draw(st.lists(st.sampled_from(offered), max_size=2, unique=True)) if offered else []
        return (
            "{" + ", ".join(f"{name}: {self.input(graphql_type.fields[name].type, depth + 1)}" for name in wanted) + "}"
        )

    def alias(self, *, must: bool = False) -> str:
        if not must and (self.aliases >= ALIASES_MAX or self.draw(st.booleans())):
            return ""
        self.aliases += 1
        return f"a{self.aliases}: "

    def wrapped(self, parent: Any, part: str) -> str:
        match self.draw(st.integers(0, 7)):
            case 0:
                return f"... on {parent.name} {{ {part} }}"
            case 1:
                return f"... {{ {part} }}"
            case 2:
                name = f"F{len(self.fragments)}"
                self.fragments.append(f"fragment {name} on {parent.name} {{ {part} }}")
                return f"...{name}"
            case 3:
                told = self.draw(st.sampled_from(["@include(if: true)", "@skip(if: false)", "@skip(if: true)"]))
                return f"... {told} {{ {part} }}"
        return part


_CARD = (
    "id",
    "secret",
    "balance { amount currency }",
    "balance { amount } balance { currency }",
    "b: balance { __typename x: amount }",
    "testmode active",
    "issuedAt expiresAt",
    "conditions ownerTicketId",
    "issuer { id slug name }",
    "issuer { slug } issuer { name }",
    "transactions { totalCount }",
    "transactions(first: 1) { nodes { id number amount { amount } } }",
    "transactions(last: 1) { edges { cursor node { text info } } pageInfo { hasPreviousPage hasNextPage } }",
    "transactions(orderBy: {field: BOOKED_AT, direction: DESC}, first: 2) "
    "{ nodes { bookedAt balanceAfter { amount } orderCode eventSlug } }",
    "one: transactions(first: 1) { nodes { id } } two: transactions(last: 1) { nodes { id } }",
    "transactions(first: 2) { nodes { acceptorSlug giftCard { id transactions(first: 1) { nodes { number } } } } }",
    "transactions(first: 0) { nodes { id } edges { cursor } pageInfo { startCursor endCursor } }",
)
_ROOTS = (
    "giftCards(first: 3) {{ nodes {{ {0} }} }}",
    "giftCards(first: 2) {{ edges {{ cursor node {{ {0} }} }} pageInfo {{ hasNextPage endCursor }} }}",
    "giftCards(last: 2) {{ totalCount edges {{ node {{ {0} }} }} pageInfo {{ hasPreviousPage startCursor }} }}",
    'giftCard(secret: "AAA1") {{ {0} }}',
    'giftCard(id: "R2lmdENhcmQ6MQ==") {{ __typename {0} }}',
    'node(id: "R2lmdENhcmQ6MQ==") {{ __typename id ... on GiftCard {{ {0} }} ... on Event {{ slug }} }}',
    'nodes(ids: ["R2lmdENhcmQ6MQ==", "T3JnYW5pemVyOjE=", "?"]) {{ id ... on GiftCard {{ {0} }} }}',
    'organizer(slug: "acme") {{ slug giftCards(first: 2) {{ nodes {{ {0} }} }} }}',
    "viewer {{ name organizers {{ nodes {{ slug giftCards(last: 2) {{ edges {{ node {{ {0} }} }} }} }} }} }}",
    "organizers {{ totalCount nodes {{ giftCards(first: 1) {{ totalCount nodes {{ {0} }} }} }} }}",
    'a: giftCard(secret: "AAA1") {{ {0} }} b: giftCard(secret: "none") {{ {0} }}',
    "giftCards(first: 2) {{ ...P }} }} fragment P on GiftCardConnection {{ nodes {{ ...C }} }} "
    "fragment C on GiftCard {{ {0} ",
    "giftCards(first: 2, includeAccepted: true) {{ nodes {{ ... on Node {{ id }} ... on GiftCard {{ {0} }} }} }}",
    "giftCards(first: 2) {{ nodes {{ ... @include(if: true) {{ {0} }} secret @skip(if: true) }} }}",
    'giftCards(filter: {{balance: {{lt: "1000000"}}}}, orderBy: {{field: BALANCE}}) {{ nodes {{ {0} }} }}',
)
# Every root with every piece of a card: 255 documents.
CARDS = [f"{{ {root.format(part)} }}" for root in _ROOTS for part in _CARD]

_VOUCHER = (
    "id token code type active",
    "discount { type effect amountOff percentOff amountLimit fixedAmount unitOff unitType isDynamic }",
    "discount { units { unitOff unitType effect product { token name price } sku { token } } product { sourceId } }",
    "d: discount { t: type } discount { effect } d: discount { percentOff }",
    "gift { amount { amount currency } balance { amount __typename } redeemedAmount { amount } effect __typename }",
    "gift { b: balance { a: amount } } gift { balance { currency } }",
    "loyaltyCard { points balance redeemedPoints expirationRules }",
    "redemptionLimit redemptionCount publicationCount isReferralCode startsAt expiresAt additionalInfo metadata",
    "validityTimeframe { interval duration } validityDaysOfWeek",
    "validityHours { startTime expirationTime daysOfWeek }",
    "category { id token name hierarchy } holder { id sourceId name address metadata } organizer { slug }",
    "campaign { id name active discount { percentOff } gift { amount { amount currency } effect } vouchersCount }",
    "campaign { codeConfig { length charset pattern prefix postfix } loyaltyCard { points } voucherType growth }",
    "campaign { vouchers(first: 1) { totalCount nodes { code } } actions { nodes { type status progress message } } }",
    "campaign { actions(orderBy: {field: CREATED_AT, direction: DESC}, first: 2) "
    "{ nodes { total failures(first: 2) { nodes { row code } } } } }",
    "redemptions { totalCount nodes { kind status amount { amount currency } points reason metadata happenedAt } }",
    "redemptions(orderBy: {field: HAPPENED_AT, direction: DESC}) "
    "{ nodes { order { amount totalAmount items { amount product { price } } } } }",
    "redemptions(filter: {kind: {eq: ROLLBACK}}) { nodes { rollsBack { token } parent { id } voucher { code } } }",
    "redemptions { nodes { failureCode failureMessage rollbacks { nodes { id } } children { totalCount } } }",
    "redemptions(first: 3) { edges { node { customer { redemptions { totalCount } publications { totalCount } } } } }",
    "transactions { nodes { number amount { amount currency } points balanceAfter { amount } pointsAfter type } }",
    "transactions(last: 1) { totalCount nodes { reason sourceId bookedAt id } pageInfo { hasPreviousPage } }",
)
_VOUCHER_ROOTS = (
    "vouchers(first: 9) {{ totalCount nodes {{ {0} }} }}",
    'voucher(code: "GIFT1") {{ __typename {0} }}',
    "voucherCampaigns(first: 4) {{ nodes {{ name vouchers(last: 2) {{ edges {{ cursor node {{ {0} }} }} }} }} }}",
    'organizer(slug: "acme") {{ vouchers(filter: {{active: true}}, first: 3) {{ nodes {{ {0} }} }} }}',
    'node(id: "Vm91Y2hlcjoy") {{ id ... on Voucher {{ {0} }} ... on Campaign {{ name active createdAt }} }}',
    "publications(first: 3) {{ nodes {{ customer {{ id }} vouchers(first: 3) {{ nodes {{ voucher {{ {0} }} }} }} }} }}",
    "redemptions(first: 5) {{ nodes {{ token voucher {{ {0} }} }} }}",
)
# Every root of vouchers with every piece of one.
VOUCHERS = [f"{{ {root.format(part)} }}" for root in _VOUCHER_ROOTS for part in _VOUCHER] + [
    "{ customers { nodes { token email phone birthdate createdAt publications { nodes { token sourceId } } } } }",
    '{ customer(sourceId: "ada") { id name redemptions(first: 1) { nodes { id } } } categories { nodes { name } } }',
    "{ actions { totalCount nodes { id token type status doneCount failedCount finishedAt campaign { name } } } }",
    "{ binEntries { nodes { id resource resourceToken resourceName parentToken createdAt } } }",
    '{ voucherCampaign(name: "Spring") { promotion referralProgram loyaltyTiersExpiration updatedAt creationStatus } }',
    "{ voucherCampaigns { nodes { metadata joinOnce autoJoin inheritsMetadata activityDuration generationStatus } } }",
    "{ voucherCampaigns(orderBy: {field: NAME, direction: DESC}) { nodes { redemptions { totalCount } "
    "publications { nodes { metadata trackingId campaign { id } } } category { name } startsAt isReferralCode } } }",
    '{ nodes(ids: ["Vm91Y2hlcjox", "Vm91Y2hlckNhbXBhaWduOjE=", "x"]) { __typename id ... on Campaign { name active } '
    "... on VoucherCampaign { token } ... on TrackingCampaign { code } } }",
    "{ trackingCampaigns { nodes { ... on Campaign { name description active } code } } }",
]

# Documents that are refused in part: the rest must be answered all the same, and alike.
PARTIAL = [
    "{ voucher { id } viewer { kind } }",
    '{ vouchers(first: 1) { nodes { id redemptions(after: "x") { nodes { id } } } } viewer { kind } }',
    "{ voucherCampaigns(filter: {name: {contains: null}}) { nodes { id } } viewer { kind } }",
    "{ giftCards(first: 101) { nodes { id } } viewer { name } }",
    "{ giftCards(first: 1, last: 1) { nodes { id } } viewer { name } }",
    "{ giftCards(first: -1) { nodes { id } } }",
    '{ giftCards(organizer: "gamma") { nodes { id } } viewer { kind } }',
    '{ giftCards(after: "nonsense") { nodes { id } } viewer { kind } }',
    '{ giftCards(first: 2) { nodes { id transactions(after: "x") { nodes { id } } } } viewer { kind } }',
    '{ organizer(slug: "acme") { slug giftCards(before: "x") { nodes { id } } salesChannels { nodes { id } } } }',
    "{ giftCard { id } viewer { kind } }",
    '{ giftCard(id: "a", secret: "b") { id } viewer { kind } }',
    "{ giftCards(first: 1) { nodes { a: transactions(first: 999) { nodes { id } } b: transactions { totalCount } } } }",
]
