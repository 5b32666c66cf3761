/** The addresses that an administrator pastes into HelpSpot, and into systems that send events. */
import type { GatewayPlan, ServerPlan } from '../gateway/plan.ts';

/** One of them. */
export interface PastedAddress {
  readonly kind: 'lookups' | 'ajax' | 'push' | 'webhooks' | 'events';
  readonly name: string;
  readonly address: string;
}

/** Where the configuration says that HelpSpot reaches the gateway. One that listens everywhere is also on this machine. */
export function reachedAt({ publicAddress, host: listening, port, tls }: ServerPlan): string {
  if (publicAddress !== undefined) return publicAddress;
  const host = listening === '0.0.0.0' || listening === '::' ? '127.0.0.1' : listening;
  return `${tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/**
 * All addresses of a configuration. A key is named, not written.
 * @param url where HelpSpot reaches the gateway, without a slash at the end
 */
export function addressesOf(
  url: string,
  { access, events = new Map(), ...plan }: Pick<GatewayPlan, PastedAddress['kind'] | 'access'>,
): readonly PastedAddress[] {
  const base = access.keys.length === 0 ? url : `${url}/k/YOUR-KEY`;
  const of = (kind: Exclude<PastedAddress['kind'], 'events'>, path: (name: string) => string) =>
    Array.from(plan[kind].keys(), (name): PastedAddress => ({ kind, name, address: `${base}${path(name)}` }));
  // Their signature is their key.
  const signed = Array.from(
    events.keys(),
    (name) => ({ kind: 'events', name, address: `${url}/events/${name}` }) as const,
  );
  return [
    ...of('lookups', (name) => (name === 'default' ? '/livelookup' : `/livelookup/${name}`)),
    ...of('ajax', (name) => `/ajax/${name}`),
    ...of('push', (name) => `/push/${name}`),
    ...of('webhooks', (name) => `/webhooks/${name}`),
    ...signed,
  ];
}
