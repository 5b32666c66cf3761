/** Orders. https://shopify.dev/docs/api/admin-graphql/latest/objects/Order, …/queries/orders */

import * as z from 'zod';
import type { Link, Scalar, SourceRecord } from '../../src/contract/index.ts';
import { dateIn, outsideAddress, someOf, textIn, trimmedEnd } from '../../src/kit/text/index.ts';
import { unexpected } from './answer.ts';
import type { SearchWay } from './search-query.ts';
import type { RecordKind, Selection } from './selection.ts';

/** What a shop does not give is absent or null. */
export const text = z.string().nullish();
export const texts = z.array(z.string()).nullish();
/** https://shopify.dev/docs/api/admin-graphql/latest/objects/MoneyV2 */
export const money = z.object({ amount: z.string(), currencyCode: z.string() });
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

const parcel = z.object({ number: text, company: text, url: text });

/** An order as it comes. */
export const orderLine = z.object({
  id: z.string().min(1),
  name: text,
  createdAt: text,
  cancelledAt: text,
  displayFinancialStatus: text,
  displayFulfillmentStatus: text,
  totalPriceSet: z.object({ shopMoney: money.nullish() }).nullish(),
  fulfillments: z.array(z.object({ trackingInfo: z.array(parcel).nullish() }).nullish()).nullish(),
});

const order = orderLine.extend({
  email: text,
  phone: text,
  note: text,
  tags: texts,
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
export function orderKind(link: AdminLink): RecordKind {
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
      return orderRecord(parsed.data, link);
    },
  };
}

function orderRecord(node: z.output<typeof order>, link: AdminLink): SourceRecord {
  const id = numberIn(node.id);
  const { customer } = node;
  const [first, last] = [textIn(customer?.firstName), textIn(customer?.lastName)];
  return {
    order_id: id,
    order_name: textIn(node.name),
    order: link('orders', id, textIn(node.name) ?? id),
    created: dateIn(node.createdAt),
    cancelled: dateIn(node.cancelledAt),
    status: statusOf(node),
    financial_status: wordsOf(node.displayFinancialStatus),
    fulfillment_status: wordsOf(node.displayFulfillmentStatus),
    total: totalOf(node),
    tracking: someOf(trackingOf(node)),
    customer_id: customer ? numberIn(customer.id) : undefined,
    first_name: first,
    last_name: last,
    name: joined([first, last], ' '),
    email: textIn(node.email),
    phone: textIn(node.phone),
    note: textIn(node.note),
    tags: filled(node.tags),
    admin_link: link('orders', id, 'Open in Shopify'),
  };
}

/** An order in one line, as a link: `#1001, 2026-11-01, Paid, Fulfilled, 49.00 CHF`. */
export function orderLink(node: OrderLine, link: AdminLink): Link {
  const id = numberIn(node.id);
  const day = node.createdAt?.slice(0, 'yyyy-mm-dd'.length);
  const parts = [textIn(node.name) ?? id, day, statusOf(node), totalOf(node)];
  return link('orders', id, joined(parts, ', ') ?? '');
}

/** Cancelled or not, paid or not, sent or not: `Paid, Fulfilled`. */
function statusOf(node: OrderLine): string | undefined {
  const cancelled = textIn(node.cancelledAt) === undefined ? undefined : 'Cancelled';
  return joined([cancelled, wordsOf(node.displayFinancialStatus), wordsOf(node.displayFulfillmentStatus)], ', ');
}

function totalOf({ totalPriceSet }: OrderLine): string | undefined {
  return totalPriceSet?.shopMoney ? moneyText(totalPriceSet.shopMoney) : undefined;
}

/**
 * Where the parcels are: `Swiss Post 99.00.123456`, as a link when the carrier has a page.
 * @param before stands before each: the name of the order, in a list of several
 */
export function trackingOf({ fulfillments }: OrderLine, before = ''): readonly Scalar[] {
  const parcels = (fulfillments ?? []).flatMap((fulfillment) => fulfillment?.trackingInfo ?? []);
  return parcels.flatMap(({ number, company, url }): readonly Scalar[] => {
    const what = joined([company, number], ' ');
    if (what === undefined) return [];
    // Whoever fulfils the order writes the address, so it may be anything.
    const isWebAddress = /^https?:$/.test(outsideAddress(url ?? '')?.protocol ?? '');
    return [url && isWebAddress ? { href: url, text: before + what } : before + what];
  });
}

/** The parts that are there; undefined when there is none. */
export function joined(parts: readonly (string | null | undefined)[], separator: string): string | undefined {
  return parts.filter((part) => textIn(part) !== undefined).join(separator) || undefined;
}

/** The texts that are not blank; undefined when there is none. */
export function filled(texts: readonly string[] | null | undefined): readonly string[] | undefined {
  return someOf((texts ?? []).filter((one) => one.trim() !== ''));
}

/** The digits after the point that a currency has; 2 for one that is unknown here. */
function digitsOf(currency: string): number {
  try {
    return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
  } catch {
    return 2;
  }
}

/**
 * An amount with its currency: `1234.5`, `CHF` → `1234.50 CHF`. Stays a text: it may be larger than a number is exact.
 * https://shopify.dev/docs/api/admin-graphql/latest/objects/MoneyV2
 */
export function moneyText({ amount, currencyCode }: z.output<typeof money>): string {
  const [whole = '', fraction = ''] = amount.split('.');
  const decimals = trimmedEnd(fraction, '0').padEnd(digitsOf(currencyCode), '0');
  return `${whole}${decimals === '' ? '' : `.${decimals}`} ${currencyCode}`;
}

/** A value of an enum as words: `PARTIALLY_REFUNDED` → `Partially refunded`. */
export function wordsOf(value: string | null | undefined): string | undefined {
  const words = value?.toLowerCase().replaceAll('_', ' ').trim() ?? '';
  return words === '' ? undefined : words.charAt(0).toUpperCase() + words.slice(1);
}

/** The number in a global id: `gid://shopify/Customer/544365967` → `544365967`. https://shopify.dev/docs/api/usage/gids */
export function numberIn(gid: string): string {
  const [path = ''] = gid.split('?', 1);
  return /\/(\d+)$/.exec(path)?.[1] ?? gid;
}

/** Links to the pages of a shop's admin. */
export type AdminLink = (page: 'customers' | 'orders', id: string, text: string) => Link;

/** Those of `example.myshopify.com`. */
export function adminLinkOf(shop: string): AdminLink {
  const store = `https://admin.shopify.com/store/${encodeURIComponent(shop.replace(/\.myshopify\.com$/, ''))}`;
  return (page, id, text) => ({ href: `${store}/${page}/${encodeURIComponent(id)}`, text });
}
