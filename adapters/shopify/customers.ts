/** Customers. https://shopify.dev/docs/api/admin-graphql/latest/objects/Customer, …/queries/customers */

import * as z from 'zod';
import type { SourceRecord } from '../../src/contract/index.ts';
import { dateIn, someOf, textIn } from '../../src/kit/text/index.ts';
import { unexpected } from './answer.ts';
import {
  type AdminLink,
  filled,
  joined,
  money,
  moneyText,
  numberIn,
  ORDER_LINE,
  orderLine,
  orderLink,
  text,
  texts,
  trackingOf,
  wordsOf,
} from './orders.ts';
import type { SearchWay } from './search-query.ts';
import type { RecordKind, Selection } from './selection.ts';

// `email`, `phone`, `emailMarketingConsent`, `smsMarketingConsent`, `addresses` and `validEmailAddress` are deprecated.
const FIELDS: Selection['fields'] = [
  ...['id', 'firstName', 'lastName', 'note', 'tags', 'locale', 'taxExempt', 'verifiedEmail', 'numberOfOrders'],
  ...['createdAt', 'updatedAt'],
  { name: 'defaultEmailAddress', of: { type: 'CustomerEmailAddress', fields: ['emailAddress', 'marketingState'] } },
  { name: 'defaultPhoneNumber', of: { type: 'CustomerPhoneNumber', fields: ['phoneNumber', 'marketingState'] } },
  { name: 'defaultAddress', of: { type: 'MailingAddress', fields: ['formatted', 'company', 'city', 'country'] } },
  { name: 'amountSpent', of: { type: 'MoneyV2', fields: ['amount', 'currencyCode'] } },
  { name: 'lastOrder', of: { type: 'Order', fields: ['id', 'name'] } },
];

const customer = z.object({
  id: z.string().min(1),
  firstName: text,
  lastName: text,
  note: text,
  tags: texts,
  locale: text,
  taxExempt: z.boolean().nullish(),
  verifiedEmail: z.boolean().nullish(),
  // An UnsignedInt64, which comes as a text.
  numberOfOrders: z.union([z.string().regex(/^\d{1,20}$/), z.number()]).nullish(),
  createdAt: text,
  updatedAt: text,
  defaultEmailAddress: z.object({ emailAddress: text, marketingState: text }).nullish(),
  defaultPhoneNumber: z.object({ phoneNumber: text, marketingState: text }).nullish(),
  defaultAddress: z.object({ formatted: texts, company: text, city: text, country: text }).nullish(),
  amountSpent: money.nullish(),
  lastOrder: z.object({ id: z.string(), name: text }).nullish(),
  orders: z.object({ nodes: z.array(orderLine) }).nullish(),
});

type Customer = z.output<typeof customer>;

// company, city and country: https://shopify.dev/changelog/re-enabled-customer-search-terms
const WAYS: ReadonlyMap<string, SearchWay> = new Map<string, SearchWay>([
  ['first_name', { kind: 'filter', name: 'first_name' }],
  ['last_name', { kind: 'filter', name: 'last_name' }],
  ['name', { kind: 'words' }],
  ['email', { kind: 'filter', name: 'email' }],
  ['phone', { kind: 'phone', name: 'phone' }],
  ['tags', { kind: 'filter', name: 'tag' }],
  ['tag', { kind: 'filter', name: 'tag' }],
  ['company', { kind: 'filter', name: 'company' }],
  ['city', { kind: 'filter', name: 'city' }],
  ['country', { kind: 'filter', name: 'country' }],
]);

const ADDRESS = ['Customer.defaultAddress'];
const MADE_OF = {
  first_name: ['Customer.firstName'],
  last_name: ['Customer.lastName'],
  name: ['Customer.firstName', 'Customer.lastName'],
  email: ['Customer.defaultEmailAddress', 'CustomerEmailAddress.emailAddress'],
  phone: ['Customer.defaultPhoneNumber', 'CustomerPhoneNumber.phoneNumber'],
  company: [...ADDRESS, 'MailingAddress.company'],
  city: [...ADDRESS, 'MailingAddress.city'],
  country: [...ADDRESS, 'MailingAddress.country'],
  address: [...ADDRESS, 'MailingAddress.formatted'],
};

/**
 * Customers as records of a source.
 * @param orders how many of their newest orders come along
 */
export function customerKind(link: AdminLink, orders: number): RecordKind {
  const newest = {
    name: 'orders',
    arguments: `(first: ${orders}, sortKey: CREATED_AT, reverse: true)`,
    times: orders,
    isConnection: true,
    of: ORDER_LINE,
  };
  return {
    plural: 'customers',
    list: { field: 'customers', sortKey: 'ID' },
    one: 'customer',
    idField: 'customer_id',
    gidPrefix: 'gid://shopify/Customer/',
    fields: new Set([
      ...['customer_id', 'first_name', 'last_name', 'name', 'email', 'phone', 'company', 'address', 'city', 'country'],
      ...['orders_count', 'amount_spent', 'last_order', 'orders', 'tracking', 'tags', 'tag', 'note', 'language'],
      ...['email_marketing', 'sms_marketing', 'verified_email', 'tax_exempt', 'created', 'updated', 'admin_link'],
    ]),
    keys: new Set(['email', 'phone']),
    ways: WAYS,
    madeOf: MADE_OF,
    selection: { type: 'Customer', fields: orders === 0 ? FIELDS : [...FIELDS, newest] },
    toRecord(node) {
      const parsed = customer.safeParse(node);
      if (!parsed.success) throw unexpected('a customer that is not as documented', parsed.error);
      return { ...personOf(parsed.data), ...shoppingOf(parsed.data, link) };
    },
  };
}

function personOf(node: Customer): SourceRecord {
  const { defaultEmailAddress, defaultPhoneNumber, defaultAddress } = node;
  const [first, last] = [textIn(node.firstName), textIn(node.lastName)];
  return {
    customer_id: numberIn(node.id),
    first_name: first,
    last_name: last,
    name: joined([first, last], ' '),
    email: textIn(defaultEmailAddress?.emailAddress),
    phone: textIn(defaultPhoneNumber?.phoneNumber),
    company: textIn(defaultAddress?.company),
    address: joined(defaultAddress?.formatted ?? [], ', '),
    city: textIn(defaultAddress?.city),
    country: textIn(defaultAddress?.country),
    language: textIn(node.locale),
    email_marketing: wordsOf(defaultEmailAddress?.marketingState),
    sms_marketing: wordsOf(defaultPhoneNumber?.marketingState),
    verified_email: node.verifiedEmail ?? undefined,
    tax_exempt: node.taxExempt ?? undefined,
    note: textIn(node.note),
    tags: filled(node.tags),
    created: dateIn(node.createdAt),
    updated: dateIn(node.updatedAt),
  };
}

function shoppingOf(node: Customer, link: AdminLink): SourceRecord {
  const { amountSpent, lastOrder, numberOfOrders } = node;
  const last = lastOrder ? numberIn(lastOrder.id) : undefined;
  const orders = node.orders?.nodes ?? [];
  return {
    orders_count: numberOfOrders == null ? undefined : Number(numberOfOrders),
    amount_spent: amountSpent ? moneyText(amountSpent) : undefined,
    last_order: last === undefined ? undefined : link('orders', last, textIn(lastOrder?.name) ?? last),
    orders: someOf(orders.map((order) => orderLink(order, link))),
    tracking: someOf(orders.flatMap((order) => trackingOf(order, `${order.name ?? ''}: `))),
    admin_link: link('customers', numberIn(node.id), 'Open in Shopify'),
  };
}
