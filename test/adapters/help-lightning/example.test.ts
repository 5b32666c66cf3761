/** The lists, and the example configuration, from the file to what staff see. */
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { adapters } from '../../../adapters/index.ts';
import { loadConfiguration } from '../../../src/config/load.ts';
import { createGateway, type Gateway } from '../../../src/gateway/gateway.ts';
import { addUser } from '../../support/help-lightning/data.ts';
import { HL_KEY, HL_TOKEN } from '../../support/help-lightning/server.ts';
import { recordedLog } from '../../support/log.ts';
import { ask, context } from '../../support/open-source.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { noting, openSite, siteForAll } from './source.ts';

const EXAMPLE = new URL('../../../config/examples/help-lightning.yaml', import.meta.url);
const SAMPLES = resolve(import.meta.dirname, '../../../samples');
const site = await siteForAll();

/** The example with the address of our site. Bob Smith of the sample data is one of its users. */
async function openGateway(): Promise<{ readonly gateway: Gateway; readonly secrets: readonly string[] }> {
  const text = (await readFile(EXAMPLE, 'utf8'))
    .replaceAll('https://api.helplightning.net', site.http.url)
    .replace('../../samples', SAMPLES);
  const file = join(await temporaryFolder(), 'gateway.yaml');
  await writeFile(file, text);
  const plan = await loadConfiguration(file, adapters, { HL_KEY, HL_TOKEN });
  const gateway = createGateway(plan, { log: recordedLog() });
  onTestFinished(() => gateway.close());
  return { gateway, secrets: plan.secrets };
}

async function options(field: string, parameters: Readonly<Record<string, string>> = {}) {
  const { gateway } = await openGateway();
  return (await gateway.ajax({ field, parameters })).answer?.options;
}

test('the file is checked, and its token is a secret', async () => {
  const { gateway, secrets } = await openGateway();
  expect(secrets).toContain(HL_TOKEN);
  expect((await gateway.check()).map(({ source, ok }) => [source, ok])).toEqual(
    ['crm', 'video', 'video-tags', 'video-users'].map((source) => [source, true]),
  );
});

test('the customer comes with his calls as a table', async () => {
  const { gateway } = await openGateway();
  const { answer } = await gateway.lookup({ lookup: 'default', parameters: { email: 'bob.smith@example.com' } });
  const text = JSON.stringify(answer);
  expect(text).toContain('"headings":["Call","Started","Status","Agent","Seconds","Tags","Files"]');
  expect(text).toMatch(/session-5.*in progress.*session-3.*Bob Smith.*needs-callback.*session-1.*pump\.jpg.*call\.mp4/);
  expect(text).not.toMatch(/session-[24]/);
});

test('he comes without them while Help Lightning is away, and staff are told', async () => {
  site.fail('cut-before', { times: 100 });
  const { gateway } = await openGateway();
  const { answer } = await gateway.lookup({ lookup: 'default', parameters: { email: 'bob.smith@example.com' } });
  const text = JSON.stringify(answer);
  expect(text).toContain('"Bob"');
  expect(text).not.toContain('no video call');
});

test('calls are looked up by number, mail and name', async () => {
  const { gateway } = await openGateway();
  for (const [parameters, count] of [
    [{ Custom5: 'session-2' }, 1],
    [{ email: 'zoe@example.com' }, 2],
    [{ last_name: 'Bob Smith' }, 3],
    [{ email: '","' }, 0],
  ] as const) {
    const { answer } = await gateway.lookup({ lookup: 'calls', parameters });
    expect(answer?.customers ?? []).toHaveLength(count);
  }
});

test('AJAX fields offer the calls of the customer, tags, and users', async () => {
  expect(await options('call', { sEmail: 'zoe@example.com' })).toEqual([
    { value: 'session-4', description: 'ended Zoë Müller' },
    { value: 'session-2', description: 'ended Henry Yount avoided-rollout, needs-callback' },
  ]);
  expect((await options('call', { sEmail: 'nora@example.com' }))?.map(({ value }) => value)).toEqual(['']);
  expect(await options('call-tag')).toEqual([
    { value: 'needs-callback', description: 'needs-callback (2)' },
    { value: 'avoided-rollout', description: 'avoided-rollout (1)' },
    { value: 'firsttime-fix', description: 'firsttime-fix (1)' },
  ]);
  expect(await options('video-user', { Custom9: 'andr', callingField: 'Custom9' })).toMatchObject([
    { value: 'tina@example.com' },
  ]);
});

test('users are found by mail, and their tokens are in no record', async () => {
  const source = await openSite(site, { list: 'users' });
  const users = await source.find(ask({ email: 'bob.smith@example.com' }), context());
  expect(users).toMatchObject([{ user_id: '102', id: '102', name: 'Bob Smith', title: 'Engineer', active: true }]);
  expect(JSON.stringify(users)).not.toContain('token-of-user');
  for (let at = 0; at < 1_100; at += 1) addUser(site.data, { name: `Extra ${at}` });
  const call = noting();
  expect(await source.find(ask({ title: 'Nothing' }), call)).toEqual([]);
  expect(call.notices).toEqual(['only the first 1000 users were looked through; type more']);
});

test('tags are kept for a while', async () => {
  const source = await openSite(site, { list: 'tags' });
  await source.find(ask({}), context());
  expect(await source.find(ask({ tag: 'firsttime-fix' }), context())).toEqual([
    { tag: 'firsttime-fix', tag_id: '2', calls: 1 },
  ]);
  expect(site.asked).toEqual(['calls -']);
});
