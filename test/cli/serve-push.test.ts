import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runGateway } from '../../src/cli/main.ts';
import { type Serving, startServing } from '../../src/cli/serve.ts';
import { until } from '../gateway/push/harness.ts';
import { temporaryFolder } from '../support/temp.ts';
import { runCommand } from '../support/terminal.ts';

const SOURCES = 'server: { port: 0 }\nsources:\n  people: { adapter: csv, file: people.csv }\n';
const LOOKUPS = 'lookups: { default: { sources: people } }\nstore: { file: var/gateway.db }\n';

async function folderWith(configuration: string): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'people.csv'), 'customer_id\n1\n');
  await writeFile(join(folder, 'gateway.yaml'), configuration);
  return folder;
}

async function serve(folder: string): Promise<{ readonly serving: Serving; readonly log: () => string }> {
  let log = '';
  const serving = await startServing(join(folder, 'gateway.yaml'), {
    stdout: { write: () => true },
    stderr: { write: (text) => (log += text) },
    environment: {},
    packageRoot: resolve(import.meta.dirname, '../..'),
  });
  onTestFinished(() => serving.stop());
  return { serving, log: () => log };
}

/** A web hook that takes everything. Its address, and what it got. */
async function startHook() {
  const got: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    got.push(body);
    response.end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close().closeAllConnections());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP server');
  return { url: `http://127.0.0.1:${address.port}/hook`, got };
}

describe('helpspot-gateway serve', () => {
  it('delivers what was stored, also by the gateway before', async () => {
    const hook = await startHook();
    const source = `  hook: { adapter: webhook, url: "${hook.url}", json: { title: "{{sTitle}}" } }\n`;
    const push = 'push: { Zapier: { source: hook, mode: queued } }\nwebhooks: { all: { push: [Zapier] } }\n';
    const folder = await folderWith(SOURCES + source + LOOKUPS + push);
    const first = await serve(folder);
    const answer = await fetch(`${first.serving.url}/webhooks/all`, {
      method: 'POST',
      body: new URLSearchParams({ xRequest: '7', sTitle: 'Printer' }),
    });
    expect(answer.status).toBe(202);
    await until(() => hook.got.length === 1);
    expect(JSON.parse(hook.got[0] ?? '')).toEqual({ title: 'Printer' });
    await first.serving.stop();
    const pushes = (...args: string[]) =>
      runCommand(runGateway, ['pushes', `--config=${folder}/gateway.yaml`, ...args]);
    const [row] = JSON.parse((await pushes('--json')).stdout);
    expect(row).toMatchObject({ target: 'Zapier', state: 'done', mode: 'queued', xRequest: '7' });
  });

  it('makes no store where nothing is pushed', async () => {
    const folder = await folderWith(SOURCES + LOOKUPS);
    const { serving } = await serve(folder);
    expect((await fetch(`${serving.url}/livelookup?customer_id=1`)).status).toBe(200);
    await serving.stop();
    expect(existsSync(join(folder, 'var'))).toBe(false);
  });

  it('answers lookups while the store cannot be opened, and says why', async () => {
    const source = '  hook: { adapter: webhook, url: "http://127.0.0.1:9/", json: { a: b } }\n';
    const lookups = LOOKUPS.replace('var/gateway.db', 'people.csv/gateway.db');
    const folder = await folderWith(`${SOURCES}${source}${lookups}push: { Zapier: { source: hook } }\n`);
    const { serving, log } = await serve(folder);
    expect((await fetch(`${serving.url}/livelookup?customer_id=1`)).status).toBe(200);
    await until(() => log().includes('the store of pushes cannot be opened'));
    expect(log()).toMatch(/people\.csv\/gateway\.db cannot be used: ENOTDIR.*store\.file/);
    const refused = await fetch(`${serving.url}/push/Zapier`, {
      ...{ method: 'POST', body: '{"xRequest":"1"}', headers: { 'Content-Type': 'application/json' } },
    });
    expect([refused.status, await refused.json()]).toEqual([
      503,
      { error: expect.stringMatching(/^The gateway could not store the push, so it did not send it; tell your admin/) },
    ]);
  });
});
