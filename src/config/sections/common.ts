/** What several sections use. */
import type { RefinementCtx } from 'zod';
import * as z from 'zod';
import { parsedAddress } from '../../kit/text/index.ts';
import { customFieldMistake, NAME } from '../names.ts';

/** An address or a network in CIDR notation, as `node:net` takes it. */
export function network() {
  return z
    .string()
    .superRefine(mistake(hostMistake))
    .refine(isNetwork)
    .meta({ title: 'an IP address or a network', examples: ['10.0.0.0/8'] });
}

/** A name may mean any address tomorrow. */
function hostMistake(text: string): string | undefined {
  if (text === 'localhost') return 'must be an address, not a name; write 127.0.0.1 (and ::1 for IPv6)';
  return undefined;
}

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const most = IPV4.test(address) ? 32 : isIpv6(address) ? 128 : -1;
  if (most < 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most);
}

// Not `isIPv6` of node:net, whose pattern takes milliseconds to compile: the command line counts them.
function isIpv6(address: string): boolean {
  return (
    /^[0-9a-f:.]{2,45}$/i.test(address) && address.includes(':') && parsedAddress(`http://[${address}]/`) !== undefined
  );
}

/** The name of a lookup, a source or a key. */
export function name() {
  return z.string().max(100).regex(NAME).meta({ title: 'a name of letters, digits, - and _' });
}

/** The name of an element or parameter of HelpSpot; `custom5` is refused. */
export function helpSpotName() {
  return z.string().min(1).max(200).superRefine(mistake(customFieldMistake));
}

/**
 * For `superRefine` on a map or list: also when a part of it is wrong, so that
 * everything is told at once. The refinement must then take any parts.
 */
export const EVEN_IF_WRONG = {
  when: ({ value }: { readonly value: unknown }): boolean => typeof value === 'object' && value !== null,
};

/** The same for what goes through a list: of a map in its place, that it is none is all that is told. */
export const LIST_EVEN_IF_WRONG = {
  when: ({ value }: { readonly value: unknown }): boolean => Array.isArray(value),
};

/** For `refine` on a map: only when its parts are right. A text in the place of a time is told by itself. */
export const IF_RIGHT = {
  when: ({ issues }: { readonly issues: readonly unknown[] }): boolean => issues.length === 0,
};

/** A check for `superRefine`: adds what `find` says. */
export function mistake<Value>(find: (value: Value) => string | undefined) {
  return (value: Value, context: RefinementCtx<Value>): void => {
    const message = find(value);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  };
}

/** The entries that stand in the list before; undefined ones are passed over. `first` is the index of the earlier one. */
export function repetitions(list: readonly unknown[]): readonly { readonly index: number; readonly first: number }[] {
  return list
    .map((entry, index) => ({ entry, index, first: list.indexOf(entry) }))
    .filter(({ entry, index, first }) => entry !== undefined && first < index);
}
