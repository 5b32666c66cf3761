/** How Shopify's values are written for staff. */
import type { Link } from '../../src/contract/index.ts';
import { trimmedEnd } from '../../src/kit/text/index.ts';

/** The digits after the point that a currency has; 2 for one that is unknown here. */
function digitsOf(currency: string): number {
  try {
    const { maximumFractionDigits = 2 } = new Intl.NumberFormat('en', {
      style: 'currency',
      currency,
    }).resolvedOptions();
    return maximumFractionDigits;
  } catch {
    return 2;
  }
}

/**
 * An amount with its currency: `1234.5`, `CHF` → `1234.50 CHF`. Stays a text: it may be larger than a number is exact.
 * https://shopify.dev/docs/api/admin-graphql/latest/objects/MoneyV2
 */
export function moneyText({
  amount,
  currencyCode,
}: {
  readonly amount: string;
  readonly currencyCode: string;
}): string {
  const [whole = '', fraction = ''] = amount.split('.');
  const decimals = trimmedEnd(fraction, '0').padEnd(digitsOf(currencyCode), '0');
  return `${whole}${decimals === '' ? '' : `.${decimals}`} ${currencyCode}`;
}

/** A value of an enum as words: `PARTIALLY_REFUNDED` → `Partially refunded`. */
export function wordsOf(value: string | null | undefined): string | undefined {
  const words = value?.toLowerCase().replaceAll('_', ' ').trim() ?? '';
  return words === '' ? undefined : words.charAt(0).toUpperCase() + words.slice(1);
}

/** The text, or undefined when it is empty. */
export function textOrNothing(text: string | null | undefined): string | undefined {
  return text === null || text === undefined || text.trim() === '' ? undefined : text;
}

/** The moment, or undefined when it is none. */
export function dateOf(text: string | null | undefined): Date | undefined {
  const date = new Date(text ?? '');
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** The list, or undefined when it is empty. */
export function listOrNothing<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length === 0 ? undefined : items;
}

/** The number in a global id: `gid://shopify/Customer/544365967` → `544365967`. https://shopify.dev/docs/api/usage/gids */
export function numberIn(gid: string): string {
  const [path = ''] = gid.split('?', 1);
  return /\/(\d+)$/.exec(path)?.[1] ?? gid;
}

/** Pages of the admin of a shop. */
export interface AdminLinks {
  customer(id: string, text: string): Link;
  order(id: string, text: string): Link;
}

/** The pages of `example.myshopify.com`. */
export function adminLinksOf(shop: string): AdminLinks {
  const store = `https://admin.shopify.com/store/${encodeURIComponent(shop.replace(/\.myshopify\.com$/, ''))}`;
  const link = (page: string, id: string, text: string): Link => ({
    href: `${store}/${page}/${encodeURIComponent(id)}`,
    text,
  });
  return {
    customer: (id, text) => link('customers', id, text),
    order: (id, text) => link('orders', id, text),
  };
}
