/** What the fields of the schema give, from the data of a shop. */
import { GraphQLError } from 'graphql';
import { customerTimes, type ShopCustomer, type ShopOrder, searchableCustomer, searchableOrder } from './data.ts';
import { isFound, parseSearch, type Searchable, termsOf } from './search.ts';

/** What is in the shop. */
export interface ShopData {
  readonly customers: readonly ShopCustomer[];
  readonly orders: readonly ShopOrder[];
}

/** What Shopify says about a search that it did not understand. */
export interface SearchWarning {
  readonly path: readonly string[];
  readonly query: string;
  readonly warnings: readonly { readonly field: string; readonly message: string; readonly code: string }[];
}

interface PageArguments {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly reverse?: boolean | null;
  readonly sortKey?: string | null;
  readonly query?: string | null;
}

interface Entry {
  readonly id: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly searchable: Searchable;
  node(): object;
}

/** The most of a page: https://shopify.dev/docs/api/usage/pagination-graphql */
const LARGEST_PAGE = 250;

/** The root of a query. Searches are noted in `searches`, what was wrong with them in `warnings`. */
export function rootOf(data: ShopData, searches: string[], warnings: SearchWarning[]) {
  const customersOf = () => data.customers.map((customer) => customerEntry(customer, data));
  const ordersOf = () => data.orders.map((order) => orderEntry(order, data));
  const noted = (root: string, given: PageArguments, entries: readonly Entry[]) => {
    if (given.query !== null && given.query !== undefined && given.query !== '') {
      searches.push(given.query);
      const known = Object.keys(entries[0]?.searchable ?? {});
      const unknown = termsOf(parseSearch(given.query)).flatMap(({ field }) =>
        field === undefined || known.includes(field) ? [] : [field],
      );
      const wrong = unknown.map((field) => ({
        field,
        message: 'Invalid search field for this query.',
        code: 'invalid_field',
      }));
      if (wrong.length > 0) warnings.push({ path: [root], query: given.query, warnings: wrong });
    }
    return connection(entries, given);
  };
  return {
    shop: { id: 'gid://shopify/Shop/1', name: 'Example' },
    customer: ({ id }: { id: string }) =>
      customersOf()
        .find((one) => gid('Customer', one.id) === id)
        ?.node() ?? null,
    order: ({ id }: { id: string }) =>
      ordersOf()
        .find((one) => gid('Order', one.id) === id)
        ?.node() ?? null,
    customers: (given: PageArguments) => noted('customers', given, customersOf()),
    orders: (given: PageArguments) => noted('orders', given, ordersOf()),
  };
}

const gid = (type: string, id: number) => `gid://shopify/${type}/${id}`;

function connection(entries: readonly Entry[], { first, after, reverse, sortKey, query }: PageArguments) {
  if (first === null || first === undefined) {
    throw new GraphQLError("you must provide one of 'first' or 'last'", { extensions: { code: 'BAD_REQUEST' } });
  }
  if (first > LARGEST_PAGE) throw new GraphQLError(`first cannot exceed ${LARGEST_PAGE}`);
  const expression = query === null || query === undefined || query === '' ? undefined : parseSearch(query);
  const found = entries.filter(({ searchable }) => expression === undefined || isFound(expression, searchable));
  const placeOf = ({ id, createdAt, updatedAt }: Entry): Place => ({
    last_id: id,
    last_value: sortKey === 'CREATED_AT' ? createdAt : sortKey === 'UPDATED_AT' ? updatedAt : '',
  });
  const compare = (one: Place, other: Place) => {
    const difference = one.last_value.localeCompare(other.last_value);
    return (difference === 0 ? one.last_id - other.last_id : difference) * (reverse === true ? -1 : 1);
  };
  const sorted = found.toSorted((a, b) => compare(placeOf(a), placeOf(b)));
  // What it is after need not be there any more.
  const last = after === null || after === undefined ? undefined : placeIn(after);
  const start = last === undefined ? 0 : sorted.filter((entry) => compare(placeOf(entry), last) <= 0).length;
  const page = sorted.slice(start, start + first);
  const cursor = (entry: Entry | undefined) =>
    entry === undefined ? null : Buffer.from(JSON.stringify(placeOf(entry))).toString('base64');
  return {
    nodes: page.map((entry) => entry.node()),
    edges: page.map((entry) => ({ cursor: cursor(entry), node: entry.node() })),
    pageInfo: {
      hasNextPage: start + first < sorted.length,
      hasPreviousPage: start > 0,
      startCursor: cursor(page[0]),
      endCursor: cursor(page.at(-1)),
    },
  };
}

