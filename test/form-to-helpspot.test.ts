/** What other systems post as a form becomes a request of HelpSpot, with the example of the documentation. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { adapters } from '../adapters/index.ts';
import { loadConfiguration } from '../src/config/load.ts';
import { createGateway } from '../src/gateway/gateway.ts';
import { listen } from '../src/http/listen.ts';
import { openLedger } from '../src/store/ledger.ts';
import { requestIn } from './adapters/helpspot/target.ts';
import { HELPSPOT_TOKEN, type HelpSpotStandIn, startHelpSpot } from './support/helpspot/server.ts';
import { addCategory, addStaff } from './support/helpspot/stored.ts';
import { recordedLog } from './support/log.ts';
import { temporaryFolder } from './support/temp.ts';

const KEY = '9c2f5b1e7a3d4c6f8091b2d3e4f50617';
const SOON = { timeout: 20_000, interval: 20 };

let desk: HelpSpotStandIn;
beforeAll(async () => {
  desk = await startHelpSpot();
  addCategory(desk.data, { xCategory: 7, sCategory: 'Questions' });
  const reportingTags = [{ xReportingTag: 40, sReportingTag: 'Customer' }];
  addCategory(desk.data, { xCategory: 8, sCategory: 'Incoming', reportingTags });
  addStaff(desk.data, { xPerson: 9, sFname: 'Jane', sLname: 'Smith' });
});
afterAll(() => desk.close());

/** The gateway of the example, whose help desks are the stand-in. @returns the address of a webhook */
async function startGateway(): Promise<(name: string) => string> {
  const example = await readFile(new URL('../config/examples/helpspot-push.yaml', import.meta.url), 'utf8');
  const text = example.replace(/https:\/\/(?:help|dev)\.example\.com/g, desk.url).replace('port: 8787', 'port: 0');
  const file = join(await temporaryFolder(), 'gateway.yaml');
  await writeFile(file, text);
  const tokens = { HELPSPOT_TOKEN, DEVELOPMENT_TOKEN: HELPSPOT_TOKEN, HOOK_KEY: KEY };
  const plan = await loadConfiguration(file, adapters, tokens);
  const log = recordedLog();
  const gateway = createGateway(plan, { log, openLedger: () => openLedger(plan.store.file) });
  onTestFinished(() => gateway.close());
  const server = await listen(gateway);
  onTestFinished(() => server.close());
  gateway.pushes.start();
  return (name) => `${server.url}/k/${KEY}/webhooks/${name}`;
}

const made = () =>
  desk.writes.flatMap(({ method, xRequest }) =>
    method === 'private.request.create' ? [requestIn(desk, xRequest)] : [],
  );

it('a form that a browser posts, and what Formstack and Zapier post, are requests; a webhook of HelpSpot is one with its number written back', async () => {
  const addressOf = await startGateway();
  const fields = {
    ...{ first: 'Zoë', last: "O'Neil", email: 'zoe@example.com', subject: 'A question & more', product: 'Printer 3' },
    // A field that nobody drew: a form names no request to write into.
    xRequest: '12400',
    tNote: 'Does it print?\r\n<b>In colour</b>?',
  };
  const headers = {
    origin: 'https://www.example.com',
    referer: 'https://www.example.com/contact',
    accept: 'text/html',
  };
  const form = new URLSearchParams(fields);
  const answer = await fetch(addressOf('contact-form'), { method: 'POST', headers, body: form });
  expect([answer.status, await answer.json()]).toEqual([202, { accepted: 1, reference: expect.any(String) }]);
  await expect.poll(() => made().length, SOON).toBe(1);
  expect(made()[0]).toMatchObject({
    ...{ sFirstName: 'Zoë', sLastName: "O'Neil", sEmail: 'zoe@example.com', sTitle: 'A question & more' },
    ...{ xCategory: 7, fOpenedVia: 7, custom: new Map([[4, 'Printer 3']]) },
  });
  expect(requestIn(desk, 12_400).custom.get(7)).toBeUndefined();
  // What was typed is text.
  expect(made()[0]?.history[0]?.tNote).toContain('Does it print?<br>');
  expect(made()[0]?.history[0]?.tNote).toContain('&lt;b&gt;In colour&lt;/b&gt;?');

  // A form with files, or JSON, is none that a webhook takes: nothing is made of it.
  const multipart = new FormData();
  for (const [name, value] of Object.entries(fields)) multipart.set(name, value);
  for (const body of [multipart, JSON.stringify(fields)]) {
    const { status } = await fetch(addressOf('contact-form'), { method: 'POST', body });
    expect(status).toBe(415);
  }
  const stranger = await fetch(addressOf('contact-form').replace(KEY, 'x'.repeat(32)), { method: 'POST', body: form });
  expect(stranger.status).toBe(401);

  const trigger = new URLSearchParams({
    ...{ xRequest: '12400', sTitle: 'Printer', sEmail: 'john.doe@example.com', tNote: 'Again', fUrgent: '1' },
  });
  const pushed = await fetch(addressOf('escalations'), { method: 'POST', body: trigger });
  expect(pushed.status).toBe(202);
  await expect.poll(() => requestIn(desk, 12_400).custom.get(7), SOON).toBeDefined();
  const [, linked] = made();
  expect(linked).toMatchObject({ xCategory: 8, fUrgent: true, xPersonAssignedTo: 9, reportingTags: [40] });
  expect(requestIn(desk, 12_400).custom.get(7)).toBe(`${linked?.xRequest}`);
  expect(made()).toHaveLength(2);
  expect(desk.mails).toEqual([]);
  expect(desk.scandals).toEqual([]);
});
