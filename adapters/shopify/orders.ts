/** Orders. https://shopify.dev/docs/api/admin-graphql/latest/objects/Order, …/queries/orders */

import * as z from 'zod';
import type { Link, Scalar, SourceRecord } from '../../src/contract/index.ts';
import { outsideAddress } from '../../src/kit/text/index.ts';
import { unexpected } from './answer.ts';
import type { RecordKind } from './kind.ts';
import type { SearchWay } from './search-query.ts';
import type { Selection } from './selection.ts';
import { type AdminLinks, dateOf, listOrNothing, moneyText, numberIn, textOrNothing, wordsOf } from './texts.ts';

const text = z.string().nullish();
const MOST_PARCELS = 3;

const MONEY: Selection = {
  type: 'MoneyBag',
  fields: [{ name: 'shopMoney', of: { type: 'MoneyV2', fields: ['amount', 'currencyCode'] } }],
};

const TRACKING: Selection = { type: 'FulfillmentTrackingInfo', fields: ['number', 'company', 'url'] };
const FULFILLMENT: Selection = {
  type: 'Fulfillment',
  fields: [{ name: 'trackingInfo', arguments: '(first: 2)', times: 2, of: TRACKING }],
};

/** What an order in a list of a customer's orders shows. */
export const ORDER_LINE: Selection = {
  type: 'Order',
  fields: [
    'id',
    'name',
    'createdAt',
    'cancelledAt',
    'displayFinancialStatus',
    'displayFulfillmentStatus',
    { name: 'totalPriceSet', of: MONEY },
    { name: 'fulfillments', arguments: `(first: ${MOST_PARCELS})`, times: MOST_PARCELS, of: FULFILLMENT },
  ],
};

const ORDER: Selection = {
  type: 'Order',
  fields: [
    ...ORDER_LINE.fields,
    'email',
    'phone',
    'note',
    'tags',
    { name: 'customer', of: { type: 'Customer', fields: ['id', 'firstName', 'lastName'] } },
  ],
};

/** An order as it comes. What a shop does not give is absent or null. */
export const orderLine = z.object({
  id: z.string().min(1),
  name: text,
  createdAt: text,
  cancelledAt: text,
  displayFinancialStatus: text,
  displayFulfillmentStatus: text,
  totalPriceSet: z
    .object({ shopMoney: z.object({ amount: z.string(), currencyCode: z.string() }).nullish() })
    .nullish(),
  fulfillments: z
    .array(
      z.object({ trackingInfo: z.array(z.object({ number: text, company: text, url: text })).nullish() }).nullish(),
    )
    .nullish(),
});

const order = orderLine.extend({
  email: text,
  phone: text,
  note: text,
  tags: z.array(z.string()).nullish(),
  customer: z.object({ id: z.string(), firstName: text, lastName: text }).nullish(),
});

/** One order of a list. */
export type OrderLine = z.output<typeof orderLine>;

const WAYS: ReadonlyMap<string, SearchWay> = new Map<string, SearchWay>([
  ['customer_id', { kind: 'number', name: 'customer_id' }],
  ['order_name', { kind: 'filter', name: 'name' }],
  ['email', { kind: 'filter', name: 'email' }],
  ['tags', { kind: 'filter', name: 'tag' }],
  ['tag', { kind: 'filter', name: 'tag' }],
  ['financial_status', { kind: 'enum', name: 'financial_status' }],
  ['first_name', { kind: 'words' }],
  ['last_name', { kind: 'words' }],
  ['name', { kind: 'words' }],
]);

const MADE_OF = {
  customer_id: ['Order.customer'],
  first_name: ['Order.customer', 'Customer.firstName'],
  last_name: ['Order.customer', 'Customer.lastName'],
  name: ['Order.customer', 'Customer.firstName', 'Customer.lastName'],
  email: ['Order.email'],
  phone: ['Order.phone'],
};