/** What a cursor of Shopify holds: the record that it is behind, and what it is sorted by. */
interface Place {
  readonly last_id: number;
  readonly last_value: string;
}

function placeIn(cursor: string): Place {
  try {
    const { last_id, last_value } = Object(JSON.parse(Buffer.from(cursor, 'base64').toString()));
    if (typeof last_id === 'number' && typeof last_value === 'string') return { last_id, last_value };
  } catch {
    // Said below.
  }
  throw new GraphQLError('Invalid cursor for current pagination sort.', { extensions: { code: 'BAD_REQUEST' } });
}

function customerEntry(customer: ShopCustomer, data: ShopData): Entry {
  const searchable = searchableCustomer(customer);
  return { id: customer.id, ...customerTimes(customer), searchable, node: () => customerNode(customer, data) };
}

function customerNode(customer: ShopCustomer, data: ShopData): object {
  const { id, firstName = null, lastName = null, email, phone, address } = customer;
  const own = data.orders.filter((order) => order.customerId === id).map((order) => orderEntry(order, data));
  const spent = data.orders
    .filter((order) => order.customerId === id)
    .reduce((sum, one) => sum + Number(one.amount), 0);
  return {
    id: gid('Customer', id),
    legacyResourceId: String(id),
    firstName,
    lastName,
    displayName: [firstName, lastName].filter((name) => name !== null).join(' ') || (email ?? phone ?? ''),
    defaultEmailAddress:
      email === undefined ? null : { emailAddress: email, marketingState: customer.emailState ?? 'NOT_SUBSCRIBED' },
    defaultPhoneNumber:
      phone === undefined ? null : { phoneNumber: phone, marketingState: customer.smsState ?? 'NOT_SUBSCRIBED' },
    defaultAddress: address === undefined ? null : { ...address, formatted: () => linesOf(address) },
    amountSpent: { amount: String(spent), currencyCode: 'CHF' },
    numberOfOrders: String(own.length),
    lastOrder: () => own.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt))[0]?.node() ?? null,
    orders: (given: PageArguments) => connection(own, given),
    tags: customer.tags ?? [],
    note: customer.note ?? null,
    locale: customer.locale ?? 'en',
    taxExempt: customer.taxExempt ?? false,
    verifiedEmail: email !== undefined,
    ...customerTimes(customer),
  };
}

function linesOf({ company, address1, zip, city, country }: NonNullable<ShopCustomer['address']>): readonly string[] {
  const place = [zip, city].filter((part) => part !== undefined).join(' ');
  return [company, address1, place, country].filter((line): line is string => line !== undefined && line !== '');
}

function orderEntry(order: ShopOrder, data: ShopData): Entry {
  const customer = data.customers.find(({ id }) => id === order.customerId);
  const { id, createdAt, updatedAt = createdAt } = order;
  const searchable = searchableOrder(order, customer);
  return { id, createdAt, updatedAt, searchable, node: () => orderNode(order, customer, data) };
}

function orderNode(order: ShopOrder, customer: ShopCustomer | undefined, data: ShopData): object {
  const money = { amount: order.amount, currencyCode: 'CHF' };
  const { tracking = [] } = order;
  return {
    id: gid('Order', order.id),
    legacyResourceId: String(order.id),
    name: order.name,
    createdAt: order.createdAt,
    cancelledAt: order.cancelledAt ?? null,
    displayFinancialStatus: order.financial ?? null,
    displayFulfillmentStatus: order.fulfillment ?? 'UNFULFILLED',
    totalPriceSet: { shopMoney: money, presentmentMoney: money },
    customer: () => (customer === undefined ? null : customerNode(customer, data)),
    email: order.email ?? null,
    phone: null,
    note: null,
    tags: order.tags ?? [],
    fulfillments: tracking.length === 0 ? [] : [{ id: gid('Fulfillment', order.id), trackingInfo: tracking }],
  };
}
