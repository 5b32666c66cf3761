/** The files in config/examples, against the vendors' documented exchanges. */
import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import http from '../../../adapters/http/index.ts';
import { loadConfiguration } from '../../../src/config/load.ts';
import { createGateway, type Gateway } from '../../../src/gateway/gateway.ts';
import type { Content } from '../../../src/helpspot/answer.ts';
import { writeConfiguration } from '../../config/files.ts';
import { replay } from '../../support/http/replay.ts';
import type { StandIn } from '../../support/http/stand-in.ts';
import { recordedLog } from '../../support/log.ts';

interface Example {
  readonly gateway: Gateway;
  readonly standIn: StandIn;
  find(parameters: Readonly<Record<string, string>>): Promise<readonly Readonly<Record<string, string>>[]>;
}

/** The example as it is, but for the vendor's address. */
async function example(name: string, origin: string, environment: Readonly<Record<string, string>>): Promise<Example> {
  const standIn = await replay(name);
  onTestFinished(() => standIn.close());
  const text = readFileSync(new URL(`../../../config/examples/http-${name}.yaml`, import.meta.url), 'utf8');
  expect(text).toContain(origin);
  const file = writeConfiguration(text.replaceAll(`url: ${origin}`, `url: ${standIn.url}`));
  const plan = await loadConfiguration(file, { http: async () => http }, environment);
  const gateway = createGateway(plan, { log: recordedLog() });
  onTestFinished(() => gateway.close());
  return {
    gateway,
    standIn,
    async find(parameters) {
      const outcome = await gateway.lookup({ lookup: 'default', parameters });
      expect(outcome.failure).toBeUndefined();
      expect(outcome.answer?.notices).toEqual([]);
      return (outcome.answer?.customers ?? []).map((customer) =>
        Object.fromEntries(customer.map(({ name: element, content }) => [element, shown(content)])),
      );
    },
  };
}

function shown(content: Content): string {
  if (content.kind === 'text') return content.text;
  if (content.kind === 'list') return content.items.map(shown).join('; ');
  if (content.kind === 'link') return `${content.text}: ${content.href}`;
  return content.kind === 'html' ? content.html : content.kind;
}

/** What `helpspot-gateway check` says of the one source. */
async function checked({ gateway }: Example) {
  const [row] = await gateway.check();
  return row;
}

const hubspot = () => example('hubspot', 'https://api.hubapi.com', { HUBSPOT_TOKEN: 'HUBSPOT_TOKEN' });
const stripe = () => example('stripe', 'https://api.stripe.com', { STRIPE_KEY: 'sk_test_KEY' });
const freshdesk = () => example('freshdesk', 'https://example.freshdesk.com', { FRESHDESK_KEY: 'FRESHDESK_KEY' });

describe('HubSpot', () => {
  const person = {
    customer_id: '100451',
    first_name: 'Test',
    last_name: 'Person',
    email: 'testperson@hubspot.com',
    organization: 'HubSpot',
    stage: 'lead',
    since: '2024-01-17',
  };

  it('is searched by mail, without regard to what else HelpSpot sends', async () => {
    const { find } = await hubspot();
    expect(await find({ email: 'testperson@hubspot.com', phone: '1', Custom1: 'x' })).toEqual([person]);
  });

  it('is read by id, and knows nobody by another', async () => {
    const { find, standIn } = await hubspot();
    const { stage: _stage, ...known } = person;
    expect(await find({ customer_id: '100451' })).toEqual([known]);
    expect(await find({ customer_id: '0' })).toEqual([]);
    expect(standIn.received.at(-1)?.path).toBe('/crm/v3/objects/contacts/0');
  });

  it('gives all pages, and compares without regard to case', async () => {
    const { find } = await hubspot();
    const found = await find({ last_name: 'Person' });
    expect(found.map(({ customer_id }) => customer_id)).toEqual(['100451', '57156923994']);
  });

  it('is checked by a search for nobody', async () => {
    const one = await hubspot();
    expect(await checked(one)).toMatchObject({ ok: true, problem: '' });
    expect(one.standIn.received.map(({ path }) => path)).toEqual([
      '/crm/v3/objects/contacts/search',
      '/crm/v3/objects/contacts/search',
      '/crm/v3/objects/contacts/0',
    ]);
  });

  it('says in its own words that the token is wrong, and not which', async () => {
    const { gateway } = await example('hubspot', 'https://api.hubapi.com', { HUBSPOT_TOKEN: 'some-other-token' });
    const outcome = await gateway.lookup({ lookup: 'default', parameters: { email: 'a@example.com' } });
    expect(outcome.failure).toBeDefined();
    const [row] = await gateway.check();
    expect(JSON.stringify(row)).toContain('Authentication credentials not found');
    expect(JSON.stringify([row, outcome])).not.toContain('some-other-token');
  });
});

