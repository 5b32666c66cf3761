import { expect, it } from 'vitest';
import { addressesOf, reachedAt } from '../../src/http/addresses.ts';
import { pushTargetPlan } from '../gateway/push/harness.ts';
import { gatewayPlan, lookupPlan } from '../support/plans.ts';

it('everything that is pasted somewhere has its address; an event has no key', () => {
  const plan = gatewayPlan(
    [],
    {},
    {
      lookups: new Map(['default', 'crm'].map((name) => [name, lookupPlan({ name })])),
      push: new Map([['Tickets', pushTargetPlan()]]),
      webhooks: new Map([['rules', { name: 'rules', push: ['Tickets'] }]]),
    },
  );
  const of = (keys: typeof plan.access.keys) =>
    addressesOf('https://g.example', { ...plan, access: { ...plan.access, keys } }).map(({ kind, name, address }) => [
      kind,
      name,
      address,
    ]);
  const rows = (base: string) => [
    ['lookups', 'default', `${base}/livelookup`],
    ['lookups', 'crm', `${base}/livelookup/crm`],
    ['push', 'Tickets', `${base}/push/Tickets`],
    ['webhooks', 'rules', `${base}/webhooks/rules`],
  ];
  expect(of([])).toEqual(rows('https://g.example'));
  expect(of([{ name: 'a', secret: 'b' }])).toEqual(rows('https://g.example/k/YOUR-KEY'));
});

it.each([
  [{}, 'http://127.0.0.1:8787'],
  [{ host: '0.0.0.0' }, 'http://127.0.0.1:8787'],
  [{ host: '::' }, 'http://127.0.0.1:8787'],
  [{ host: '192.0.2.1', tls: { cert: 'c', key: 'k' } }, 'https://192.0.2.1:8787'],
  [{ host: '::1' }, 'http://[::1]:8787'],
  [{ publicAddress: 'https://g.example' }, 'https://g.example'],
])('%j is reached at %s', (more, address) => {
  expect(reachedAt({ host: '127.0.0.1', port: 8787, deadlineMs: 1, trustProxy: [], ...more })).toBe(address);
});
