/** Addresses and networks: who may call at all. */

import { BlockList, isIP, isIPv6 } from 'node:net';
import { UserError } from '../contract/index.ts';

/** The IP version of an address, as `BlockList` wants it. */
function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}

const IPV4_MAPPED = /^::ffff:(?=\d+\.)/i;
// Some load balancers write the client's port into X-Forwarded-For: `192.0.2.7:51234`, `[2001:db8::7]:51234`.
const IPV4_WITH_PORT = /^(\d+\.\d+\.\d+\.\d+):\d+$/;
const IPV6_WITH_PORT = /^\[([^\]]+)\](?::\d+)?$/;

/** One spelling for one address: no IPv4-mapped form, no port, no zone. What is no address stays as it is. */
export function plainAddress(address: string): string {
  if (isIP(address) === 0) {
    const bare = IPV4_WITH_PORT.exec(address)?.[1] ?? IPV6_WITH_PORT.exec(address)?.[1];
    return bare === undefined ? address : plainAddress(bare);
  }
  return address.replace(IPV4_MAPPED, '').split('%', 1)[0] ?? '';
}

/**
 * A set of networks. `entries` are addresses (`192.0.2.7`) or CIDR networks (`10.0.0.0/8`, `fd00::/8`).
 * Throws {@link UserError} for anything else.
 */
export class Networks {
  readonly #list = new BlockList();
  readonly #empty: boolean;

  constructor(entries: readonly string[]) {
    this.#empty = entries.length === 0;
    for (const entry of entries) this.#add(entry);
  }

  #add(entry: string): void {
    const [address = '', prefix, ...rest] = entry.trim().split('/');
    const family = familyOf(address);
    const bits = Number(prefix ?? (family === 'ipv6' ? 128 : 32));
    const whole = Number.isInteger(bits) && bits >= 0 && bits <= (family === 'ipv6' ? 128 : 32) && prefix !== '';
    if (isIP(address) === 0 || !whole || rest.length > 0) {
      throw new UserError(
        `access.networks: "${entry}" is no address and no network; write for example 192.0.2.7, 10.0.0.0/8 or fd00::/8`,
      );
    }
    this.#list.addSubnet(address, bits, family);
  }

  /** Whether an address is inside. An empty set has everybody inside; what is no address is never inside a set that is not empty. */
  has(address: string): boolean {
    if (this.#empty) return true;
    return isIP(address) !== 0 && this.#list.check(address, familyOf(address));
  }
}

const LOOPBACK = new Networks(['127.0.0.0/8', '::1']);

/** Whether an address is this machine's own. */
export function isLoopback(address: string): boolean {
  return LOOPBACK.has(address);
}
