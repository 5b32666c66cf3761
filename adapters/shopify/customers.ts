/** Customers. https://shopify.dev/docs/api/admin-graphql/latest/objects/Customer, …/queries/customers */

import * as z from 'zod';
import type { SourceRecord } from '../../src/contract/index.ts';
import { unexpected } from './answer.ts';
import type { RecordKind } from './kind.ts';
import { ORDER_LINE, orderLine, orderLink, trackingOf } from './orders.ts';
import type { SearchWay } from './search-query.ts';
import type { Selection } from './selection.ts';
import { type AdminLinks, dateOf, listOrNothing, moneyText, numberIn, textOrNothing, wordsOf } from './texts.ts';

const text = z.string().nullish();

// `email`, `phone`, `emailMarketingConsent`, `smsMarketingConsent`, `addresses` and `validEmailAddress` are deprecated.
const FIELDS: Selection['fields'] = [
  'id',
  'firstName',
  'lastName',
  'note',
  'tags',
  'locale',
  'taxExempt',
  'verifiedEmail',
  'numberOfOrders',
  'createdAt',
  'updatedAt',
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
  tags: z.array(z.string()).nullish(),
  locale: text,
  taxExempt: z.boolean().nullish(),
  verifiedEmail: z.boolean().nullish(),
  // An UnsignedInt64, which comes as a text.
  numberOfOrders: z.union([z.string().regex(/^\d{1,20}$/), z.number()]).nullish(),
  createdAt: text,
  updatedAt: text,
  defaultEmailAddress: z.object({ emailAddress: text, marketingState: text }).nullish(),
  defaultPhoneNumber: z.object({ phoneNumber: text, marketingState: text }).nullish(),
  defaultAddress: z
    .object({ formatted: z.array(z.string()).nullish(), company: text, city: text, country: text })
    .nullish(),
  amountSpent: z.object({ amount: z.string(), currencyCode: z.string() }).nullish(),
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
export function customerKind(links: AdminLinks, orders: number): RecordKind {
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
      return { ...personOf(parsed.data), ...shoppingOf(parsed.data, links) };
    },
  };
}

function personOf(node: Customer): SourceRecord {
  const { defaultEmailAddress, defaultPhoneNumber, defaultAddress } = node;
  const [first, last] = [textOrNothing(node.firstName), textOrNothing(node.lastName)];
  const lines = (defaultAddress?.formatted ?? []).filter((line) => line.trim() !== '');
  return {
    customer_id: numberIn(node.id),
    first_name: first,
    last_name: last,
    name: textOrNothing([first, last].filter((part) => part !== undefined).join(' ')),
    email: textOrNothing(defaultEmailAddress?.emailAddress),
    phone: textOrNothing(defaultPhoneNumber?.phoneNumber),
    company: textOrNothing(defaultAddress?.company),
    address: textOrNothing(lines.join(', ')),
    city: textOrNothing(defaultAddress?.city),
    country: textOrNothing(defaultAddress?.country),
    language: textOrNothing(node.locale),
    email_marketing: wordsOf(defaultEmailAddress?.marketingState),
    sms_marketing: wordsOf(defaultPhoneNumber?.marketingState),
    verified_email: node.verifiedEmail ?? undefined,
    tax_exempt: node.taxExempt ?? undefined,
    note: textOrNothing(node.note),
    tags: listOrNothing((node.tags ?? []).filter((tag) => tag.trim() !== '')),
    created: dateOf(node.createdAt),
    updated: dateOf(node.updatedAt),
  };
}

function shoppingOf(node: Customer, links: AdminLinks): SourceRecord {
  const { amountSpent, lastOrder, numberOfOrders } = node;
  const id = numberIn(node.id);
  const orders = node.orders?.nodes ?? [];
  return {
    orders_count: numberOfOrders === null || numberOfOrders === undefined ? undefined : Number(numberOfOrders),
    amount_spent: amountSpent === null || amountSpent === undefined ? undefined : moneyText(amountSpent),
    last_order:
      lastOrder === null || lastOrder === undefined
        ? undefined
        : links.order(numberIn(lastOrder.id), textOrNothing(lastOrder.name) ?? numberIn(lastOrder.id)),
    orders: listOrNothing(orders.map((order) => orderLink(order, links))),
    tracking: listOrNothing(orders.flatMap((order) => trackingOf(order, `${order.name ?? ''}: `))),
    admin_link: links.customer(id, 'Open in Shopify'),
  };
}
