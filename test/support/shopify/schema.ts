/**
 * The part of the Admin schema that is in use, written after https://shopify.dev/docs/api/admin-graphql/2026-10:
 * objects/Customer, objects/Order, objects/Fulfillment, objects/CustomerEmailAddress, objects/CustomerPhoneNumber,
 * objects/MailingAddress, enums/CustomerSortKeys, enums/OrderSortKeys, queries/customers, queries/orders.
 * What is deprecated there is not here, so that a query for it is refused.
 */
import { buildSchema, type GraphQLSchema } from 'graphql';

const SDL = /* GraphQL */ `
  scalar DateTime
  scalar Decimal
  scalar UnsignedInt64
  scalar URL
  scalar FormattedString

  type Query {
    customer(id: ID!): Customer
    customers(
      first: Int
      after: String
      last: Int
      before: String
      reverse: Boolean = false
      sortKey: CustomerSortKeys = ID
      query: String
    ): CustomerConnection!
    order(id: ID!): Order
    orders(
      first: Int
      after: String
      last: Int
      before: String
      reverse: Boolean = false
      sortKey: OrderSortKeys = PROCESSED_AT
      query: String
    ): OrderConnection!
    shop: Shop!
  }

  type Shop {
    id: ID!
    name: String!
  }

  type PageInfo {
    hasNextPage: Boolean!
    hasPreviousPage: Boolean!
    startCursor: String
    endCursor: String
  }

  enum CustomerSortKeys {
    CREATED_AT
    ID
    LOCATION
    NAME
    RELEVANCE
    UPDATED_AT
  }

  enum OrderSortKeys {
    CREATED_AT
    CUSTOMER_NAME
    ID
    ORDER_NUMBER
    PROCESSED_AT
    RELEVANCE
    TOTAL_PRICE
    UPDATED_AT
  }

  type CustomerConnection {
    edges: [CustomerEdge!]!
    nodes: [Customer!]!
    pageInfo: PageInfo!
  }

  type CustomerEdge {
    cursor: String!
    node: Customer!
  }

  type Customer {
    id: ID!
    legacyResourceId: UnsignedInt64!
    firstName: String
    lastName: String
    displayName: String!
    defaultEmailAddress: CustomerEmailAddress
    defaultPhoneNumber: CustomerPhoneNumber
    defaultAddress: MailingAddress
    amountSpent: MoneyV2!
    numberOfOrders: UnsignedInt64!
    lastOrder: Order
    orders(
      first: Int
      after: String
      last: Int
      before: String
      reverse: Boolean = false
      sortKey: OrderSortKeys = ID
      query: String
    ): OrderConnection!
    tags: [String!]!
    note: String
    locale: String!
    taxExempt: Boolean!
    verifiedEmail: Boolean!
    createdAt: DateTime!
    updatedAt: DateTime!
  }

  type CustomerEmailAddress {
    emailAddress: String!
    marketingState: CustomerEmailAddressMarketingState!
  }

  enum CustomerEmailAddressMarketingState {
    INVALID
    NOT_SUBSCRIBED
    PENDING
    SUBSCRIBED
    UNSUBSCRIBED
  }

  type CustomerPhoneNumber {
    phoneNumber: String!
    marketingState: CustomerSmsMarketingState!
  }

  enum CustomerSmsMarketingState {
    NOT_SUBSCRIBED
    PENDING
    REDACTED
    SUBSCRIBED
    UNSUBSCRIBED
  }

  type MailingAddress {
    formatted(withName: Boolean = false, withCompany: Boolean = true): [String!]!
    address1: String
    company: String
    city: String
    zip: String
    country: String
  }

  type MoneyV2 {
    amount: Decimal!
    currencyCode: String!
  }

  type MoneyBag {
    shopMoney: MoneyV2!
    presentmentMoney: MoneyV2!
  }

  type OrderConnection {
    edges: [OrderEdge!]!
    nodes: [Order!]!
    pageInfo: PageInfo!
  }

  type OrderEdge {
    cursor: String!
    node: Order!
  }

  type Order {
    id: ID!
    legacyResourceId: UnsignedInt64!
    name: String!
    createdAt: DateTime!
    cancelledAt: DateTime
    displayFinancialStatus: OrderDisplayFinancialStatus
    displayFulfillmentStatus: OrderDisplayFulfillmentStatus!
    totalPriceSet: MoneyBag!
    customer: Customer
    email: String
    phone: String
    note: String
    tags: [String!]!
    fulfillments(first: Int, query: String): [Fulfillment!]!
  }

  enum OrderDisplayFinancialStatus {
    AUTHORIZED
    EXPIRED
    PAID
    PARTIALLY_PAID
    PARTIALLY_REFUNDED
    PENDING
    REFUNDED
    VOIDED
  }

  enum OrderDisplayFulfillmentStatus {
    FULFILLED
    IN_PROGRESS
    ON_HOLD
    OPEN
    PARTIALLY_FULFILLED
    PENDING_FULFILLMENT
    RESTOCKED
    SCHEDULED
    UNFULFILLED
  }

  type Fulfillment {
    id: ID!
    trackingInfo(first: Int): [FulfillmentTrackingInfo!]!
  }

  type FulfillmentTrackingInfo {
    company: String
    number: String
    url: URL
  }
`;

const schemas = new Map<string | undefined, GraphQLSchema>();

/** The schema of a version; `without` is a field that it does not have yet, or any more: `Customer.verifiedEmail`. */
export function adminSchema(without?: string): GraphQLSchema {
  const schema = schemas.get(without) ?? build(without);
  schemas.set(without, schema);
  return schema;
}

function build(without: string | undefined): GraphQLSchema {
  if (without === undefined) return buildSchema(SDL);
  const [type = '', field = ''] = without.split('.');
  const reduced = SDL.replace(new RegExp(`(type ${type} \\{[^}]*?\\n)    ${field}: [^\\n]*\\n`), '$1');
  if (reduced === SDL) throw new Error(`the schema has no ${without} that could be taken away`);
  return buildSchema(reduced);
}
