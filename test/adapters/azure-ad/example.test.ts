/** The example configuration, from the file to what staff see. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { adapters } from '../../../adapters/index.ts';
import { loadConfiguration } from '../../../src/config/load.ts';
import { createGateway, type Gateway } from '../../../src/gateway/gateway.ts';
import type { LookupOutcome } from '../../../src/gateway/outcome.ts';
import type { GatewayPlan } from '../../../src/gateway/plan.ts';
import { clientSecret } from '../../support/graph/server.ts';
import { recordedLog } from '../../support/log.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { graphForAll } from './source.ts';

const EXAMPLE = new URL('../../../config/examples/azure-ad.yaml', import.meta.url);
const graph = await graphForAll();

afterEach(() => {
  graph.heal();
  graph.registration.secrets.set(clientSecret, { isExpired: false });
});

async function load(file: string): Promise<GatewayPlan> {
  const { tenantId, clientId } = graph.registration;
  const environment = { ENTRA_TENANT: tenantId, ENTRA_CLIENT: clientId, ENTRA_SECRET: clientSecret };
  return await loadConfiguration(file, adapters, environment);
}

/** The example with the addresses of our Graph. */
async function openGateway(): Promise<Gateway> {
  const text = (await readFile(EXAMPLE, 'utf8'))
    .replace(/authority: https:.*/, `authority: ${graph.origin}\n    ca: ${graph.caFile}`)
    .replace(/graphUrl: https:.*/, `graphUrl: ${graph.origin}`);
  const file = join(await temporaryFolder(), 'gateway.yaml');
  await writeFile(file, text);
  const gateway = createGateway(await load(file), { log: recordedLog() });
  onTestFinished(() => gateway.close());
  return gateway;
}

/** The elements of the customers with their texts. */
function shown({ answer }: LookupOutcome): readonly Readonly<Record<string, unknown>>[] {
  return (answer?.customers ?? []).map((customer) =>
    Object.fromEntries(
      customer.map(({ name, content }) => [name, content.kind === 'text' ? content.text : content.kind]),
    ),
  );
}

const ask = (gateway: Gateway, parameters: Readonly<Record<string, string>>, lookup = 'default') =>
  gateway.lookup({ lookup, parameters });

test('the file itself loads, and its secret is one', async () => {
  const plan = await load(EXAMPLE.pathname);
  expect(plan.sources.get('entra')?.title).toBe('Azure AD');
  expect(plan.secrets).toContain(clientSecret);
});

describe('what staff see', () => {
  test('the person, with employee id, first business phone and manager', async () => {
    const gateway = await openGateway();
    expect(await gateway.check()).toMatchObject([{ source: 'entra', ok: true }]);
    const byAlias = await ask(gateway, { email: 'alias1@contoso.example' });
    expect(shown(byAlias)).toEqual([
      {
        customer_id: 'E1001',
        first_name: 'Jürg',
        last_name: "O'Brien",
        email: 'mail1@contoso.example',
        phone: '+1 425 555 0001',
        organization: 'Contoso, Ltd.',
        title: 'Engineer',
        department: 'Research & Development',
        office: 'Zürich 4',
        manager: "Zoë O'Brien",
        manager_email: 'mail0@contoso.example',
        account_status: 'enabled',
      },
    ]);
    expect(shown(await ask(gateway, { phone: '425.555.0001' }))).toHaveLength(1);
    expect(shown(await ask(gateway, { phone: '14255550001' }))).toEqual(shown(byAlias));
  });

  test('everybody whose name begins so, with the fuzzy lookup', async () => {
    const gateway = await openGateway();
    const found = shown(await ask(gateway, { first_name: 'zo', last_name: "o'b" }, 'fuzzy'));
    expect(found.length).toBeGreaterThan(1);
    for (const customer of found) expect(customer).toMatchObject({ first_name: 'Zoë', last_name: "O'Brien" });
  });

  test('that the secret has expired, and what to do', async () => {
    graph.registration.secrets.set(clientSecret, { isExpired: true });
    const gateway = await openGateway();
    const { failure } = await ask(gateway, { email: 'mail1@contoso.example' });
    expect(failure?.message).toMatch(
      /^Azure AD refused the credentials of the gateway; tell your administrator \(ref /,
    );
    const [row] = await gateway.check();
    expect(row?.problem).toMatch(/Microsoft Entra ID: the client secret has expired \(AADSTS7000222\); make a new one/);
  });

  test('that Azure AD asks us to slow down', async () => {
    graph.fail('users', { kind: 'throttle', retryAfter: 30 });
    const { failure } = await ask(await openGateway(), { email: 'mail1@contoso.example' });
    expect(failure?.message).toMatch(/^Azure AD asks us to slow down; try again in 30 seconds \(ref /);
    expect(failure).toMatchObject({ status: 503, retryAfterSeconds: 30 });
  });
});
