import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Content, Field } from '../../src/helpspot/answer.ts';
import { writeLookup } from '../../src/helpspot/lookup-xml.ts';
import { borrowBrowser, requireChromium, type TestBrowser } from '../support/browser.ts';
import { reasonOf } from '../support/packages.ts';
import { readLookup } from '../support/xml.ts';
import { hostile } from './hostile-html.ts';
import { openStaffPage, staffPageFilled, staffPageWith, type Values } from './staff-page.ts';

const available = await requireChromium();

const text = (value: string): Content => ({ kind: 'text', text: value });

/** The same text in every place that an answer has for one. */
function everywhere(value: string): Readonly<Record<string, Content>> {
  const link: Content = { kind: 'link', href: value, text: value };
  const html: Content = { kind: 'html', html: value };
  const cells: readonly Content[] = [
    text(value),
    link,
    html,
    { kind: 'marked', as: 'danger', content: html },
    { kind: 'noted', note: value, content: text(value) },
    { kind: 'list', style: 'bullets', items: [html, text(value), html] },
  ];
  const table: Content = { kind: 'table', headings: cells.map(() => value), rows: [cells], more: value };
  return {
    text: text(value),
    link,
    link_with: { kind: 'link', href: `https://x.example/${value}`, text: value },
    html,
    html_in: { kind: 'html', html: `<table><tr><td title="${value}">${value}</td></tr></table>` },
    marked: { kind: 'marked', as: 'warning', content: link },
    noted: { kind: 'noted', note: value, content: html },
    comma: { kind: 'list', style: 'comma', items: [html, link, text(value)] },
    lines: { kind: 'list', style: 'lines', items: [text(value), html, link] },
    table,
    table_in: { kind: 'table', headings: ['a'], rows: [[table]], more: '' },
  };
}

async function read(fields: readonly Field[]): Promise<Values> {
  const { customers } = readLookup(await writeLookup({ columns: [], customers: [fields], notices: [] }));
  return customers[0] ?? {};
}

const allHostile = (): Promise<Values> =>
  read(
    hostile.flatMap((value, index) => [
      { name: `Custom${index + 1}`, content: text(value) },
      { name: `Custom${index + 1001}`, content: { kind: 'html', html: value } },
      ...Object.entries(everywhere(value)).map(([name, content]) => ({ name: `${name}_${index}`, content })),
    ]),
  );

