/** What the sources gave, beside what became of it; and what Insert does with it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HelpDeskField } from '../../../src/contract/index.ts';
import type { ContentPlan, FieldPlan } from '../../../src/gateway/lookup/plan.ts';
import { insertEffect } from '../../../src/http/console/pages/trying/insert.ts';
import { memorySystem } from '../../support/memory-adapter.ts';
import { gatewayPlan, lookupPlan, memorySource, renamed, steps } from '../../support/plans.ts';
import { consoleGateway } from './harness.ts';

const crm = memorySystem([
  {
    customer_id: '12',
    first: 'Bob',
    last: 'Smith',
    email: 'bob@example.com',
    band: 'B7',
    corp: 'A&T <Corp>',
    pin: '4711',
  },
  { customer_id: '13', first: 'Ann', last: 'Smith', email: 'ann@example.com', nick: '', phone: '1' },
]);
crm.fields = ['customer_id', 'first', 'last', 'fax'].map((name) => ({ name }));
const erp = memorySystem([{ email: 'bob@example.com', phone: '555', due: '2026-12-31', secret_of_erp: 'hush' }]);

const made = (element: string, content: ContentPlan, more: Partial<FieldPlan> = {}): FieldPlan => ({
  ...{ element, content, visibleTo: undefined },
  ...more,
});
const fields: readonly FieldPlan[] = [
  renamed('customer_id', 'customer_id'),
  made('who', { kind: 'template', template: '{{first}} {{last}} KEY-OF-THE-PLAN' }),
  made('phone', { kind: 'field', from: ['crm.phone', 'erp.phone'], html: false, date: 'iso', list: 'comma' }),
  renamed('company', 'corp'),
  { ...renamed('salary_band', 'band'), visibleTo: ['admin'] },
  renamed('nickname', 'nick'),
  renamed('fax_number', 'fax'),
  renamed('mail', 'emial'),
  made(
    'until',
    { kind: 'field', from: ['due'], html: false, date: 'date', list: 'comma' },
    { otherwise: 'no contract' },
  ),
];

let running: Awaited<ReturnType<typeof consoleGateway>>;
beforeAll(async () => {
  const plan = gatewayPlan([memorySource('crm', crm), memorySource('erp', erp)], {}, { secrets: ['KEY-OF-THE-PLAN'] });
  const lookup = { sources: ['crm', 'erp'], mergeBy: ['email'], match: steps('customer_id', 'last_name=last_name') };
  const own = lookupPlan({ name: 'own', sources: ['crm'], match: steps('customer_id') });
  running = await consoleGateway({
    ...plan,
    lookups: new Map([
      ['default', lookupPlan({ ...lookup, match: steps('customer_id', 'last=last_name'), fields })],
      ['own', own],
    ]),
  });
});
afterAll(() => running.close());

/** Element → the cells of its row: columns, rule, value, XML. */
async function rowsOf(
  filled: Record<string, string>,
  customer = 1,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const { html } = await running.sent('try-lookup/ask', filled, 'operator');
  const from = html.indexOf(`aria-label="How the elements of customer ${customer} were made"`);
  const table = from < 0 ? '' : html.slice(from, html.indexOf('</table>', from));
  const rows = Array.from(
    table.matchAll(/<tr><th scope="row">(.*?)<\/th>(.*?)<\/tr>/g),
    ([, element = '', cells = '']) => {
      return [element, cells.split('<td>').slice(1).map(plain)] as const;
    },
  );
  return Object.fromEntries(rows);
}

const plain = (html: string) =>
  html
    .replaceAll('</div>', '|')
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replace(/\|$/, '');