describe('Stripe', () => {
  const jenny = {
    customer_id: 'cus_NffrFeUfNV2Hib',
    Custom1: 'cus_NffrFeUfNV2Hib',
    name: 'Jenny Rosen',
    email: 'jennyrosen@example.com',
    balance: '0',
    delinquent: 'no',
    since: '2023-04-07',
    stripe: 'Open in Stripe: https://dashboard.stripe.com/customers/cus_NffrFeUfNV2Hib',
  };

  it('is read by mail, page after page', async () => {
    const { find, standIn } = await stripe();
    const [first, second, third, ...more] = await find({ email: 'jennyrosen@example.com' });
    expect(first).toEqual(jenny);
    expect(second).toMatchObject({ balance: '-2500', delinquent: 'yes', phone: '+1 555 0100', languages: 'en; fr' });
    expect(third).toMatchObject({ Custom1: 'cus_NcPrGPr5hZMDh4' });
    expect(third).not.toHaveProperty('name');
    expect(more).toEqual([]);
    expect(standIn.received).toHaveLength(2);
  });

  it('is read by id from a custom field; 404 is nobody', async () => {
    const { find } = await stripe();
    expect(await find({ Custom1: 'cus_NffrFeUfNV2Hib' })).toEqual([jenny]);
    expect(await find({ Custom1: 'cus_none' })).toEqual([]);
  });

  it('is checked at the address for it', async () => {
    const one = await stripe();
    expect(await checked(one)).toMatchObject({ ok: true, problem: '' });
    expect(one.standIn.received.map(({ url }) => url.pathname + url.search)).toEqual(['/v1/customers?limit=1']);
  });
});

describe('Freshdesk', () => {
  it('takes the key as the user name, and asks only for what is looked for', async () => {
    const { find, standIn } = await freshdesk();
    expect(await find({ email: 'rachel@freshdesk.com' })).toEqual([
      {
        customer_id: '2',
        name: 'Rachel',
        email: 'rachel@freshdesk.com',
        active: 'no',
        other_emails: 'lawman@starktower.com; lawman2@starktower.com',
        tags: 'vip',
        since: '2015-08-18',
        freshdesk: 'Open in Freshdesk: https://example.freshdesk.com/a/contacts/2',
      },
    ]);
    expect(standIn.received[0]?.url.search).toBe('?email=rachel%40freshdesk.com&per_page=100');
  });

  it('follows the Link header, and shows only those who have the number', async () => {
    const { find } = await freshdesk();
    const found = await find({ phone: '4352789885' });
    expect(found.map(({ name }) => name)).toEqual(['Clark Kent', 'Bruce Wayne']);
  });

  it('is read by id; 404 is nobody', async () => {
    const { find } = await freshdesk();
    expect(await find({ customer_id: '2' })).toMatchObject([{ name: 'Rachel', active: 'no' }]);
    expect(await find({ customer_id: '99' })).toEqual([]);
  });

  it('is checked as the agent whose key it is', async () => {
    const one = await freshdesk();
    expect(await checked(one)).toMatchObject({ ok: true, problem: '' });
    expect(one.standIn.received.map(({ path }) => path)).toEqual(['/api/v2/agents/me']);
  });
});
