// What relay-compiler compiles: a connection with its pages, a mutation, a card that is fetched again by its id.

const { graphql } = require('relay-runtime')

exports.cards = graphql`
  fragment documents_cards on Query
  @argumentDefinitions(count: { type: "Int", defaultValue: 5 }, cursor: { type: "String" })
  @refetchable(queryName: "documentsPageQuery") {
    giftCards(first: $count, after: $cursor) @connection(key: "documents_giftCards") {
      __id
      edges {
        node {
          id
          secret
          ...documents_card
        }
      }
    }
  }
`

exports.card = graphql`
  fragment documents_card on GiftCard
  @argumentDefinitions(count: { type: "Int", defaultValue: 2 }, cursor: { type: "String" })
  @refetchable(queryName: "documentsCardRefetchQuery") {
    id
    balance {
      amount
      currency
    }
    transactions(first: $count, after: $cursor) @connection(key: "documents_transactions") {
      edges {
        node {
          id
          amount {
            amount
          }
        }
      }
    }
  }
`

exports.Cards = graphql`
  query documentsCardsQuery {
    ...documents_cards
  }
`

exports.Page = require('./__generated__/documentsPageQuery.graphql')
exports.CardRefetch = require('./__generated__/documentsCardRefetchQuery.graphql')

exports.Issue = graphql`
  mutation documentsIssueMutation($input: GiftCardIssueInput!, $connections: [ID!]!) {
    giftCardIssue(input: $input) {
      giftCard @appendNode(connections: $connections, edgeTypeName: "GiftCardEdge") {
        id
        secret
        ...documents_card
      }
      userErrors {
        message
      }
    }
  }
`

exports.Transact = graphql`
  mutation documentsTransactMutation($input: GiftCardTransactInput!) {
    giftCardTransact(input: $input) {
      giftCard {
        id
        balance {
          amount
          currency
        }
      }
      transaction {
        id
        amount {
          amount
        }
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`

exports.Booked = graphql`
  subscription documentsBookedSubscription($id: ID!, $after: String) {
    giftCardTransactions(id: $id, after: $after) {
      cursor
      transaction {
        id
        amount {
          amount
        }
      }
      giftCard {
        id
        balance {
          amount
          currency
        }
      }
    }
  }
`
