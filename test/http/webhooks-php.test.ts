/** Webhooks as PHP writes them, which HelpSpot is made with: `http_build_query` of the request, with and without a history. */

import { expect, it } from 'vitest';
import { MANUAL_REQUEST } from '../helpspot/pushed-examples.ts';
import { runPhp } from '../support/php-process.ts';
import { requirePhpCurl } from '../support/php-push.ts';
import { SECRET } from './harness.ts';
import { startPushing } from './push-server.ts';

const php = await requirePhpCurl();
const command = php.ok ? php.path : '';
const BUILD = 'echo http_build_query(json_decode(stream_get_contents(STDIN), true));';

async function posted(request: object, body: string): Promise<{ readonly title: string; readonly body: string }> {
  const server = await startPushing({ plan: { body } });
  const answer = await fetch(`${server.url}/k/${encodeURIComponent(SECRET)}/webhooks/escalations`, {
    method: 'POST',
    body: await runPhp(command, ['-r', BUILD], JSON.stringify(request)),
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  });
  expect(answer.status).toBe(202);
  await expect.poll(() => server.target.tickets.length).toBe(1);
  const [ticket = { title: '', body: '' }] = server.target.tickets;
  return ticket;
}

const TEMPLATE = '{{sFirstName}} {{Custom5}}|{{fUrgent}}|{{xStatus}}|{{note}}|{{files}}|{{all_notes}}';
const { request_history, ...without } = MANUAL_REQUEST;

it.skipIf(!php.ok).each([
  ['left out', {}],
  ['null', { request_history: null }],
  ['an empty list', { request_history: [] }],
  ['an empty text', { request_history: '' }],
])('a webhook whose history is %s is the fields alone', async (_what, history) => {
  const sent = { ...without, sTitle: 'Größe & <b>', Custom5: 'a+b % ü', fUrgent: true, xStatus: null, ...history };
  expect(await posted(sent, TEMPLATE)).toMatchObject({ title: 'Größe & <b>', body: 'Bob a+b % ü|1||||' });
});

it.skipIf(!php.ok)('a webhook with a history has its notes and files', async () => {
  const { body } = await posted({ ...without, request_history }, '{{note}}|{{files}}');
  expect(body).toMatch(/^Request history note\|[\s\S]*icon\.jpg/);
});
