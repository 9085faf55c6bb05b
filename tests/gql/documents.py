"""Documents for comparing the two completions, written by hand; tests/gql/generated.py makes more of the schema."""

# What values of each type may be, as documents have them.
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
COMPOSED = ("and", "or", "not")

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
    "{ viewer { kind organizers(first: 101) { totalCount } } }",
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
