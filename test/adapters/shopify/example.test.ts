/** The example configuration, from the file to what staff see; it shows what HelpSpot's own sample for Shopify shows. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { adapters } from '../../../adapters/index.ts';
import { loadConfiguration } from '../../../src/config/load.ts';
import { createGateway, type Gateway } from '../../../src/gateway/gateway.ts';
import type { LookupOutcome } from '../../../src/gateway/outcome.ts';
import type { GatewayPlan } from '../../../src/gateway/plan.ts';
import { recordedLog } from '../../support/log.ts';
import { accessToken } from '../../support/shopify/server.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { shopForAll } from './source.ts';

const EXAMPLE = new URL('../../../config/examples/shopify.yaml', import.meta.url);
const shop = await shopForAll();

async function load(file: string): Promise<GatewayPlan> {
  return await loadConfiguration(file, adapters, { SHOPIFY_TOKEN: accessToken });
}

/** The example with the address of our shop. */
async function openGateway(): Promise<Gateway> {
  const text = (await readFile(EXAMPLE, 'utf8')).replaceAll(
    /^( +)adapter: shopify$/gm,
    `$1adapter: shopify\n$1url: ${shop.url}`,
  );
  const file = join(await temporaryFolder(), 'gateway.yaml');
  await writeFile(file, text);
  const gateway = createGateway(await load(file), { log: recordedLog() });
  onTestFinished(() => gateway.close());
  return gateway;
}

function shown({ answer }: LookupOutcome): readonly Readonly<Record<string, unknown>>[] {
  return (answer?.customers ?? []).map((customer) =>
    Object.fromEntries(customer.map(({ name, content }) => [name, content.kind === 'text' ? content.text : content])),
  );
}

test('the file itself loads, and its secret is one', async () => {
  const plan = await load(EXAMPLE.pathname);
  expect(plan.sources.get('shop')?.title).toBe('Shopify');
  expect(plan.secrets).toContain(accessToken);
});

describe('the lookup', () => {
  test('shows the customer, with what the sample of HelpSpot shows', async () => {
    const gateway = await openGateway();
    expect(await gateway.check()).toMatchObject([
      { source: 'shop', ok: true },
      { source: 'shop-orders', ok: true },
    ]);
    const [customer] = shown(await gateway.lookup({ lookup: 'default', parameters: { email: 'juerg@example.ch' } }));
    const page = 'https://admin.shopify.com/store/example';
    expect(customer).toMatchObject({
      customer_id: '544365967',
      first_name: 'Jürg',
      last_name: 'Müller',
      email: 'juerg@example.ch',
      phone: '+41445550102',
      Order_Count: '2',
      Total_Spent: '1234.50 CHF',
      Last_Order: { kind: 'link', href: `${page}/orders/900002`, text: '#1002' },
      Link: { kind: 'link', href: `${page}/customers/544365967`, text: 'View In Shopify' },
      tags: {
        kind: 'list',
        style: 'comma',
        items: [
          { kind: 'text', text: 'VIP' },
          { kind: 'text', text: 'wholesale' },
        ],
      },
      orders: { kind: 'table', headings: ['Order', 'Date', 'Status', 'Total', 'Tracking'], more: '' },
      customer_since: '2024-02-29',
    });
    const orders = JSON.stringify(customer?.['orders']);
    expect(orders).toMatch(/#1002.*#1001.*2026-10-01.*Paid, Fulfilled.*1200\.50 CHF/);
    expect(orders).toContain('https://service.post.ch/track?id=99.00.123456');
  });

  test('finds by number, by telephone and by the whole name, in this order', async () => {
    const gateway = await openGateway();
    const ids = async (parameters: Readonly<Record<string, string>>) =>
      shown(await gateway.lookup({ lookup: 'default', parameters })).map((customer) => customer['customer_id']);
    expect(await ids({ customer_id: '544365968', email: 'juerg@example.ch' })).toEqual(['544365968']);
    expect(await ids({ phone: '(845) 555-4278' })).toEqual(['544365968']);
    expect(await ids({ first_name: 'Bob', last_name: 'Smith' })).toEqual(['544365968']);
    expect(await ids({ customer_id: '12', email: 'nobody@example.com' })).toEqual([]);
  });

  test('says when Shopify refuses', async () => {
    const gateway = await openGateway();
    shop.tokens.clear();
    const { failure } = await gateway.lookup({ lookup: 'default', parameters: { email: 'juerg@example.ch' } });
    expect(failure?.message).toMatch(/^Shopify refused the credentials of the gateway; tell your administrator \(ref /);
    const [row] = await gateway.check();
    expect(row?.problem).toContain('Invalid API key or access token');
  });

  test('says what is missing', async () => {
    shop.scopes.delete('read_orders');
    const outcome = await (await openGateway()).lookup({
      lookup: 'default',
      parameters: { email: 'juerg@example.ch' },
    });
    expect(shown(outcome)).toHaveLength(1);
    expect(JSON.stringify(outcome.answer)).toContain('Shopify: some fields are kept back: Access denied for');
  });
});

describe('the AJAX field', () => {
  test('offers the orders of the customer of the request, and of nobody else', async () => {
    const gateway = await openGateway();
    const { answer } = await gateway.ajax({ field: 'order', parameters: { sEmail: 'juerg@example.ch' } });
    expect(answer?.options).toEqual([
      { value: '#1002', description: '#1002 Partially refunded, Unfulfilled 34.00 CHF' },
      { value: '#1001', description: '#1001 Paid, Fulfilled 1200.50 CHF' },
    ]);
    const nobody = await gateway.ajax({ field: 'order', parameters: { sEmail: 'x" OR email:*' } });
    expect(nobody.answer?.options.map(({ value }) => value)).toEqual(['']);
  });

  test('fills a drill-down field', async () => {
    const gateway = await openGateway();
    const { answer } = await gateway.ajax({ field: 'order-by-status', parameters: { sEmail: 'juerg@example.ch' } });
    // HelpSpot parts the levels at `#-#`: the name of an order keeps its own mark.
    expect(answer?.options).toEqual([
      { value: '', description: '--- Partially refunded ---' },
      { value: 'Partially refunded#-##1002', description: '#1002 34.00 CHF' },
      { value: '', description: '--- Paid ---' },
      { value: 'Paid#-##1001', description: '#1001 1200.50 CHF' },
    ]);
  });

  test('says when Shopify cannot be asked', async () => {
    shop.refusal = 402;
    const { failure } = await (await openGateway()).ajax({
      field: 'order',
      parameters: { sEmail: 'juerg@example.ch' },
    });
    expect(failure?.message).toContain('Shopify');
  });
});
