/** The example configuration, from the file to what staff see. */
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { adapters } from '../../../adapters/index.ts';
import { loadConfiguration } from '../../../src/config/load.ts';
import { createGateway, type Gateway } from '../../../src/gateway/gateway.ts';
import { LHC_KEY } from '../../support/livehelperchat/data.ts';
import { recordedLog } from '../../support/log.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { chatForAll } from './source.ts';

const EXAMPLE = new URL('../../../config/examples/livehelperchat.yaml', import.meta.url);
const SAMPLES = resolve(import.meta.dirname, '../../../samples');
const chat = await chatForAll();

/** The example with the address of our chat. Bob Smith of the sample data is one of its visitors. */
async function openGateway(): Promise<{ readonly gateway: Gateway; readonly secrets: readonly string[] }> {
  const text = (await readFile(EXAMPLE, 'utf8'))
    .replaceAll('https://chat.example.com/index.php', chat.url)
    .replace('../../samples', SAMPLES);
  const file = join(await temporaryFolder(), 'gateway.yaml');
  await writeFile(file, text);
  const plan = await loadConfiguration(file, adapters, { LHC_KEY });
  const gateway = createGateway(plan, { log: recordedLog() });
  onTestFinished(() => gateway.close());
  return { gateway, secrets: plan.secrets };
}

async function shown(parameters: Readonly<Record<string, string>>, lookup = 'default') {
  const { gateway } = await openGateway();
  const { answer } = await gateway.lookup({ lookup, parameters });
  const customers = (answer?.customers ?? []).map((customer) =>
    Object.fromEntries(customer.map(({ name, content }) => [name, content.kind === 'text' ? content.text : content])),
  );
  return { customers, text: JSON.stringify(answer) };
}

async function options(field: string, parameters: Readonly<Record<string, string>> = {}) {
  const { gateway } = await openGateway();
  return (await gateway.ajax({ field, parameters })).answer?.options;
}

test('the file is checked, and its key is a secret', async () => {
  const { gateway, secrets } = await openGateway();
  expect(secrets).toContain(LHC_KEY);
  expect((await gateway.check()).map(({ source, ok }) => [source, ok])).toEqual(
    ['crm', 'chat', 'chat-text', 'departments', 'operators', 'chat-state'].map((source) => [source, true]),
  );
});

test('the customer comes with his chats as a table, and what was said in the last one', async () => {
  const { customers, text } = await shown({ email: 'bob.smith@example.com' });
  expect(customers).toMatchObject([
    {
      first_name: 'Bob',
      chats: { kind: 'table', headings: ['Chat', 'Started', 'Status', 'Agent', 'Department', 'Seconds'], more: '' },
      last_chat: 'Botty: Hello, I am the bot.\nbob: I want to talk to a person.\nHenry Yount: Here I am.',
    },
  ]);
  expect(text).toMatch(/5401.*2026-11-04.*closed.*Henry Yount.*Sales.*60.*5388.*2026-11-02.*Tina A\..*Support.*340/);
  expect(text).not.toContain('5410');
});

test('he comes without them while the chat is away, and staff are told', async () => {
  chat.fail('cut', { times: 100 });
  const { customers, text } = await shown({ email: 'bob.smith@example.com' });
  expect(customers).toMatchObject([{ first_name: 'Bob' }]);
  expect(text).toMatch(/Live Helper Chat cannot be reached|Live Helper Chat did not answer/);
  expect(text).not.toContain('no chat');
});

test('chats are looked up by number, mail, telephone and name', async () => {
  for (const [parameters, ids] of [
    [{ Custom5: '5388' }, ['5388']],
    [{ email: 'bob.smith@example.com' }, ['5401', '5388']],
    [{ phone: '845.555.4278' }, ['5388']],
    [{ last_name: 'Zoë Müller' }, ['5411', '5410']],
  ] as const) {
    const { customers } = await shown(parameters, 'chats');
    expect(customers.map(({ chat_id }) => chat_id)).toEqual(ids);
  }
});

test('an AJAX field offers the chats of the customer, and of nobody else', async () => {
  expect(await options('chat', { sEmail: 'bob.smith@example.com' })).toEqual([
    { value: '5401', description: '5401 closed Sales Henry Yount' },
    { value: '5388', description: '5388 closed Support Tina A.' },
  ]);
  expect((await options('chat', { sEmail: 'nobody@example.com' }))?.map(({ value }) => value)).toEqual(['']);
});

test('AJAX fields offer departments and operators with their state', async () => {
  expect(await options('chat-department')).toEqual([
    { value: 'Support', description: 'Support (online)' },
    { value: 'Sales', description: 'Sales (online)' },
  ]);
  for (const user of chat.data.users) user.active = user.username === 'tina';
  expect(await options('chat-department')).toContainEqual({ value: 'Sales', description: 'Sales (offline)' });
  expect(await options('chat-operator')).toEqual([{ value: 'Tina A.', description: 'Tina A. Support' }]);
  expect(await options('chat-online')).toMatchObject([{ value: 'online' }]);
});

test('nothing that is asked for changes a state', async () => {
  const { gateway } = await openGateway();
  await gateway.check();
  await gateway.lookup({ lookup: 'default', parameters: { email: 'bob.smith@example.com' } });
  await gateway.lookup({ lookup: 'chats', parameters: { Custom5: '5388' } });
  for (const field of ['chat-department', 'chat-operator', 'chat-online'])
    await gateway.ajax({ field, parameters: {} });
  const { received } = chat.http;
  expect(new Set(received.map(({ path }) => path.split('/')[3]))).toEqual(
    new Set([
      ...['chats', 'chat', 'fetchchatmessages', 'departments', 'getusers'],
      ...['isonline', 'isonlinedepartment', 'isonlineuser'],
    ]),
  );
  for (const { method, query } of received) {
    expect(method).toBe('GET');
    for (const name of ['update_activity', 'workflow', 'callback']) expect(query.has(name)).toBe(false);
  }
  expect(chat.scandals).toEqual([]);
});
