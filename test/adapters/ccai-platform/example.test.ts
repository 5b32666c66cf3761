/** The example configuration, from the file to what staff see; and an account that takes long to read. */
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { adapters } from '../../../adapters/index.ts';
import { loadConfiguration } from '../../../src/config/load.ts';
import { createGateway, type Gateway } from '../../../src/gateway/gateway.ts';
import { openCustomerIndex } from '../../../src/store/index-file/index-file.ts';
import { defaultAccount } from '../../support/ccai/default-account.ts';
import { endUserOf, generatedAccount } from '../../support/ccai/generated-account.ts';
import { CCAI_TOKEN, startCcai } from '../../support/ccai/server.ts';
import { until } from '../../support/indexed-gateway.ts';
import { recordedLog } from '../../support/log.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { ccaiForAll } from './source.ts';

const EXAMPLE = new URL('../../../config/examples/ccai-platform.yaml', import.meta.url);
const SAMPLES = resolve(import.meta.dirname, '../../../samples');

/** A gateway that follows. */
async function serve(file: string): Promise<{ readonly gateway: Gateway; readonly secrets: readonly string[] }> {
  const plan = await loadConfiguration(file, adapters, { CCAI_TOKEN });
  const gateway = createGateway(plan, { log: recordedLog(), openIndex: openCustomerIndex });
  onTestFinished(() => gateway.close());
  gateway.readAhead();
  return { gateway, secrets: plan.secrets };
}

async function shown(gateway: Gateway, parameters: Readonly<Record<string, string>>, lookup = 'default') {
  const { answer, failure } = await gateway.lookup({ lookup, parameters });
  const customers = (answer?.customers ?? []).map((customer) =>
    Object.fromEntries(customer.map(({ name, content }) => [name, content.kind === 'text' ? content.text : content])),
  );
  return { customers, text: JSON.stringify(answer), notices: answer?.notices ?? [], failure };
}

const recordsOf = async (gateway: Gateway) => (await gateway.indexes()).get('calls')?.records ?? 0;

describe('the example', async () => {
  const ccai = await ccaiForAll({ account: defaultAccount });

  async function openGateway() {
    const folder = await temporaryFolder();
    const here = `domain: ccaiplatform.example.com\n    url: ${ccai.http.url}\n    requestsPerSecond: 1000`;
    const text = (await readFile(EXAMPLE, 'utf8'))
      .replace(/domain: ccaiplatform\.example\.com/g, here)
      .replace('../../samples', SAMPLES);
    const file = join(folder, 'gateway.yaml');
    await writeFile(file, `${text}\nstore: { index: index.db }\n`);
    const opened = await serve(file);
    await until(async () => (await opened.gateway.indexes()).get('calls')?.freshAt !== undefined, 'the first run');
    return opened;
  }

  it('shows the customer with his calls and chats, and finds these by what they have', async () => {
    const { gateway, secrets } = await openGateway();
    expect(secrets).toContain(CCAI_TOKEN);
    expect((await gateway.check()).filter(({ ok }) => !ok)).toEqual([]);
    expect(await gateway.inspect()).toEqual([]);
    ccai.asked.length = 0;
    const { customers, text } = await shown(gateway, { email: 'bob.smith@example.com' });
    expect(customers).toMatchObject([{ first_name: 'Bob', calls: { kind: 'table' }, phone_calls: 'no call' }]);
    expect(text).toMatch(/304.*queued.*Support\/Billing.*101.*finished.*Tina Andrews.*Support.*340/);
    for (const [parameters, ids] of [
      [{ Custom5: '103' }, ['103']],
      [{ Custom6: '302' }, ['302']],
      [{ phone: '202.555.0143' }, ['102']],
      [{ email: 'Zoe@example.com' }, ['104', '103', '302']],
      [{ Custom7: '12401' }, ['102']],
    ] as const) {
      const found = (await shown(gateway, parameters, 'calls')).customers;
      expect(found.map((one) => one['call_id'] ?? one['chat_id']).toSorted()).toEqual([...ids].toSorted());
    }
    expect(ccai.asked).toEqual([]);
  });

  it('offers calls, queues with their length, free agents, menus and service levels', async () => {
    const { gateway } = await openGateway();
    const options = async (field: string, parameters: Readonly<Record<string, string>> = {}) =>
      (await gateway.ajax({ field, parameters })).answer?.options.map(({ description }) => description);
    expect(await options('call', { sEmail: 'bob.smith@example.com' })).toEqual([
      ...['chat 304 queued Support/Billing', 'call 106 scheduled Support'],
      ...['call 101 finished Support Tina Andrews', 'chat 301 finished Support Tina Andrews'],
    ]);
    expect(await options('queue')).toEqual(
      expect.arrayContaining(['Support call: 2 waiting', 'Support/Billing chat: 1 waiting']),
    );
    expect(await options('free-agent')).toEqual([expect.stringContaining('Tina Andrews')]);
    expect(await options('menu')).toContain('Billing');
    expect(await options('service-level')).toContain('Support call: 96.5 %');
  });
});

