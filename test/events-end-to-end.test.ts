/** The events of a video call become time, a note and a request in HelpSpot, each once, by the configuration that the documentation shows. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { adapters } from '../adapters/index.ts';
import { loadConfiguration } from '../src/config/load.ts';
import { createGateway } from '../src/gateway/gateway.ts';
import { listen } from '../src/http/listen.ts';
import { openLedger } from '../src/store/ledger.ts';
import { callEvents, SECRET, signed } from './gateway/events/harness.ts';
import { startHelpSpot } from './support/helpspot/server.ts';
import { addRequest } from './support/helpspot/stored.ts';
import { recordedLog } from './support/log.ts';
import { temporaryFolder } from './support/temp.ts';

const REQUEST = 12_500;

it('a video call is one time event, one note and one request', async () => {
  const desk = await startHelpSpot();
  onTestFinished(() => desk.close());
  const open = addRequest(desk.data, { xRequest: REQUEST, sTitle: 'Calls', sEmail: 'bob@example.org', xCategory: 2 });
  const helpspot = { adapter: 'helpspot', ...desk.settings, requestsPerSecond: 1000 };
  const title = 'Video call with {{participants}}';
  const configuration = {
    server: { port: 0, deadline: '20s' },
    store: { file: 'gateway.db' },
    sources: {
      requests: { ...helpspot, category: 'Development' },
      notes: { ...helpspot, action: 'update' },
      time: { ...helpspot, action: 'time' },
    },
    push: {
      Time: {
        source: 'time',
        title,
        fields: { request: REQUEST, person: '1', time: '{{duration_hm}}', date: '2026-11-21', description: title },
      },
      Note: { source: 'notes', title, body: '{{attachments}} <i>{{call_id}}</i>', fields: { request: REQUEST } },
      Request: { source: 'requests', title, fields: { firstName: '{{participants}}' } },
    },
    events: {
      video: {
        ...{ verify: 'help-lightning', secret: SECRET, gather: 'call_id', until: 'ended', settle: '0s' },
        push: ['Time', 'Note', 'Request'],
      },
    },
  };
  const file = join(await temporaryFolder(), 'gateway.yaml');
  // JSON is YAML.
  await writeFile(file, JSON.stringify(configuration));
  const plan = await loadConfiguration(file, adapters, {});
  const log = recordedLog();
  const gateway = createGateway(plan, { log, openLedger: () => openLedger(plan.store.file) });
  const server = await listen(gateway);
  onTestFinished(async () => {
    await server.close();
    await gateway.close();
  });
  const before = {
    requests: desk.data.requests.length,
    times: desk.data.timeEvents.length,
    notes: open.history.length,
  };
  // The end first, and everything twice.
  const events = [...callEvents('<c1>')].reverse();
  for (const event of [...events, ...events]) {
    const body = JSON.stringify(event);
    const answer = await fetch(`${server.url}/events/video`, { method: 'POST', body, headers: signed(body) });
    expect(answer.status).toBe(200);
  }
  gateway.pushes.start();
  const made = () => [
    desk.data.timeEvents.length - before.times,
    open.history.length - before.notes,
    desk.data.requests.length - before.requests,
  ];
  await expect.poll(made, { timeout: 15_000 }).toEqual([1, 1, 1]);
  expect(desk.data.timeEvents.at(-1)).toMatchObject({
    ...{ xRequest: REQUEST, xPerson: 1, iSeconds: 720 },
    tDescription: expect.stringContaining('Video call with Jane Smith, Bob Jones'),
  });
  const note = open.history.at(-1)?.tNote;
  expect(note).toContain('valve.png <i>&lt;c1&gt;</i>');
  expect(desk.data.requests.at(-1)).toMatchObject({
    sTitle: 'Video call with Jane Smith, Bob Jones',
    sFirstName: 'Jane Smith, Bob Jones',
  });
  const written = JSON.stringify(log.lines);
  for (const value of [SECRET, 'Jane', 'bob@example.org', 'valve']) expect(written).not.toContain(value);
});