describe.skipIf(!available.ok)(`A value in the page of a help desk${reasonOf(available)}`, { timeout: 40_000 }, () => {
  let browser: TestBrowser;
  let page: Page;

  beforeAll(async () => {
    browser = await borrowBrowser(available.ok ? available.path : '');
    page = await browser.page();
  });
  afterAll(() => browser?.stop());

  it('runs nothing, fetches nothing, and changes and covers nothing beside it', async () => {
    const values = await allHostile();
    const harmless = Object.fromEntries(Object.keys(values).map((name) => [name, 'x']));
    const { outside } = await staffPageWith(page, harmless);
    expect(outside.length).toBeGreaterThan(2 * Object.keys(values).length);
    for (const show of [staffPageWith, staffPageFilled]) {
      const seen = await show(page, values);
      expect(seen.ran.map((index) => hostile[index])).toEqual([]);
      expect(seen).toEqual({ ran: [], calls: [], covered: [], moved: [], outside });
    }
  });

  it('would not go unnoticed if it did', async () => {
    const raw = Object.fromEntries(hostile.slice(0, 16).map((value, index) => [`raw_${index}`, value]));
    const seen = await staffPageWith(page, raw);
    expect(new Set(seen.ran)).toEqual(new Set([0, 1, 3, 4, 5, 8, 9, 10, 11]));
    expect(seen.calls).toContain('https://evil.example/pixel.png');
    expect(seen.covered).toContain('save');
    expect(seen.moved).toHaveLength(2);
    const outside = async (value: string) => {
      await openStaffPage(page, { a: value, b: 'x' });
      return page.evaluate('outside()');
    };
    const harmless = await outside('x');
    for (const value of hostile.slice(31, 34)) expect(await outside(value)).not.toEqual(harmless);
  });

  const danger: Content = { kind: 'marked', as: 'danger', content: { kind: 'link', href: 'tel:1', text: 'expired' } };
  const contracts: Content = {
    kind: 'table',
    headings: ['Number', 'Ends', '<b>State</b>'],
    rows: [
      [text('12'), text('2030-01-01'), danger],
      [text('13'), null, { kind: 'list', style: 'bullets', items: [text('paid'), text('<i>new</i>')] }],
    ],
    more: 'and 27 more',
  };
  const value = (name: string) => page.locator(`[data-name="${name}"]`);

  it('is a table to who hears the page', async () => {
    await openStaffPage(page, await read([{ name: 'contracts', content: contracts }]));
    const table = value('contracts').getByRole('table');
    expect(await table.getByRole('columnheader').allTextContents()).toEqual(['Number', 'Ends', '<b>State</b>']);
    expect(await table.getByRole('row').count()).toBe(3);
    expect(await table.getByRole('cell').count()).toBe(6);
    expect(await value('contracts').ariaSnapshot()).toMatchInlineSnapshot(`
      "- cell "Number Ends <b>State</b> 12 2030-01-01 expired 13 paid <i>new</i> and 27 more":
        - table:
          - rowgroup:
            - row "Number Ends <b>State</b>":
              - columnheader "Number"
              - columnheader "Ends"
              - columnheader "<b>State</b>"
          - rowgroup:
            - row "12 2030-01-01 expired":
              - cell "12"
              - cell "2030-01-01"
              - cell "expired":
                - link "expired":
                  - /url: tel:1
                  - strong: expired
            - row "13 paid <i>new</i>":
              - cell "13"
              - cell
              - cell "paid <i>new</i>":
                - list:
                  - listitem: paid
                  - listitem: <i>new</i>
        - text: and 27 more"
    `);
    // By Chromium's own tree, which takes a table without headings for layout.
    const { nodes } = await (await page.context().newCDPSession(page)).send('Accessibility.getFullAXTree');
    const roles = nodes.map(({ role }) => role?.value);
    expect(roles.filter((role) => role === 'table')).toHaveLength(1);
    expect(roles.filter((role) => role === 'columnheader')).toHaveLength(3);
  });

  it('stands out in its colour, as a link too, and has its note', async () => {
    const noted: Content = { kind: 'noted', note: 'from "ERP", <b>12</b> minutes old', content: danger };
    await openStaffPage(
      page,
      await read([
        { name: 'contracts', content: contracts },
        { name: 'state', content: noted },
      ]),
    );
    for (const name of ['contracts', 'state']) {
      expect(await page.evaluate(`colourOf('${name}')`)).toBe('rgb(176, 0, 32)');
      expect(await value(name).getByRole('strong').allTextContents()).toEqual(['expired']);
    }
    expect(await page.getByTitle('from "ERP", <b>12</b> minutes old', { exact: true }).textContent()).toBe('expired');
  });

  it('stays in a narrow pane, and keeps short words whole', async () => {
    const rows = [
      [text('2030-01-01'), text('x'.repeat(300)), text('A sentence of several words, and another one after it.')],
    ];
    await openStaffPage(
      page,
      await read([{ name: 'log', content: { kind: 'table', headings: ['Day', 'Key', 'Text'], rows, more: '' } }]),
    );
    const width = async (selector: string) => (await page.locator(selector).boundingBox())?.width ?? 0;
    expect(await width('#lookup')).toBeLessThanOrEqual(await width('#pane'));
    expect(await page.evaluate("linesOf('log')")).toBe(1);
  });

  it('turns no other cell, and no other item, whatever marks of direction it has', async () => {
    const turning = ['\u202eabc', '\u2067abc', '\u202b\u202eabc', 'אבג'];
    const rows = turning.map((cell) => [text('first'), text(cell), text('second')]);
    const items = turning.flatMap((item) => [text(item), text('second')]);
    await openStaffPage(
      page,
      await read([
        { name: 'table', content: { kind: 'table', headings: ['\u202eA', 'B', 'C'], rows, more: 'second' } },
        { name: 'list', content: { kind: 'list', style: 'comma', items } },
      ]),
    );
    for (const name of ['table', 'list']) {
      const fromLeft = z.array(z.boolean()).parse(await page.evaluate(`fromLeft('${name}', 'second')`));
      expect(fromLeft.length).toBeGreaterThanOrEqual(3);
      expect(fromLeft).not.toContain(false);
    }
  });
});
