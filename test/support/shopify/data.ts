/** What a shop holds. */

/** A customer of the shop. */
export interface ShopCustomer {
  readonly id: number;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly email?: string;
  /** E.164, as Shopify keeps every number. */
  readonly phone?: string;
  readonly emailState?: string;
  readonly smsState?: string;
  readonly address?: {
    readonly company?: string;
    readonly address1?: string;
    readonly zip?: string;
    readonly city?: string;
    readonly country?: string;
  };
  readonly tags?: readonly string[];
  readonly note?: string;
  readonly locale?: string;
  readonly taxExempt?: boolean;
  readonly createdAt?: string;
  /** Left out: it was never changed. */
  readonly updatedAt?: string;
}

/** An order of the shop. */
export interface ShopOrder {
  readonly id: number;
  readonly name: string;
  readonly customerId?: number;
  readonly email?: string;
  readonly createdAt: string;
  /** Left out: it was never changed. */
  readonly updatedAt?: string;
  readonly cancelledAt?: string;
  readonly financial?: string;
  readonly fulfillment?: string;
  readonly amount: string;
  readonly tracking?: readonly { readonly company?: string; readonly number?: string; readonly url?: string }[];
  readonly tags?: readonly string[];
}

/** Customers and orders for the tests: two who share words, and one with every value. */
export const customers: readonly ShopCustomer[] = [
  {
    id: 544365967,
    firstName: 'Jürg',
    lastName: 'Müller',
    email: 'juerg@example.ch',
    phone: '+41445550102',
    emailState: 'SUBSCRIBED',
    smsState: 'NOT_SUBSCRIBED',
    address: {
      company: 'Müller & Söhne AG',
      address1: 'Bahnhofstrasse 1',
      zip: '8001',
      city: 'Zürich',
      country: 'Switzerland',
    },
    tags: ['VIP', 'wholesale'],
    note: 'Calls <b>often</b>',
    locale: 'de',
    taxExempt: true,
    createdAt: '2024-02-29T10:00:00Z',
  },
  {
    id: 544365968,
    firstName: 'Bob',
    lastName: 'Smith',
    email: 'smith@example.com',
    phone: '+18455554278',
    tags: ['VIP gold'],
  },
  { id: 544365969, firstName: 'Bob', lastName: 'Smith Jones', email: 'bob.smith@example.com', phone: '+12125550100' },
  { id: 544365970, firstName: 'Bobby', lastName: 'Smithers', email: 'bobby@example.com' },
];

/** See {@link customers}. */
export const orders: readonly ShopOrder[] = [
  {
    id: 900001,
    name: '#1001',
    customerId: 544365967,
    email: 'juerg@example.ch',
    createdAt: '2026-10-01T08:00:00Z',
    financial: 'PAID',
    fulfillment: 'FULFILLED',
    amount: '1200.5',
    tracking: [
      { company: 'Swiss Post', number: '99.00.123456', url: 'https://service.post.ch/track?id=99.00.123456' },
      { company: 'Courier', number: 'X1', url: 'javascript:alert(1)' },
    ],
  },
  {
    id: 900002,
    name: '#1002',
    customerId: 544365967,
    email: 'juerg@example.ch',
    createdAt: '2026-11-02T08:00:00Z',
    financial: 'PARTIALLY_REFUNDED',
    fulfillment: 'UNFULFILLED',
    amount: '34.0',
    tags: ['gift'],
  },
  {
    id: 900003,
    name: '#1003',
    customerId: 544365968,
    email: 'smith@example.com',
    createdAt: '2026-11-03T08:00:00Z',
    cancelledAt: '2026-11-04T08:00:00Z',
    financial: 'VOIDED',
    fulfillment: 'UNFULFILLED',
    amount: '9.99',
  },
];

/** When a customer was made and changed. */
export function customerTimes({ createdAt = '2025-01-01T00:00:00Z', updatedAt = createdAt }: ShopCustomer) {
  return { createdAt, updatedAt };
}

/** What the search of customers looks into, by the names of its filters. */
export function searchableCustomer(customer: ShopCustomer) {
  const { id, firstName, lastName, email, phone, address, tags } = customer;
  return {
    id: String(id),
    updated_at: customerTimes(customer).updatedAt,
    first_name: firstName ?? '',
    last_name: lastName ?? '',
    email: email ?? '',
    phone: phone ?? '',
    tag: tags ?? [],
    company: address?.company ?? '',
    city: address?.city ?? '',
    country: address?.country ?? '',
  };
}

/** What the search of orders looks into. */
export function searchableOrder(order: ShopOrder, customer: ShopCustomer | undefined) {
  return {
    id: String(order.id),
    updated_at: order.updatedAt ?? order.createdAt,
    name: order.name,
    email: order.email ?? '',
    customer_id: String(order.customerId ?? ''),
    tag: order.tags ?? [],
    financial_status: order.financial ?? '',
    fulfillment_status: order.fulfillment ?? '',
    // Not a filter, but looked into by a term without one.
    names: [customer?.firstName ?? '', customer?.lastName ?? ''],
  };
}