describe('beside what became of it', () => {
  it('stands what the sources gave, with the rule and the XML', async () => {
    const rows = await rowsOf({ customer_id: '12' });
    expect(rows['customer_id']).toEqual([
      'crm: customer_id = 12',
      'from: customer_id',
      '12',
      '<customer_id>12</customer_id>',
    ]);
    expect(rows['who']).toEqual([
      'crm: first = Bob|crm: last = Smith',
      'value: {{first}} {{last}} ***',
      expect.stringMatching(/^Bob Smith /),
      expect.stringMatching(/^<who>Bob Smith /),
    ]);
    expect(rows['company']).toEqual([
      'crm: corp = A&T <Corp>',
      'from: corp',
      'A&T <Corp>',
      '<company>A&amp;amp;T &amp;lt;Corp&amp;gt;</company>',
    ]);
    expect(rows['phone']).toEqual([
      'crm.phone: no source gave it|erp: phone = 555',
      'from: crm.phone, erp.phone',
      '555',
      '<phone>555</phone>',
    ]);
    expect(rows['until']?.[1]).toBe('from: due; date: date; default: no contract');
    expect(rows['until']?.[2]).toBe('2026-12-31');
  });

  it('an empty one says why: hidden, no such column, or empty in the source', async () => {
    const rows = await rowsOf({ customer_id: '13' });
    expect(rows['nickname']?.slice(0, 3)).toEqual([
      expect.stringMatching(/^crm: nick empty$|^nick: no source/),
      'from: nick',
      'nick is empty in the source',
    ]);
    // The source says that it has this column, and none of its records has a value.
    expect(rows['fax_number']?.[2]).toBe('fax is empty in the source');
    expect(rows['mail']?.slice(2)).toEqual(['no record has emial (did you mean email?)', '–']);
    expect(rows['until']?.[2]).toBe('no contract');
    const hidden = await rowsOf({ customer_id: '12' });
    expect(hidden['salary_band']).toEqual([
      'crm: band not shown to this level',
      'from: band',
      'only admin may see it',
      '–',
    ]);
    const shown = await rowsOf({ customer_id: '12', acting_person_fusertype: '1' });
    expect(shown['salary_band']?.slice(0, 1)).toEqual(['crm: band = B7']);
  });

  it('columns of which nothing is made are named, without their values', async () => {
    const { html } = await running.sent('try-lookup/ask', { customer_id: '12' }, 'operator');
    const from = html.indexOf('Columns of which no element is made:');
    const unused = html.slice(from, html.indexOf('</p>', from));
    expect(Array.from(unused.matchAll(/<code>(.*?)<\/code>/g), ([, name]) => name)).toEqual([
      ...['crm: email', 'crm: pin', 'erp: email', 'erp: secret_of_erp'],
    ]);
    expect(html).not.toMatch(/>[^<]*(?:4711|hush|B7)/);
  });

  it('is there for each customer, and under own names where the lookup has no rules', async () => {
    const second = await rowsOf({ last_name: 'Smith' }, 2);
    expect(second['who']?.[0]).toBe('crm: first = Ann|crm: last = Smith');
    const own = await rowsOf({ customer_id: '12', 'console-name': 'own' });
    expect(own['band']).toEqual(['crm: band = B7', 'under its own name', 'B7', '<band>B7</band>']);
  });

  it('is not for viewers', async () => {
    const { html } = await running.sent('try-lookup/ask', { customer_id: '12' }, 'viewer');
    expect(html).toContain('As HelpSpot draws it');
    expect(html).not.toContain('From the columns of the sources');
  });
});

describe('Insert', () => {
  const known = (type: HelpDeskField['type'], items: readonly string[] = []) =>
    new Map([['Custom5', { field: 'Custom5', name: 'Five', type, items }]]);
  const of = (element: string, value: string, more: Partial<Parameters<typeof insertEffect>[2]> = {}) =>
    insertEffect(element, value, { typed: {}, known: undefined, hasInsert: true, ...more });

  it('takes the five standard elements and custom fields, spelled as HelpSpot spells them', () => {
    for (const name of ['customer_id', 'first_name', 'last_name', 'email', 'phone', 'Custom5', 'Custom123']) {
      expect([name, of(name, 'x')]).toEqual([name, { refused: undefined, overwritten: undefined }]);
    }
    for (const name of ['custom5', 'Custom', 'company', 'other_emails', 'lookup_notice', 'title', 'sEmail']) {
      expect([name, of(name, 'x')]).toEqual([name, undefined]);
    }
    // The address book has no such button.
    expect(of('email', 'x', { hasInsert: false })).toBeUndefined();
  });

  it('overwrites what is typed in the field of the same name, unless it is the same', () => {
    const typed = { email: 'old@example.com', phone: ' 555 ', Custom5: 'Boston#-#8th', sEmail: 'x' };
    expect(of('email', 'new@example.com', { typed })?.overwritten).toBe('old@example.com');
    expect(of('phone', '555', { typed })?.overwritten).toBeUndefined();
    expect(of('Custom5', 'Boston#-#9th', { typed })?.overwritten).toBe('Boston#-#8th');
    expect(of('Custom6', 'Boston', { typed })?.overwritten).toBeUndefined();
  });

  it.each([
    ['checkbox', '1', 'yes', 'no checkbox value'],
    ['date', '1795910400', '2026-11-29', 'no time'],
    ['moment', '1795910400', '29.11.2026 10:00', 'no time'],
    ['integer', '-7', '7.5', 'no number'],
    ['integer', '12417', '1 2', 'no number'],
    ['decimal', '7.5', '7,5', 'no number'],
    ['choice', 'north', 'north-east', 'no choice'],
    ['levels', 'Boston#-#8th', 'Boston / 8th', 'no choice'],
  ] as const)('knows what a custom field of the type %s takes', (type, right, wrong, why) => {
    const items = ['north', 'Boston#-#8th'];
    const typed = { Custom5: 'typed before' };
    expect(of('Custom5', right, { known: known(type, items) })?.refused).toBeUndefined();
    expect(of('Custom5', wrong, { known: known(type, items), typed })).toEqual({
      refused: why,
      overwritten: undefined,
    });
    expect(of('Custom6', right, { known: known(type, items) })?.refused).toBe('no such field');
    expect(of('Custom5', 'anything', { known: known('text') })?.refused).toBeUndefined();
  });
});