/** Orders as records of a source. */
export function orderKind(links: AdminLinks): RecordKind {
  return {
    plural: 'orders',
    list: { field: 'orders', sortKey: 'CREATED_AT' },
    one: 'order',
    idField: 'order_id',
    gidPrefix: 'gid://shopify/Order/',
    fields: new Set([
      ...['order_id', 'order_name', 'order', 'created', 'cancelled', 'status', 'financial_status'],
      ...['fulfillment_status', 'total', 'tracking', 'customer_id', 'first_name', 'last_name', 'name'],
      ...['email', 'phone', 'note', 'tags', 'tag', 'admin_link'],
    ]),
    keys: new Set(['order_name']),
    ways: WAYS,
    madeOf: MADE_OF,
    selection: ORDER,
    toRecord(node) {
      const parsed = order.safeParse(node);
      if (!parsed.success) throw unexpected('an order that is not as documented', parsed.error);
      return orderRecord(parsed.data, links);
    },
  };
}

function orderRecord(node: z.output<typeof order>, links: AdminLinks): SourceRecord {
  const id = numberIn(node.id);
  const { customer } = node;
  const customerName = [customer?.firstName, customer?.lastName]
    .map(textOrNothing)
    .filter((part) => part !== undefined);
  return {
    order_id: id,
    order_name: textOrNothing(node.name),
    order: links.order(id, textOrNothing(node.name) ?? id),
    created: dateOf(node.createdAt),
    cancelled: dateOf(node.cancelledAt),
    status: statusOf(node),
    financial_status: wordsOf(node.displayFinancialStatus),
    fulfillment_status: wordsOf(node.displayFulfillmentStatus),
    total: totalOf(node),
    tracking: listOrNothing(trackingOf(node)),
    customer_id: customer === null || customer === undefined ? undefined : numberIn(customer.id),
    first_name: textOrNothing(customer?.firstName),
    last_name: textOrNothing(customer?.lastName),
    name: textOrNothing(customerName.join(' ')),
    email: textOrNothing(node.email),
    phone: textOrNothing(node.phone),
    note: textOrNothing(node.note),
    tags: listOrNothing((node.tags ?? []).filter((tag) => tag.trim() !== '')),
    admin_link: links.order(id, 'Open in Shopify'),
  };
}

/** An order in one line, as a link: `#1001, 2026-11-01, Paid, Fulfilled, 49.00 CHF`. */
export function orderLink(node: OrderLine, links: AdminLinks): Link {
  const id = numberIn(node.id);
  const parts = [
    textOrNothing(node.name) ?? id,
    node.createdAt?.slice(0, 'yyyy-mm-dd'.length),
    statusOf(node),
    totalOf(node),
  ];
  return links.order(id, parts.filter((part) => textOrNothing(part) !== undefined).join(', '));
}

/** Cancelled or not, paid or not, sent or not: `Paid, Fulfilled`. */
function statusOf(node: OrderLine): string | undefined {
  const words = [wordsOf(node.displayFinancialStatus), wordsOf(node.displayFulfillmentStatus)];
  const cancelled = textOrNothing(node.cancelledAt) === undefined ? [] : ['Cancelled'];
  return textOrNothing([...cancelled, ...words].filter((word) => word !== undefined).join(', '));
}

function totalOf({ totalPriceSet }: OrderLine): string | undefined {
  const money = totalPriceSet?.shopMoney ?? undefined;
  return money === undefined ? undefined : moneyText(money);
}

/**
 * Where the parcels are: `Swiss Post 99.00.123456`, as a link when the carrier has a page.
 * @param before stands before each: the name of the order, in a list of several
 */
export function trackingOf({ fulfillments }: OrderLine, before = ''): readonly Scalar[] {
  const parcels = (fulfillments ?? []).flatMap((fulfillment) => fulfillment?.trackingInfo ?? []);
  return parcels.flatMap(({ number, company, url }) => {
    const what = [company, number].map(textOrNothing).filter((part) => part !== undefined);
    if (what.length === 0) return [];
    const shown = `${before}${what.join(' ')}`;
    return [isWebAddress(url) ? { href: url, text: shown } : shown];
  });
}

/** Whoever fulfils the order writes the address, so it may be anything. */
function isWebAddress(url: string | null | undefined): url is string {
  return /^https?:$/.test(outsideAddress(url ?? '')?.protocol ?? '');
}
