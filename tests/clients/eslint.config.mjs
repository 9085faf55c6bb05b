// @graphql-eslint over the schema: everything it recommends, and its rules for Relay.

import graphql from '@graphql-eslint/eslint-plugin'

export default [
  {
    files: ['schema.graphql'],
    languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema: './schema.graphql' } } },
    plugins: { '@graphql-eslint': graphql },
    rules: {
      ...graphql.configs['flat/schema-recommended'].rules,
      ...graphql.configs['flat/schema-relay'].rules,
      '@graphql-eslint/relay-edge-types': [
        'error',
        {
          // A connection has its `nodes` beside its `edges`, as GitHub's and Shopify's do.
          listTypeCanWrapOnlyEdgeType: false,
          // Lists of lines (below) are connections, too: they can be long, and Relay asks for no more than an object.
          shouldImplementNode: false,
        },
      ],
      '@graphql-eslint/strict-id-in-types': [
        'error',
        {
          exceptions: {
            suffixes: [
              // A place in a list, and a page of it, are named by cursors.
              'Connection',
              'Edge',
              // What a mutation answers with is not kept.
              'Payload',
            ],
            types: [
              // Who is asking, the errors, and where a page stands: of the request, not of the data.
              'Viewer',
              'UserError',
              'PageInfo',
              // What happened, and how it is told: its place is its cursor, and nothing refers to it.
              'Change',
              'ActionProgressEvent',
              'CampaignActivityEvent',
              'ChangesEvent',
              'GiftCardTransactionsEvent',
              // Values: what they say is all that they are.
              'Money',
              'CodeConfig',
              'ValidityHours',
              'ValidityTimeframe',
              'RedeemableError',
              // Parts of one voucher or campaign, and shown nowhere else.
              'Discount',
              'DiscountUnit',
              'Gift',
              'GiftTerms',
              'LoyaltyCard',
              'LoyaltyCardTerms',
              // What a shop told, as it told it. What it calls them (`token`) is unique within one order at most.
              'Basket',
              'BasketItem',
              'Product',
              // A verdict on a voucher for one order, gone with the answer.
              'ValidatedVoucher',
              // Lines: of a list, of a chart, or between two objects that do have ids.
              'ActionFailure',
              'TrackingDay',
              'PublishedVoucher',
              'TrackedOrder',
            ],
          },
        },
      ],
    },
  },
]
