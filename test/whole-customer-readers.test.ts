/**
 * Who reads the whole customer: PHP as HelpSpot does, staff in a browser, other programs as JSON, and an administrator who
 * checks the configuration. The same systems as in `whole-customer.test.ts`; whatever they hold, nothing of it runs.
 */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import * as z from 'zod';
import { openStaffPage, staffPageWith } from './helpspot/staff-page.ts';
import { borrowBrowser, requireChromium, type TestBrowser } from './support/browser.ts';
import { failureOf } from './support/failure-of.ts';
import { reasonOf } from './support/packages.ts';
import { phpClient, requirePhp } from './support/php.ts';
import { SALES_AT, startWholeGateway } from './support/whole-customer/gateway.ts';
import { hostileTexts } from './support/whole-customer/people.ts';
import { requireWholeSystems, startWholeSystems, type WholeSystems } from './support/whole-customer/systems.ts';
import { tableIn } from './support/whole-customer/tables.ts';

const available = await requireWholeSystems();
const php = await requirePhp();
const chromium = await requireChromium();

const MAX = { email: 'max@whole.example', request: '13' };
const RED = 'rgb(176, 0, 32)';

const origin = z.object({ source: z.string(), title: z.string(), at: z.iso.datetime() });
const answerShape = z.object({
  reference: z.string(),
  columns: z.array(z.string()),
  customers: z.array(z.record(z.string(), z.unknown())),
  provenance: z.array(z.record(z.string(), z.array(origin))),
  notices: z.array(z.string()),
});
const readJson = (body: string) => answerShape.parse(JSON.parse(body));
const table = z.object({ rows: z.array(z.record(z.string(), z.unknown())) });
/** The texts of a table's cells, of which what stands out is a value with a mark. */
function rowsOf(value: unknown, headings?: readonly string[]): readonly (readonly string[])[] {
  const textIn = (cell: unknown): string =>
    typeof cell === 'object' && cell !== null
      ? textIn(Reflect.get(cell, 'value') ?? Reflect.get(cell, 'text'))
      : String(cell ?? '');
  const { rows } = table.parse(value);
  const all = headings ?? [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return rows.map((row) => all.map((heading) => textIn(row[heading])));
}

/** Of what nobody sees, and of the space around and within, nothing is left. */
const visible = (text: string) => text.replaceAll(/[\p{C}\s]/gu, '');

describe.skipIf(!available.ok)(`The whole customer is read${reasonOf(available)}`, () => {
  let systems: WholeSystems;
  beforeAll(async () => {
    systems = await startWholeSystems();
  });
  afterAll(() => systems?.stop());

  test.skipIf(!php.ok)(`by PHP, as HelpSpot does${reasonOf(php)}`, async () => {
    const { ask, url } = await startWholeGateway(systems);
    const client = phpClient(php.ok ? php.path : '');
    const calls = [
      ['default', MAX],
      ['default', { last_name: 'Wholemann' }],
      ['default', { customer_id: 'mallory' }],
      ['everything', { customer_id: 'mallory' }],
      ['everything', { last_name: 'Largemann' }],
    ] as const;
    for (const [lookup, parameters] of calls) {
      const { customers, columns } = await ask(parameters, lookup);
      for (const mode of ['get', 'post'] as const) {
        const read = await client.lookup({ mode, url: `${url}/${lookup}`, parameters });
        expect(read).toEqual({ status: 200, columns: columns ?? null, customers });
      }
    }
  });

  describe.skipIf(!chromium.ok)(`in a browser${reasonOf(chromium)}`, () => {
    let browser: TestBrowser;
    let page: Page;
    beforeAll(async () => {
      browser = await borrowBrowser(chromium.ok ? chromium.path : '');
      page = await browser.page();
    });
    afterAll(() => browser?.stop());
    const texts = (element: string, role: 'columnheader' | 'cell') =>
      page.locator(`[data-name="${element}"]`).getByRole('table').getByRole(role).allTextContents();

    test('as two tables, with what has ended in red', async () => {
      const { ask } = await startWholeGateway(systems);
      const { customers } = await ask(MAX);
      await openStaffPage(page, customers[0] ?? {});
      expect(await page.locator('.value').getByRole('table').count()).toBe(2);
      expect(await texts('contracts', 'columnheader')).toEqual(['Number', 'Ends', 'Title', 'Note']);
      const cells = ['C-2', '2999-12-31', 'Network', 'on site', 'C-1', '2020-01-31', 'Printers', ''];
      expect(await texts('contracts', 'cell')).toEqual(cells);
      expect(await texts('requests', 'columnheader')).toEqual(['Request', 'Subject', 'Status']);
      expect(await texts('requests', 'cell')).toEqual(['12', 'It jams again', 'Escalated', '11', 'It jams', 'Closed']);
      const inRed = z
        .array(z.string())
        .parse(
          await page.evaluate(
            `[...valueOf('contracts').querySelectorAll('td, td *')].filter((one) => getComputedStyle(one).color === '${RED}').map((one) => one.textContent)`,
          ),
        );
      expect(inRed).toEqual(['2020-01-31']);
      expect(await page.evaluate("colourOf('status')")).toBe(RED);
      expect(await page.getByTitle('from ERP', { exact: true }).count()).toBe(3);
      expect(await page.getByTitle('from Sales list, as of 2026-01-02', { exact: false }).textContent()).toBe(
        'blocked',
      );
    });

    test.each(['default', 'everything'])(
      'without anything that runs, whatever the systems hold (%s)',
      async (lookup) => {
        const { ask } = await startWholeGateway(systems);
        const { customers } = await ask({ customer_id: 'mallory' }, lookup);
        const values = customers[0] ?? {};
        expect(values).not.toHaveProperty('lookup_notice');
        const harmless = Object.fromEntries(Object.keys(values).map((name) => [name, 'x']));
        const { outside } = await staffPageWith(page, harmless);
        expect(await staffPageWith(page, values)).toEqual({ ran: [], calls: [], covered: [], moved: [], outside });
        expect(await page.locator('.value').locator('script, img, iframe, style, form, svg, object').count()).toBe(0);
        if (lookup === 'default') return;
        // Each text is in its own cell, to be read.
        const tables = { contracts: [3, 4], requests: [2, 3], calls: [3] };
        for (const [element, columns] of Object.entries(tables)) {
          const width = (await texts(element, 'columnheader')).length;
          const cells = await texts(element, 'cell');
          expect(cells).toHaveLength(width * hostileTexts.length);
          for (const column of columns) {
            const shown = cells.filter((_cell, index) => index % width === column).map(visible);
            expect(shown.toSorted()).toEqual(hostileTexts.map(visible).toSorted());
          }
        }
      },
    );
  });

  describe('as JSON', () => {
    test('with the same values, and where each of them comes from', async () => {
      const { ask, json } = await startWholeGateway(systems);
      const before = Date.now();
      const { status, body } = await json(MAX);
      const { customers, provenance, notices } = readJson(body);
      expect(status).toBe(200);
      const [{ contracts, requests, ...others } = {}] = (await ask(MAX)).customers;
      expect(Object.keys(customers[0] ?? {}).toSorted()).toEqual(
        [...Object.keys(others), 'contracts', 'requests'].toSorted(),
      );
      expect(rowsOf(customers[0]?.['contracts'])).toEqual(tableIn(contracts).rows.slice(1));
      expect(rowsOf(customers[0]?.['requests'])).toEqual(tableIn(requests).rows.slice(1));
      for (const element of ['customer_id', 'email'] as const) {
        expect(customers[0]?.[element]).toBe(others[element]);
      }
      expect(others['organization']).toContain(`>${String(customers[0]?.['organization'])}<`);
      expect(notices).toEqual([]);
      const from = Object.entries(provenance[0] ?? {}).map(([element, all]) => [
        element,
        all.map(({ source }) => source),
      ]);
      expect(Object.fromEntries(from)).toEqual({
        ...{ customer_id: ['directory'], first_name: ['directory'], last_name: ['directory'], email: ['directory'] },
        ...{ phone: ['sales'], organization: ['directory'], status: ['sales'], room: [], loyal: [] },
        ...{ contracts: ['erp'], contract_count: ['erp'], latest_contract: ['erp'], requests: ['helpdesk'] },
        ...{ calls: ['phone'], has_called: ['phone'] },
      });
      expect(provenance[0]?.['status']).toEqual([{ source: 'sales', title: 'Sales list', at: SALES_AT.toISOString() }]);
      const at = Date.parse(provenance[0]?.['contracts']?.[0]?.at ?? '');
      expect(at).toBeGreaterThanOrEqual(before);
      expect(at).toBeLessThanOrEqual(Date.now());
    });

    test('with the age of what is kept, and of what stands in for a system that is away', async () => {
      for (const cache of ['cache: { fresh: 1h, stale: 1d }', 'cache: { fresh: 0s, stale: 1d }']) {
        const { json } = await startWholeGateway(systems, { source: cache });
        const atOf = (body: string) => {
          const [{ contracts = [] } = {}] = readJson(body).provenance;
          return contracts.map(({ at }) => at);
        };
        const first = (await json(MAX)).body;
        const now = new Date().toISOString();
        await systems.erp.cutter.refuse();
        onTestFinished(() => systems.erp.restore());
        const second = (await json(MAX)).body;
        await systems.erp.restore();
        expect(readJson(second).customers[0]?.['contracts']).toEqual(readJson(first).customers[0]?.['contracts']);
        expect(atOf(second)).toEqual(atOf(first));
        expect(atOf(second)[0]?.localeCompare(now)).toBe(-1);
        const said = readJson(second).notices.filter((notice) => notice.startsWith('ERP'));
        if (cache.includes('1h')) expect(said).toEqual([]);
        else expect(said).toEqual([expect.stringMatching(/^ERP did not answer; this is from \d\d:\d\d, a moment ago/)]);
      }
    });

    test('for who has a key, asks, and names a lookup', async () => {
      const { json } = await startWholeGateway(systems);
      expect((await json(MAX, 'default', { headers: {} })).status).toBe(401);
      const posted = await json(MAX, 'default', { method: 'POST' });
      expect(posted).toMatchObject({ status: 405, allow: 'GET, HEAD' });
      const unknown = await json(MAX, 'defualt');
      expect(unknown.status).toBe(404);
      expect(JSON.parse(unknown.body)).toEqual({ error: expect.stringMatching(/defualt.*default/) });
    });

    test('and as XML, of an answer so large that a thread writes it, with its empty cells in their places', async () => {
      const { ask, json } = await startWholeGateway(systems);
      const parameters = { last_name: 'Largemann' };
      const { customers } = await ask(parameters, 'everything');
      const asJson = readJson((await json(parameters, 'everything')).body);
      expect(asJson.customers.map((one) => Object.keys(one).toSorted())).toEqual(
        customers.map(({ lookup_notice: _, ...rest }) => Object.keys(rest).toSorted()),
      );
      expect(customers).toHaveLength(12);
      const stored = await systems.erp.server.sql(
        "SELECT number, customer, ends, COALESCE(title, ''), COALESCE(note, '') FROM contracts WHERE customer = 'W-7' ORDER BY LENGTH(number), number",
      );
      const headings = ['number', 'customer', 'ends', 'title', 'note'];
      for (const [index, { contracts }] of asJson.customers.entries()) {
        const rows = rowsOf(contracts, headings);
        const [shown, ...others] = tableIn(customers[index]?.['contracts']).rows;
        expect(shown).toEqual(headings);
        expect(others).toHaveLength(rows.length);
        const cells = rows.map(([number, customer, ends = '', ...rest]) =>
          [number, customer, ends.slice(0, 10), ...rest].map((cell) => cell?.trim()).join('\t'),
        );
        expect(cells).toEqual(
          stored.map((line) =>
            line
              .split('\t')
              .map((cell) => cell.trim())
              .join('\t'),
          ),
        );
      }
      expect(asJson.provenance).toHaveLength(12);
      for (const one of asJson.provenance) expect(one['contracts']?.map(({ source }) => source)).toEqual(['erp']);
    });
  });

  describe('by an administrator who checks the configuration', () => {
    const errorsOf = async (slips: readonly (readonly [string, string])[]) => {
      const { gateway } = await startWholeGateway(systems, { slips });
      expect((await gateway.check()).filter(({ ok }) => !ok)).toEqual([]);
      // That secrets stand in the file is so in a test.
      const findings = (await gateway.inspect()).filter(({ sentence }) => !sentence.startsWith('stands in the file'));
      return findings.map(({ where, sentence }) => `${where}: ${sentence}`);
    };

    test('and has nothing to read where all is well', async () => {
      expect(await errorsOf([])).toEqual([]);
    });

    test.each([
      [
        'a field in where',
        [
          ['where: { customer:', 'where: { custmer:'],
          ['{ source: chat, where: { email:', '{ source: chat, where: { emial:'],
          ['where: { user_id:', 'where: { userid:'],
        ],
        [/contracts\.where: .*custmer.*customer/, /chats\.where: .*emial.*email/, /calls\.where: .*userid.*user_id/],
      ],
      [
        'a field in columns',
        [
          ['{ Number: number, Ends', '{ Number: numbr, Ends'],
          ['Ends: { from: ends', 'Ends: { from: end'],
          ['Subject: subject', 'Subject: subjct'],
        ],
        [
          /fields\.contracts: .*numbr.*number/,
          /fields\.contracts: .*end\b.*ends/,
          /fields\.requests: .*subjct.*subject/,
        ],
      ],
      [
        'a field in order',
        [
          ['order: { ends: descending } }', 'order: { end: descending } }'],
          ['order: { opened: descending }', 'order: { opend: descending }'],
          ['order: { at: descending }', 'order: { att: descending }'],
        ],
        [/contracts\.order: .*end\b.*ends/, /requests\.order: .*opend.*opened/, /calls\.order: .*att\b.*\bat\b/],
      ],
      [
        'a place in a template',
        [
          ['customer: "{{employee_id}}"', 'customer: "{{employe_id}}"'],
          ['{{chats.user_id}}', '{{chats.userid}}'],
          ['{{number}} until', '{{numbr}} until'],
        ],
        [
          /related\.contracts: .*employe_id.*employee_id/,
          /related\.calls: .*chats\.userid.*user_id/,
          /latest_contract: .*numbr.*number/,
        ],
      ],
    ] as const)('and reads what to write instead: %s', async (_what, slips, sentences) => {
      const errors = await errorsOf(slips);
      expect(errors).toHaveLength(sentences.length);
      for (const sentence of sentences) expect(errors).toContainEqual(expect.stringMatching(sentence));
    });

    test('and reads it of related records that there are not', async () => {
      const slips = [
        ['table: contracts', 'table: contract'],
        ['{ count: contracts }', '{ count: contrcts }'],
        ['{ first: contracts,', '{ first: kontracts,'],
      ] as const;
      const error = await failureOf(startWholeGateway(systems, { slips }));
      for (const [element, key] of [
        ['contracts', 'table'],
        ['contract_count', 'count'],
        ['latest_contract', 'first'],
      ]) {
        expect(error.message).toMatch(
          new RegExp(`fields\\.${element}\\.${key}.*is not among the related records.*contracts`),
        );
      }
    });
  });
});
