/**
 * The pictures of `docs/console.md`, of sample data at a fixed time. They are made when they are asked for (`npm run screenshots`);
 * what they show is tested elsewhere.
 */
import { copyFile, mkdir, utimes, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { adapters } from '../../../adapters/index.ts';
import { loadConfiguration } from '../../../src/config/load.ts';
import { createGateway } from '../../../src/gateway/gateway.ts';
import { listen } from '../../../src/http/listen.ts';
import { openAuditFile } from '../../../src/store/audit-file/audit-file.ts';
import { openLedger } from '../../../src/store/ledger.ts';
import { anyPush } from '../../store/support.ts';
import { borrowBrowser, requireChromium } from '../../support/browser.ts';
import { recordedLog } from '../../support/log.ts';
import { reasonOf } from '../../support/packages.ts';
import { temporaryFolder } from '../../support/temp.ts';
import { PICTURES } from './documented.ts';
import { consoleOfRoles, PASSWORD } from './visitor.ts';

const isWanted = process.env['SCREENSHOTS'] === '1';
const available = isWanted ? await requireChromium() : { ok: false as const, reason: 'SCREENSHOTS=1 makes them' };
const SAMPLES = resolve(import.meta.dirname, '../../../samples');
const NOW = Date.parse('2026-03-04T14:20:00Z');
const HOUR_MS = 3_600_000;

const CONFIGURATION = `# Where the customers of a bookseller are
server: { port: 0 }
access: { keys: [{ name: helpspot, secret: "\${GATEWAY_KEY}" }] }
sources:
  crm: { adapter: csv, file: customers.csv, title: Customers }
  contracts: { adapter: csv, file: contracts.csv, title: Contracts }
  tickets: { adapter: webhook, url: "\${TICKETS_URL}" }
lookups:
  default:
    sources: crm
    match: [customer_id, email, last_name]
    columns: [first_name, last_name, email, company]
    related:
      contracts: { source: contracts, where: { customer_id: "{{customer_id}}" } }
    fields:
      email: email
      phone: phone
      company: company
      where: { value: "{{city}}, {{building}}" }
      Custom5: { from: contract_end, date: unix }
      salary_band: { from: band, visibleTo: [admin] }
      about: { html: "<b>{{note}}</b>" }
      vat_id: vat_number
      contracts: { table: contracts, columns: { Number: number, What: title, Ends: ends } }
push: { Tickets: { source: tickets, mode: queued, title: "{{sTitle}}" } }
store: { file: gateway.db }
audit: { file: audit.db }
console: { users: [USERS] }
`;

describe.skipIf(!available.ok)(`pictures of the console${reasonOf(available)}`, { timeout: 180_000 }, () => {
  it('are made', async () => {
    if (!available.ok) return;
    vi.useFakeTimers({ now: NOW, toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const { gateway, url, folder } = await started();
    await lived(gateway);
    const browser = await borrowBrowser(available.path);
    onTestFinished(() => browser.stop());
    await mkdir(PICTURES, { recursive: true });
    const page = await browser.page();
    const keep = async (name: string, height = 800) => {
      const { width } = page.viewportSize() ?? { width: 1280 };
      await page.setViewportSize({ width, height });
      const picture = await page.screenshot({ path: join(PICTURES, `console-${name}.png`), animations: 'disabled' });
      expect([name, picture.length < 150_000]).toEqual([name, true]);
    };
    const open = (path: string) => page.goto(`${url}/console/${path}`);
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.emulateMedia({ colorScheme: 'light' });
    await open('');
    await keep('sign-in', 420);
    await signIn(page);
    await keep('overview', 920);
    await open('try-lookup');
    await page.getByLabel('Customer ID', { exact: true }).fill('1003');
    await page.getByLabel('Email', { exact: true }).fill('zoe@old-address.example');
    await page.getByLabel('Email', { exact: true }).press('Enter');
    await page.getByRole('heading', { name: 'As HelpSpot draws it' }).scrollIntoViewIfNeeded();
    await scrollTo(page, 'As HelpSpot draws it');
    await keep('try-lookup', 780);
    await scrollTo(page, 'From the columns of the sources to the XML');
    await keep('made-of', 640);
    await open('try-lookup');
    await page.getByLabel('Last name', { exact: true }).fill('Smith');
    await page.getByLabel('Last name', { exact: true }).press('Enter');
    await page
      .getByText(/^2\. Bob/)
      .first()
      .click();
    await scrollTo(page, 'As HelpSpot draws it');
    await keep('table', 640);
    await open('pushes');
    await keep('pushes', 620);
    await open('pushes/q-printer');
    await keep('push', 760);
    await open('sources/crm');
    await keep('sources', 720);
    await open('configuration');
    // Where tests have their files says nothing to anybody.
    await page.getByText(folder).evaluate((element) => {
      element.textContent = '/etc/helpspot-gateway/gateway.yaml';
    });
    await keep('configuration', 640);
    await open('audit');
    await keep('audit', 590);
    await page.setViewportSize({ width: 360, height: 800 });
    await page.emulateMedia({ colorScheme: 'dark' });
    await open('');
    await keep('narrow', 1200);
  });
});

async function started() {
  const folder = await temporaryFolder();
  const file = join(folder, 'gateway.yaml');
  for (const name of ['customers.csv', 'contracts.csv']) {
    await copyFile(join(SAMPLES, name), join(folder, name));
    await utimes(join(folder, name), new Date(NOW - HOUR_MS), new Date(NOW - HOUR_MS));
  }
  const users = consoleOfRoles()
    .users.map((user) => JSON.stringify(user))
    .join(', ');
  await writeFile(file, CONFIGURATION.replace('USERS', users));
  const environment = { GATEWAY_KEY: 'a key of a picture', TICKETS_URL: 'http://127.0.0.1:9/tickets' };
  const load = () => loadConfiguration(file, adapters, environment);
  const plan = await load();
  const gateway = createGateway(plan, {
    log: recordedLog(),
    openAudit: openAuditFile,
    openLedger: () => openLedger(plan.store.file),
    readPlan: load,
  });
  const server = await listen(gateway);
  onTestFinished(async () => {
    await server.close();
    await gateway.close();
  });
  return { gateway, url: server.url, folder };
}

/** A day of calls, and some pushes. */
async function lived(gateway: ReturnType<typeof createGateway>): Promise<void> {
  const busy = [2, 1, 1, 0, 0, 1, 3, 9, 24, 31, 28, 22, 14, 26, 30, 27, 21, 12, 6, 5, 4, 4, 3, 2];
  for (let back = 23; back >= 0; back -= 1) {
    vi.setSystemTime(NOW - back * HOUR_MS);
    const calls = busy[new Date().getUTCHours()] ?? 0;
    for (let call = 0; call < calls; call += 1) {
      const seconds = 0.02 * (1 + (call % 7)) * (1 + calls / 20);
      const isLate = calls > 25 && call % 9 === 0;
      gateway.events.tell({ kind: 'lookup', lookup: 'default', seconds, failed: isLate && call % 2 === 0 });
      gateway.events.tell({
        kind: 'source',
        source: 'crm',
        result: 'answered',
        seconds: isLate ? seconds * 6 : seconds,
      });
      gateway.events.tell({
        kind: 'source',
        source: 'contracts',
        result: isLate ? 'timeout' : 'answered',
        seconds: seconds / 2,
      });
    }
  }
  vi.setSystemTime(NOW - HOUR_MS);
  const ledger = await gateway.pushes.ledger(new AbortController().signal);
  if (ledger === undefined) throw new Error('there is no ledger');
  const titles = { printer: 'Printer on fire', invoice: 'Invoice sent twice', shelf: 'Shelf delivered in parts' };
  for (const [at, [name, title]] of Object.entries(titles).entries()) {
    vi.setSystemTime(NOW - HOUR_MS + at * 300_000);
    const request = { ...anyPush().request, title, body: `${title}. Please look into it.` };
    const id = `q-${name}`;
    await ledger.accept([
      anyPush({ id, xRequest: String(4711 + at), fingerprint: id, giveUpAfterMs: 86_400_000, request }),
    ]);
    await ledger.claim('Tickets', 1);
    vi.setSystemTime(NOW - HOUR_MS + at * 300_000 + 2_000);
    if (name === 'printer') {
      await ledger.settle(
        { id, attempts: 1 },
        {
          state: 'failed',
          trouble: { kind: 'rejected', problem: 'HTTP 422: unknown project', words: 'refused it' },
        },
      );
    } else if (name === 'invoice')
      await ledger.settle({ id, attempts: 1 }, { state: 'done', receipt: { id: 'T-82' }, keepBody: true });
  }
  const asked = { acting_person_fname: 'Anna', acting_person_lname: 'Berg', acting_person_xperson: '3' };
  for (const [at, more] of [
    { customer_id: '1001' },
    { email: 'lukasz@example.org' },
    { last_name: 'Smith' },
  ].entries()) {
    vi.setSystemTime(NOW - (3 - at) * 60_000);
    const controller = new AbortController();
    await gateway.lookup(
      { lookup: 'default', parameters: { ...asked, request: String(5000 + at), ...more } },
      { via: 'http', caller: 'helpspot', controller },
    );
  }
  vi.setSystemTime(NOW);
}

async function signIn(page: Page): Promise<void> {
  await page.getByLabel('Name').fill('administrator');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByLabel('Password').press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
}

async function scrollTo(page: Page, heading: string): Promise<void> {
  await page.getByRole('heading', { name: heading }).evaluate((element) => {
    element.scrollIntoView({ block: 'start' });
  });
}