describe('an account of 200,000 calls', () => {
  const SECOND = 100;

  it('answers with what is there while it is read, request by request, and goes on after a crash', async () => {
    // From its end: its calls were changed every 26 seconds.
    const account = generatedAccount();
    const ccai = await startCcai({ account: () => account, requestsPerSecond: 1, second: SECOND });
    onTestFinished(() => ccai.close());
    const file = join(await temporaryFolder(), 'gateway.yaml');
    const access = `subdomain: acme, domain: ccaiplatform.example.com, url: "${ccai.http.url}", token: "${CCAI_TOKEN}"`;
    const source = `{ adapter: ccai-platform, ${access}, requestsPerSecond: ${1000 / SECOND}, index: { every: 1s, full: 7d, keep: 6h } }`;
    const lookup = '{ sources: calls, match: [email, phone], fields: { call_id: call_id, phone: phone } }';
    await writeFile(
      file,
      `sources: { calls: ${source} }\nlookups: { default: ${lookup} }\nstore: { index: index.db }\n`,
    );
    let pages = 0;
    ccai.afterAnswer = (list) => {
      pages += list === 'calls' ? 1 : 0;
      if (list === 'calls' && pages === 4) ccai.fail('hang', { list });
    };
    const { gateway } = await serve(file);
    await until(async () => (await recordsOf(gateway)) >= 300, 'three pages');
    const known = endUserOf(((200_000 - 150 - 1) % 20_000) + 1);
    const parameters = { [known.identifier.includes('@') ? 'email' : 'phone']: known.identifier };
    const before = await shown(gateway, parameters);
    expect(before.customers).toMatchObject([{ call_id: '199850' }]);
    expect(before.notices.join()).toMatch(/complete since \d/);
    const unknown = await shown(gateway, { email: 'nobody@example.com' });
    expect(unknown.text + unknown.failure?.message).toMatch(/complete since/);
    await until(async () => ccai.asked.at(-1)?.status === 0, 'the request that hangs');
    await gateway.close();
    const asked = ccai.asked.length;
    const { gateway: next } = await serve(file);
    await until(async () => (await next.indexes()).get('calls')?.freshAt !== undefined, 'the end of the run');
    // It looks for what has changed, and asks for nothing twice.
    const again = ccai.asked.slice(asked).filter(({ query }) => !query.includes('updated_at[to]'));
    expect(again.every(({ query }) => query.includes('updated_at[from]'))).toBe(true);
    expect(await recordsOf(next)).toBeGreaterThan(800);
    expect(ccai.asked.length).toBeLessThan(30);
    expect((await shown(next, parameters)).notices).toEqual([]);
    // One request a second. Any two of them may arrive a little closer than they left: the first connection takes longer.
    const at = ccai.asked.map((one) => one.at);
    for (let one = 5; one < at.length; one += 1) {
      expect((at[one] ?? 0) - (at[one - 5] ?? 0)).toBeGreaterThan(4 * SECOND);
    }
  });
});
