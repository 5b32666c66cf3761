/** The addresses that an administrator pastes into HelpSpot. */
import type { GatewayPlan } from '../gateway/plan.ts';

/** One of them. */
export interface PastedAddress {
  readonly kind: 'lookups' | 'ajax' | 'push' | 'webhooks';
  readonly name: string;
  readonly address: string;
}

/**
 * All addresses of a configuration. A key is named, not written.
 * @param url where HelpSpot reaches the gateway, without a slash at the end
 */
export function addressesOf(
  url: string,
  plan: Pick<GatewayPlan, PastedAddress['kind'] | 'access'>,
): readonly PastedAddress[] {
  const base = plan.access.keys.length === 0 ? url : `${url}/k/YOUR-KEY`;
  const of = (kind: PastedAddress['kind'], path: (name: string) => string) =>
    Array.from(plan[kind].keys(), (name): PastedAddress => ({ kind, name, address: `${base}${path(name)}` }));
  return [
    ...of('lookups', (name) => (name === 'default' ? '/livelookup' : `/livelookup/${name}`)),
    ...of('ajax', (name) => `/ajax/${name}`),
    ...of('push', (name) => `/push/${name}`),
    ...of('webhooks', (name) => `/webhooks/${name}`),
  ];
}
